#!/bin/sh
# Sizes beyond the machine's memory are refused before anything of that size is made, with the parameters that make them.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers "single neuron" particles characteristics boltzmann "fokker planck"
files=$SOURCE_DIR/parameter_files

# With little address space whoever made the arrays would not come to the message. (Sanitizers need all of it.)
[ "$SANITIZED" = 1 ] || ulimit -v 4000000

on_ranks="1 2"
expect 2 "command line: Domain/Subdivisions: at most 128 subdivisions along an axis" --validate "$files/quickstart.prm" \
  "Domain/Subdivisions=100000,100000,100000"
expect 2 "command line: Particles/Number of neurons: the run needs about" --validate "$files/particles/lazy.prm" \
  "Particles/Number of neurons=1e7" "Particles/Replicas=100000"
on_ranks=1
expect 2 "Output/Write density: the run needs about" "$files/single_neuron/reference_a.prm" Domain/Subdivisions=16,24,14 Domain/Refinement=14
expect 2 "for the density's picture, but only" --validate "$files/single_neuron/reference_a.prm" Domain/Subdivisions=16,24,14 Domain/Refinement=6
expect 2 "command line: Domain/Subdivisions: the run needs about" --validate "$files/fokker_planck/tanh_2d.prm" \
  Domain/Subdivisions=128 Domain/Refinement=12
expect 2 "quadrature nodes on every rank, more than 10^9" --validate "$files/boltzmann/tanh_2d.prm" Domain/Subdivisions=100000
[ "$SANITIZED" = 1 ] || # where the rest of the machine's memory may do
  expect 2 "command line: Domain/Subdivisions: the run needs about" --validate "$files/boltzmann/tanh_2d.prm" \
    Domain/Subdivisions=4000
expect 2 "command line: Characteristics/Nodes per coordinate: the initial law would have more than 10^8 points" --validate \
  "$files/characteristics/reference_a.prm" "Characteristics/Nodes per coordinate=100000"
expect 2 "Particles/Number of neurons: '1e12' is not valid; expected: " --validate "$files/particles/lazy.prm" \
  "Particles/Number of neurons=1e12"
expect 2 "command line: Comparison/Bins: the run needs about" --validate "$files/quickstart.prm" Comparison/Bins=1000000 \
  Comparison/Directions=10000
run "$RHOFLOW" --validate "$files/quickstart.prm"
[ "$status" -eq 0 ] || fail "the quickstart does not fit into 4 GB"

# A large run says what it is going to need.
run "$RHOFLOW" "$files/particles/lazy.prm" "Particles/Output scaling=mean field" "Particles/Tangent kernel=false" \
  "Particles/Number of neurons=800000" Particles/Replicas=1 "Learning problem/Test samples=100" "End time=0.001" \
  "Output interval=0.001" "Output directory=runs/large" "Particles/Write particles=none"
[ "$status" -eq 0 ] || fail "a large network ends with $status"
[ "$(grep -c '^Memory: about 1\.[0-9]* GiB$' "$out/stdout")" -eq 1 ] || fail "the memory of a large network is not said once"
finish
