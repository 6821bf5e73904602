#!/bin/sh
# Two shipped studies in one call, with few narrow networks: both are checked before the first one runs, each has its own
# directory, changes apply to both, failures in the first leave the second alone, and the fits of both are in one table at the end.
. "$SOURCE_DIR/tests/cli/common.sh"
RHOFLOW=$RHOFLOW_STUDY

mkdir studies
cp -r "$SOURCE_DIR/parameter_files/particles" "$SOURCE_DIR/parameter_files/single_neuron" .
shrink() { # NAME PARAMETERS LIST: the list of the study, which ends at "end", becomes another one
  awk -v parameters="$2" -v list="$3" '
    /^subsection Vary/ { print; print "  set " parameters " = " list; skips = 1 }
    /^end/ { skips = 0 }
    !skips' "$SOURCE_DIR/parameter_files/studies/$1.prm" >"studies/$1.prm"
}
shrink stationary "Particles/Number of neurons & Seed" "10 & 1, 20 & 2, 40 & 3"
shrink lazy_width "Particles/Number of neurons & Seed" "10 & 1, 20 & 2, 40 & 3, 80 & 4"
both() {
  run "$MPIEXEC" -np 2 "$RHOFLOW" "$@" studies/stationary.prm studies/lazy_width.prm "Fix/Particles/Replicas=4" \
    "Fix/Output interval=1"
}

sed 's/Step size  *= 0.002/Step size = 0.3/' studies/lazy_width.prm >studies/bad.prm
on_ranks="1 2"
expect 2 "Particles/Step size: the output time 5 is not a multiple of the step size 0.3." studies/stationary.prm studies/bad.prm
on_ranks=1
expect 2 "the parameter file 'studies/nowhere.prm' does not exist." studies/stationary.prm studies/nowhere.prm
expect 2 "command line: Output directory: 'one' is that of studies/stationary.prm already" \
  studies/stationary.prm studies/lazy_width.prm "Output directory=one"

both
[ "$status" -eq 0 ] || fail "two studies in one call end with status $status"
[ "$(grep -c ': done (' "$out/stdout")" -eq 7 ] || fail "not one line for each of the 3 + 4 runs"
[ "$(wc -l <runs/stationary/study.csv)" -eq 4 ] || fail "the first study does not have a header and 3 rows"
[ "$(wc -l <runs/lazy_width/study.csv)" -eq 5 ] || fail "the second study does not have a header and 4 rows"
awk '/^All fits$/ { table = 1 } table' "$out/stdout" >"$out/table"
[ "$(grep -c '^ *stationary  *excess against' "$out/table")" -eq 1 ] || fail "the common table lacks the fit of the first study"
[ "$(grep -c '^ *lazy_width  *.* against' "$out/table")" -eq 2 ] || fail "the common table lacks the fits of the second study"

# One study alone gives the same files.
cp runs/lazy_width/fits.csv "$out/fits.csv"
run "$RHOFLOW" studies/lazy_width.prm "Fix/Particles/Replicas=4" "Fix/Output interval=1" "Output directory=alone"
[ "$status" -eq 0 ] || fail "the second study alone ends with status $status"
cmp -s alone/fits.csv "$out/fits.csv" || fail "the second study alone gives something else"

# What is missing in the first study does not keep the second from being done.
rm -r runs
both "Results/none=last of statistics.csv: rsk"
[ "$status" -eq 3 ] || fail "results that cannot be computed end with status $status"
[ "$(grep -c ': done (' "$out/stdout")" -eq 7 ] || fail "the runs of both studies are not all done"
[ "$(grep -c '^studies/.*: [34] results could not be computed:$' "$out/stderr")" -eq 2 ] ||
  fail "what is missing is not said for both studies"
run "$RHOFLOW" studies/stationary.prm "Fix/Particles/Replicas=4" "Results/none=last of statistics.csv: rsk" \
  "Output directory=alone-too"
awk '/Results cannot be computed/ { early = NR } /3 of 3: run/ { last = NR } END { exit !(early && early < last) }' \
  "$out/stdout" || fail "a result that cannot be computed is not said after the first run"
finish
