#!/bin/sh
# rhoflow-study on a cheap study gives the same tables, byte by byte, on 1, 2 and 4 ranks and in groups of two; a diverging run is
# kept with its message and the others are done.
. "$SOURCE_DIR/tests/cli/common.sh"
rhoflow=$RHOFLOW
RHOFLOW=$RHOFLOW_STUDY

mkdir inputs
cp "$SOURCE_DIR/parameter_files/particles/noisy_linear.prm" inputs/base.prm
cat >inputs/study.prm <<'EOF'
set Title     = Excess risk of noisy networks
set Base file = base.prm
subsection Fix
  set End time           = 2
  set Particles/Replicas = 12
end
subsection Vary
  set Particles/Number of neurons & Seed = 10 & 1, 20 & 2, 40 & 3, 80 & 4
  set Particles/Step size                = 0.02, 0.1
end
subsection Reference
  set Particles/Step size = 0.01
end
subsection Results
  set excess       = mean over time from 1 of mean over replicas of replicas.csv: replica * - 0.00222222
  set sup distance = maximum over time of deviation over replicas of replicas.csv: replica * - reference replicas.csv: replica *
end
subsection Fits
  set excess against Particles/Number of neurons = -1, 0.0833
  set sup distance against Particles/Number of neurons =
end
EOF

before=$(state)
run "$RHOFLOW" --validate inputs/study.prm
[ "$status" -eq 0 ] && [ "$(state)" = "$before" ] || fail "--validate fails or writes something"
grep -q "^inputs/study.prm: valid, 8 rows, 12 different runs$" "$out/stdout" || fail "--validate does not count the runs"
for ranks in 1 2 4; do
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW" inputs/study.prm "Output directory=on-$ranks"
  [ "$status" -eq 0 ] || fail "the study on $ranks ranks ends with status $status"
  [ "$(grep -c ': done (' "$out/stdout")" -eq 12 ] || fail "not one line for each of the 12 runs on $ranks ranks"
  [ ! -s "$out/stderr" ] || fail "the study on $ranks ranks complains"
done
run "$MPIEXEC" -np 4 "$RHOFLOW" inputs/study.prm "Output directory=pairs" "Ranks per run=2"
[ "$status" -eq 0 ] || fail "the study in pairs ends with status $status"
for other in on-2 on-4 pairs; do
  for table in study.csv fits.csv runs/0005/replicas.csv; do
    cmp -s on-1/$table $other/$table || fail "$table of $other differs from that on one rank"
  done
done
[ "$(wc -l <on-1/study.csv)" -eq 9 ] || fail "study.csv does not have a header and 8 rows"
[ "$(wc -l <on-1/fits.csv)" -eq 5 ] || fail "fits.csv does not have a header and 4 rows"
[ -f on-1/study.prm ] || fail "the study file is not kept"
# A run of a study is a run of rhoflow.
run "$rhoflow" on-1/runs/0005/parameters_used.prm "Output directory=alone"
cmp -s alone/replicas.csv on-1/runs/0005/replicas.csv || fail "rhoflow gives something else for the parameters of a run"

run "$RHOFLOW" --list inputs/study.prm "Output directory=on-1"
[ "$(grep -c '^      done$' "$out/stdout")" -eq 12 ] || fail "--list does not show 12 runs that are done"
before=$(cksum on-1/runs/*/provenance.json)
run "$RHOFLOW" inputs/study.prm "Output directory=on-1" "Results/excess=last of statistics.csv: excess risk"
[ "$status" -eq 0 ] || fail "other results end with status $status"
[ "$(cksum on-1/runs/*/provenance.json)" = "$before" ] || fail "other results make runs run again"
! cmp -s on-1/study.csv on-2/study.csv || fail "other results do not change the table"

# 1 - eta (1 + lambda) = -3.8 makes the networks diverge.
diverging() {
  run "$MPIEXEC" -np 2 "$RHOFLOW" "$@" inputs/study.prm "Fix/End time=1600" "Fix/Output interval=1600" \
    "Vary/Particles/Step size=0.8, 3.2" "Reference/Particles/Step size=0.4" "Output directory=diverging"
}
diverging
[ "$status" -eq 3 ] || fail "a study with runs that diverge ends with status $status"
[ "$(grep -c '4 of 8 rows failed' "$out/stderr")" -eq 1 ] || fail "what failed is not summarised once"
[ "$(grep -c '^[0-9]*,done,' diverging/study.csv)" -eq 4 ] || fail "the runs that do not diverge are not all done"
[ "$(grep -c "^[0-9]*,\"failed: .*'Step size'.*,3.2,nan,nan,nan,nan$" diverging/study.csv)" -eq 4 ] ||
  fail "the runs that diverge are not kept with their message"
diverging
[ "$status" -eq 3 ] || fail "a study that failed ends with status $status when called again"
! grep -q ': failed.*(.*)$' "$out/stdout" || fail "what failed is repeated without being asked for"
diverging --retry-failed
[ "$(grep -c ': failed.*(.*)$' "$out/stdout")" -eq 4 ] || fail "--retry-failed does not repeat the four runs"
finish
