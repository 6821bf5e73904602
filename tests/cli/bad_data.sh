#!/bin/sh
# Data sets that are missing, malformed or not finite, and choices that contradict each other: the message names file and line.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers particles

cat >fit.prm <<EOF
set Solver = particles
subsection Learning problem
  set Neuron = biased ridge
end
subsection Data
  set Law           = csv
  set CSV file      = data.csv
  set Input columns = times
  set Output column = accel
end
subsection Initial law
  set Law = normal(0, 1), normal(0, 2), normal(0, 2)
end
subsection Particles
  set Method = multi-pass SGD
end
EOF

# data LINE...: the contents of data.csv
data() {
  printf '%s\n' "$@" >data.csv
}

expect 2 "fit.prm:7: Data/CSV file: the file 'data.csv' does not exist" --validate fit.prm
mkdir data.csv
expect 2 "fit.prm:7: Data/CSV file: 'data.csv' is a directory" fit.prm
rmdir data.csv
data
expect 2 "fit.prm:7: Data/CSV file: the file 'data.csv' is empty" fit.prm
data times,accel
expect 2 "the file 'data.csv' has a header, but no data" fit.prm
data times,accel 1,2 2,x
on_ranks="1 2"
expect 2 "data.csv:3: 'x' in column 'accel' is not a number" fit.prm
on_ranks=1
data times,accel 1,2 2
expect 2 "data.csv:3: the line has 1 field" fit.prm
data '# measured' times,accel 1,nan
expect 2 "data.csv:3: 'nan' in column 'accel' is not finite" fit.prm
data times,accel inf,1
expect 2 "data.csv:2: 'inf' in column 'times' is not finite" fit.prm
data times,acel 1,1
expect 2 "the table has no column 'accel'. Did you mean 'acel'?" fit.prm

data times,accel 1,2 2,3 3,5
run "$RHOFLOW" --validate fit.prm
[ "$status" -eq 0 ] || fail "good data are not valid"
run "$RHOFLOW" --validate fit.prm "Data/CSV file=$work/data.csv"
[ "$status" -eq 0 ] || fail "an absolute path is not found"
# A path may also be meant relative to the parameter file.
mkdir elsewhere
(cd elsewhere && "$RHOFLOW" --validate ../fit.prm) >"$out/stdout" 2>"$out/stderr" || fail "data beside the parameter file are not found"

on_ranks="1 2"
expect 2 "command line: Initial law/Law: " fit.prm "Initial law/Law=normal(0, 1)"
on_ranks=1
expect 2 "command line: Learning problem/Input dimension: " fit.prm "Learning problem/Input dimension=2"
expect 2 "command line: Data/Input columns: " fit.prm "Data/Input columns="
expect 2 "command line: Particles/Method: " fit.prm "Particles/Method=momentum"
expect 2 "command line: Particles/Method: " fit.prm "Particles/Method=gradient flow" "Mean field/Inverse temperature=20"
expect 2 "Data/CSV file: has no effect unless Data/Law = csv" fit.prm Data/Law=gaussian Target/Type=expression Target/Expression=x
# Several passes over data that are not a finite set.
cat >gaussian.prm <<EOF
set Solver = particles
subsection Particles
  set Method = multi-pass SGD
end
EOF
expect 2 "gaussian.prm:3: Particles/Method: " gaussian.prm
finish
