#!/bin/sh
# A run of the solver 'characteristics' that goes on from a checkpoint in its middle is the run that was not interrupted, byte by
# byte, on other numbers of ranks too: points that a step with an error estimate moves, and finite networks beside them.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers characteristics

# on RANKS DIRECTORY ARGUMENTS...
on() {
  ranks=$1
  directory=$2
  shift 2
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW" "$@" "Output directory=$directory"
  [ "$status" -eq 0 ] || fail "$directory on $ranks ranks ends with status $status"
}

# count FILES...: how many there are
count() {
  n=0
  for each in "$@"; do [ ! -e "$each" ] || n=$((n + 1)); done
  echo "$n"
}

# answers DIRECTORY LINES: what a run says at its end about all of its time.
answers() {
  grep '^ *\(risk at\|Frank-Wolfe\|energy balance\|time steps\|largest\)' "$1/log.txt" | tail -n "$2"
}

# go_on NAME LINES CHANGES...: with one checkpoint after step $step. What was written after it is spoilt before the run goes on.
go_on() {
  name=$1
  lines=$2
  shift 2
  on 1 "$name-whole" "$@"
  answers "$name-whole" "$lines" >"$out/whole"
  [ "$(wc -l <"$out/whole")" -eq "$lines" ] || fail "$name: the report has not the lines that are compared"
  for pair in 1:2 2:1 2:3 3:4; do
    on "${pair%:*}" "$name-$pair" "$@" "Checkpoint/Every n-th step=$step" "Checkpoint/At the end=false"
    [ "$(count "$directory"/checkpoints/*.good)" -eq 1 ] || fail "$directory: there is not one checkpoint"
    for file in "$directory"/*.csv "$directory"/measures/times.csv; do echo 1 >>"$file"; done
    rm -f "$directory"/*/*_0003.*
    run "$MPIEXEC" -np "${pair#*:}" "$RHOFLOW" --resume "$directory"
    [ "$status" -eq 0 ] || fail "$directory: going on ends with status $status"
    grep -q "Going on at t = " "$directory/log.txt" || fail "$directory: it is not said where the run goes on"
    for file in $(cd "$name-whole" && find . -type f \( -name '*.csv' -o -name '*.vt[up]' -o -name '*.pvd' \) ! -name timing.csv); do
      cmp -s "$name-whole/$file" "$directory/$file" || fail "$directory: $file differs from that of the run that was not interrupted"
    done
    answers "$directory" "$lines" | cmp -s "$out/whole" - || fail "$directory: the report differs"
  done
}

common="Output times=;End time=1.2;Output interval=0.4;Characteristics/Nodes per coordinate=6;Output/Every n-th output=3;Title=short"
with() {
  step=$1
  name=$2
  lines=$3
  shift 3
  old_ifs=$IFS
  IFS=';'
  # shellcheck disable=SC2086 # a list
  set -- "$@" $common
  IFS=$old_ifs
  go_on "$name" "$lines" "$@"
}
with 9 networks 5 "$SOURCE_DIR/parameter_files/characteristics/reference_a.prm" "Compare with SGD=true" "Particles/Replicas=3" \
  "Particles/Number of neurons=60" "Particles/Write particles=all replicas" "Comparison/Write measures=true" \
  "Comparison/Measure points=50"
finish
