#!/bin/sh
# Data sets that are missing, malformed or not finite: the message names file and line.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers continuity
base="$SOURCE_DIR/parameter_files/continuity/mcycle.prm"
[ -f "$base" ] || exit 77

expect 2 "the file 'none.csv' does not exist" --validate "$base" "Data/CSV file=none.csv"
mkdir data.csv
expect 2 "'data.csv' is a directory" --validate "$base" "Data/CSV file=data.csv"
printf 'times,accel\n1,2\n2,x\n' >bad.csv
expect 2 "bad.csv:3: 'x' in column 'accel' is not a number" --validate "$base" "Data/CSV file=bad.csv"
printf 'times,accel\n1,2\n2\n' >bad.csv
expect 2 "bad.csv:3: the line has 1 field" --validate "$base" "Data/CSV file=bad.csv"
printf 'times,accel\n1,nan\n' >bad.csv
expect 2 "bad.csv:2: 'nan' in column 'accel' is not finite" --validate "$base" "Data/CSV file=bad.csv"
printf 'times,acel\n1,1\n' >bad.csv
expect 2 "the table has no column 'accel'. Did you mean 'acel'?" --validate "$base" "Data/CSV file=bad.csv"
finish
