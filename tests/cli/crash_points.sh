# A run, or a study, that ends at any of its calls that change files, also in the middle of what it writes, and a disk that is full from
# any of them on: it goes on from its last state, or is begun anew where there is none yet, to the files of the undisturbed one.
# STRIDE=N: every N-th call (standard: a few of them; 1: all). RANKS=N and STRUCK=R: on N ranks, of which R is struck.
# FILE=..., CHANGES="SECTION/NAME=VALUE;...": another run than the standard one; CLOSE=1e-9: its tables need not be equal byte by byte.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers continuity particles

file=${FILE:-$SOURCE_DIR/parameter_files/continuity/linear_1d.prm}
changes=${CHANGES:-End time=0.2;Output times=0,0.1,0.2;Checkpoint/Every n-th step=5}
ranks=${RANKS:-1}

cat >base.prm <<'EOF'
set Solver          = particles
set End time        = 0.2
set Output interval = 0.1
subsection Learning problem
  set Input dimension = 8
end
subsection Particles
  set Number of neurons = 100
  set Replicas          = 4
  set Step size         = 0.0002
end
subsection Checkpoint
  set Time interval = 0.1
end
EOF
cat >study.prm <<'EOF'
set Base file = base.prm
subsection Vary
  set Particles/Number of neurons = 50, 100
end
subsection Results
  set risk = last of mean over replicas of replicas.csv: replica *
end
subsection Fits
  set risk against Particles/Number of neurons = -1
end
EOF

# program WITH ARGUMENTS...: the program of this case, with faults or nothing before it
program() {
  with=$1
  shift
  # shellcheck disable=SC2086  # none or a program
  if [ "$ranks" -eq 1 ]; then run $with "$@"; else run "$MPIEXEC" -np "$ranks" $with "$@"; fi
}

# begin WITH DIRECTORY [CHANGES]
begin() {
  with=$1 directory=$2
  shift 2
  if [ "$case" = study ]; then
    program "$with" "$RHOFLOW_STUDY" study.prm "Output directory=$directory" "$@"
  else
    old_ifs=$IFS
    IFS=';'
    # shellcheck disable=SC2086  # a list
    set -- $changes "$@"
    IFS=$old_ifs
    program "$with" "$RHOFLOW" "$file" "$@" "Output directory=$directory"
  fi
}

# go_on DIRECTORY WHAT
go_on() {
  if [ "$case" = study ]; then
    resumed=$((resumed + 1))
    # What a full disk made fail is done once more.
    program "" "$RHOFLOW_STUDY" --retry-failed study.prm "Output directory=$1"
  elif ls "$1"/checkpoints/*.good >/dev/null 2>&1; then
    resumed=$((resumed + 1))
    # Killed once more while it takes up its state and goes on from there.
    FAULT_ACTION=KILL FAULT_NUMBER=$((number % 37 + 1)) FAULT_PATH="$work/$1*" program "$with_faults" "$RHOFLOW" --resume "$1"
    [ "$status" -eq 137 ] || [ "$status" -eq 0 ] || fail "$2: going on, struck once more, ended with status $status"
    program "" "$RHOFLOW" --resume "$1"
  else
    anew=$((anew + 1))
    if [ -d "$1" ]; then
      program "" "$RHOFLOW" --resume "$1"
      [ "$status" -eq 2 ] || fail "$2: without a state --resume ends with status $status"
    fi
    begin "" "$1" "Overwrite=true"
  fi
}

results() {
  (cd "$1" && find . -type f ! -path '*/checkpoints/*' ! -path './claims/*' ! -name lock ! -name timing.csv ! -name throughput.csv \
    ! -name log.txt ! -name '*.prm' ! -name provenance.json | sort)
}

# same DIRECTORY WHAT
same() {
  results "$1" >"$out/other"
  cmp -s "$out/whole" "$out/other" ||
    fail "$2: other files than those of the undisturbed run: $(diff "$out/whole" "$out/other" | grep '^[<>]' | tr '\n' ' ')"
  while read -r one; do
    cmp -s "whole/$one" "$1/$one" && continue
    case ${CLOSE:+$one} in
    *.csv)
      found=$(difference "whole/$one" "$1/$one")
      awk "BEGIN { exit !(\"$found\" != \"other\" && \"$found\" + 0 <= $CLOSE) }" && continue ;;
    *.vtu) continue ;;
    esac
    fail "$2: $one differs from that of the undisturbed run"
  done <"$out/whole"
}

# ended WHAT ACTION: how the program that was struck has ended
ended() {
  case $2-$status in
  FULL-0) # what could not be written is not needed: a state of which there are others, and the log
    unharmed=$((unharmed + 1)) ;;
  FULL-1) [ "$case" = study ] || fail "$1: exit status 1" ;;
  FULL-2 | FULL-3) # 2: before the first row; warnings, and what the MPI library has to say, may come before
    if [ "$case" = run ]; then
      grep -v '^Warning: \|^,*mca_' "$out/stderr" >"$out/message"
      [ "$(grep -c . "$out/message")" -eq 1 ] || fail "$1: not one message"
      grep -qi "disk full\|No space\|cannot write\|cannot create" "$out/message" || fail "$1: the message does not say why"
      [ "$status" -eq 3 ] || [ ! -s struck/statistics.csv ] || fail "$1: a disk that fills is called bad input"
    fi ;;
  KILL-137 | TEAR-137) ;;
  *) fail "$1: exit status $status" ;;
  esac
}

for case in ${CASES:-run study}; do
  calls=$out/$case
  FAULT_RANK=${STRUCK:-0} FAULT_PATH="$work/whole*" FAULT_TRACE=$calls begin "$with_faults" whole
  [ "$status" -eq 0 ] || fail "the undisturbed $case ended with status $status"
  results whole >"$out/whole"
  total=$(wc -l <"$calls")
  [ "$total" -gt 100 ] || fail "only $total calls of the $case were seen"
  stride=${STRIDE:-$((total / 5))}
  resumed=0 anew=0 unharmed=0 first=0
  for action in KILL TEAR FULL; do
    # Each action begins at another call, so that together they see more of them.
    first=$((first + 1))
    number=$first
    while [ "$number" -le "$total" ]; do
      what="$case, $action at call $(sed -n "${number}p" "$calls" | sed "s#$work/whole/*##")"
      FAULT_RANK=${STRUCK:-0} FAULT_ACTION=$action FAULT_NUMBER=$number FAULT_PATH="$work/struck*" begin "$with_faults" struck
      ended "$what" "$action"
      go_on struck "$what"
      if [ "$status" -eq 0 ]; then same struck "$what"; else fail "$what: going on ended with status $status"; fi
      rm -rf struck
      number=$((number + stride))
    done
  done
  echo "$case: $total calls, every $stride-th: $resumed times resumed, $anew times begun anew, $unharmed times unharmed by a full disk"
  [ "$resumed" -gt 0 ] || fail "no $case was resumed"
  rm -rf whole
done
finish
