# A study that is asked to stop by SIGTERM, on one of its ranks, or by a file keeps the states of its runs, begins no more of them, and
# says how to go on; its tables are then those without interruption. SIGUSR1 keeps the states, and the study goes on.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers particles

networks_file 300 0.0002 'Wall-clock interval = 0' 'Replicas = 4' >base.prm
study_file 'Seed = 1, 2, 3' 'last of mean over replicas of replicas.csv: replica *' >study.prm
run "$RHOFLOW_STUDY" study.prm "Output directory=whole"
[ "$status" -eq 0 ] || fail "the study ends with status $status"

# goes_on DIRECTORY RANKS RUN...: the runs, and no others, go on from their states
goes_on() {
  directory=$1 ranks=$2
  shift 2
  [ ! -e "$directory/stop" ] || fail "$directory: the file 'stop' is still there"
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW_STUDY" study.prm "Output directory=$directory"
  [ "$status" -eq 0 ] || fail "$directory: going on ends with status $status"
  [ "$(grep -l '^Going on at t = 0\.[24]' "$directory"/runs/*/log.txt | tr '\n' ' ')" = \
    "$(for one in "$@"; do printf '%s/runs/%s/log.txt ' "$directory" "$one"; done)" ] || fail "$directory: other runs than $* have gone on"
  for file in study.csv runs/0001/replicas.csv runs/0002/replicas.csv runs/0002/statistics.csv runs/0003/particles.pvd; do
    cmp -s "whole/$file" "$directory/$file" || fail "$directory/$file differs from that without interruption"
  done
}

# asked DIRECTORY: what has just ended says that it was asked to, once
asked() {
  [ "$status" -eq 4 ] || fail "$1: exit status $status instead of 4"
  [ "$(grep -c "^$1: stopped on request with .* of 3 runs left; .* Call the same command again to go on.\$" "$out/stderr")" -eq 1 ] ||
    fail "$1: the message does not say how to go on"
}

# ---- SIGTERM in the second run, at its row of t = 0.4
FAULT_ACTION=TERM FAULT_CALLS=write FAULT_PATH="*/runs/0002/statistics.csv" FAULT_NUMBER=3 \
  run "$with_faults" "$RHOFLOW_STUDY" study.prm "Output directory=terminated"
asked terminated
grep -q "with 2 of 3 runs left" "$out/stderr" || fail "terminated: the number of runs that are left is wrong"
[ ! -e terminated/runs/0003 ] || fail "terminated: another run was begun"
[ "$(grep -c 'run 0002, Seed = 2: stopped' "$out/stdout")" -eq 1 ] || fail "terminated: it is not said which run was stopped"
run "$RHOFLOW_STUDY" --list study.prm "Output directory=terminated"
[ "$(grep -c 'waiting' "$out/stdout")" -eq 2 ] || fail "terminated: --list does not show what is left"
# A file in the directory of one run stops this one alone.
touch terminated/runs/0002/stop
run "$RHOFLOW_STUDY" study.prm "Output directory=terminated"
asked terminated
[ "$(grep -c '^[13],done,' terminated/study.csv)" -eq 2 ] || fail "terminated: the other runs are not done"
sed -i '/^Going on/d' terminated/runs/0002/log.txt
goes_on terminated 2 0002

# ---- SIGTERM reaches one rank only: the run of the other one, which would take minutes, stops, too
FAULT_ACTION=TERM FAULT_RANK=1 FAULT_CALLS=write FAULT_PATH="*/runs/*/statistics.csv" FAULT_NUMBER=1 \
  run "$MPIEXEC" -np 2 "$with_faults" "$RHOFLOW_STUDY" study.prm "Output directory=together" "Fix/End time=600" "Fix/Output interval=200"
asked together
[ "$(grep -c 'stopped, and its state is kept' "$out/stdout")" -eq 2 ] || fail "together: not both runs were stopped"
[ ! -e together/stop ] || fail "together: the file 'stop' is still there"
[ "$(find together/runs/*/checkpoints -name '*.good' | wc -l)" -eq 2 ] || fail "together: not both runs have kept their states"

# ---- a file, there from the beginning: the first run stops at its first pause
mkdir filed
run "$RHOFLOW_STUDY" study.prm "Output directory=filed" "Vary/Seed=1"
[ "$status" -eq 0 ] || fail "filed: exit status $status"
touch filed/stop
run "$RHOFLOW_STUDY" study.prm "Output directory=filed"
asked filed
[ ! -e filed/runs/0002 ] || fail "filed: a run was begun though there was a file 'stop'"
goes_on filed 1
# What a job that was killed has told its own processes does not concern the next one.
touch filed/claims/stop
goes_on filed 1

# ---- SIGUSR1 in the first run: its state is kept, and the study goes on
FAULT_ACTION=USR1 FAULT_CALLS=write FAULT_PATH="*/runs/0001/statistics.csv" FAULT_NUMBER=2 \
  run "$with_faults" "$RHOFLOW_STUDY" study.prm "Output directory=kept" "Fix/Checkpoint/At the end=false"
[ "$status" -eq 0 ] || fail "kept: SIGUSR1 ended the study with status $status"
ls kept/runs/0001/checkpoints/*.good >/dev/null 2>&1 || fail "kept: SIGUSR1 kept no state"
[ ! -e kept/runs/0002/checkpoints ] || fail "kept: a state that nobody asked for"
finish
