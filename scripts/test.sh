#!/bin/sh
# Installs what is missing, builds everything and runs the tests.
#   scripts/test.sh [--slow] [CMake options]
# --slow also runs the cases that take long.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. scripts/environment.sh

exclude="--label-exclude slow"
if [ "${1:-}" = "--slow" ]; then
  exclude=""
  shift
fi
scripts/install_dependencies.sh
scripts/build.sh --target all -DRHOFLOW_TESTS=ON -DRHOFLOW_BENCHMARKS=ON "$@"

jobs=$(nproc 2>/dev/null || echo 1)
[ "$jobs" -gt 2 ] && jobs=2
# shellcheck disable=SC2086  # none or two words
exec ctest --test-dir build/release --parallel "$jobs" --output-on-failure --no-tests=error $exclude
