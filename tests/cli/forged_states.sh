# A state with wrong contents and right checksums, as another version may have left it: its sections empty, and some longer, zero or
# nothing but ones, for every solver that keeps one. Runs go on, or end with status 2 or 3 and one message; none crashes, and there is no
# "internal error". STRIDE=N: every N-th section (standard: some of them; 1: all). At random, and on several ranks: benchmarks/forged_states.py.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"

# try NAME FILE CHANGES...: a run with a state in its middle, resumed from forged ones
try() {
  name=$1 file=$SOURCE_DIR/parameter_files/$2
  shift 2
  FAULT_ACTION=KILL FAULT_CALLS=rename FAULT_PATH="*/$name/checkpoints/*.good" FAULT_NUMBER=1 \
    run "$with_faults" "$RHOFLOW" "$file" "$@" "Output directory=$name"
  [ "$status" -eq 137 ] || fail "$name: no state was kept: exit status $status"
  state=$name/checkpoints/odd
  sections=$("$FORGE" "$state")
  [ "$sections" -gt 5 ] || fail "$name: a state of $sections sections"
  stride=${STRIDE:-$((2 + sections / 15 + SANITIZED))}
  number=0 refused=0
  while [ "$number" -lt "$sections" ]; do
    number=$((number + 1))
    [ $((number % stride)) -eq 0 ] || continue
    case $((number % 12)) in 0 | 1) other=longer ;; 4 | 5) other=zeros ;; 8 | 9) other=ones ;; *) other= ;; esac
    for how in empty $other; do
      cp -r "$name" forged
      section=$("$FORGE" "forged/checkpoints/odd" "$number" "$how")
      run "$RHOFLOW" --resume forged
      case $status in
      0) ;;
      2 | 3)
        refused=$((refused + 1))
        [ "$(grep -vc '^Warning: ' "$out/stderr")" -eq 1 ] || fail "$name, '$section' $how: not one message" ;;
      *) fail "$name, '$section' $how: exit status $status" ;;
      esac
      rm -rf forged
    done
  done
  [ "$refused" -gt 0 ] || fail "$name: no forged state was refused"
  echo "$name: $sections sections, $refused times refused"
}

often="Checkpoint/Every n-th step=2"
try continuity continuity/linear_2d.prm "End time=0.3" "Output interval=0.1" "$often"
try networks particles/noisy_linear.prm "End time=2" "Particles/Number of neurons=20" "Checkpoint/Time interval=0.5" "Output interval=1"
try single_neuron single_neuron/reference_a_adaptive.prm "End time=0.5" "Output interval=0.25" "Domain/Subdivisions=2,2,2" \
  "Domain/Boundary mass limit=1" "Refinement/Maximum level=1" "Compare with SGD=true" "Particles/Replicas=2" \
  "Particles/Number of neurons=20" "Comparison/Transport points=0" "Comparison/Bootstrap samples=0" "Comparison/Directions=3" "$often"
try fokker_planck fokker_planck/linear_2d.prm "End time=0.5" "Output interval=0.25" "Domain/Subdivisions=4" \
  "Domain/Boundary mass limit=1" "$often"
try characteristics characteristics/reference_c.prm "Output times=" "End time=0.5" "Output interval=0.25" "$often"
try boltzmann boltzmann/mcycle.prm "Domain/Subdivisions=4" "Boltzmann/Nodes per cell=3" "Boltzmann/Path of inverse temperatures=2" \
  "Domain/Boundary mass limit=1" "Domain/Boundary mass warning=1" "Mean field/Inverse temperature=5" "Checkpoint/Every n-th step=1"
finish
