#!/bin/sh
# Training that diverges ends with status 3, the reason and what to try, and its rows up to then stay; what is known before the first
# step is refused.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"

cat >linear.prm <<'PRM'
set Solver          = particles
set End time        = 40
set Output interval = 10
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
  set Step size         = 0.1
end
PRM

# diverges TIME DIRECTORY COMMAND...: the last row of statistics.csv is that of TIME
diverges() {
  last=$1
  directory=$2
  shift 2
  run "$@" "Output directory=$directory"
  [ "$status" -eq 3 ] || fail "$*: exit status $status instead of 3"
  [ "$(grep -c 'Training diverged: the risk of network . has grown to' "$out/stderr")" -eq 1 ] || fail "$*: no reason"
  grep -q "Choose a smaller 'Step size' in section 'Particles' than " "$out/stderr" || fail "$*: nothing to try"
  [ "$(tail -n 1 "$directory/statistics.csv" | cut -d , -f 1)" = "$last" ] || fail "$*: the rows are not those up to t = $last"
}
set -- linear.prm "Particles/Step size=10" "End time=400" "Output interval=200"
diverges 0 one "$RHOFLOW" "$@"
diverges 0 two "$MPIEXEC" -np 2 "$RHOFLOW" "$@"
cmp -s one/statistics.csv two/statistics.csv || fail "the rows depend on the number of ranks"
diverges 0 descent "$RHOFLOW" "$@" "Particles/Method=gradient descent"
# The schedule grows beyond the limit at t = 1.
diverges 1 late "$RHOFLOW" linear.prm "Particles/Method=gradient descent" "Particles/Schedule=if(t < 1, 1, 40)" "Output times=1"
# Beside a density, too, whose row is there already.
diverges 200 beside "$RHOFLOW" "$@" Solver=continuity "Compare with SGD=true"

# A study counts such a run as failed, and does the others.
cat >study.prm <<'PRM'
set Base file = linear.prm
subsection Vary
  set Particles/Step size = 0.1, 10
end
subsection Results
  set risk = last of statistics.csv: risk
end
PRM
run "$RHOFLOW_STUDY" study.prm "Fix/End time=400" "Fix/Output interval=200" "Output directory=study"
[ "$status" -eq 3 ] || fail "a study with a run that diverged: exit status $status instead of 3"
for state in done failed; do
  [ "$(grep -c "$state" study/study.csv)" -eq 1 ] || fail "not one run is $state"
done

# Known before the first step.
limit="multiplies all parameters by 1 - "
expect 2 "command line: Particles/Step size: a step of length 5 with 'Mean field/Weight decay = 1' $limit" --validate linear.prm \
  "Particles/Step size=5" "Mean field/Weight decay=1"
expect 2 "command line: Particles/Schedule: a step of length 4 at t = 20 with 'Mean field/Weight decay = 1' $limit" \
  --validate linear.prm "Particles/Schedule=if(t < 20, 1, 40)" "Mean field/Weight decay=1"
expect 2 "or 'Comparison/Bias estimation = none'" --validate linear.prm Solver=continuity "Compare with SGD=true" \
  "Particles/Step size=0.5" "Mean field/Weight decay=3"
finish
