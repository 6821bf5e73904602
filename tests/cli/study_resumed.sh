#!/bin/sh
# A run of a study that is killed in its middle goes on from its last state when the study is called again, and the study's tables
# are those without interruption; a state that is damaged is not used, and that is said.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers particles
RHOFLOW=$RHOFLOW_STUDY

networks_file 1500 0.0002 'Time interval = 0.4' 'Replicas = 4' >base.prm
study_file 'Seed = 1, 2' 'last of mean over replicas of replicas.csv: replica *' >study.prm
run "$RHOFLOW" study.prm "Output directory=whole" "Fix/Checkpoint/Time interval=0"
[ "$status" -eq 0 ] || fail "the study ends with status $status"

# Killed in the second run, as soon as its first state is kept.
second=killed/runs/0002
FAULT_ACTION=KILL FAULT_CALLS=rename FAULT_PATH="*/$second/checkpoints/*.good" FAULT_NUMBER=1 \
  run "$with_faults" "$RHOFLOW" study.prm "Output directory=killed"
[ "$status" -eq 137 ] || fail "the study was not killed but ended with status $status"
grep -q '^running$' killed/states/0002 || fail "the second run was not interrupted"
cp -r killed damaged

same_results() {
  for file in study.csv runs/0001/replicas.csv runs/0002/replicas.csv runs/0002/statistics.csv runs/0002/particles.pvd; do
    cmp -s "whole/$file" "$1/$file" || fail "$1/$file differs from that without interruption"
  done
}

run "$MPIEXEC" -np 3 "$RHOFLOW" study.prm "Output directory=killed" "Ranks per run=2"
[ "$status" -eq 0 ] || fail "the study that goes on ends with status $status"
[ "$(grep -c '^Going on at t = 0\.' $second/log.txt)" -eq 1 ] || fail "the interrupted run was begun anew"
if grep -q "begun anew" "$out/stdout"; then fail "it is said that the run was begun anew"; fi
same_results killed

for slot in damaged/runs/0002/checkpoints/even damaged/runs/0002/checkpoints/odd; do
  [ ! -e $slot ] || printf 'x' | dd of=$slot bs=1 seek=300 conv=notrunc 2>/dev/null
done
run "$RHOFLOW" study.prm "Output directory=damaged"
[ "$status" -eq 0 ] || fail "the study with a damaged state ends with status $status"
[ "$(grep -c 'run 0002, .*: begun anew, since .*is damaged' "$out/stdout")" -eq 1 ] || fail "it is not said that a state is damaged"
if grep -q '^Going on at t' damaged/runs/0002/log.txt; then fail "a damaged state was used"; fi
same_results damaged
finish
