# A run that is stopped and goes on is the run that was not stopped: the density by the explicit solver, with the mesh adapted in
# between and finite networks beside it, on other numbers of ranks; what may be changed, and what may not.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"

# ranks N COMMAND...: on N ranks
ranks() {
  n=$1
  shift
  if [ "$n" -eq 1 ]; then run "$@"; else run "$MPIEXEC" -np "$n" "$@"; fi
}

problem="$SOURCE_DIR/parameter_files/single_neuron/reference_a_adaptive.prm"
small="Domain/Lower corner=-6.5,-2.6,0;Domain/Upper corner=6.5,2.6,2;Domain/Subdivisions=6,8,6;Refinement/Maximum level=1;Refinement/Interval=2;Output interval=0.5;Compare with SGD=true"
small="$small;Particles/Replicas=3;Particles/Number of neurons=100;Domain/Boundary mass limit=1;Particles/Write particles=all replicas"
small="$small;Output/Every n-th output=2;Comparison/Write measures=true;Comparison/Measure points=300"
# Found anew in every session, for all output times at once: resume_characteristics.sh has it.
small="$small;Comparison/Predicted spread=false"

end_time=1.5
struck=
# start DIRECTORY RANKS [CHANGES...]
start() {
  directory=$1
  on=$2
  shift 2
  old_ifs=$IFS
  IFS=';'
  # shellcheck disable=SC2086  # a list
  set -- $small "$@"
  IFS=$old_ifs
  # shellcheck disable=SC2086  # none or a program
  ranks "$on" $struck "$RHOFLOW" "$problem" "Output directory=$directory" "End time=$end_time" "$@"
}

