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
run "$RHOFLOW" --validate box.prm "Domain/Upper corner=0.5, 2.6, 2" "Domain/Boundary mass limit=1"
[ "$status" -eq 0 ] || fail "a box with two thirds of the initial law is not valid where that is allowed"
# What only the mesh shows: a borderline case, and the mass in its outermost cells at t = 0, also of a mesh that is refined for it.
on_ranks="1 2"
expect 2 "box.prm:4: Domain/Lower corner: only 38" box.prm "Domain/Upper corner=-0.3, 2.6, 2"
expect 2 "command line: Domain/Upper corner: the box is too small: at t = 0 its outermost cells hold the mass 0.6348" --validate box.prm \
  "Domain/Upper corner=0.5, 2.6, 2"
on_ranks=1
expect 2 "Domain/Upper corner: the box is too small: at t = 0 its outermost cells hold the mass 0.6348" box.prm "Domain/Upper corner=0.5, 2.6, 2"
expect 2 "Domain/Upper corner: the box is too small: at t = 0 its" --validate box.prm "Domain/Upper corner=0.5, 2.6, 2" \
  Refinement/Adaptive=true "Refinement/Maximum level=1"
# It costs no earlier run.
run "$RHOFLOW" box.prm "End time=0.01" "Output directory=earlier"
[ "$status" -eq 0 ] || fail "a run in a good box ends with $status"
expect 2 "the box is too small: at t = 0 its" box.prm "Domain/Upper corner=0.5, 2.6, 2" "Output directory=earlier" Overwrite=true
# The density leaves the box during the run: the run ends, with what it has written so far.
run "$MPIEXEC" -np 2 "$RHOFLOW" box.prm "Domain/Lower corner=-3.2, -0.6, 0" "Domain/Upper corner=3.2, 0.6, 1.6" \
  "Domain/Boundary mass limit=0.05"
[ "$status" -eq 2 ] || fail "a run in a box that is too small ends with $status"
[ "$(grep -c 'the box is too small' "$out/stderr")" -eq 1 ] || fail "the message is not there once"
[ "$(wc -l <runs/box/statistics.csv)" -eq 3 ] || fail "the statistics are lost"
tail -n 1 runs/box/log.txt | grep -q '^Error (exit status 2): .*the box is too small: at t = 1 ' || fail "log.txt does not end with the reason"
finish
