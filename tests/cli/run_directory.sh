#!/bin/sh
# What a run writes, and what it must not touch.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers particles

# A small network that takes less than a second.
cat >small.prm <<EOF
set Solver          = particles
set End time        = 0.1
set Output interval = 0.05
subsection Particles
  set Number of neurons = 20
  set Replicas          = 3
end
EOF

run "$RHOFLOW" small.prm
[ "$status" -eq 0 ] || fail "a small run ends with $status"
for name in small.prm parameters_used.prm provenance.json statistics.csv; do
  [ -s "runs/small/$name" ] || fail "the run directory lacks $name"
done
cmp -s small.prm runs/small/small.prm || fail "the parameter file was not kept as given"
# The complete file gives the same statistics, also on two ranks.
run "$MPIEXEC" -np 2 "$RHOFLOW" runs/small/parameters_used.prm "Output directory=again" -- -malloc
[ "$status" -eq 0 ] || fail "a run with the complete parameters ends with $status"
cmp -s runs/small/statistics.csv again/statistics.csv || fail "the complete parameters do not reproduce the statistics"

on_ranks="1 2"
expect 2 "default value of Output directory: 'runs/small' exists and is not empty." small.prm
on_ranks=1
expect 2 "command line: Output directory: 'runs/small' exists and is not empty." small.prm "Output directory=runs/small"
expect 2 "'small.prm' exists and is not a directory" small.prm "Output directory=small.prm"
expect 2 "cannot create the directory 'small.prm/below'" small.prm "Output directory=small.prm/below" Overwrite=true
expect 2 "cannot create the directory '/proc/rhoflow'" small.prm "Output directory=/proc/rhoflow"
mkdir precious
echo years of work >precious/thesis.txt
on_ranks=2
expect 2 "'precious' holds files that are not a run of rhoflow" small.prm "Output directory=precious" Overwrite=true

echo old >runs/small/statistics.csv
echo mine >runs/small/notes.txt
run "$MPIEXEC" -np 2 "$RHOFLOW" small.prm Overwrite=true
[ "$status" -eq 0 ] || fail "Overwrite = true on two ranks ends with $status"
cmp -s runs/small/statistics.csv again/statistics.csv || fail "Overwrite = true did not replace the statistics"
[ "$(cat runs/small/notes.txt)" = mine ] || fail "Overwrite = true touched a file of the user"
for place in stdout log; do
  [ $place = stdout ] && text=$out/stdout || text=runs/small/log.txt
  [ "$(grep -c '^Removed [0-9]* files of the run that was in runs/small.$' "$text")" -eq 1 ] || fail "the number of removed files is not in $place"
done

# A parameter file without the usual ending has a run of its own name.
cp small.prm case_0.5
run "$RHOFLOW" case_0.5
[ "$status" -eq 0 ] && [ -s runs/case_0.5/statistics.csv ] && cmp -s small.prm runs/case_0.5/case_0.5.prm ||
  fail "the directory of case_0.5 is not runs/case_0.5, with its copy"

# Why a run ended is the end of its log.txt, on whichever rank the error was found.
for ranks in 1 2; do
  run "$MPIEXEC" -np $ranks "$RHOFLOW" small.prm "Output directory=diverged" "Particles/Step size=10" "End time=1e4" \
    "Output interval=1e3" "Learning problem/Activation=relu" Overwrite=true
  [ "$status" -eq 3 ] || fail "a run that diverges on $ranks ranks ends with $status"
  [ "$(tail -n 1 diverged/log.txt)" = "Error (exit status 3): $(grep '^SGD diverged' "$out/stderr")" ] || fail "log.txt does not end with the reason on $ranks ranks"
done