# same DIRECTORY [files]: with "files" also those of the density, whose order of cells and field "subdomain" are the ranks'.
same() {
  for file in statistics.csv comparison.csv replicas.csv density.pvd particles.pvd measures/times.csv; do
    cmp -s "whole/$file" "$1/$file" || fail "$1/$file differs from that of the run that was not stopped"
  done
  if [ "${2:-}" = files ]; then
    for file in whole/density/*.vtu; do
      cmp -s "$file" "$1/${file#whole/}" || fail "$1/${file#whole/} differs from that of the run that was not stopped"
    done
  fi
  for file in whole/particles/*.vtp whole/measures/*.csv; do
    cmp -s "$file" "$1/${file#whole/}" || fail "$1/${file#whole/} differs from that of the run that was not stopped"
  done
  [ "$(ls "$1/density" | wc -l)" -eq "$(ls whole/density | wc -l)" ] || fail "$1/density has other files"
}

start whole 2
[ "$status" -eq 0 ] || fail "the run that is not stopped: exit status $status"
[ "$(wc -l <whole/statistics.csv)" -eq 5 ] || fail "the run has not the rows that the test needs"

# interrupt DIRECTORY RANKS [CHANGES...]: with the fault that the variables FAULT_... describe, in files of the directory.
interrupt() {
  struck=$with_faults
  start "$@"
  struck=
  [ "$status" -ne 0 ] || fail "$1 was not interrupted"
  [ "$(wc -l <"$1/statistics.csv")" -lt 5 ] || fail "$1 had reached its end before it was interrupted"
}

# ---- killed with a state after every second of 14 steps: after the third of them, within a row, a state, and a picture
while read -r before after action calls number path; do
  name="killed_${before}_$after"
  FAULT_ACTION=$action FAULT_CALLS=$calls FAULT_NUMBER=$number FAULT_PATH="*/$name/$path" \
    interrupt "$name" "$before" "Checkpoint/Every n-th step=2" </dev/null
  ranks "$after" "$RHOFLOW" --resume "$name" </dev/null
  [ "$status" -eq 0 ] || fail "resuming $name: exit status $status"
  if [ "$before$after" = 22 ]; then same "$name" files; else same "$name"; fi
done <<'EOF'
2 2 KILL rename 3 checkpoints/*.good
1 2 TEAR write 3 statistics.csv
2 1 TEAR write 40 checkpoints/even
2 3 TEAR write 1 density/density_0001.vtu.part
EOF

# ---- asked to stop, by SIGTERM, and then by a file
FAULT_ACTION=TERM FAULT_CALLS=write FAULT_NUMBER=2 FAULT_PATH="*/asked/statistics.csv" \
  interrupt asked 1 "Checkpoint/Wall-clock interval=0"
grep -q "rhoflow --resume asked" "$out/stderr" || fail "SIGTERM: the message does not say how to go on"
[ "$status" -eq 4 ] || fail "SIGTERM: exit status $status instead of 4"
touch asked/stop
ranks 1 "$RHOFLOW" --resume asked
[ "$status" -eq 4 ] || fail "a file 'stop': exit status $status instead of 4"
grep -q "since there was a file 'stop'" "$out/stderr" || fail "the message does not say why the run stopped"
[ ! -e asked/stop ] || fail "the file 'stop' is still there"
ranks 2 "$RHOFLOW" --resume asked
[ "$status" -eq 0 ] || fail "resuming what was asked to stop: exit status $status"
same asked

# ---- a run that has ended is taken further
end_time=1
start short 1
[ "$status" -eq 0 ] || fail "the short run: exit status $status"
ranks 2 "$RHOFLOW" --resume short "End time=1.5"
[ "$status" -eq 0 ] || fail "taking a run further: exit status $status"
# But for the error of the data nodes in column 4, which is estimated for the densities until the end time.
for directory in whole short; do cut -d, -f1-3,5- "$directory/statistics.csv" >"$out/$directory.csv"; done
cmp -s "$out/whole.csv" "$out/short.csv" || fail "the run that was taken further differs from the long one"

# ---- every session is in the record
[ "$(grep -c '"ranks": ' asked/provenance.json)" -eq 3 ] || fail "provenance.json does not have the three sessions of a run"
sed -n '/"continued"/,$p' asked/provenance.json >"$out/later"
tr -d '\n' <"$out/later" | grep -q '"--resume", *"asked"' && grep -q '"ranks": 2' "$out/later" ||
  fail "provenance.json does not say how the run went on"
sed 's/"deal.II": "[^"]*"/"deal.II": "1.0"/' asked/provenance.json >"$out/other" && cp "$out/other" asked/provenance.json
ranks 1 "$RHOFLOW" --resume asked
cat "$out/stdout" "$out/stderr" | grep -q "made with deal.II 1.0 so far and goes on with deal.II [0-9.]*: the last digits" ||
  fail "going on with another version of a library is passed over silently"

# ---- the data belong to the problem
three_points_file 'CSV file = table.csv' >table.prm
three_points >table.csv
run "$RHOFLOW" table.prm "Output directory=table"
[ "$status" -eq 0 ] || fail "the run with a table of data: exit status $status"
printf 'x,y\n1,1\n2,0\n3,2\n' >table.csv
expect 2 "table.csv' is not the one with which the run was begun" --resume table "End time=2"
mkdir elsewhere
printf 'x,y\n1,1\n2,0\n3,1\n' >elsewhere/table.csv
rm table.csv
run "$RHOFLOW" --resume table "End time=2" "Data/CSV file=elsewhere/table.csv"
[ "$status" -eq 0 ] || fail "data that were moved: exit status $status"

# ---- what may not be changed, and what is no run
expect 2 "Learning problem/Input dimension: the run was begun with" --resume asked "Learning problem/Input dimension=50"
expect 2 "End time" --resume asked "End time=1"
expect 2 "holds no run of rhoflow" --resume nowhere
expect 2 "--resume takes the directory of a run" --resume
exec 9>>asked/.rhoflow-lock
flock -n 9
expect 2 "another rhoflow is at work in 'asked'; wait for its end, or create a file 'stop' there" --resume asked
exec 9>&-
cp -r asked damaged
for slot in even odd; do
  [ -e "damaged/checkpoints/$slot" ] && printf 'x' | dd of="damaged/checkpoints/$slot" bs=1 seek=200 conv=notrunc 2>/dev/null
done
expect 2 "is damaged: its checksums are wrong" --resume damaged
rm -r damaged/checkpoints
expect 2 "has no checkpoint to go on from" --resume damaged

finish
