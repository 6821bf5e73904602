#!/bin/sh
# Builds the fuzz targets that are named, or all, and runs one after the other.
#   scripts/fuzz.sh [--seconds N | --runs N] [TARGET ...]
#   scripts/fuzz.sh --keep FILE TARGET REASON
# Without a number every target gets 60 seconds. A target begins with its kept inputs, which are the records of
# tests/fuzz/corpus/TARGET.txt, and with seeds that are made of parameter_files/. What breaks it is left in
# build/release/tests/fuzz/found. A regression test belongs beside the mended source then, and the input into the corpus:
# --keep appends the bytes of FILE to that of TARGET, and REASON, a line that says what they broke or what they show.
# Fuzzing needs clang with libFuzzer (scripts/install_dependencies.sh --fuzz); --keep does not.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
start=$(pwd)
cd "$root"
. scripts/environment.sh

case ${1:-} in
  --help)
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' scripts/fuzz.sh
    exit 0
    ;;
  --keep)
    case ${2:-} in /*) file=$2 ;; *) file=$start/${2:-} ;; esac
    if [ $# -ne 4 ] || [ ! -f "$file" ] || [ ! -f "tests/fuzz/corpus/$3.txt" ] || [ -z "$4" ]; then
      echo "scripts/fuzz.sh --keep FILE TARGET REASON, TARGET one of: $(cd tests/fuzz/corpus && echo * | sed 's/\.txt//g')" >&2
      exit 2
    fi
    scripts/build.sh --target fuzz_corpus -DRHOFLOW_TESTS=ON
    build/release/tests/fuzz/replay/fuzz_corpus keep "tests/fuzz/corpus/$3.txt" "$(sha1sum <"$file" | cut -c 1-8)" "$4" <"$file"
    echo "$2 is the last record of tests/fuzz/corpus/$3.txt"
    exit 0
    ;;
esac

limit=-max_total_time=60
case ${1:-} in
  --seconds) limit=-max_total_time=$2 && shift 2 ;;
  --runs) limit=-runs=$2 && shift 2 ;;
esac
if [ $# -eq 0 ]; then
  # shellcheck disable=SC2046  # a list of words
  set -- $(sed -n 's/^rhoflow_add_fuzz_target(\([a-z_]*\).*/\1/p' tests/fuzz/CMakeLists.txt)
fi
programs=""
for target in "$@"; do
  programs="$programs fuzz_$target"
done
# With the programs, the build unpacks their corpora and writes their dictionaries.
scripts/build.sh --target "$programs" -DRHOFLOW_TESTS=ON -DRHOFLOW_FUZZ=ON

cd build/release/tests/fuzz
mkdir -p found
failures=0
for target in "$@"; do
  mkdir -p "corpus/$target"
  if ./fuzz_"$target" "$limit" -timeout=5 -rss_limit_mb=3000 -verbosity=0 -print_final_stats=1 \
    -dict="dictionaries/$target" -artifact_prefix="found/$target-" "corpus/$target" "seeds/$target" >"found/$target.log" 2>&1; then
    result=nothing
  else
    result="found/$target.log"
    failures=$((failures + 1))
  fi
  echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "found/$target.log") executions," \
    "$(sed -n 's/^stat::average_exec_per_sec: *//p' "found/$target.log") per second, found: $result"
done
[ "$failures" -eq 0 ]
