#!/bin/sh
# Builds the fuzz targets that are named, or all, and runs one after the other.
#   scripts/fuzz.sh [--seconds N | --runs N] [TARGET ...]
# Without a number every target gets 60 seconds. What breaks a target is kept in build/release/tests/fuzz/found; a regression
# test belongs beside the mended source then, and the input among the seeds. Needs clang with libFuzzer:
# scripts/install_dependencies.sh --fuzz.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. scripts/environment.sh

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
scripts/build.sh --target "$programs" -DRHOFLOW_FUZZ=ON

cd build/release/tests/fuzz
mkdir -p found
failures=0
for target in "$@"; do
  mkdir -p "corpus/$target"
  dictionary=""
  [ ! -f "$root/tests/fuzz/dictionaries/$target" ] || dictionary="-dict=$root/tests/fuzz/dictionaries/$target"
  # shellcheck disable=SC2086  # none or one word
  if ./fuzz_"$target" "$limit" -timeout=5 -rss_limit_mb=3000 -verbosity=0 -print_final_stats=1 $dictionary \
    -artifact_prefix="found/$target-" "corpus/$target" "$root/tests/fuzz/seeds/$target" >"found/$target.log" 2>&1; then
    result=nothing
  else
    result="found/$target.log"
    failures=$((failures + 1))
  fi
  echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "found/$target.log") executions," \
    "$(sed -n 's/^stat::average_exec_per_sec: *//p' "found/$target.log") per second, found: $result"
done
[ "$failures" -eq 0 ]
