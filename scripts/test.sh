#!/bin/sh
# Installs what is missing, builds everything and runs the tests.
#   scripts/test.sh [--slow | --sanitize] [CMake options]
# --slow also runs the cases that take long; --sanitize runs all others with the address and undefined-behaviour sanitizers, and
# compares the ranks' MPI calls (preset sanitize: an hour on two cores).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. scripts/environment.sh

exclude="--label-exclude slow"
preset=release
if [ "${1:-}" = "--slow" ]; then
  exclude=""
  shift
elif [ "${1:-}" = "--sanitize" ]; then
  preset=sanitize
  shift
fi
scripts/install_dependencies.sh
scripts/build.sh --preset $preset --target all -DRHOFLOW_TESTS=ON -DRHOFLOW_BENCHMARKS=ON "$@"

jobs=$(unset OMP_NUM_THREADS; nproc 2>/dev/null || echo 1) # which that variable would make 1
[ "$jobs" -gt 2 ] && jobs=2
# shellcheck disable=SC2086  # none or two words
exec ctest --test-dir "build/$preset" --parallel "$jobs" --output-on-failure --no-tests=error $exclude
