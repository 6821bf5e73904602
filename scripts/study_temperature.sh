#!/bin/sh
# The equation with entropy over inverse temperatures and weight decays: every pair is run to its rest at once (Solver =
# boltzmann) and in time (Solver = fokker planck, unless the file names boltzmann), and one table gathers what came out.
#   scripts/study_temperature.sh [FILE.prm [Section/Name=value ...]]
#   BETAS="10 20 50 100"  LAMBDAS="0.05 0.1 0.2"  lists of inverse temperatures and weight decays
#   STUDY=runs/temperature                       where the runs and temperature.csv go
#   RANKS=1  RHOFLOW=build/release/rhoflow       how to run
# A run that is done with the same arguments is not repeated: a study goes on where it was interrupted, and grows. A run that
# fails says why, leaves nan in the table, and makes the exit status 1 when all the others are done.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/scripts/environment.sh"
program=${RHOFLOW:-$root/build/release/rhoflow}
ranks=${RANKS:-1}
betas=${BETAS:-10 20 50 100}
lambdas=${LAMBDAS:-0.05 0.1 0.2}
study=${STUDY:-runs/temperature}
file=$root/parameter_files/fokker_planck/tanh_2d.prm
if [ $# -gt 0 ]; then
  file=$1
  shift
fi
[ -f "$file" ] || { echo "study_temperature.sh: there is no file '$file'" >&2; exit 2; }
mkdir -p "$study"
table=$study/temperature.csv

# run DIRECTORY ARGUMENTS...: unless it is done with these arguments
run() {
  directory=$1
  shift
  wanted=$(printf '%s\n' "$file" "$(cksum <"$file")" "$@")
  if [ -f "$directory/done" ] && [ "$(cat "$directory/done")" = "$wanted" ]; then
    return
  fi
  rm -f "$directory/done"
  # mpirun reads its standard input to the end.
  if ! "${MPIEXEC:-mpirun}" -np "$ranks" "$program" "$file" "Output directory=$directory" Overwrite=true "$@" </dev/null \
    >"$study/log" 2>&1; then
    grep -v -e '^-*$' "$study/log" >&2 || true
    failed=yes
    rm -f "$directory/statistics.csv"
    return
  fi
  printf '%s\n' "$wanted" >"$directory/done"
}

# last COLUMN DIRECTORY: its value in the last row of statistics.csv
last() {
  [ -f "$2/statistics.csv" ] || { echo nan; return; }
  awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) c = i }
    { value = c ? $c : "nan" } END { print value }' "$2/statistics.csv"
}

# The time at which F - F* falls below 1e-6, exponentially interpolated between the rows; nan if that never happens.
time_to_rest() {
  [ -f "$1/statistics.csv" ] || { echo nan; return; }
  awk -F, -v limit=1e-6 '
    NR == 1 { for (i = 1; i <= NF; ++i) { if ($i == "time") t = i; if ($i == "free-energy gap") d = i }; next }
    !found && d && $d != "nan" && $d < limit {
      found = 1
      part = NR == 2 ? 1 : ($d > 0 ? log(before / limit) / log(before / $d) : 1)
      printf "%.6g\n", NR == 2 ? $t : earlier + part * ($t - earlier)
    }
    { before = $d; earlier = $t }
    END { if (!found) print "nan" }' "$1/statistics.csv"
}

failed=no
in_time=yes
if grep -q '^ *set *Solver *= *boltzmann' "$file"; then
  in_time=no
fi
header="inverse temperature,weight decay,risk at rest,free energy at rest,entropy at rest,effective dimension"
if [ $in_time = yes ]; then
  header="$header,time,risk,free energy,lower bound of the gap,upper bound of the gap,time to F - F* < 1e-6"
fi
echo "$header" >"$table"

# row BETA LAMBDA ARGUMENTS...: runs the pair where it is not done, and adds its row to the table
row() {
  pair=$study/beta_${1}_lambda_$2
  line="$1,$2"
  beta="Mean field/Inverse temperature=$1" lambda="Mean field/Weight decay=$2"
  shift 2
  set -- "Compare with SGD=false" "$@" "$beta" "$lambda"
  run "$pair/rest" "Solver=boltzmann" "Boltzmann/Write density=false" "$@"
  for column in risk "free energy" entropy "effective dimension"; do
    line="$line,$(last "$column" "$pair/rest")"
  done
  if [ $in_time = yes ]; then
    run "$pair/time" "Output/Write density=false" "$@"
    for column in time risk "free energy" "lower bound of the gap" "upper bound of the gap"; do
      line="$line,$(last "$column" "$pair/time")"
    done
    line="$line,$(time_to_rest "$pair/time")"
  fi
  echo "$line" >>"$table"
}

for beta_now in $betas; do
  for lambda_now in $lambdas; do
    row "$beta_now" "$lambda_now" "$@"
    echo "beta = $beta_now, lambda = $lambda_now"
  done
done
echo "Table: $table"
[ $failed = no ]
