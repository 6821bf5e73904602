# Faults that really happen: runs that are killed at any moment, also while they write; a disk that fills; a directory that cannot be
# written; a rank that dies. After each, --resume gives what the undisturbed run gives, or says clearly why it cannot.
# KILLS=N: so many kills of each solver (standard: a few). Also run by benchmarks/survive.py for long.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"

kills=${KILLS:-2}
density="$SOURCE_DIR/parameter_files/continuity/linear_2d.prm"
networks="$SOURCE_DIR/parameter_files/particles/noisy_linear.prm"
entropy="$SOURCE_DIR/parameter_files/fokker_planck/linear_2d.prm"
# Checkpoints after every step: most of the time goes into writing, and so do most of the kills.
often="Checkpoint/Every n-th step=1"

case_of() {
  case $1 in
    density) echo "$density" ;;
    networks) echo "$networks" ;;
    entropy) echo "$entropy" ;;
  esac
}

# close A B: all numbers of two tables are the same to 1e-10 (implicit steps end at a tolerance)
close() {
  [ "$(wc -l <"$1")" -eq "$(wc -l <"$2")" ] && paste -d '\n' "$1" "$2" | awk -F, '
    NR % 2 == 1 { n = split($0, first, ","); next }
    { for (i = 1; i <= n; i++)
        if (first[i] != $i && (first[i] - $i > 1e-10 || $i - first[i] > 1e-10)) bad = 1 }
    END { exit bad }'
}

# same A B: the tables are equal byte by byte; with entropy to 1e-10
same() {
  for file in "$1"/*.csv; do
    case ${file##*/} in timing.csv | throughput.csv) continue ;; esac
    case $1 in
      *entropy) [ "${file##*/}" = relaxation.csv ] || close "$file" "$2/${file##*/}" || fail "$2/${file##*/} is not near that of the undisturbed run" ;;
      *) cmp -s "$file" "$2/${file##*/}" || fail "$2/${file##*/} differs from that of the undisturbed run" ;;
    esac
  done
  for file in "$1"/*.pvd; do
    [ ! -e "$file" ] || cmp -s "$file" "$2/${file##*/}" || fail "$2/${file##*/} differs from that of the undisturbed run"
  done
}

# milliseconds that a command takes
milliseconds() {
  begin=$(date +%s%N)
  "$@" >"$out/stdout" 2>"$out/stderr" || true
  echo $((($(date +%s%N) - begin) / 1000000))
}

# A number below $1 that differs from call to call but not from test to test.
state=12345
random() {
  state=$(((state * 1103515245 + 12345) % 2147483648))
  chosen=$((state / 65536 % $1))
}

