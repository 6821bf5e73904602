#!/bin/sh
# Tables as spreadsheets and other programs write them: the run tells how it read them, and its own tables can be read back.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers particles

cat >fit.prm <<EOT
set Solver          = particles
set End time        = 0.1
set Output interval = 0.1
subsection Learning problem
  set Neuron = ridge
end
subsection Data
  set Law           = csv
  set CSV file      = data.csv
  set Input columns = time
  set Output column = fit
end
subsection Initial law
  set Law = normal(0, 1)
end
subsection Particles
  set Method            = multi-pass SGD
  set Number of neurons = 5
  set Step size         = 0.05
end
EOT

# The names are those that curve.csv has itself, and one byte is Latin-1.
printf 'time;fit;temp\351rature\r\n1,5;2;0,5\r\n-1;3;1,5\r\n' >data.csv
run "$RHOFLOW" fit.prm
[ "$status" -eq 0 ] || fail "a table of a spreadsheet is not read"
for place in "$out/stdout" runs/fit/log.txt; do
  [ "$(grep -c "^Data: data.csv: fields separated by ';', decimal commas, names of columns taken for Windows-1252" "$place")" -eq 1 ] ||
    fail "$place does not say how the table was read"
done
head -n 2 runs/fit/curve.csv | grep -q '^time,input time,output fit,' || fail "curve.csv mixes its own columns with those of the data"
[ "$(sed -n 2p runs/fit/curve.csv | cut -d, -f1-3)" = 0,1.5,2 ] || fail "curve.csv has not the data"
run "$RHOFLOW" fit.prm "Data/Input columns=température" "Output directory=runs/latin"
[ "$status" -eq 0 ] || fail "a name in Latin-1 is not found"
head -n 1 runs/latin/curve.csv | grep -q '^time,température,' || fail "curve.csv is not in UTF-8"
expect 2 "command line: Data/Input columns: the table has no column 'times'. Did you mean 'time'? Its columns, separated by ';': " \
  --validate fit.prm "Data/Input columns=times"
expect 2 "command line: Data/Output column: the table has no column 'times'" --validate fit.prm "Data/Output column=times"
expect 2 "command line: Data/Input columns: the column 'time' is named twice" --validate fit.prm "Data/Input columns=time, time"

# An ordinary table is not talked about.
printf 'time,"fit, (all)"\n1,2\n2,3\n' >data.csv
run "$RHOFLOW" fit.prm "Data/Output column=fit, (all)" "Output directory=runs/plain"
[ "$status" -eq 0 ] || fail "a name with a comma is not found"
grep -q "Data:" "$out/stdout" && fail "an ordinary table is talked about"
head -n 1 runs/plain/curve.csv | grep -q '^time,input time,"fit, (all)",' || fail "a name with a comma is not quoted in curve.csv"
run "$RHOFLOW" --resume runs/plain "End time=0.2"
[ "$status" -eq 0 ] || fail "a run with such a name cannot be resumed"

printf 'time,fit\n0.1,1\n0.1,2\n0.1,3\n0.1,4\n0.1,5\n0.1,6\n0.1,7\n0.1,8\n0.1,9\n0.1,10\n' >data.csv
on_ranks="1 2"
expect 2 "Data/Standardise: the column 'time' is constant" fit.prm Data/Standardise=true "Output directory=runs/constant"
finish
