#!/bin/sh
# Paths of the common noise that go on from a checkpoint in their middle are those that were not interrupted, byte by byte, on
# other numbers of ranks too: several paths a rank, and several ranks a path.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers characteristics

# on RANKS DIRECTORY ARGUMENTS...
on() {
  ranks=$1
  directory=$2
  shift 2
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW" "$SOURCE_DIR/parameter_files/characteristics/common_noise.prm" \
    "Output directory=$directory" "Output times=0, 0.5, 1" "End time=1" "Common noise/Marked points=0.2 | -0.4" "$@"
  [ "$status" -eq 0 ] || fail "$directory on $ranks ranks ends with status $status"
}

# on_and_on NAME ARGUMENTS...: one run as a whole, and others that go on from their middle.
on_and_on() {
  name=$1
  shift
  set -- "$@" "Characteristics/Nodes per coordinate=70"
  on 1 "whole-$name" "$@"
  for pair in $pairs; do
    on "${pair%:*}" "part-$name-$pair" "$@" "Checkpoint/Every n-th step=3" "Checkpoint/At the end=false"
    for file in statistics.csv paths.csv marked_points.csv; do echo 1 >>"$directory/$file"; done
    run "$MPIEXEC" -np "${pair#*:}" "$RHOFLOW" --resume "$directory"
    [ "$status" -eq 0 ] || fail "$directory: going on ends with status $status"
    grep -q "Going on at t = 0.75" "$directory/log.txt" || fail "$directory: the run does not go on where it was kept"
    for file in statistics.csv paths.csv marked_points.csv curve.csv; do
      cmp -s "whole-$name/$file" "$directory/$file" || fail "$directory: $file differs from that of the run that was not interrupted"
    done
  done
}

pairs="1:2 2:1 2:3 3:4"
for paths in 5 2; do
  on_and_on "$paths" "Common noise/Paths=$paths"
done
# Beside SGD, whose samples and points go on, too.
pairs="1:3 2:1"
on_and_on beside-sgd "Common noise/Paths=5" "Common noise/Noise=samples of SGD" "Common noise/Noise interval=0.25"
on_and_on beside-flow "Common noise/Paths=2" "Common noise/Noise=samples of SGD" "Common noise/Noise interval=0.25" \
  "Common noise/Equation=gradient flow"
finish
