#!/bin/sh
# Configures and builds.
#   scripts/build.sh [--preset NAME] [--target "NAME ..."] [CMake options, such as -DRHOFLOW_WARNINGS_AS_ERRORS=ON]
# Without a preset: release; without a target: everything.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

preset=release
if [ "${1:-}" = "--preset" ]; then
  preset=$2
  shift 2
fi
target=all
if [ "${1:-}" = "--target" ]; then
  target=$2
  shift 2
fi
launcher=""
if command -v ccache >/dev/null 2>&1; then
  launcher="-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"
fi

# Compiling one file against deal.II takes about 1 GB of memory, hence at most two jobs.
jobs=$(unset OMP_NUM_THREADS; nproc 2>/dev/null || echo 1) # which that variable would make 1
[ "$jobs" -gt 2 ] && jobs=2

echo "Configuring in $root/build/$preset"
# shellcheck disable=SC2086  # empty or one word
cmake --preset "$preset" $launcher "$@"
echo "Building with $jobs jobs"
# Ninja tells of files that are finished. Where its line is not rewritten on a terminal, a sign of life in between: a file can
# take half a minute.
if [ ! -t 1 ]; then
  (
    seconds=0
    while sleep 5 >/dev/null 2>&1; do
      seconds=$((seconds + 5))
      echo "  building for $seconds s"
    done
  ) &
  sign_of_life=$!
  trap 'kill $sign_of_life 2>/dev/null || true' EXIT
  trap 'exit 130' INT TERM
fi
# shellcheck disable=SC2086  # a list of words
cmake --build "build/$preset" --target $target --parallel "$jobs"
