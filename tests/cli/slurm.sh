#!/bin/sh
# scripts/slurm/rhoflow.sbatch under a Slurm of its own on this machine: a run to its end; a time limit, scontrol requeue and a preemption,
# after which the job is in the queue again and ends with the bytes of an uninterrupted run; an array, a study, a cancelled job and
# a wrong parameter. Needs root and Debian's slurm-wlm and munge.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"

skip() {
  echo "skipped: $1"
  exit 77
}
PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sbatch scontrol squeue; do
  command -v $program >/dev/null 2>&1 || skip "there is no $program (Debian: apt-get install slurm-wlm munge)"
done
[ "$(id -u)" -eq 0 ] || skip "only root can start Slurm's daemons"
[ "${SANITIZED:-0}" = 0 ] || skip "a job script is tested, which needs no sanitizers"
needs_solvers particles

# ---- Slurm, with all its files in $slurm, on ports that nobody uses
slurm=$out/slurm
mkdir "$slurm" "$slurm/state" "$slurm/spool"
chmod 711 "$out" "$slurm"
daemons=""
# What was started under this Slurm has its configuration in the environment: daemons, steps, and jobs that outlive both.
processes() {
  for process in /proc/[0-9]*; do
    if tr '\0' '\n' 2>/dev/null <"$process/environ" | grep -qxF "SLURM_CONF=$slurm/slurm.conf"; then
      echo "${process#/proc/}"
    fi
  done 2>/dev/null
}
end_slurm() {
  set +e
  if [ -n "$daemons" ]; then
    scancel --quiet --state=PENDING
    scancel --quiet --signal=KILL --full --state=RUNNING
    deadline=$(($(date +%s) + 20))
    until_true 20 no_jobs
    # shellcheck disable=SC2086  # a list
    kill $daemons
    # shellcheck disable=SC2086
    wait $daemons
    processes | xargs --no-run-if-empty kill -KILL
  fi >/dev/null 2>&1
  rm -rf "$work" "$out"
}
no_jobs() {
  [ -z "$(squeue --noheader 2>/dev/null)" ]
}
trap end_slurm EXIT
trap 'exit 1' INT TERM HUP

# until_true SECONDS COMMAND...: false if that has not become true. All calls together give up before ctest would kill this test, which
# would leave the daemons behind.
deadline=$(($(date +%s) + 400))
until_true() {
  tries=$(($1 * 5))
  shift
  while ! "$@"; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] && [ "$(date +%s)" -lt $deadline ] || return 1
    sleep 0.2
  done
}

is_free() {
  ! grep -q ":$(printf '%04X' "$1") 0*:0000 0A" /proc/net/tcp
}
port=$((20000 + $$ % 10000))
until is_free $port && is_free $((port + 1)); do
  port=$((port + 2))
done
host=$(hostname -s)
cat >"$slurm/slurm.conf" <<EOC
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
# A job waits for this many seconds before it begins again.
AuthInfo=socket=$slurm/munge.socket,cred_expire=10
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=16 State=UNKNOWN
PartitionName=normal Nodes=ALL Default=YES State=UP PriorityTier=10 PreemptMode=OFF
PartitionName=low Nodes=ALL State=UP PriorityTier=1
EOC
export SLURM_CONF="$slurm/slurm.conf"
head -c 128 /dev/urandom >"$slurm/munge.key"
chmod 400 "$slurm/munge.key"

munged --foreground --force --key-file="$slurm/munge.key" --socket="$slurm/munge.socket" --pid-file="$slurm/munge.pid" \
  --log-file="$slurm/munge.log" --seed-file="$slurm/munge.seed" >"$slurm/munge.out" 2>&1 &
daemons=$!
until_true 10 test -S "$slurm/munge.socket" || skip "munged does not start: $(tail -n 1 "$slurm/munge.out")"
slurmctld -D -c >"$slurm/slurmctld.out" 2>&1 &
daemons="$! $daemons"
slurmd -D -c >"$slurm/slurmd.out" 2>&1 &
daemons="$! $daemons"
is_idle() {
  [ "$(sinfo --noheader --format=%t --partition=low 2>/dev/null)" = idle ]
}
until_true 20 is_idle || skip "Slurm does not start here: $(cat "$slurm/slurmctld.out" "$slurm/slurmd.out" | grep -i 'fatal\|error' | tail -n 1)"

# ---- what the jobs run: every program waits at its second row until it is told to end, unless the job was in the queue before
mkdir bin
for program in rhoflow rhoflow-study; do
  real=$RHOFLOW
  [ $program = rhoflow ] || real=$RHOFLOW_STUDY
  cat >bin/$program <<EOW
