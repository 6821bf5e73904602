#!/bin/sh
# A run of the solver 'boltzmann' that goes on after some of its inverse temperatures writes what the run does that was not
# interrupted, byte by byte, on other numbers of ranks too, and does not solve again what it has.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers boltzmann

problem="$SOURCE_DIR/parameter_files/boltzmann/mcycle.prm"
small="Domain/Subdivisions=8;Boltzmann/Nodes per cell=4;Boltzmann/Path of inverse temperatures=2, 5, 10;Domain/Boundary mass limit=1;Domain/Boundary mass warning=1"
small="$small;Mean field/Inverse temperature=20;Comparison/Write measures=true;Comparison/Measure points=50"

# start RANKS DIRECTORY CHANGES...
start() {
  ranks=$1
  directory=$2
  shift 2
  old_ifs=$IFS
  IFS=';'
  # shellcheck disable=SC2086 # a list
  set -- "$@" $small
  IFS=$old_ifs
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW" "$problem" "$@" "Output directory=$directory"
  [ "$status" -eq 0 ] || fail "$directory on $ranks ranks ends with status $status"
}

answers() {
  grep '^ *\(risk\|free energy\|above\|quadrature\|below\|entropy\|log part\|effective\|Frank-Wolfe\|mass in\|Newton steps\)' "$1/log.txt" |
    tail -n 11
}

start 1 whole
answers whole >"$out/whole"
[ "$(wc -l <"$out/whole")" -eq 11 ] || fail "the report has not the lines that are compared"
# Garbage in the picture would differ: 8^3 cells in 4^3 parts each.
grep -q 'NumberOfPoints="64000" NumberOfCells="32768"' whole/density.vtu || fail "density.vtu has not the parts of cells it should"
# After two or three of the four inverse temperatures, and with all of them done.
for case in 1:2:2 2:1:2 2:3:3 3:4:4; do
  ranks=${case%:*}
  directory=run-$case
  start "${case%%:*}" "$directory" "Checkpoint/Every n-th step=${case##*:}" "Checkpoint/At the end=false"
  for file in statistics.csv curve.csv measures/times.csv; do echo 1 >>"$directory/$file"; done
  rm "$directory/density.vtu"
  run "$MPIEXEC" -np "${ranks#*:}" "$RHOFLOW" --resume "$directory"
  [ "$status" -eq 0 ] || fail "$directory: going on ends with status $status"
  grep -q "Going on after the inverse temperature" "$directory/log.txt" || fail "$directory: it is not said where the run goes on"
  for file in $(cd whole && find . -type f \( -name '*.csv' -o -name '*.vtu' \) ! -name timing.csv); do
    cmp -s "whole/$file" "$directory/$file" || fail "$directory: $file differs from that of the run that was not interrupted"
  done
  answers "$directory" | cmp -s "$out/whole" - || fail "$directory: the report differs"
done
finish
