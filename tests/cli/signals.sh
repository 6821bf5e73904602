#!/bin/sh
# A serial run or study that gets Ctrl-C or a hang-up saves its state, says why it ended also in log.txt, and ends with status 4; so does a
# run under mpirun of which one rank gets it. A second Ctrl-C ends it at once. What was to be ignored stays ignored.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers particles

networks_file 100 0.001 'Wall-clock interval = 0' >base.prm

# struck SIGNALS NAME COMMAND...: the run NAME gets the signals when it writes its second row
struck() {
  FAULT_ACTION=$1 FAULT_CALLS=write FAULT_NUMBER=2 FAULT_PATH="*/$2/statistics.csv"
  export FAULT_ACTION FAULT_CALLS FAULT_NUMBER FAULT_PATH
  shift 2
  run "$@"
  unset FAULT_ACTION
}

run "$RHOFLOW" base.prm "Output directory=whole"
[ "$status" -eq 0 ] || fail "the run ends with status $status"

# resumes NAME REASON
resumes() {
  [ "$status" -eq 4 ] || fail "$1: exit status $status instead of 4"
  [ "$(grep -c "^Stopped at t = 0.2 on $2" "$out/stderr")" -eq 1 ] || fail "$1: it is not said once why the run stopped"
  tail -n 1 "$1/log.txt" | grep -q "^Stopped at t = 0.2 on $2" || fail "$1: log.txt does not end with the reason"
  run "$RHOFLOW" --resume "$1"
  [ "$status" -eq 0 ] || fail "$1: resuming ends with status $status"
  cmp -s whole/statistics.csv "$1/statistics.csv" || fail "$1: statistics.csv differs from that without interruption"
}

struck INT interrupted "$with_faults" "$RHOFLOW" base.prm "Output directory=interrupted"
resumes interrupted SIGINT
struck HUP hung_up "$with_faults" "$RHOFLOW" base.prm "Output directory=hung_up"
resumes hung_up SIGHUP
struck INT ranks "$MPIEXEC" -np 2 "$with_faults" "$RHOFLOW" base.prm "Output directory=ranks" "Particles/Replicas=2"
[ "$status" -eq 4 ] || fail "ranks: exit status $status instead of 4"

struck "INT INT" twice "$with_faults" "$RHOFLOW" base.prm "Output directory=twice"
[ "$status" -eq 130 ] || fail "a second Ctrl-C: exit status $status instead of 130"
[ ! -e twice/checkpoints ] || fail "a second Ctrl-C did not end the run at once"

# nohup, and a script that starts the run behind itself
for signal in HUP INT; do
  struck $signal "ignored_$signal" env --ignore-signal=$signal "$with_faults" "$RHOFLOW" base.prm "Output directory=ignored_$signal"
  [ "$status" -eq 0 ] || fail "SIG$signal is not ignored where it was to be: exit status $status"
done

study_file 'Seed = 1, 2' >study.prm
for signal in INT HUP; do
  struck $signal "study_$signal/runs/0001" "$with_faults" "$RHOFLOW_STUDY" study.prm "Output directory=study_$signal"
  [ "$status" -eq 4 ] || fail "a study with SIG$signal: exit status $status instead of 4"
  grep -q "with 2 of 2 runs left" "$out/stderr" || fail "a study with SIG$signal: the message does not say what is left"
  tail -n 1 "study_$signal/runs/0001/log.txt" | grep -q "^Stopped at t = 0.2 on SIG$signal" || fail "a study with SIG$signal: log.txt has no reason"
done
finish
