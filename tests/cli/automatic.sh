#!/bin/sh
# Runs that are given a learning problem alone: the same bits on 1 to 4 ranks and after a restart, mass to round-off, and every choice
# as a number in parameters_used.prm.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers "single neuron" continuity boltzmann

printf 'set Solver = single neuron\nset End time = 1\nset Output interval = 0.5\nsubsection Accuracy\n  set Density = 0.1\nend\n' >problem.prm
for ranks in 1 2 3 4; do
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW" problem.prm "Output directory=on$ranks"
  [ "$status" -eq 0 ] || fail "on $ranks ranks: exit status $status"
  cmp -s on1/statistics.csv "on$ranks/statistics.csv" || fail "statistics.csv on $ranks ranks differs from that on one"
done

for name in "Lower corner" "Upper corner" Subdivisions Adaptive "Maximum level" Tolerance "Quadrature nodes" "Radial nodes" "Angular nodes" \
  "Quadrature rule" Degree "Largest fall of the risk"; do
  grep -q "^ *set $name *= *[^a ]" on1/parameters_used.prm || fail "parameters_used.prm has no choice of '$name'"
done

# column NAME: its numbers
column() {
  awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) c = i; next } { print $c }' on1/statistics.csv
}
column mass | awk '{ if (NR == 1) first = $1; drift = $1 / first - 1; if (drift < 0) drift = -drift; if (drift > 1e-12) exit 1 }' ||
  fail "the mass changes by more than 1e-12"
column "risk error" | awk '{ if (!($1 > 0 && $1 < 1e-3)) exit 1 }' || fail "no estimate of the error of the risk"

# What was chosen for the whole time is what the parts of it take. The error of the data nodes in column 4 is estimated for the densities
# until the end time, which is another one in the first part.
run "$RHOFLOW" on1/parameters_used.prm "Output directory=part" "End time=0.5"
[ "$status" -eq 0 ] || fail "the first part: exit status $status"
run "$MPIEXEC" -np 3 "$RHOFLOW" --resume part "End time=1"
[ "$status" -eq 0 ] || fail "the second part: exit status $status"
for directory in on1 part; do cut -d, -f1-3,5- "$directory/statistics.csv" >"$directory/other_columns"; done
head -n 1 on1/statistics.csv | cut -d, -f4 | grep -qx "risk error" || fail "column 4 is another one"
cmp -s on1/other_columns part/other_columns || fail "statistics.csv of the run that was resumed differs"

# A density that leaves its first box: at the later end time coarse cells are added, mass and moments stay those of the exact solution
# (mathematics.md, linear neuron: the mean goes from -0.5 to 30 as exp(-t), the deviation stays), on any number of ranks.
printf 'set Solver = continuity\nset End time = 0.1\nset Output interval = 0.05\nsubsection Learning problem\n  set Neuron = linear\n  set Input dimension = 2\nend\nsubsection Target\n  set Type = expression\n  set Expression = 30*x1 - x2\nend\nsubsection Initial law\n  set Law = normal(-0.5, 0.4), normal(0, 0.4)\nend\nsubsection Checkpoint\n  set At the end = true\nend\n' >drifting.prm
for ranks in 1 2 3; do
  run "$RHOFLOW" drifting.prm "Output directory=drift$ranks" "Accuracy/Functionals=1e-3"
  [ "$status" -eq 0 ] || fail "a drifting density: exit status $status"
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW" --resume "drift$ranks" "End time=0.5"
  [ "$status" -eq 0 ] || fail "a density that leaves its box, on $ranks ranks: exit status $status"
  cmp -s drift1/statistics.csv "drift$ranks/statistics.csv" || fail "the density that left its box differs on $ranks ranks"
done
grep -q "The box was extended" drift1/log.txt || fail "the box was not extended"
awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) c[$i] = i; next }
  { if (NR == 2) first = $c["mass"]
    mean = 30 - 30.5 * exp(-$c["time"]); drift = $c["mass"] / first - 1; off = $c["mean theta1"] - mean
    if (drift * drift > 1e-24 || off * off > 1e-6 || $c["boundary mass"] > 1e-6) { print; exit 1 } }' drift1/statistics.csv ||
  fail "mass, mean or boundary mass of the density that left its box"

# A landscape without a density at rest has no box.
printf 'set Solver = boltzmann\nsubsection Learning problem\n  set Neuron = landscape\nend\nsubsection Landscape\n  set Function = x\nend\nsubsection Initial law\n  set Law = normal(0, 1)\nend\nsubsection Mean field\n  set Inverse temperature = 2\nend\n' >unbound.prm
run "$RHOFLOW" --validate unbound.prm
[ "$status" -eq 2 ] || fail "a landscape without a density at rest: exit status $status"
finish