# Where each session ran and how it ended is in its provenance.json.
host=$(uname -n)
# ended DIRECTORY NUMBER STATUS REASON: so many sessions have an end; the last one has this, and its reason begins so
ended() {
  [ "$(grep -c '"ended": "20[0-9-]*T[0-9:]*Z"' "$1/provenance.json" || true)" -eq "$2" ] || fail "$1: not $2 ends of sessions are recorded"
  [ "$(grep -c '"hosts": {' "$1/provenance.json")" -eq "$(grep -c '"started": ' "$1/provenance.json")" ] || fail "$1: a session has no hosts"
  [ "$(grep '"status": ' "$1/provenance.json" | tail -n 1 | tr -dc 0-9)" = "$3" ] || fail "$1: the exit status of the last session is not $3"
  grep '"reason": ' "$1/provenance.json" | tail -n 1 | grep -qF "\"reason\": \"$4" || fail "$1: the last session's reason is not '$4'"
}
ended again 1 0 'finished"'
grep -qF "\"$host\": 2" again/provenance.json || fail "again: provenance.json does not say that 2 ranks were on $host"
grep -q '"processors": {' again/provenance.json || fail "again: provenance.json names no processor"
grep -q '"job": {' again/provenance.json && fail "again: there is a batch job"
ended diverged 1 3 "SGD diverged"
touch again/stop
SLURM_JOB_ID=17 SLURM_JOB_NAME=fit run "$RHOFLOW" --resume again "End time=0.2"
[ "$status" -eq 4 ] || fail "a run with a file 'stop' ends with $status"
ended again 2 4 "Stopped at t = 0.1"
[ "$(sed -n '/"job": {/,/}/p' again/provenance.json | tr -d ' \n')" = '"job":{"system":"Slurm","id":"17","name":"fit"},' ] ||
  fail "provenance.json does not name the Slurm job"
run "$MPIEXEC" -np 2 "$RHOFLOW" --resume again "End time=0.2"
[ "$status" -eq 0 ] || fail "resuming what was stopped ends with $status"
ended again 3 0 'finished"'
run "$MPIEXEC" -np 2 "$RHOFLOW" --resume again "End time=0.3" "Particles/Step size=10"
[ "$status" -eq 2 ] || fail "a changed step ends with $status"
ended again 3 0 'finished"' # which was refused before there was a session

# Killed while it writes the end: a session without one. A disk that is full from there on changes neither status nor message.
FAULT_ACTION=TEAR FAULT_CALLS=write FAULT_NUMBER=2 FAULT_PATH='*/torn/provenance.json.part' run "$with_faults" "$RHOFLOW" small.prm \
  "Output directory=torn"
[ "$status" -eq 137 ] || fail "a run that is killed while it writes its end ends with $status"
grep -q '"ended": ' torn/provenance.json && fail "there is an end that was torn"
run "$RHOFLOW" --resume torn
[ "$status" -eq 0 ] || fail "resuming a run without an end ends with $status"
ended torn 1 0 'finished"'
[ ! -e torn/provenance.json.part ] || fail "what was torn is left"
# no_room STATUS CHANGES...
no_room() {
  wanted=$1
  shift
  FAULT_ACTION=FULL FAULT_CALLS=open FAULT_NUMBER=2 FAULT_PATH='*/full/provenance.json.part' run "$with_faults" "$RHOFLOW" small.prm \
    "Output directory=full" Overwrite=true "$@"
  [ "$status" -eq "$wanted" ] || fail "a run whose end finds no room ends with $status instead of $wanted"
  [ "$(wc -l <"$out/stderr")" -eq "$((wanted > 0))" ] || fail "an end that finds no room is complained of"
  [ ! -e full/provenance.json.part ] || fail "an end that finds no room leaves a part of a file"
  grep -q '"ended": ' full/provenance.json && fail "there was room for the end"
  true
}
no_room 0
no_room 3 "Particles/Step size=10" "End time=1e4" "Output interval=1e3" "Learning problem/Activation=relu"

before=$(state)
run "$RHOFLOW" --validate small.prm
[ "$(state)" = "$before" ] || fail "validation wrote something"
[ "$status" -eq 0 ] || fail "validation should not mind that the run directory exists"
grep -qx "small.prm: valid" "$out/stdout" || fail "validation does not say that the file is valid"
finish