total=0
resumed=0
for solver in density networks entropy; do
  set -- "$(case_of $solver)"
  run "$RHOFLOW" "$@" "Output directory=whole_$solver"
  [ "$status" -eq 0 ] || fail "$solver: the undisturbed run ended with status $status"
  length=$(milliseconds "$RHOFLOW" "$@" "Output directory=timed_$solver" "$often")
  killed=0
  attempt=0
  resumed_before=$resumed
  # Killed again and again, each time at another moment, and late enough for a state at least once.
  while { [ "$killed" -lt "$kills" ] || [ "$resumed" -eq "$resumed_before" ]; } && [ "$attempt" -lt $((4 * kills + 40)) ]; do
    attempt=$((attempt + 1))
    name="${solver}_$attempt"
    random "$length"
    delay=$(printf '%d.%03d' $((chosen / 1000)) $((chosen % 1000)))
    "$RHOFLOW" "$@" "Output directory=$name" "$often" >"$out/stdout" 2>"$out/stderr" &
    process=$!
    sleep "$delay"
    kill -KILL $process 2>/dev/null || continue
    wait $process 2>/dev/null || true
    killed=$((killed + 1))
    total=$((total + 1))
    if ! ls "$name"/checkpoints/*.good >/dev/null 2>&1; then
      # It was too early for a state: said clearly, and a new start is allowed.
      [ -d "$name" ] || continue
      run "$RHOFLOW" --resume "$name"
      [ "$status" -eq 2 ] || fail "$name: without a checkpoint the exit status is $status instead of 2"
      continue
    fi
    run "$RHOFLOW" --resume "$name"
    [ "$status" -eq 0 ] || fail "$name: resuming after a kill at $delay s ended with status $status"
    same "whole_$solver" "$name"
    resumed=$((resumed + 1))
  done
  [ "$resumed" -gt "$resumed_before" ] || fail "$solver: in $attempt attempts no run was killed late enough to be resumed"
done
echo "killed $total times, resumed $resumed times"

# ---- a rank that dies: the job ends, and goes on from its last state
FAULT_ACTION=KILL FAULT_RANK=1 FAULT_CALLS=write FAULT_PATH="*/orphan/checkpoints/*" FAULT_NUMBER=10 \
  run "$MPIEXEC" -np 2 "$with_faults" "$RHOFLOW" "$density" "Output directory=orphan" "$often"
[ "$status" -ne 0 ] || fail "a rank died and the job ended with status 0"
# The others are killed by the job's daemon, perhaps a moment after mpiexec has ended.
patience=50
while pgrep -f "^$RHOFLOW .*Output directory=orphan" >/dev/null && [ "$patience" -gt 0 ]; do
  sleep 0.2
  patience=$((patience - 1))
done
[ "$patience" -gt 0 ] || fail "a rank died and another one still runs"
run "$MPIEXEC" -np 3 "$RHOFLOW" --resume orphan
[ "$status" -eq 0 ] || fail "resuming after the death of a rank: exit status $status"
same whole_density orphan

# ---- a disk that is full: a small file system, where the test may mount one
mkdir small
if mount -t tmpfs -o size=600k tmpfs small 2>/dev/null; then
  run "$RHOFLOW" "$density" "Output directory=small/run" "$often"
  [ "$status" -ne 0 ] || fail "a full file system was not noticed"
  grep -qi "disk full\|No space" "$out/stderr" || fail "a full file system: the message does not say so"
  mount -o remount,size=64m small
  if ls small/run/checkpoints/*.good >/dev/null 2>&1; then
    run "$RHOFLOW" --resume small/run
    [ "$status" -eq 0 ] || fail "resuming after the file system was full: exit status $status"
    same whole_density small/run
    echo "a full file system: resumed"
  fi
  umount small
fi

# ---- a directory that cannot be written. The superuser writes anywhere, and becomes nobody for this.
nobody=""
if [ "$(id -u)" -eq 0 ]; then
  nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
  chmod a+rx .
fi
# shellcheck disable=SC2086  # none or a list of words
if $nobody "$RHOFLOW" --version >/dev/null 2>&1; then
  "$RHOFLOW" "$density" "Output directory=locked" "End time=0.5" >"$out/stdout" 2>&1
  chmod -R a-w,a+rX locked
  before=$(cd locked && state)
  run $nobody "$RHOFLOW" --resume locked "End time=1"
  [ "$status" -eq 2 ] || fail "going on in a directory that cannot be written: exit status $status instead of 2"
  [ "$(grep -c "locked" "$out/stderr")" -eq 1 ] || fail "a directory that cannot be written is not named on one line"
  [ "$(cd locked && state)" = "$before" ] || fail "a directory that cannot be written has changed"
  run $nobody "$RHOFLOW" "$density" "Output directory=locked/new"
  [ "$status" -eq 2 ] || fail "a new run in a directory that cannot be written: exit status $status instead of 2"
  chmod -R u+w locked
else
  echo "a directory that cannot be written: not tried, for the program cannot be run by nobody"
fi

# ---- one damaged slot: the other one is used, and that is said; both: refused
run "$RHOFLOW" "$density" "Output directory=flipped" "$often"
newest=$(grep -l . flipped/checkpoints/*.good | while read -r seal; do echo "$(sed -n 's/^number //p' "$seal") $seal"; done | sort -n | tail -1)
newest=${newest#* }
slot=${newest%.good}
printf 'x' | dd of="$slot" bs=1 seek=64 conv=notrunc 2>/dev/null
run "$RHOFLOW" --resume flipped
[ "$status" -eq 0 ] || fail "one damaged checkpoint of two: exit status $status"
cat "$out/stdout" "$out/stderr" | grep -q "is damaged" || fail "the damaged checkpoint was passed over silently"
same whole_density flipped

finish
