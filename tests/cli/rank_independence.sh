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

# The linear systems of the equation with entropy are solved by iterations, whose sums have the order of the ranks.
for ranks in 1 2 3; do
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW" "$files/fokker_planck/tanh_2d.prm" "Output directory=runs/entropy-$ranks" "Output times=" \
    "End time=1" "Output interval=0.5" Domain/Subdivisions=12 "Compare with SGD=false" "Refinement/Adaptive=true" "Refinement/Maximum level=1" \
    "Refinement/Tolerance=1e-3" "Refinement/Interval=1"
  [ "$status" -eq 0 ] || fail "with entropy on $ranks ranks: exit status $status"
  worst=$(difference runs/entropy-1/statistics.csv "runs/entropy-$ranks/statistics.csv")
  [ "$worst" != other ] && awk -v worst="$worst" 'BEGIN { exit !(worst <= 1e-10) }' ||
    fail "with entropy: statistics.csv on $ranks ranks differs from that on one by $worst"
done

# Finite networks alone: every file but the timings, the parameters as used, the states, which hold these parameters, and the
# provenance. Replicas on ranks of their own, and each network on two or on all ranks.
networks() {
  name=$1
  shift
  for places in 1:0 2:1 2:2 4:1 4:2 4:4; do
    run "$MPIEXEC" -np "${places%:*}" "$RHOFLOW" "$@" "Output directory=runs/$name-$places" "Particles/Ranks per network=${places#*:}"
    [ "$status" -eq 0 ] || fail "$name with ranks:ranks per network $places ends with status $status"
    for file in $(cd "runs/$name-1:0" && find . -type f ! -name timing.csv ! -name log.txt ! -name '*.prm' ! -name provenance.json \
      ! -path './checkpoints/*'); do
      cmp -s "runs/$name-1:0/$file" "runs/$name-$places/$file" || fail "$name: $file with $places differs from that on one rank"
    done
  done
}
printf 'set Solver = particles\nset End time = 0.4\nset Output interval = 0.2\nsubsection Learning problem\n  set Input dimension = 8\nend\n' >networks.prm
networks lazy networks.prm "Particles/Number of neurons=700" "Particles/Replicas=3" "Particles/Output scaling=lazy" \
  "Particles/Write particles=all replicas" "Particles/Precision=single"
networks scheduled networks.prm "Particles/Number of neurons=500" "Particles/Replicas=2" "Particles/Schedule=1/(1+t)" \
  "Learning problem/Activation=tanh" "Particles/Batch size=5" "Mean field/Weight decay=0.1" "Particles/Tangent kernel=true"
networks noisy networks.prm "Particles/Number of neurons=100" "Particles/Replicas=1" "Mean field/Inverse temperature=50"
finish
