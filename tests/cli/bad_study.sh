#!/bin/sh
# Mistakes in a study file and on the command line: status 2, one message, and nothing is written.
. "$SOURCE_DIR/tests/cli/common.sh"
RHOFLOW=$RHOFLOW_STUDY

cp "$SOURCE_DIR/parameter_files/particles/noisy_linear.prm" base.prm
study() { # NAME: standard input follows the line of the base file
  {
    echo "set Base file = base.prm"
    cat
  } >"$1.prm"
}
study good <<'EOF'
subsection Vary
  set Particles/Number of neurons = 10, 20
end
subsection Results
  set risk = last of statistics.csv: risk
end
EOF
on_ranks="1 3"
expect 2 "command line: unknown parameter 'Particles/Replcas'. Did you mean 'Replicas'?" good.prm "Fix/Particles/Replcas=3"
expect 2 "command line: Particles/Step size: the output time 1 is not a multiple of the step size 0.3." good.prm \
  "Vary/Particles/Step size=0.02, 0.3"
on_ranks=1
expect 2 "the name of a study file is missing." --list
expect 2 "unknown option '--retry-faild'. Did you mean '--retry-failed'?" --retry-faild good.prm
expect 2 "'--validate' is one option too many" --list --validate good.prm
expect 2 "the parameter file 'nowhere.prm' does not exist." nowhere.prm
expect 2 "command line: Ranks per run: a run takes 2 ranks, but there are only 1." good.prm "Ranks per run=2"
expect 2 "command line: Base file: the parameter file 'elsewhere.prm' does not exist." good.prm "Base file=elsewhere.prm"

# The place of a value in the study file is named, for what the solver refuses too.
study refused <<'EOF'
subsection Vary
  set Particles/Number of neurons = 10, 20
  set Particles/Step size         = 0.02, 0.3
end
EOF
expect 2 "refused.prm:4: Particles/Step size: the output time 1 is not a multiple of the step size 0.3." refused.prm
expect 2 "refused.prm:4: Particles/Step size: the output time 1 is not a multiple" --validate refused.prm
# Mistakes in the base file are named where they are.
echo "set Solvr = particles" >>base.prm
expect 2 "base.prm:$(wc -l <base.prm): unknown parameter 'Solvr'. Did you mean 'Solver'?" good.prm

# Directories that hold something else are left alone.
sed -i '$d' base.prm
mkdir something
echo text >something/file
expect 2 "'something' exists and holds something else than a study" good.prm "Output directory=something"
expect 2 "'something/file' exists and is not a directory" good.prm "Output directory=something/file"
run "$RHOFLOW" good.prm "Fix/End time=1" "Output directory=done"
[ "$status" -eq 0 ] || fail "the good study ends with status $status"
expect 2 "'done' holds the runs of another study" good.prm "Fix/End time=2" "Output directory=done"
# A column that does not exist is known after the first run only: the runs are kept, and what is valid is said.
run "$RHOFLOW" good.prm "Fix/End time=1" "Output directory=done" "Results/risk=last of statistics.csv: rsk"
[ "$status" -eq 3 ] || fail "a result that cannot be computed ends with status $status"
grep -q "command line: risk of run 1: the table has no column 'rsk'. Did you mean 'risk'?" "$out/stderr" ||
  fail "it is not said which column exists"
# Two at a time would disturb each other.
if command -v flock >"$out/flock"; then
  run flock --no-fork done/lock "$RHOFLOW" good.prm "Fix/End time=1" "Output directory=done"
  [ "$status" -eq 2 ] || fail "a directory in use is not refused: status $status"
  grep -q "'done' is in use by another rhoflow-study" "$out/stderr" || fail "it is not said that the directory is in use"
fi
finish
