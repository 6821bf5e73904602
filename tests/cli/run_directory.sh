#!/bin/sh
# What a run writes, and what it must not touch.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers particles

# A small network that takes less than a second.
cat >small.prm <<EOF
set Solver          = particles
set End time        = 0.1
set Output interval = 0.05
subsection Particles
  set Number of neurons = 20
  set Replicas          = 3
end
EOF

run "$RHOFLOW" small.prm
[ "$status" -eq 0 ] || fail "a small run ends with $status"
for name in small.prm parameters_used.prm provenance.json statistics.csv; do
  [ -s "runs/small/$name" ] || fail "the run directory lacks $name"
done
cmp -s small.prm runs/small/small.prm || fail "the parameter file was not kept as given"
# The complete file gives the same statistics, also on two ranks.
run "$MPIEXEC" -np 2 "$RHOFLOW" runs/small/parameters_used.prm "Output directory=again" -- -malloc
[ "$status" -eq 0 ] || fail "a run with the complete parameters ends with $status"
cmp -s runs/small/statistics.csv again/statistics.csv || fail "the complete parameters do not reproduce the statistics"

on_ranks="1 2"
expect 2 "default value of Output directory: 'runs/small' exists and is not empty." small.prm
on_ranks=1
expect 2 "command line: Output directory: 'runs/small' exists and is not empty." small.prm "Output directory=runs/small"
expect 2 "'small.prm' exists and is not a directory" small.prm "Output directory=small.prm"
expect 2 "cannot create the directory 'small.prm/below'" small.prm "Output directory=small.prm/below" Overwrite=true
expect 2 "cannot create the directory '/proc/rhoflow'" small.prm "Output directory=/proc/rhoflow"
mkdir precious
echo years of work >precious/thesis.txt
on_ranks=2
expect 2 "'precious' holds files that are not a run of rhoflow" small.prm "Output directory=precious" Overwrite=true

echo old >runs/small/statistics.csv
echo mine >runs/small/notes.txt
run "$MPIEXEC" -np 2 "$RHOFLOW" small.prm Overwrite=true
[ "$status" -eq 0 ] || fail "Overwrite = true on two ranks ends with $status"
cmp -s runs/small/statistics.csv again/statistics.csv || fail "Overwrite = true did not replace the statistics"
[ "$(cat runs/small/notes.txt)" = mine ] || fail "Overwrite = true touched a file of the user"
for place in stdout log; do
  [ $place = stdout ] && text=$out/stdout || text=runs/small/log.txt
  [ "$(grep -c '^Removed [0-9]* files of the run that was in runs/small.$' "$text")" -eq 1 ] || fail "the number of removed files is not in $place"
done

# A parameter file without the usual ending has a run of its own name.
cp small.prm case_0.5
run "$RHOFLOW" case_0.5
[ "$status" -eq 0 ] && [ -s runs/case_0.5/statistics.csv ] && cmp -s small.prm runs/case_0.5/case_0.5.prm ||
  fail "the directory of case_0.5 is not runs/case_0.5, with its copy"

# Why a run ended is the end of its log.txt, on whichever rank the error was found.
for ranks in 1 2; do
  run "$MPIEXEC" -np $ranks "$RHOFLOW" small.prm "Output directory=diverged" "Particles/Step size=10" "End time=1e4" \
    "Output interval=1e3" "Learning problem/Activation=relu" Overwrite=true
  [ "$status" -eq 3 ] || fail "a run that diverges on $ranks ranks ends with $status"
  [ "$(tail -n 1 diverged/log.txt)" = "Error (exit status 3): $(grep '^SGD diverged' "$out/stderr")" ] || fail "log.txt does not end with the reason on $ranks ranks"
done

before=$(state)
run "$RHOFLOW" --validate small.prm
[ "$(state)" = "$before" ] || fail "validation wrote something"
[ "$status" -eq 0 ] || fail "validation should not mind that the run directory exists"
grep -qx "small.prm: valid" "$out/stdout" || fail "validation does not say that the file is valid"
finish
