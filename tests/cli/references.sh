#!/bin/sh
# The shipped reference cases, run to their ends, give the reference risks: Reference A, B (mollified, on a mesh), C and the failure
# example, computed independently by two programs, and the two exact solutions with closed forms.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers "single neuron" continuity
files=$SOURCE_DIR/parameter_files

# check NAME FILE TOLERANCE COLUMN TIME:VALUE...: relative deviation of a column of statistics.csv at the given times
check() {
  name=$1
  file=$2
  tolerance=$3
  column=$4
  shift 4
  if [ ! -f "runs/$name/statistics.csv" ]; then
    run "$MPIEXEC" -np 2 "$RHOFLOW" "$files/$file" "Output directory=runs/$name" "Output/Write density=false" </dev/null
    [ "$status" -eq 0 ] || fail "$file ends with status $status"
  fi
  for pair in "$@"; do
    awk -F, -v column="$column" -v time="${pair%%:*}" -v value="${pair#*:}" -v tolerance="$tolerance" '
      NR == 1 { for (i = 1; i <= NF; ++i) if ($i == column) c = i }
      NR > 1 && ($1 - time) ^ 2 < 1e-18 { found = 1; d = $c - value; size = value < 0 ? -value : value
        if (!(d < tolerance * size && -d < tolerance * size)) { print column " at t = " time ": " $c " instead of " value; exit 1 } }
      END { if (!found) { print "no row for t = " time; exit 1 } }' "runs/$name/statistics.csv" >"$out/stdout" 2>"$out/stderr" ||
      fail "$file: $(cat "$out/stdout")"
  done
}

# Printed to six digits: the tolerance of the late times is that of the rounding.
check a single_neuron/reference_a.prm 2e-4 risk 0:0.1666667 1:0.090401 2:0.049301 3:0.026378 4:0.013771 5:0.007047 6:0.003566
check a single_neuron/reference_a.prm 1e-3 risk 7:0.001806 8:0.000931 9:0.000502
check a single_neuron/reference_a.prm 2e-3 risk 10:0.000293
check b single_neuron/reference_b_mollified.prm 1e-3 risk 0.2:0.160040 1:0.134913 2:0.103970 4:0.048156 10:0.0011107 20:1.3154e-5
check b single_neuron/reference_b_mollified.prm 1e-3 alignment 0.2:0.021044 1:0.105761 2:0.224797 4:0.513549 10:1.088617 20:1.195873
check c continuity/reference_c.prm 1e-3 risk 0:0.85220 0.2:0.66950 0.6:0.59030 2:0.53531 6:0.47486
check c continuity/reference_c.prm 1e-3 "mean r" 0:0.7950 0.2:0.9798 0.6:1.1537 2:1.4228 6:1.8832
check learns continuity/failure_learns.prm 1e-3 risk 0.2:0.7683 0.6:0.17942 2:0.013849
check collapses continuity/failure_collapses.prm 1e-3 risk 0.6:3.625 2:3.625

# mean b/(1+l) + (m0 - b/(1+l)) exp(-(1+l) t) with b = 0.6, l = 0.3, m0 = -0.5; variance 0.16 exp(-2 l t)
check linear continuity/linear_3d.prm 1e-5 "mean theta1" 0.25:-0.2331994 0.5:-0.0404286 1:0.1994887
finish
