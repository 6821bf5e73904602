#!/bin/sh
# statistics.csv is the same, byte by byte, on 1, 2, 3 and 4 ranks: with adaptive refinement, and with finite networks beside.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers "single neuron" continuity

same_on_all_ranks() {
  name=$1
  shift
  for ranks in 1 2 3 4; do
    run "$MPIEXEC" -np "$ranks" "$RHOFLOW" "$@" "Output directory=runs/$name-$ranks" "Output/Write density=false"
    [ "$status" -eq 0 ] || fail "$name on $ranks ranks ends with status $status"
    cmp -s "runs/$name-1/statistics.csv" "runs/$name-$ranks/statistics.csv" ||
      fail "$name: statistics.csv on $ranks ranks differs from that on one"
    if [ -f "runs/$name-1/comparison.csv" ]; then
      cmp -s "runs/$name-1/comparison.csv" "runs/$name-$ranks/comparison.csv" ||
        fail "$name: comparison.csv on $ranks ranks differs from that on one"
    fi
  done
}

files=$SOURCE_DIR/parameter_files
same_on_all_ranks adaptive "$files/single_neuron/reference_a_adaptive.prm" "Output times=" "End time=0.6" "Output interval=0.3" \
  "Refinement/Tolerance=3e-4" "Refinement/Interval=1"
# The mesh must have changed on the way, or the test shows nothing.
[ "$(tail -n +2 runs/adaptive-1/statistics.csv | sed 's/.*,//' | sort -u | wc -l)" -ge 2 ] || fail "the mesh never changed"
same_on_all_ranks regression "$files/continuity/mcycle.prm" "Output times=" "End time=0.4" "Output interval=0.4" \
  "Domain/Subdivisions=7, 7, 7" "Particles/Number of neurons=100" "Compare with SGD=true"
same_on_all_ranks limited "$files/continuity/linear_2d.prm" "Output times=" "End time=0.2" "Output interval=0.1" \
  "Discontinuous Galerkin/Positivity=every stage" "Refinement/Adaptive=true"
finish
