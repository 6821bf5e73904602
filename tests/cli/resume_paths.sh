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

for case in characteristics:5 characteristics:2 continuity:3 continuity:2 continuity:1; do
  solver=${case%:*}
  paths=${case#*:}
  if [ "$solver" = characteristics ]; then
    set -- "Characteristics/Nodes per coordinate=70"
  else
    set -- "Domain/Subdivisions=8" "Refinement/Adaptive=true" "Refinement/Tolerance=1e-3"
  fi
  set -- "Common noise/Paths=$paths" "$@"
  on 1 "whole-$case" "$@"
  for pair in 1:2 2:1 2:3 3:4; do
    on "${pair%:*}" "part-$case-$pair" "$@" "Checkpoint/Every n-th step=3" "Checkpoint/At the end=false"
    for file in statistics.csv paths.csv; do echo 1 >>"$directory/$file"; done
    run "$MPIEXEC" -np "${pair#*:}" "$RHOFLOW" --resume "$directory"
    [ "$status" -eq 0 ] || fail "$directory: going on ends with status $status"
    grep -q "Going on at t = 0.75" "$directory/log.txt" || fail "$directory: the run does not go on where it was kept"
    for file in statistics.csv paths.csv curve.csv; do
      cmp -s "whole-$case/$file" "$directory/$file" || fail "$directory: $file differs from that of the run that was not interrupted"
    done
  done
done
finish