#!/bin/sh
if [ "\${SLURM_RESTART_COUNT:-0}" -eq 0 ] && [ -n "\${NEVER_BEGINS:-}" ]; then
  while true; do sleep 1; done
fi
[ "\${SLURM_RESTART_COUNT:-0}" -gt 0 ] || [ -z "\${FAULT_ACTION:-}" ] || exec "$with_faults" "$real" "\$@"
exec "$real" "\$@"
EOW
  chmod +x bin/$program
done
export RHOFLOW_BIN="$work/bin" FAULTS

networks_file 100 0.001 'Wall-clock interval = 0' >base.prm
study_file 'Seed = 1, 2, 3' >study.prm
run "$RHOFLOW" base.prm "Output directory=whole"
[ "$status" -eq 0 ] || fail "the run ends with status $status"
run "$RHOFLOW" base.prm "Output directory=whole_2" Seed=2 "Particles/Step size=0.002"
[ "$status" -eq 0 ] || fail "the second run ends with status $status"
run "$RHOFLOW_STUDY" study.prm "Output directory=whole_study"
[ "$status" -eq 0 ] || fail "the study ends with status $status"

template=$SOURCE_DIR/scripts/slurm/rhoflow.sbatch
# submit NAME ARGUMENTS OF SBATCH...: sets $NAME to the number of the job; its output is in NAME.log
submit() {
  name=$1
  shift
  number=$(sbatch --parsable --job-name="$name" --output="$name.log" "$@")
  eval "$name=$number"
}
# field NAME JOB: of what Slurm knows of the job
field() {
  scontrol show job --oneliner "$2" 2>/dev/null | sed -n "s/.* $1=\([^ ]*\).*/\1/p"
}
has_begun() {
  [ -e "$1/statistics.csv" ] && [ "$(wc -l <"$1/statistics.csv")" -ge 3 ]
}
has_ended() {
  case $(field JobState "$1") in
    COMPLETED | FAILED | CANCELLED | TIMEOUT | PREEMPTED | NODE_FAIL | OUT_OF_MEMORY) ;;
    *) return 1 ;;
  esac
}
waits_again() {
  [ "$(field Restarts "$1")" = 1 ] || [ "$(field JobState "$1")" = PENDING ]
}
# ended NAME JOB STATE EXIT RESTARTS: how the job must end
ended() {
  until_true 120 has_ended "$2" || fail "$1: the job does not end"
  cp "$1.log" "$out/stdout" 2>/dev/null || : >"$out/stdout"
  : >"$out/stderr"
  now="$(field JobState "$2") $(field ExitCode "$2") $(field Restarts "$2")"
  [ "$now" = "$3 $4 $5" ] || fail "$1: state, exit code and restarts are $now instead of $3 $4 $5"
  echo "$1: $now"
}
# same NAME DIRECTORY WHOLE: the run is that without interruption
same() {
  cmp -s "$3/statistics.csv" "$2/statistics.csv" || fail "$1: statistics.csv differs from that without interruption"
}
# was_saved NAME DIRECTORY: the log of the job and that of the run say that it was stopped
was_saved() {
  [ "$(grep -c '^rhoflow.sbatch: stopped with the state saved' "$1.log")" -eq 1 ] || fail "$1: the job's log does not say once that it was stopped"
  [ "$(grep -c '^Stopped at t = 0.2 on SIGTERM' "$1.log")" -eq 1 ] || fail "$1: the job's log does not have the run's last line"
  [ "$(grep -c '^Stopped at t = 0.2 on SIGTERM' "$2/log.txt")" -eq 1 ] || fail "$1: log.txt does not say that the run was stopped"
}

# ---- jobs that wait for the signal before their time limit; below, the limit comes near when they have all begun
pmix=no
if srun --mpi=list 2>&1 | grep -q pmix; then
  pmix=yes
fi
export FAULT_ACTION=WAIT FAULT_CALLS=write FAULT_NUMBER=2 FAULT_PATH="*/statistics.csv"
soon="--time=60 --signal=B:TERM@120"
# shellcheck disable=SC2086
if [ $pmix = yes ]; then
  # Its step must be launched within the few seconds that a job waits before it begins again: it comes first, and alone.
  submit limit_srun $soon --export=ALL,RHOFLOW_LAUNCHER=srun --ntasks=2 "$template" base.prm "Output directory=limit_srun"
  until_true 60 has_begun limit_srun || fail "limit_srun: the run does not begin"
