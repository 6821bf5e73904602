#!/bin/sh
# A run that is asked to stop while it trains the networks beside its density, or a gradient flow, stops there and not at the next
# output time; it goes on within the interval, on other numbers of ranks, to the files of the uninterrupted run.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers continuity "fokker planck" characteristics particles

# on RANKS COMMAND...
on() {
  ranks=$1
  shift
  if [ "$ranks" -eq 1 ]; then run "$@"; else run "$MPIEXEC" -np "$ranks" "$@"; fi
}

# stopped DIRECTORY ROWS TIME REASON: what was run has ended where it was.
stopped() {
  [ "$status" -eq 4 ] || fail "$1: exit status $status instead of 4"
  grep -q "Stopped at t = $3 $4" "$out/stderr" || fail "$1: the message does not say that it stopped at t = $3"
  [ "$(wc -l <"$1/statistics.csv")" -eq $(($2 + 1)) ] || fail "$1: it went on to the next output time"
}

results() {
  (cd "$1" && find . -type f ! -path './checkpoints/*' ! -name timing.csv ! -name throughput.csv ! -name log.txt ! -name '*.prm' \
    ! -name provenance.json ! -name .rhoflow-files | sort)
}

# interrupts NAME "RANKS RANKS RANKS" TIME FILE ARGUMENTS...: the run with rows at t = 0, 0.5 and 1 is stopped on its way to the second
# by SIGTERM, which comes when a state of TIME is kept, and, a pause later, by a file; it goes on, each time on the next number of
# ranks.
interrupts() {
  name=$1 places=$2 time=$3
  shift 3
  run "$RHOFLOW" "$@" "Output directory=$name-whole"
  [ "$status" -eq 0 ] || fail "$name ends with status $status"
  FAULT_ACTION=TERM FAULT_CALLS=rename FAULT_PATH="*/$name/checkpoints/*.good" FAULT_TEXT="time $time" FAULT_NUMBER=1 \
    on "${places%% *}" "$with_faults" "$RHOFLOW" "$@" "Output directory=$name" "Checkpoint/$often"
  stopped "$name" 1 "$time" "on SIGTERM"
  # A file that is there already stops the run at its first pause.
  touch "$name/stop"
  ranks=${places#* }
  on "${ranks% *}" "$RHOFLOW" --resume "$name" "Checkpoint/Wall-clock interval=0" "Checkpoint/Time interval=0"
  stopped "$name" 1 "$time" "since there was a file 'stop'"
  run "$MPIEXEC" -np "${places##* }" "$RHOFLOW" --resume "$name"
  [ "$status" -eq 0 ] || fail "$name: going on for the second time ends with status $status"
  results "$name-whole" >"$out/one"
  results "$name" >"$out/other"
  cmp -s "$out/one" "$out/other" || fail "$name has other files than the run that was not stopped"
  while read -r file; do
    cmp -s "$name-whole/$file" "$name/$file" && continue
    case $file in
    $rounded)
      found=$(difference "$name-whole/$file" "$name/$file")
      awk "BEGIN { exit !(\"$found\" != \"other\" && \"$found\" + 0 <= 1e-9) }" && continue ;;
    esac
    fail "$name: $file differs from that of the run that was not stopped"
  done <"$out/one"
}

# with_companions ...: interrupts a density with networks beside it.
with_companions() {
  interrupts "$@" "Compare with SGD=true" "Output times=" "End time=1" "Output interval=0.5" "Particles/Replicas=3" \
    "Particles/Write particles=all replicas" "Comparison/Bootstrap samples=0" "Comparison/Transport points=0" "Comparison/Directions=10"
}

often="Time interval=0.5"
rounded=
files=$SOURCE_DIR/parameter_files
# Networks of half the width and of twice the step size are trained one after the other.
with_companions continuity "2 1 3" 0.5 "$files/continuity/linear_1d.prm" "Comparison/Bias estimation=richardson" \
  "Particles/Number of neurons=3000" "Particles/Step size=0.0001"
with_companions flow "1 3 2" 0.5 "$files/continuity/linear_1d.prm" "Particles/Method=gradient flow" \
  "Particles/Number of neurons=3000" "Particles/Gradient flow tolerance=1e-13"
with_companions characteristics "1 2 1" 0.5 "$files/characteristics/reference_c.prm" "Particles/Number of neurons=1000" \
  "Particles/Step size=0.0001"
# The density by implicit steps is that of the uninterrupted run but for its solver's rounding errors.
rounded='*.csv'
with_companions fokker_planck "2 1 2" 0.5 "$files/fokker_planck/linear_1d.prm" "Particles/Number of neurons=3000" \
  "Particles/Step size=0.0002" "Fokker-Planck/Nonlinear tolerance=1e-12" "Fokker-Planck/Linear tolerance=1e-13" \
  "Output/Write density=false"
rounded=

# Gradient flow alone: its times between the rows are its own, and a state is kept at each of them.
cat >flow.prm <<'END'
set Solver          = particles
set End time        = 1
set Output interval = 0.5
subsection Learning problem
  set Activation      = erf
  set Input dimension = 4
end
subsection Particles
  set Method                  = gradient flow
  set Number of neurons       = 400
  set Replicas                = 1
  set Gradient flow tolerance = 1e-13
end
END
often="Wall-clock interval=1e-9"
interrupts particles "2 1 3" '[0-9.e-]*[1-9]' flow.prm
finish
