#!/bin/sh
# Parameters and options that nobody reads are named, once, and in the log.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"

cat >line.prm <<'PRM'
set Solver          = continuity
set End time        = 0.1
set Output interval = 0.1
subsection Learning problem
  set Neuron = linear
end
subsection Target
  set Type       = expression
  set Expression = x
end
subsection Initial law
  set Law = normal(0, 1)
end
subsection Domain
  set Lower corner = -8
  set Upper corner = 8
  set Subdivisions = 64
end
subsection Particles
  set Number of neurons = 10
  set Replicas          = 3
end
subsection Mean field
  set Inverse temperature = inf
end
PRM

# warns TEXT ARGUMENTS...: the fixed text is on one line of stdout, and status 0
warns() {
  text=$1
  shift
  run "$RHOFLOW" "$@"
  [ "$status" -eq 0 ] || fail "$*: exit status $status"
  [ "$(grep -cF -- "$text" "$out/stderr")" -eq 1 ] || fail "$*: '$text' is not on one line"
}
silent() {
  run "$@"
  [ "$status" -eq 0 ] || fail "$*: exit status $status"
  if grep -q Warning "$out/stderr"; then
    fail "$*: a warning"
  fi
}
networks="'Number of neurons', 'Replicas' in section 'Particles' have no effect unless 'Compare with SGD = true'."
warns "Warning: line.prm:20: $networks" --validate line.prm
silent "$RHOFLOW" --validate line.prm "Compare with SGD=true"
warns "Warning: line.prm:20: $networks" line.prm
grep -qF "$networks" runs/line/log.txt || fail "the log does not have the warning"
# The record has all parameters, and is not to blame for those that were not given.
warns "parameters_used.prm:" runs/line/parameters_used.prm "Output directory=again"
silent "$RHOFLOW" line.prm "Particles/Number of neurons=1000" "Particles/Replicas=8" "Output directory=plain"
silent "$RHOFLOW" --validate plain/parameters_used.prm
silent "$RHOFLOW" --resume plain "End time=0.2"

warns "the mean of 'log(2 - theta)' ('Observables' in section 'Output') is not finite" line.prm Solver=characteristics \
  "Output/Observables=log(2 - theta)" "Initial law/Law=uniform(0, 1)" "Target/Expression=9*x" "End time=4" "Output directory=late" \
  "Particles/Number of neurons=1000" "Particles/Replicas=8"

# Options of PETSc.
warns "options behind '--' have no effect with 'Solver = continuity', which does not use PETSc: -ksp_typo." --validate line.prm -- \
  -ksp_typo 3
warns "nobody has read these options of PETSc behind '--': -ksp_typo." line.prm "Solver=fokker planck" \
  "Mean field/Inverse temperature=10" "Mean field/Weight decay=0.5" "Output directory=petsc" -- -ksp_typo 3 -linear_pc_type jacobi

# A study says it once, and only of what no run reads.
cat >study.prm <<'PRM'
set Base file = line.prm
subsection Fix
  set Refinement/Tolerance = 1e-3
end
subsection Vary
  set Solver = continuity, particles
end
subsection Results
  set risk = last of statistics.csv: risk
end
PRM
run "$RHOFLOW_STUDY" --validate study.prm
[ "$status" -eq 0 ] || fail "the study is not valid"
[ "$(grep -c Warning "$out/stderr")" -eq 1 ] || fail "the study does not give one warning"
grep -q "study.prm:3: 'Tolerance' in section 'Refinement' has no effect" "$out/stderr" || fail "the warning of the study"
finish
