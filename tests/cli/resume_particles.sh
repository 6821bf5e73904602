#!/bin/sh
# Finite networks that go on from a checkpoint give the files of the uninterrupted run, byte by byte, also on another number of
# ranks: every method of training, and with a longer time than the run was begun with.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers particles

results() {
  (cd "$1" && find . -type f ! -path './checkpoints/*' ! -name timing.csv ! -name throughput.csv ! -name log.txt ! -name '*.prm' \
    ! -name provenance.json ! -name .rhoflow-files | sort)
}

# same NAME ONE OTHER: two run directories have the same results.
same() {
  results "$2" >"$out/one"
  results "$3" >"$out/other"
  cmp -s "$out/one" "$out/other" || fail "$1: $3 has other files than $2"
  while read -r file; do
    cmp -s "$2/$file" "$3/$file" || fail "$1: $file of $3 differs from that of $2"
  done <"$out/one"
}

# All that the report of a run says but the time of a step and the ranks.
report() {
  sed -n '/^Finite networks/,/^Time, mean/p' "$1" | tr -s ' ' | sed '/^time of one step/d; /^ranks of a network/d'
}

# resumes NAME STEPS WRITTEN PAIRS RANKS_OF_NETWORK arguments: the run of STEPS calls of the time loop before its only checkpoint,
# when WRITTEN pictures are there, is continued for every pair before:after of ranks.
resumes() {
  name=$1 steps=$2 written=$3 pairs=$4 wide=$5
  shift 5
  run "$RHOFLOW" "$@" "Output directory=$name-whole" "Checkpoint/At the end=false"
  [ "$status" -eq 0 ] || fail "$name ends with status $status"
  for pair in $pairs; do
    before=${pair%:*} after=${pair#*:}
    if [ ! -d "$name-$before" ]; then
      run "$MPIEXEC" -np "$before" "$RHOFLOW" "$@" "Output directory=$name-$before" "Particles/Ranks per network=$wide" \
        "Checkpoint/At the end=false" "Checkpoint/Every n-th step=$steps"
      [ "$status" -eq 0 ] || fail "$name on $before ranks ends with status $status"
      [ "$(find "$name-$before/checkpoints" -name '*.good' | wc -l)" -eq 1 ] || fail "$name on $before ranks: not one checkpoint"
    fi
    there=$name-$before-$after
    cp -r "$name-$before" "$there"
    # What comes after the checkpoint was perhaps begun when the run ended.
    for table in "$there"/*.csv; do
      [ "${table##*/}" = timing.csv ] || printf 'cut o' >>"$table"
    done
    find "$there/particles" -name '*.vtp' | sort | tail -n +"$((written + 1))" >"$out/pictures"
    [ -s "$out/pictures" ] || fail "$name: no picture comes after the checkpoint"
    while read -r picture; do
      echo 'cut off' >"$picture"
    done <"$out/pictures"
    run "$MPIEXEC" -np "$after" "$RHOFLOW" --resume "$there"
    [ "$status" -eq 0 ] || fail "$name on $after ranks after $before ends with status $status"
    grep -q 'Going on at t = ' "$there/log.txt" || fail "$name on $after ranks after $before began anew"
    same "$name on $after ranks after $before" "$name-whole" "$there"
    report "$name-whole/log.txt" >"$out/one"
    report "$out/stdout" >"$out/other"
    cmp -s "$out/one" "$out/other" || fail "$name on $after ranks after $before: another report"
  done
}

cat >sgd.prm <<'END'
set Solver          = particles
set End time        = 0.4
set Output interval = 0.1
subsection Learning problem
  set Input dimension = 8
end
END
cat >exact.prm <<'END'
set Solver          = particles
set End time        = 1
set Output interval = 0.25
subsection Learning problem
  set Activation      = erf
  set Input dimension = 4
end
subsection Particles
  set Number of neurons = 60
  set Step size         = 0.01
end
END

# The time loop stops fifty to a hundred times on the way: the checkpoint is between the third and the fourth output, or at the
# fourth for gradient flow, which pauses rarely (see resume_companions.sh). Pictures of every second output time are counted on; data are
# in their third pass.
resumes lazy 30 2 "1:2 2:1 2:3 3:4" 0 sgd.prm "Particles/Number of neurons=700" "Particles/Replicas=3" \
  "Particles/Output scaling=lazy" "Particles/Precision=single" "Particles/Write particles=all replicas" "Output/Every n-th output=2"
resumes scheduled 60 3 "1:4 4:2" 2 sgd.prm "Particles/Number of neurons=300" "Particles/Replicas=2" "Particles/Schedule=1/(1+t)" \
  "Particles/Batch size=5" "Mean field/Weight decay=0.1" "Particles/Tangent kernel=true" "Learning problem/Activation=tanh"
resumes flow 5 4 "1:2 2:1" 0 exact.prm "Particles/Method=gradient flow" "Particles/Replicas=3"
resumes noisy 35 3 "2:3" 0 exact.prm "Particles/Method=gradient descent" "Particles/Replicas=5" "Mean field/Inverse temperature=50"
files=$SOURCE_DIR/parameter_files
resumes epochs 35 3 "1:2" 0 "$files/particles/noisy_mcycle.prm" "Particles/Method=multi-pass SGD" "Mean field/Inverse temperature=inf" \
  "End time=4" "Output interval=1" "Particles/Number of neurons=40" "Particles/Batch size=3"
resumes walkers 40 3 "3:1" 0 "$files/particles/double_well.prm" "End time=1" "Output interval=0.25" "Particles/Number of neurons=50"

# A run that was done goes on as if it had been meant to be longer.
run "$RHOFLOW" sgd.prm "Output directory=longer" "End time=0.2" "Particles/Replicas=2"
run "$RHOFLOW" sgd.prm "Output directory=long" "Particles/Replicas=2"
run "$MPIEXEC" -np 2 "$RHOFLOW" --resume longer "End time=0.4"
[ "$status" -eq 0 ] || fail "the longer run ends with status $status"
same "longer" long longer

# Where nothing is left to do, the report is that of the whole run.
report "$out/stdout" >"$out/one"
run "$RHOFLOW" --resume longer
[ "$status" -eq 0 ] || fail "going on with a run that is done ends with status $status"
report "$out/stdout" >"$out/other"
cmp -s "$out/one" "$out/other" || fail "a run that is done has another report when it goes on"

# Another width is another run.
run "$RHOFLOW" --resume longer "Particles/Number of neurons=10"
[ "$status" -eq 2 ] || fail "another width ends with status $status"
grep -q "Number of neurons.*start a new run" "$out/stderr" || fail "another width is not refused for its reason"
finish
