#!/bin/sh
# Paths of the common noise that go on from a checkpoint in their middle are those that were not interrupted, byte by byte, on
# other numbers of ranks too: several paths a rank, and several ranks a path. By points, and as densities on meshes.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers characteristics continuity

# on RANKS DIRECTORY ARGUMENTS..., with $solver
on() {
  ranks=$1
  directory=$2
  shift 2
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW" "$SOURCE_DIR/parameter_files/$solver/common_noise.prm" \
    "Output directory=$directory" "Output times=0, 0.5, 1" "End time=1" "$@"
  [ "$status" -eq 0 ] || fail "$directory on $ranks ranks ends with status $status"
}

# on_and_on NAME ARGUMENTS...: one run with $solver as a whole, and others that go on from their middle on $pairs of ranks.
on_and_on() {
  name=$1
  shift
  files="statistics.csv paths.csv"
  if [ "$solver" = characteristics ]; then
    set -- "$@" "Characteristics/Nodes per coordinate=70" "Common noise/Marked points=0.2 | -0.4"
    files="$files marked_points.csv"
  else
    set -- "$@" "Domain/Subdivisions=8" "Refinement/Adaptive=true" "Refinement/Tolerance=1e-3"
  fi
  on 1 "whole-$name" "$@"
  for pair in $pairs; do
    on "${pair%:*}" "part-$name-$pair" "$@" "Checkpoint/Every n-th step=3" "Checkpoint/At the end=false"
    for file in $files; do echo 1 >>"$directory/$file"; done
    run "$MPIEXEC" -np "${pair#*:}" "$RHOFLOW" --resume "$directory"
    [ "$status" -eq 0 ] || fail "$directory: going on ends with status $status"
    grep -q "Going on at t = 0.75" "$directory/log.txt" || fail "$directory: the run does not go on where it was kept"
    for file in $files curve.csv; do
      cmp -s "whole-$name/$file" "$directory/$file" || fail "$directory: $file differs from that of the run that was not interrupted"
    done
  done
}

pairs="1:2 2:1 2:3 3:4"
for case in characteristics:5 characteristics:2 continuity:3 continuity:2; do
  solver=${case%:*}
  on_and_on "$case" "Common noise/Paths=${case#*:}"
done
pairs="1:3 2:1"
on_and_on continuity:1 "Common noise/Paths=1"
# Beside SGD, whose samples and points go on, too.
solver=characteristics
on_and_on beside-sgd "Common noise/Paths=5" "Common noise/Noise=samples of SGD" "Common noise/Noise interval=0.25"
on_and_on beside-flow "Common noise/Paths=2" "Common noise/Noise=samples of SGD" "Common noise/Noise interval=0.25" \
  "Common noise/Equation=gradient flow"
finish
