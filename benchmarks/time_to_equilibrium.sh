#!/bin/sh
# How long until a density with entropy is at rest? Time until the free energy is known to be
# within 1e-6 of its minimum ('upper bound of the gap' in statistics.csv), explicit steps beside implicit ones; then the
# iterations of implicit Euler steps of length 1 while the mesh is refined.
#   benchmarks/time_to_equilibrium.sh [race] [iterations]    (after building; RHOFLOW=path of the program, standard
#                                                             build/release/rhoflow; standard: both)
#   RACE="tanh_2d:16 tanh_2d:32 ..."    file in parameter_files/fokker_planck and cells an axis
#   ITERATIONS="tanh_2d:16:1 ..."       and degree;   RANKS="1 2"
#   LIMIT=300                           no run takes more seconds
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
program=${RHOFLOW:-$here/build/release/rhoflow}
. "$here/scripts/environment.sh"
race=${RACE:-tanh_2d:16 tanh_2d:32 tanh_2d:64 tanh_2d:128 mcycle:8 mcycle:12}
iterations=${ITERATIONS:-tanh_2d:16:1 tanh_2d:32:1 tanh_2d:64:1 tanh_2d:128:1
  tanh_2d:16:2 tanh_2d:32:2 tanh_2d:64:2 tanh_2d:128:2 tanh_2d:16:4 tanh_2d:32:4 tanh_2d:64:4 tanh_2d:128:4 mcycle:8:1 mcycle:16:1 mcycle:32:1 mcycle:8:2 mcycle:16:2}
ranks_list=${RANKS:-1 2}
limit=${LIMIT:-300}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# growing FIRST FACTOR END: times that grow by a factor, separated by commas
growing() {
  awk -v t="$1" -v factor="$2" -v end="$3" \
    'BEGIN { for (; t < end; t *= factor) printf "%s%.10g", n++ ? "," : "", t; print "" }'
}

# run RANKS FILE ARGUMENTS...: leaves $work/run and $work/log, wall seconds in $wall
run() {
  np=$1 parameters=$here/parameter_files/fokker_planck/$2.prm
  shift 2
  rm -rf "$work/run"
  status=0
  start=$(date +%s.%N)
  timeout "$limit" mpirun -np "$np" "$program" "$parameters" "Output directory=$work/run" "Compare with SGD=false" \
    "Output/Write density=false" "Fokker-Planck/Nonlinear tolerance=1e-10" "Fokker-Planck/Linear tolerance=1e-11" "$@" </dev/null >"$work/log" 2>&1 || status=$?
  wall=$(echo "$(date +%s.%N) $start" | awk '{ printf "%.1f", $1 - $2 }')
  [ "$status" -eq 0 ] || [ "$status" -eq 124 ] || { cat "$work/log" >&2; exit 1; }
}

# last COLUMN: its value in the last row of statistics.csv
last() {
  awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) c = i } { value = $c } END { print value }' \
    "$work/run/statistics.csv"
}

# reported TEXT: the number behind it in the report
reported() {
  sed -n "s/^$1  *\\([^ ,]*\\).*/\\1/p" "$work/log"
}

# measure LABEL FILE CELLS END TIMES ARGUMENTS...: to the time END, at the latest
measure() {
  label=$1 file=$2 cells=$3 stop=$4 times=$5
  shift 5
  run 1 "$file" "Domain/Subdivisions=$cells" "End time=$stop" "Output interval=$stop" "Output times=$times" "$@"
  if [ "$status" -eq 124 ]; then
    printf '%-9s %5s  %-26s not at rest after %s s\n' "$file" "$cells" "$label" "$limit"
  else
    printf '%-9s %5s  %-26s %8.4g  %7s  %9s  %8s  %.2g\n' "$file" "$cells" "$label" "$stop" "$(reported 'time steps')" \
      "$(reported 'time in steps')" "$wall" "$(last 'upper bound of the gap')"
  fi
}

