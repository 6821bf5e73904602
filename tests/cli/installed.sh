#!/bin/sh
# What `cmake --install` puts into a prefix works from there. BUILD_DIR: the build tree.
. "$SOURCE_DIR/tests/cli/common.sh"
[ "$SANITIZED" -eq 0 ] || { echo "skipped: programs with sanitizers are not installed"; exit 77; }

cmake --install "$BUILD_DIR" --prefix "$work/prefix" >"$out/stdout" 2>"$out/stderr" || { fail "cmake --install"; finish; }
prefix=$work/prefix
PATH=$prefix/bin:$PATH

# No program needs a library or a file of the build or the source tree.
for program in rhoflow rhoflow-study ${RHOFLOW_PLOT:+rhoflow-plot}; do
  [ -x "$prefix/bin/$program" ] || fail "$program is not installed"
  run "$program" --version
  [ "$status" -eq 0 ] || fail "$program --version"
  ldd "$prefix/bin/$program" >"$out/stdout"
  if grep -q "$BUILD_DIR\|not found" "$out/stdout"; then fail "$program needs the build tree"; fi
  page=$(find "$prefix" -path "*/man1/$program.1.gz")
  [ -n "$page" ] || fail "there is no manual page of $program"
  zgrep -q "^\.SH NAME" "$page" && zgrep -q "Exit status" "$page" || fail "the manual page of $program is not complete"
done
zgrep -q "^\.SS SUBSECTION Domain" "$prefix"/share/man/man5/rhoflow-parameters.5.gz || fail "the manual page of the parameters"

# A shipped file, with its data, runs from any directory.
run "$MPIEXEC" -np 2 rhoflow "$prefix/share/rhoflow/parameter_files/quickstart.prm" "End time=0.01" "Output interval=0.01" \
  "Compare with SGD=false"
[ "$status" -eq 0 ] || fail "the quickstart from the prefix"
[ -s runs/quickstart/statistics.csv ] || fail "the quickstart from the prefix wrote nothing"
run rhoflow --validate "$prefix/share/rhoflow/parameter_files/continuity/mcycle.prm"
[ "$status" -eq 0 ] || fail "a file with data from the prefix"

# Completion: sections, parameters, solvers, options.
if command -v bash >/dev/null 2>&1; then
  complete_word() {
    bash -c '. "$1"; shift; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rhoflow "$1"; printf "%s\n" "${COMPREPLY[@]}"' \
      bash "$prefix/share/bash-completion/completions/rhoflow" "$@" >"$out/stdout" 2>"$out/stderr"
  }
  complete_word rhoflow a.prm 'Mean\ field/Inv'
  grep -Fxq 'Mean\ field/Inverse\ temperature=' "$out/stdout" || fail "completion of a parameter"
  complete_word rhoflow a.prm '"Mean field/Inv'
  grep -Fxq 'Mean field/Inverse temperature=' "$out/stdout" || fail "completion of a quoted parameter"
  complete_word rhoflow --print-parameters 'fok'
  grep -Fxq 'fokker\ planck' "$out/stdout" || fail "completion of a solver"
  complete_word rhoflow-study --re
  grep -Fxq -- --retry-failed "$out/stdout" || fail "completion of an option"
fi

# The modulefile knows its prefix.
grep -q "^set prefix \"$prefix\"" "$prefix"/share/rhoflow/modulefiles/rhoflow/* || fail "the modulefile"

# A staged installation, of which packages are made, leaves nothing outside its prefix, and the modulefile names the final place.
if DESTDIR=$work/stage cmake --install "$BUILD_DIR" --prefix /opt/rhoflow >"$out/stdout" 2>"$out/stderr"; then
  grep -q '^set prefix "/opt/rhoflow"' "$work"/stage/opt/rhoflow/share/rhoflow/modulefiles/rhoflow/* ||
    fail "the modulefile of a staged installation"
  [ "$(ls "$work/stage")" = opt ] || fail "a staged installation writes elsewhere"
else
  fail "a staged installation"
fi

# A program of somebody else, against the library.
mkdir consumer
cat >consumer/CMakeLists.txt <<'EOF'
cmake_minimum_required(VERSION 3.25)
project(consumer CXX)
find_package(rhoflow REQUIRED)
add_executable(consumer consumer.cc)
target_link_libraries(consumer rhoflow::rhoflow_core)
EOF
cat >consumer/consumer.cc <<'EOF'
#include <solvers/base/numerics/machine.h>
#include <solvers/base/run/version.h>
#include <cstdio>
int main()
{
  for (const auto &[name, version] : rhoflow::version_information())
    std::printf("%s %s\n", name.c_str(), version.c_str());
  return rhoflow::measure_machine().peak_double > 0. ? 0 : 1;
}
EOF
if cmake -S consumer -B consumer/build -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release >"$out/stdout" 2>"$out/stderr" &&
  cmake --build consumer/build >"$out/stdout" 2>"$out/stderr"; then
  run consumer/build/consumer
  [ "$status" -eq 0 ] || fail "a program against the library"
  grep -q "^kernels ..*" "$out/stdout" || fail "a program against the library does not know its kernels"
else
  fail "a program against the library is not built"
fi
finish
