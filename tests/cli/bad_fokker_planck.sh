#!/bin/sh
# Parameters that the equation with entropy cannot take, boxes that are too small, and steps that do not converge.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers "fokker planck"

cat >warm.prm <<EOF
set Solver = fokker planck
set End time = 1
set Output interval = 0.5
set Output times =
subsection Learning problem
  set Neuron          = weighted ridge
  set Activation      = tanh
  set Input dimension = 1
end
subsection Target
  set Type       = expression
  set Expression = sin(1.5*x)
end
subsection Initial law
  set Law = normal(0.5, 0.5), normal(0.5, 0.5)
end
subsection Mean field
  set Weight decay        = 0.2
  set Inverse temperature = 10
end
subsection Domain
  set Lower corner = -5, -5
  set Upper corner = 5, 5
  set Subdivisions = 12
end
subsection Fokker-Planck
  set Time step = 0.25
end
subsection Output
  set Write density = false
end
EOF

run "$RHOFLOW" --validate warm.prm
[ "$status" -eq 0 ] || fail "a good file is not valid"
on_ranks="1 2"
expect 2 "Mean field/Inverse temperature: " warm.prm "Mean field/Inverse temperature=0"
on_ranks=1
expect 2 "Mean field/Inverse temperature: " --validate warm.prm "Mean field/Inverse temperature=-3"
expect 2 "Mean field/Inverse temperature: the solver 'fokker planck' is for the equation with entropy: give a finite beta" \
  --validate warm.prm "Mean field/Inverse temperature=inf"
expect 2 "Mean field/Weight decay" --validate warm.prm "Mean field/Weight decay=-1"
expect 2 "Fokker-Planck/Time stepping" --validate warm.prm "Fokker-Planck/Time stepping=Crank-Nicolson"
expect 2 "Fokker-Planck/Degree" --validate warm.prm "Fokker-Planck/Degree=5"
expect 2 "Fokker-Planck/Time step" --validate warm.prm "Fokker-Planck/Time step=0"
expect 2 "Initial law/Law: a point mass has no density on a mesh" --validate warm.prm "Initial law/Law=point(0), normal(0, 1)"

# last_row DIRECTORY: the time of the last row of statistics.csv.
last_row() {
  tail -n 1 "$1/statistics.csv" | cut -d, -f1
}
# stops STATUS MESSAGE DIRECTORY ARGUMENTS...: the run ends with STATUS and MESSAGE, once.
stops() {
  wanted=$1
  message=$2
  directory=$3
  shift 3
  run "$RHOFLOW" warm.prm "Output directory=$directory" "$@"
  [ "$status" -eq "$wanted" ] || fail "$directory: exit status $status instead of $wanted"
  [ "$(grep -cF -- "$message" "$out/stderr")" -eq 1 ] || fail "$directory: '$message' is not on one line"
}

# Nothing is written before the initial law is known to be in the box.
stops 2 "Domain/Lower corner: only about 0 % of the initial density lies in the box" outside \
  "Initial law/Law=normal(30, 0.5), normal(0.5, 0.5)"
[ ! -e outside ] || fail "a run directory was made for an initial law outside of the box"
stops 2 "Initial law/Law: the nodes of the mesh see only" narrow "Initial law/Law=normal(0.2, 1e-6), normal(0.2, 1e-6)"
on_ranks="1 2"
expect 2 "Domain/Upper corner: the box is too small: at t = 0 its outermost cells hold the mass" warm.prm "Domain/Upper corner=0.5, 5"
on_ranks=1
for change in Refinement/Adaptive=true "Domain/Periodic=false, true" "Fokker-Planck/Degree=3"; do
  expect 2 "Domain/Upper corner: the box is too small: at t = 0 its" --validate warm.prm "Domain/Upper corner=0.5, 5" "$change"
done
# The density of rest reaches the sides of this box: that is known before the first step, of which nothing is left behind, or, if nobody
# asks for it, when it gets there. Then the row that says so is kept.
small() {
  stops 2 "$1" "$2" "Domain/Lower corner=-1.5, -1.5" "Domain/Upper corner=2, 2" \
    "Initial law/Law=normal(0.2, 0.1), normal(0.2, 0.1)" "Output interval=0.25" "Domain/Boundary mass limit=0.05" \
    "Mean field/Inverse temperature=2" "Fokker-Planck/Find equilibrium=$3"
}
small "Domain/Upper corner: the box is too small for the density at rest" rest true
[ ! -e rest ] || fail "a run that was refused before its first step left its directory"
small "Domain/Upper corner: the box is too small: at t = " small false
[ "$(wc -l <small/statistics.csv)" -ge 2 ] || fail "the rows before the end were not kept"
# One iteration is not enough for a step in which the mean field moves, nor does halving it help.
stops 3 "an implicit step of length" stuck "Fokker-Planck/Nonlinear solver=Newton" "Fokker-Planck/Maximum nonlinear iterations=1" \
  "Fokker-Planck/Time step=1000" "End time=1000" "Output interval=1000" "Fokker-Planck/Nonlinear tolerance=1e-15"
grep -qF "raise 'Fokker-Planck/Maximum nonlinear iterations'" "$out/stderr" || fail "no step to try next"
[ "$(last_row stuck)" = 0 ] || fail "the last good row was not kept"

# The same run on one, two and three ranks.
for ranks in 1 2 3; do
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW" warm.prm "Output directory=ranks-$ranks" "Refinement/Adaptive=true" \
    "Refinement/Maximum level=1" "Refinement/Tolerance=1e-3" "Refinement/Interval=1"
  [ "$status" -eq 0 ] || fail "on $ranks ranks: exit status $status"
  paste -d, ranks-1/statistics.csv "ranks-$ranks/statistics.csv" | awk -F, 'NR > 1 {
    for (i = 1; i <= NF / 2; ++i) {
      a = $i; b = $(i + NF / 2); d = a - b; s = (a < 0 ? -a : a)
      if ((d < 0 ? -d : d) > 1e-10 * (s > 1 ? s : 1)) bad = 1
    } } END { exit bad }' || fail "statistics.csv on $ranks ranks differs from that on one"
done
finish
