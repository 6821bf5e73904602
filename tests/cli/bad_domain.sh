#!/bin/sh
# Boxes of parameter space that do not fit the problem.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers "single neuron"

cat >box.prm <<EOF
set Solver   = single neuron
set End time = 4
subsection Domain
  set Lower corner = -6.5, -2.6, 0
  set Upper corner = 6.5, 2.6, 2
  set Subdivisions = 6, 8, 5
end
EOF

run "$RHOFLOW" --validate box.prm
[ "$status" -eq 0 ] || fail "a good box is not valid"
expect 2 "command line: Domain/Upper corner: coordinate 2 of the upper corner must be larger than" box.prm \
  "Domain/Upper corner=6.5, -2.6, 2"
expect 2 "command line: Domain/Lower corner: " box.prm "Domain/Lower corner=-6.5, -2.6, -1"
expect 2 "command line: Refinement/Maximum level: the mesh starts with" box.prm Refinement/Adaptive=true \
  "Refinement/Maximum level=1" Domain/Refinement=2
expect 2 "Domain/Lower corner: the box has 2 coordinates, but the neuron has the 3 parameters" box.prm \
  "Domain/Lower corner=-6.5, -2.6" "Domain/Upper corner=6.5, 2.6" Domain/Subdivisions=4
# Most of the initial law is outside: found before anything is written.
on_ranks="1 2"
expect 2 "box.prm:4: Domain/Lower corner: only about 1" box.prm "Domain/Upper corner=-1, 2.6, 2"
on_ranks=1
expect 2 "box.prm:4: Domain/Lower corner: only about 1" --validate box.prm "Domain/Upper corner=-1, 2.6, 2"
run "$RHOFLOW" --validate box.prm "Domain/Upper corner=0.5, 2.6, 2"
[ "$status" -eq 0 ] || fail "a box with two thirds of the initial law is not valid"
# A borderline case is left to the mesh.
run "$MPIEXEC" -np 2 "$RHOFLOW" box.prm "Output directory=runs/half" "Domain/Upper corner=-0.3, 2.6, 2"
[ "$status" -eq 2 ] || fail "a box without most of the initial law ends with $status"
[ "$(grep -c 'box.prm:4: Domain/Lower corner: only 38' "$out/stderr")" -eq 1 ] || fail "the message is not there once"
# The density leaves the box during the run: the run ends, with what it has written so far.
run "$MPIEXEC" -np 2 "$RHOFLOW" box.prm "Domain/Lower corner=-3.2, -0.6, 0" "Domain/Upper corner=3.2, 0.6, 1.6"
[ "$status" -eq 2 ] || fail "a run in a box that is too small ends with $status"
[ "$(grep -c 'the box is too small' "$out/stderr")" -eq 1 ] || fail "the message is not there once"
[ "$(wc -l <runs/box/statistics.csv)" -ge 2 ] || fail "the statistics are lost"
finish
