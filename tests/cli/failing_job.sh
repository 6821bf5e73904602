#!/bin/sh
# However many ranks fail: one message, the right exit status, and the job ends.
. "$SOURCE_DIR/tests/cli/common.sh"

job() { # STATUS MESSAGE ARGUMENTS...
  wanted=$1
  message=$2
  shift 2
  run "$MPIEXEC" -np 3 "$FAILING_JOB" "$@"
  [ "$status" -eq "$wanted" ] || fail "failing_job $*: exit status $status instead of $wanted"
  count=$(grep -cF -- "$message" "$out/stderr" || true)
  [ "$count" -eq 1 ] || fail "failing_job $*: '$message' is on $count lines instead of one"
  # A rank that ends the job, and nobody else, says why in the log.
  count=$(grep -c "^concluded with $wanted: " "$out/stdout" || true)
  [ "$count" -eq 1 ] || fail "failing_job $*: the end is told $count times instead of once"
}

job 2 "f.prm:1: A/B: too much." input all
! grep -q MPI_ABORT "$out/stderr" || fail "a failure of all ranks should not need MPI_Abort"
job 3 "diverged." run all
job 1 "impossible." other all
job 2 "f.prm:1: A/B: too much." input 1
job 3 "diverged." run 0 2
if [ "$SANITIZED" = 0 ]; then # with sanitizers the first allocation that is too large is the end
  job 1 "rhoflow ran out of memory" memory 1
  job 1 "rhoflow ran out of memory" memory all
fi
job 1 "rhoflow ran out of memory" length 2
job 1 "internal error; please report it" thrown 1
# A rank that dies without a word: mpirun ends the others and says so.
run timeout 60 "$MPIEXEC" -np 3 "$FAILING_JOB" killed 1
case $status in 0 | 124) fail "a killed rank ends the job with $status" ;; esac
[ "$(grep -c 'signal 9' "$out/stderr")" -eq 1 ] || fail "the signal is not named once"
run "$MPIEXEC" -np 3 "$FAILING_JOB" none all
[ "$status" -eq 0 ] || fail "a job without failures ends with $status"
[ ! -s "$out/stderr" ] && [ "$(cat "$out/stdout")" = "concluded with 0: " ] ||
  fail "a job without failures complains, or does not conclude once"
finish
