# Steps that go wrong are repeated with a smaller length, and the run says so; what no length mends ends the run with status 3, the
# reason, what to try, and the last good checkpoint. Every solver that steps in time.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"

# said TEXT FILE...: the fixed text is in one of the files
said() {
  text=$1
  shift
  cat "$@" | tr '\n' ' ' | grep -qF -- "$text" || fail "'$text' is not said"
}

# stops REASON ADVICE COMMAND...: status 3 with both, and no noise
stops() {
  reason=$1
  advice=$2
  shift 2
  run "$@"
  [ "$status" -eq 3 ] || fail "$*: exit status $status instead of 3"
  said "$reason" "$out/stderr"
  said "$advice" "$out/stderr"
  if grep -q 'MPI_ABORT\|MPI_Abort\|terminate called\|Stacktrace' "$out/stderr"; then
    fail "$*: noise on stderr"
  fi
}

# ---- a density whose steps may be longer than its velocity stays what it is: near the target it would overshoot
cat >hasty.prm <<'PRM'
set Solver          = continuity
set End time        = 40
set Output interval = 5
subsection Learning problem
  set Neuron          = linear
  set Input dimension = 1
end
subsection Data
  set Quadrature nodes = 2
end
subsection Target
  set Type       = expression
  set Expression = 0.6*x
end
subsection Initial law
  set Law = normal(-0.5, 0.4)
end
subsection Domain
  set Lower corner = -3
  set Upper corner = 3
  set Subdivisions = 32
end
subsection Discontinuous Galerkin
  set Time stepping     = SSP(3,3)
  set Maximum time step = 1e9
end
PRM
run "$RHOFLOW" hasty.prm "Output directory=hasty"
[ "$status" -eq 0 ] || fail "steps that are too long: exit status $status"
said "steps repeated with a smaller length" "$out/stdout"
said "Warning: a step of length" "$out/stdout" "$out/stderr"
[ "$(grep -c "it was repeated with a smaller length" hasty/log.txt)" -eq 1 ] || fail "the warning is not in the log once"
# The risk begins at 0.605 and falls.
awk -F, 'NR > 1 && $1 > 12 && !($2 < 6e-5) { exit 1 }' hasty/statistics.csv || fail "the risk did not stay small"
run "$RHOFLOW" hasty.prm "Output directory=calm" "Discontinuous Galerkin/Maximum time step=1"
[ "$status" -eq 0 ] || fail "steps that are short enough: exit status $status"
if grep -q "repeated" "$out/stdout" calm/log.txt; then
  fail "a run without repeated steps speaks of them"
fi

# ---- the same steps after a checkpoint in between, on other ranks
run "$MPIEXEC" -np 2 "$RHOFLOW" hasty.prm "Output directory=parts" "End time=20"
[ "$status" -eq 0 ] || fail "the first part: exit status $status"
grep -q "it was repeated" parts/log.txt || fail "no step was repeated before the checkpoint"
run "$RHOFLOW" --resume parts "End time=40"
[ "$status" -eq 0 ] || fail "the second part: exit status $status"
# But for the error of the data nodes in column 4, which is estimated for the densities until the end time.
for directory in hasty parts; do cut -d, -f1-3,5- "$directory/statistics.csv" >"$out/$directory.csv"; done
cmp -s "$out/hasty.csv" "$out/parts.csv" || fail "the run in two parts on other ranks differs"
[ "$(grep -c "it was repeated with a smaller length" parts/log.txt)" -eq 1 ] || fail "the warning came again after the checkpoint"

# ---- mass that is pressed against a side of the box
collapse="$SOURCE_DIR/parameter_files/continuity/failure_collapses.prm"
stops "Positivity = every stage" "is kept: rhoflow --resume pressed" "$MPIEXEC" -np 2 "$RHOFLOW" "$collapse" \
  "Output directory=pressed" "Discontinuous Galerkin/Positivity=on output" "Checkpoint/Every n-th step=50"

# ---- with entropy: a potential that is too old for the step, and one for which no step is short enough
entropy="$SOURCE_DIR/parameter_files/fokker_planck/linear_1d.prm"
old="Fokker-Planck/Time stepping=semi-implicit Euler"
run "$RHOFLOW" "$entropy" "Output directory=old" "$old" "Fokker-Planck/Time step=50" "Output times=" "Output interval=200" \
  "End time=400" "Compare with SGD=false" "Mean field/Weight decay=0.1" "Mean field/Inverse temperature=40"
[ "$status" -eq 0 ] || fail "a potential that is too old: exit status $status"
said "the free energy grew from" "$out/stdout" "$out/stderr"
said "shorter steps are taken" "$out/stdout" "$out/stderr"
stops "the free energy grew from" "Choose 'implicit Euler'" "$MPIEXEC" -np 2 "$RHOFLOW" "$entropy" "Output directory=older" \
  "$old" "Fokker-Planck/Time step=1e6" "Output times=" "Output interval=1e8" "End time=1e8" "Compare with SGD=false" \
  "Mean field/Weight decay=0.1" "Mean field/Inverse temperature=40"

# ---- networks whose step is too long
networks="$SOURCE_DIR/parameter_files/particles/noisy_linear.prm"
stops "Step size" "Choose a smaller" "$MPIEXEC" -np 2 "$RHOFLOW" "$networks" "Output directory=wild" "Particles/Step size=2.5" \
  "Output times=" "End time=1e5" "Output interval=1e4" "Checkpoint/Every n-th step=1"

cat >bottomless.prm <<'PRM'
set Solver          = particles
set End time        = 2
set Output interval = 0.5
subsection Learning problem
  set Neuron = landscape
end
subsection Landscape
  set Coordinates = x
  set Function    = -x^4/4
end
subsection Initial law
  set Law = normal(1, 0.1)
end
subsection Particles
  set Number of neurons = 10
  set Replicas          = 2
  set Step size         = 0.05
end
PRM
stops "Gradient descent diverged before t = " "Choose a smaller 'Step size'" "$RHOFLOW" bottomless.prm "Output directory=fall" \
  "Particles/Method=gradient descent"
stops "needs steps below 1e-12 at t = 0." "Loosen 'Gradient flow tolerance'" "$RHOFLOW" bottomless.prm "Output directory=flow" \
  "Particles/Method=gradient flow"

finish
