# What a run accepts, --resume, rhoflow-plot and a second run of its parameters_used.prm read: names that are no UTF-8, a # in values,
# data files with relative names. What changes the physics of a run that goes on is refused, wherever it was changed; and ranks that
# would read different data.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"

three_points_file >table.prm
three_points >data.csv
latin1=$(printf 'caf\351')

# good WHAT COMMAND...: ends with status 0
good() {
  what=$1
  shift
  run "$@"
  [ "$status" -eq 0 ] || fail "$what: exit status $status"
}

# is_text FILE...: UTF-8
is_text() {
  for file in "$@"; do
    iconv -f UTF-8 -t UTF-8 "$file" >/dev/null 2>&1 || fail "$file is no UTF-8"
  done
}

# same DIRECTORY ONE OTHER
same() {
  cmp -s "$1/statistics.csv" "$2/statistics.csv" || fail "$1 and $2 have other results"
}

good "the run to compare with" "$RHOFLOW" table.prm "Data/CSV file=data.csv" "Output directory=whole" "End time=2"

# ---- a directory and a parameter file whose names are no UTF-8
mkdir "$latin1"
cp data.csv "$latin1/d.csv"
sed 's/set Law           = csv/set Law = csv\n  set CSV file = d.csv/' table.prm >"$latin1/$latin1.prm"
good "names that are no UTF-8" "$RHOFLOW" "$latin1/$latin1.prm" "Output directory=bytes"
is_text bytes/provenance.json bytes/parameters_used.prm
good "resuming names that are no UTF-8" "$RHOFLOW" --resume bytes "End time=2"
same bytes whole
is_text bytes/provenance.json bytes/parameters_used.prm
cd "$latin1"
good "names that are no UTF-8, from inside" "$RHOFLOW" "$latin1.prm" "Data/CSV file=d.csv" "End time=2"
same "runs/$latin1" ../whole
cd ..
cp data.csv "$latin1/$latin1.csv"
expect 2 "write 'Data/CSV file=bytes:caf%E9/caf%E9.csv'." table.prm "Data/CSV file=$latin1/$latin1.csv"
good "a name in bytes" "$RHOFLOW" table.prm "Data/CSV file=bytes:caf%E9/caf%E9.csv" "Output directory=bytes:$(printf 'out%%E9')" "End time=2"
same "$(printf 'out\351')" whole
if [ -x "${RHOFLOW_PLOT:-}" ] && command -v xvfb-run >/dev/null 2>&1; then
  good "a report of names that are no UTF-8" "$RHOFLOW_PLOT" --no-animation "$latin1/runs/$latin1"
  is_text "$latin1/runs/$latin1/report.html"
fi

# ---- a # and a backslash in values
cp data.csv 'd#1\.csv'
good "a # in a value" "$RHOFLOW" table.prm 'Data/CSV file=d#1\.csv' 'Title=a \# b \' "Output directory=h#1\\"
good "resuming a # in a value" "$RHOFLOW" --resume 'h#1\' "End time=2"
same 'h#1\' whole
sed 's/set Law           = csv/set Law = csv\n  set CSV file = d\\#1\\.csv # a comment/' table.prm >hash.prm
good "a # in a parameter file" "$RHOFLOW" hash.prm "End time=2"
same runs/hash whole
expect 2 "command line: Title: the value has a line end" table.prm "Data/CSV file=data.csv" "Title=two
lines"