# The first output time at which the last run was at rest; nothing if it never was.
time_of_rest() {
  [ "$status" -eq 0 ] || return 0
  awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == "upper bound of the gap") c = i; next }
    $c < 1e-6 { print $1; exit }' "$work/run/statistics.csv"
}

# When each method is at rest is found by a run whose time is not counted. Methods with short steps follow the solution closely:
# they are at rest when SDIRK2 is.
run_race() {
  printf '%-9s %5s  %-26s %8s  %7s  %9s  %8s  %s\n' file cells method 'rest at' steps 'steps [s]' 'wall [s]' bound
  for what in $race; do
    file=${what%%:*} cells=${what#*:}
    long=$(growing 0.5 2 1e5)
    set -- "Fokker-Planck/Time stepping=implicit Euler" "Fokker-Planck/Time step=1e9"
    run 1 "$file" "Domain/Subdivisions=$cells" "End time=1e5" "Output times=$long" "$@"
    end=$(time_of_rest)
    [ -n "$end" ] || { printf '%-9s %5s  not at rest after %s s\n' "$file" "$cells" "$limit"; continue; }
    measure "implicit Euler, doubled" "$file" "$cells" "$end" "$(growing 0.5 2 "$end")" "$@"
    set -- "Fokker-Planck/Time stepping=SDIRK2" "Fokker-Planck/Error tolerance=1e-3"
    run 1 "$file" "Domain/Subdivisions=$cells" "End time=$end" "Output times=$(growing 10 1.03 "$end")" "$@"
    end=$(time_of_rest)
    [ -n "$end" ] || { printf '%-9s %5s  SDIRK2 is not at rest after %s s\n' "$file" "$cells" "$limit"; continue; }
    measure "SDIRK2, 1e-3" "$file" "$cells" "$end" "" "$@"
    measure "implicit Euler, dt = 1" "$file" "$cells" "$(awk -v t="$end" 'BEGIN { print int(1.2 * t + 1) }')" "" \
      "Fokker-Planck/Time stepping=implicit Euler" "Fokker-Planck/Time step=1"
    measure "semi-implicit, dt = 0.1" "$file" "$cells" "$end" "" "Fokker-Planck/Time stepping=semi-implicit Euler" \
      "Fokker-Planck/Time step=0.1"
    measure "SSP(3,3)" "$file" "$cells" "$end" "" "Fokker-Planck/Time stepping=SSP(3,3)" "Fokker-Planck/Time step=1e9"
  done
}

run_iterations() {
  printf '%-9s %5s  %s  %9s  %5s  %10s  %10s  %9s\n' file cells k unknowns ranks nonlinear linear 'steps [s]'
  for what in $iterations; do
    file=${what%%:*} degree=${what##*:} cells=${what#*:} cells=${cells%:*}
    for ranks in $ranks_list; do
      run "$ranks" "$file" "Domain/Subdivisions=$cells" "Fokker-Planck/Degree=$degree" "End time=3" "Output interval=3" \
        "Output times=" "Fokker-Planck/Time stepping=implicit Euler" "Fokker-Planck/Time step=1" \
        "Fokker-Planck/Find equilibrium=false"
      if [ "$status" -eq 124 ]; then
        printf '%-9s %5s  %s  out of time after %s s on %s ranks\n' "$file" "$cells" "$degree" "$limit" "$ranks"
        continue
      fi
      unknowns=$(sed -n 's/^mesh at the end .*cells, \([0-9]*\) unknowns.*/\1/p' "$work/log")
      printf '%-9s %5s  %s  %9s  %5s  %10s  %10s  %9s\n' "$file" "$cells" "$degree" "$unknowns" "$ranks" \
        "$(reported 'nonlinear iterations')" "$(reported 'linear iterations')" "$(reported 'time in steps')"
    done
  done
}

printf '%s, %s cores\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc --all)"
[ $# -gt 0 ] || set -- race iterations
for part in "$@"; do
  "run_$part"
done
