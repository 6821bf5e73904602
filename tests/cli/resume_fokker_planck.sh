#!/bin/sh
# A run of the solver 'fokker planck' that goes on from a checkpoint in its middle is the run that was not interrupted: all tables
# within 1e-10 (comparison.csv within 1e-9; the preconditioner and the order of sums are others), byte by byte for finite networks
# beside it; on other numbers of ranks, with every method of time stepping, and with meshes that change between the checkpoint
# and the end.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers "fokker planck"

# count FILES...: how many there are
count() {
  n=0
  for each in "$@"; do [ ! -e "$each" ] || n=$((n + 1)); done
  echo "$n"
}

# near NAME DIRECTORY FILE TOLERANCE
near() {
  found=$(difference "$1-whole/$3" "$2/$3")
  echo "$2/$3: $found"
  awk "BEGIN { exit !(\"$found\" != \"other\" && \"$found\" + 0 <= $4) }" ||
    fail "$2: $3 differs by $found from that of the run that was not interrupted"
}

# go_on NAME FILE STEP PAIRS CHANGES...: with one checkpoint after the step STEP. What was written after it is spoilt before the
# run goes on. PAIRS: ranks before and after.
go_on() {
  name=$1
  file=$SOURCE_DIR/parameter_files/fokker_planck/$2
  step=$3
  pairs=$4
  shift 4
  run "$RHOFLOW" "$file" "$@" "Output directory=$name-whole"
  [ "$status" -eq 0 ] || fail "$name ends with status $status"
  for pair in $pairs; do
    directory=$name-$pair
    run "$MPIEXEC" -np "${pair%:*}" "$RHOFLOW" "$file" "$@" "Output directory=$directory" "Checkpoint/Every n-th step=$step" \
      "Checkpoint/At the end=false"
    [ "$status" -eq 0 ] || fail "$directory ends with status $status"
    [ "$(count "$directory"/checkpoints/*.good)" -eq 1 ] || fail "$directory: there is not one checkpoint"
    for table in "$directory"/*.csv; do echo 1 >>"$table"; done
    run "$MPIEXEC" -np "${pair#*:}" "$RHOFLOW" --resume "$directory"
    [ "$status" -eq 0 ] || fail "$directory: going on ends with status $status"
    grep -q "Going on at t = " "$directory/log.txt" || fail "$directory: it is not said where the run goes on"
    for table in statistics.csv relaxation.csv curve.csv measures/times.csv; do
      [ ! -f "$name-whole/$table" ] || near "$name" "$directory" "$table" 1e-10
    done
    # Deviations in standard errors: rounding errors of the risk, divided by the small standard error of the networks' mean.
    [ ! -f "$name-whole/comparison.csv" ] || near "$name" "$directory" comparison.csv 1e-9
    for table in replicas.csv particles.pvd density.pvd; do
      [ ! -f "$name-whole/$table" ] || cmp -s "$name-whole/$table" "$directory/$table" ||
        fail "$directory: $table differs from that of the run that was not interrupted"
    done
    [ "$(count "$name-whole"/density/*)" -eq "$(count "$directory"/density/*)" ] ||
      fail "$directory: there are other files of the density"
  done
}

go_on sdirk tanh_2d.prm 12 "1:1 1:2 2:3" "Output times=" "End time=1" "Output interval=0.5" "Domain/Subdivisions=14" \
  "Particles/Replicas=6" "Particles/Number of neurons=50" "Particles/Write particles=all replicas" "Output/Every n-th output=2" \
  "Fokker-Planck/Error tolerance=1e-3" "Comparison/Write measures=true" "Comparison/Measure points=50"
go_on adaptive tanh_2d.prm 9 "1:1 2:1 1:3" "Output times=" "End time=0.4" "Output interval=0.1" "Domain/Subdivisions=7" \
  "Compare with SGD=false" "Fokker-Planck/Time stepping=implicit Euler" "Fokker-Planck/Time step=0.025" \
  "Refinement/Adaptive=true" "Refinement/Interval=2" "Refinement/Tolerance=5e-4"
# The mesh must have changed after the checkpoint, or the test shows nothing.
[ "$(tail -n 2 adaptive-whole/statistics.csv | sed 's/.*,//' | sort -u | wc -l)" -eq 2 ] || fail "the mesh did not change"
go_on explicit tanh_2d.prm 25 "1:1 1:2" "Output times=" "End time=0.3" "Output interval=0.1" "Domain/Subdivisions=10" \
  "Compare with SGD=false" "Fokker-Planck/Time stepping=SSP(3,3)" "Fokker-Planck/Find equilibrium=false"
go_on line linear_1d.prm 12 "1:2 2:1" "Output times=" "End time=0.5" "Output interval=0.25" "Compare with SGD=false" \
  "Fokker-Planck/Time stepping=semi-implicit Euler" "Fokker-Planck/Time step=0.025"
finish