# ---- a data file beside the parameter file, and the record of the run from anywhere; all of it moved
mkdir -p tree/data/in elsewhere
cp data.csv tree/data/in/d.csv
sed 's/set Law           = csv/set Law = csv\n  set CSV file = in\/d.csv/' table.prm >tree/data/rel.prm
cd tree
good "a relative data file" "$RHOFLOW" data/rel.prm
cd ../elsewhere
good "repeating a relative data file elsewhere" "$RHOFLOW" ../tree/runs/rel/parameters_used.prm "End time=2"
same runs/parameters_used ../whole
cd ..
mv tree moved
good "repeating what was moved" "$RHOFLOW" moved/runs/rel/parameters_used.prm "Output directory=moved-again" "End time=2"
same moved-again whole
good "resuming what was moved" "$RHOFLOW" --resume moved/runs/rel "End time=2"
same moved/runs/rel whole
mv moved/data/in/d.csv other.csv
expect 2 "in/d.csv' does not exist" --resume moved/runs/rel "End time=3"
good "resuming with the data elsewhere" "$RHOFLOW" --resume moved/runs/rel "End time=2" "Data/CSV file=other.csv"

# ---- physics that was changed in the record of the run
good "a run to go on with" "$RHOFLOW" table.prm "Data/CSV file=data.csv" "Output directory=edited"
sed 's/set Weight decay *= 0$/set Weight decay = 0.5/' edited/parameters_used.prm >changed
cmp -s changed edited/parameters_used.prm && fail "nothing was changed"
cp edited/parameters_used.prm as_it_was
cp changed edited/parameters_used.prm
expect 2 "Mean field/Weight decay: the run was begun with '0', and its state belongs to that" --resume edited "End time=2"
cp as_it_was edited/parameters_used.prm
printf 'x,y\n1,1\n2,0\n3,2\n' >forged.csv
crc=$(sed -n 's/.*"crc32": "\([0-9a-f]*\)".*/\1/p' edited/provenance.json)
# that of forged.csv, which is as long
sed "s/$crc/bdde93f9/" edited/provenance.json >changed && cp changed edited/provenance.json
expect 2 "forged.csv' is not the one with which the run was begun" --resume edited "Data/CSV file=forged.csv" "End time=2"
good "resuming what was changed back" "$RHOFLOW" --resume edited "End time=2" "Title=new"
same edited whole

# ---- ranks that read different data under one name, or that were started in different directories
mkdir A B
cp data.csv A/d.csv
cp forged.csv B/d.csv
different() {
  # Open MPI 5.0.7 crashes on "mpirun -wdir A PROGRAM : -wdir B PROGRAM".
  # shellcheck disable=SC2016  # expanded by each rank
  run "$MPIEXEC" -np 2 sh -c 'if [ "${OMPI_COMM_WORLD_RANK:-$PMI_RANK}" -eq 0 ]; then cd A; else cd B; fi && exec "$@"' \
    sh "$RHOFLOW" "$PWD/table.prm" "$@"
}
different "Data/CSV file=d.csv" "Output directory=$PWD/k"
[ "$status" -eq 2 ] || fail "different data: exit status $status"
[ "$(grep -c "the ranks do not read the same file under the name 'd.csv': rank 0 has '$PWD/A/d.csv' (16 bytes" "$out/stderr")" -eq 1 ] ||
  fail "different data: another message"
[ ! -e k ] || fail "different data: files were written"
rm B/d.csv
different "Data/CSV file=d.csv" "Output directory=k" "End time=2"
[ "$status" -eq 0 ] || fail "different directories: exit status $status"
grep -q "Warning: the ranks were started in different working directories" "$out/stdout" "$out/stderr" ||
  fail "different directories are passed over silently"
same A/k whole
[ ! -e B/k ] || fail "a rank wrote into its own directory"

# ---- seeds of 64 bits
good "a large seed" "$RHOFLOW" table.prm "Data/CSV file=data.csv" "Output directory=seed" Seed=18446744073709551615
cmp -s seed/statistics.csv edited/statistics.csv && fail "the seed changes nothing"
good "resuming with a large seed" "$RHOFLOW" --resume seed "End time=2"
expect 2 "Seed: the run was begun with '18446744073709551615'" --resume seed "End time=3" Seed=18446744073709551614
expect 2 "Seed: '18446744073709551616' is not valid; expected: a whole number between 0 and 18446744073709551615." table.prm \
  "Data/CSV file=data.csv" Seed=18446744073709551616

finish
