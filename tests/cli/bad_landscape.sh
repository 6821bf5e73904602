#!/bin/sh
# Landscapes that cannot be read, are not finite in the box, or meet a solver that needs a network.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers boltzmann particles continuity

cat >well.prm <<EOF
set Solver = boltzmann
subsection Learning problem
  set Neuron = landscape
end
subsection Landscape
  set Function = (x^2 - 1)^2
end
subsection Initial law
  set Law = normal(-1, 0.2)
end
subsection Mean field
  set Inverse temperature = 4
end
subsection Domain
  set Lower corner = -3
  set Upper corner = 3
  set Subdivisions = 30
end
subsection Particles
  set Method = gradient descent
end
EOF

run "$RHOFLOW" --validate well.prm
[ "$status" -eq 0 ] || fail "a good landscape is not valid"
run "$RHOFLOW" --validate well.prm Solver=particles
[ "$status" -eq 0 ] || fail "good walkers are not valid"
on_ranks="1 2"
expect 2 "command line: Landscape/Function: cannot read the expression 'x^2 +': " well.prm "Landscape/Function=x^2 +"
on_ranks=1
expect 2 "command line: Landscape/Function: 'log(x)' is not finite at x = -3, a point of the box" --validate well.prm \
  "Landscape/Function=log(x)"
expect 2 "command line: Landscape/Function: 'Neuron = landscape' needs a formula" --validate well.prm "Landscape/Function="
expect 2 "command line: Landscape/Coordinates: 'x' is named twice" --validate well.prm "Landscape/Coordinates=x, x"
expect 2 "well.prm:15: Domain/Lower corner: the box has 1 coordinate, but the neuron has the 2 parameters x, y" \
  --validate well.prm "Landscape/Coordinates=x, y" "Initial law/Law=normal(0, 1), normal(0, 1)"
expect 2 "command line: Data/Law: has no effect for 'Neuron = landscape'" --validate well.prm Data/Law=uniform
expect 2 "well.prm:6: Landscape/Function: has no effect unless Learning problem/Neuron = landscape" --validate well.prm \
  "Learning problem/Neuron=ridge" Target/Type=expression
expect 2 "command line: Particles/Method: 'one-pass SGD' takes samples of data, and a landscape has none" \
  --validate well.prm Solver=particles "Particles/Method=one-pass SGD"
for solver in continuity "single neuron"; do
  expect 2 "well.prm:3: Learning problem/Neuron: the solver '$solver' moves networks" --validate well.prm "Solver=$solver" \
    "Mean field/Inverse temperature=inf"
done
run "$RHOFLOW" --validate well.prm Solver=characteristics "Mean field/Inverse temperature=inf"
[ "$status" -eq 0 ] || fail "characteristics do not take a landscape"
expect 2 "command line: Output/Observables: cannot read the expression 'y > 0'" \
  --validate well.prm "Output/Observables=x; y > 0"
finish
