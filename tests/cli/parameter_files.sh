#!/bin/sh
# Every parameter file that is shipped runs: from its own data, for two output times that come early (a stationary solver, which
# knows no time, to its end). Studies are no runs; rhoflow-study has tests of its own.
. "$SOURCE_DIR/tests/cli/common.sh"

find "$SOURCE_DIR/parameter_files" -name '*.prm' ! -path '*/studies/*' | sort >"$out/files"
while read -r file; do
  name=$(basename "$file" .prm)
  folder=$(basename "$(dirname "$file")")
  # mpirun would read the rest of the list of files.
  run "$MPIEXEC" -np 2 "$RHOFLOW" "$file" "Output directory=runs/$folder/$name" "Output times=" "End time=0.04" \
    "Output interval=0.02" </dev/null
  [ "$status" -eq 0 ] || fail "$file ends with status $status"
  table="runs/$folder/$name/statistics.csv"
  lines=$([ -f "$table" ] && wc -l <"$table" || echo 0)
  if grep -q '^ *set *Solver *= *boltzmann' "$file"; then
    [ "$lines" -ge 2 ] || fail "$file: $table does not have a header and a row"
  else
    [ "$lines" -eq 4 ] || fail "$file: $table does not have a header and three rows"
  fi
  if grep -qi 'nan' "$table"; then
    fail "$file: there is a NaN in $table"
  fi
done <"$out/files"
[ "$(wc -l <"$out/files")" -ge 1 ] || fail "no parameter file was found"
finish
