#!/bin/sh
# rhoflow-study goes on where it was killed and gives the same bytes as without interruption; a rank that fails alone ends the job,
# and the rest is done by the next call. The solver is a formula that fails as it is told to.
. "$SOURCE_DIR/tests/cli/common.sh"
RHOFLOW=$STUDY_OF_FAKES

cat >base.prm <<'EOF'
set Solver = fake
EOF
cat >study.prm <<'EOF'
set Base file = base.prm
subsection Fix
  set Fake/Exponent = -0.5
end
subsection Vary
  set Fake/Width & Fake/Behaviour = 2 & well, 4 & well, 8 & dies if armed, 16 & well, 32 & well, 64 & well
end
subsection Results
  set risk = last of mean over replicas of replicas.csv: replica *
end
subsection Fits
  set risk against Fake/Width = -0.5
end
EOF
same_tables() {
  cmp -s "$1/study.csv" whole/study.csv || fail "$1/study.csv differs from that without interruption"
  cmp -s "$1/fits.csv" whole/fits.csv || fail "$1/fits.csv differs from that without interruption"
}

run "$RHOFLOW" study.prm "Output directory=whole"
[ "$status" -eq 0 ] || fail "the study ends with status $status"

for ranks in 1 2; do
  touch armed
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW" study.prm "Output directory=killed-$ranks"
  [ "$status" -ne 0 ] || fail "the study on $ranks ranks was not killed"
  [ ! -f armed ] || fail "the run that should be killed was not begun"
  grep -q '^running$' "killed-$ranks/states/0003" || fail "the run that was killed is not marked as running"
  [ "$ranks" -gt 1 ] || [ "$(grep -c '^1,done\|^2,done' killed-1/study.csv)" -eq 2 ] || fail "what was done has no rows"
  # With two ranks one may still be at work when the other dies.
  grep -l '^done' "killed-$ranks"/states/000[12] | sed 's#states/\(.*\)#runs/\1/provenance.json#' >"$out/done"
  xargs cksum <"$out/done" >"$out/before"
  touch "killed-$ranks/runs/0003/left-behind" "killed-$ranks/study.csv.host.1.draft" "killed-$ranks/thesis.draft"
  run "$MPIEXEC" -np 3 "$RHOFLOW" study.prm "Output directory=killed-$ranks"
  [ "$status" -eq 0 ] || fail "the study that goes on ends with status $status"
  same_tables "killed-$ranks"
  xargs cksum <"$out/done" | cmp -s - "$out/before" || fail "what was done is done again"
  [ ! -e "killed-$ranks/runs/0003/left-behind" ] || fail "the directory of the interrupted run is not replaced"
  [ -e "killed-$ranks/runs/0003.before/left-behind" ] || fail "a file that is not of the interrupted run is lost"
  [ ! -e "killed-$ranks/study.csv.host.1.draft" ] || fail "drafts of an interrupted call stay"
  [ -e "killed-$ranks/thesis.draft" ] || fail "a file of the user is taken for a draft"
done

# What kills the program every time comes last, so that the others are done by the second call.
touch armed
run "$RHOFLOW" study.prm "Output directory=again"
touch armed
run "$RHOFLOW" study.prm "Output directory=again"
[ "$(grep -c '^[0-9],done,' again/study.csv)" -eq 5 ] || fail "a run that kills the program keeps others from being done"

# One rank of two fails and the other waits for it forever.
run "$MPIEXEC" -np 2 "$RHOFLOW" study.prm "Output directory=alone" "Ranks per run=2" \
  "Vary/Fake/Width & Fake/Behaviour=2 & well, 4 & one rank diverges, 8 & well"
[ "$status" -eq 3 ] || fail "a rank that fails alone ends the job with status $status"
[ "$(grep -c 'Run 0002 .* Call the same command again' "$out/stderr")" -eq 1 ] || fail "it is not said that one may go on"
grep -A 1 '"status": 3' alone/runs/0002/provenance.json | grep -qF '"reason": "It diverged,\nas it was told to."' ||
  fail "the end of a run of which one rank fails is not in its provenance.json"
run "$MPIEXEC" -np 2 "$RHOFLOW" study.prm "Output directory=alone" "Ranks per run=2" \
  "Vary/Fake/Width & Fake/Behaviour=2 & well, 4 & one rank diverges, 8 & well"
[ "$status" -eq 3 ] || fail "the rest of a study with a failed run ends with status $status"
[ "$(grep -c '^[13],done,' alone/study.csv)" -eq 2 ] || fail "the rest is not done"
grep -q '^2,"failed: It diverged, as it was told to.",' alone/study.csv || fail "the failed run is not kept with its message"
finish