fi
# shellcheck disable=SC2086
submit limit $soon --ntasks=2 "$template" base.prm "Output directory=limit"
# shellcheck disable=SC2086
submit early $soon --export=ALL,NEVER_BEGINS=1 --ntasks=1 "$template" base.prm "Output directory=early"
cat >list <<'EOL'
base.prm
base.prm Seed=2 "Particles/Step size=0.002"
EOL
# shellcheck disable=SC2086
submit array $soon --ntasks=1 --array=1-2 --output=array_%a.log "$template" list "Title=Task %a"
# shellcheck disable=SC2086
submit study $soon --export="ALL,FAULT_PATH=*/runs/0002/statistics.csv" --ntasks=1 "$template" --study study.prm "Output directory=study"

# ---- jobs that are struck while they wait
submit requeue --ntasks=2 "$template" base.prm "Output directory=requeue"
submit cancel --ntasks=1 "$template" base.prm "Output directory=cancel"
submit preempted --ntasks=1 --partition=low "$template" base.prm "Output directory=preempted"
unset FAULT_ACTION
for directory in limit runs/base_1 runs/base_2 study/runs/0002 requeue cancel preempted; do
  until_true 120 has_begun $directory || fail "$directory: the run does not begin"
done
# shellcheck disable=SC2154  # set by submit
limited="$limit $early ${array}_1 ${array}_2 $study ${limit_srun:-}"
# Slurm looks at time limits twice a minute, and sends the signal up to half a minute early.
for job in $limited; do
  scontrol update "JobId=$job" TimeLimit=3
done
# shellcheck disable=SC2154
scontrol requeue "$requeue"
# shellcheck disable=SC2154
scancel "$cancel"
# It needs all processors that the others have left, and one more.
submit urgent --ntasks="$(($(sinfo --noheader --format=%C | cut -d/ -f2) + 1))" --wrap=true

# ---- jobs without an interruption
submit plain --ntasks=2 "$template" base.prm
submit wrong --ntasks=1 "$template" base.prm "Output directory=wrong" "Particles/Step size=-1"
if [ $pmix = yes ]; then
  submit plain_srun --export=ALL,RHOFLOW_LAUNCHER=srun --ntasks=2 "$template" base.prm "Output directory=plain_srun"
fi

# What was stopped near its limit is given another one before it begins again, however slow the machine is.
for job in $limited; do
  until_true 120 waits_again "$job" || fail "job $job is not put into the queue again"
  scontrol update "JobId=$job" TimeLimit=60 || true # a quick one is done
done

# shellcheck disable=SC2154  # set by submit
{
  ended plain "$plain" COMPLETED 0:0 0
  same plain runs/base whole
  ended wrong "$wrong" FAILED 2:0 0
  [ ! -e wrong ] || fail "wrong: a run that was refused leaves a directory"
  ended urgent "$urgent" COMPLETED 0:0 0
  ended cancel "$cancel" CANCELLED 0:0 0
  was_saved cancel cancel
  for name in requeue preempted limit; do
    eval "number=\$$name"
    ended $name "$number" COMPLETED 0:0 1
    was_saved $name $name
    same $name $name whole
  done
  for name in array_1 array_2; do
    ended $name "${array}_${name#array_}" COMPLETED 0:0 1
    was_saved $name "runs/base_${name#array_}"
    grep -q "set Title *= Task ${name#array_} " "runs/base_${name#array_}/parameters_used.prm" || fail "$name: %a is not the number of the task"
  done
  same array_1 runs/base_1 whole
  same array_2 runs/base_2 whole_2
  ended study "$study" COMPLETED 0:0 1
  grep -q "with 2 of 3 runs left" study.log || fail "study: the job's log does not say what is left"
  cmp -s whole_study/study.csv study/study.csv || fail "study: study.csv differs from that without interruption"
  ended early "$early" COMPLETED 0:0 1
  same early early whole
  if [ $pmix = yes ]; then
    ended plain_srun "$plain_srun" COMPLETED 0:0 0
    same plain_srun plain_srun whole
    ended limit_srun "$limit_srun" COMPLETED 0:0 1
    was_saved limit_srun limit_srun
    same limit_srun limit_srun whole
  fi
}
# The same command again resumes what was cancelled; a file that has changed meanwhile is refused.
cp -r cancel changed
sed -i 's/0\.6/0.8/' changed/base.prm
submit again --ntasks=1 "$template" base.prm "Output directory=cancel"
submit other --ntasks=1 "$template" base.prm "Output directory=changed"
# shellcheck disable=SC2154
{
  ended again "$again" COMPLETED 0:0 0
  same again cancel whole
  ended other "$other" FAILED 2:0 0
}
finish
