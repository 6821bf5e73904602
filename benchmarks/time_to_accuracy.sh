#!/bin/sh
# Reference A (single neuron, d = 40, erf): wall time against the worst relative error of the risk at t = 1, 2, ..., 10, for
# several resolutions; the reference is computed first, by the finest run.
#   benchmarks/time_to_accuracy.sh [ranks]        (after building; RHOFLOW=path of the program, standard build/release/rhoflow;
#                                                  REFERENCE="24,36,20 4": cells and degree of the reference)
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
program=${RHOFLOW:-$here/build/release/rhoflow}
ranks=${1:-1}
if [ -f "$here/scripts/environment.sh" ]; then
  . "$here/scripts/environment.sh"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'set Solver = single neuron\nset End time = 10\n' > "$work/reference_a.prm"

# run NAME CELLS DEGREE [Section/Name=value ...]: leaves NAME/statistics.csv, and the seconds in $seconds
run() {
  name=$1 cells=$2 degree=$3
  shift 3
  start=$(date +%s.%N)
  mpirun -np "$ranks" "$program" "$work/reference_a.prm" "Output directory=$work/$name" "Domain/Subdivisions=$cells" \
    "Discontinuous Galerkin/Degree=$degree" "$@" > "$work/$name.log" 2>&1 || { cat "$work/$name.log" >&2; exit 1; }
  seconds=$(echo "$(date +%s.%N) $start" | awk '{ printf "%.2f", $1 - $2 }')
}

# column NAME FILE: that column's values
column() {
  awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) c = i; next } { print $c }' "$2"
}

# report NAME CELLS DEGREE LABEL
report() {
  column risk "$work/$1/statistics.csv" > "$work/risk"
  error=$(column risk "$work/reference/statistics.csv" | paste -d ' ' - "$work/risk" |
    awk '{ e = ($2 - $1) / $1; if (e < 0) e = -e; if (e > worst) worst = e } END { printf "%.1e", worst }')
  last=$(column cells "$work/$1/statistics.csv" | tail -n 1)
  negative=$(column "negative mass" "$work/$1/statistics.csv" | tail -n 1)
  unknowns=$(echo "$last $3" | awk '{ printf "%d", $1 * ($2 + 1)^3 }')
  printf '%-12s %d  %-22s %9d  %10s  %10.1e  %8s\n' "$2" "$3" "$4" "$unknowns" "$error" "$negative" "$seconds"
}

# $REFERENCE is two words.
set -- ${REFERENCE:-24,36,20 4}
run reference "$1" "$2"
printf '%s, %s rank(s); reference: %s cells, degree %s, %s s\n' \
  "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$ranks" "$1" "$2" "$seconds"
printf '%-12s %s  %-22s %9s  %10s  %10s  %8s\n' cells k refinement unknowns 'error of R' 'neg. mass' 'wall [s]'
i=0
for size in "12,16,10 2" "16,24,14 2" "12,16,10 4" "24,36,20 2"; do
  i=$((i + 1))
  set -- $size
  run "uniform$i" "$1" "$2"
  report "uniform$i" "$1" "$2" none
done
for choice in "12,16,10 2 1e-5" "12,16,10 2 2e-6" "6,8,5 4 1e-5"; do
  i=$((i + 1))
  set -- $choice
  run "adaptive$i" "$1" "$2" Refinement/Adaptive=true "Refinement/Tolerance=$3"
  report "adaptive$i" "$1" "$2" "tolerance $3"
done
