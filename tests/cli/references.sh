#!/bin/sh
# The shipped reference cases, run to their ends, give the risks of tests/references/solutions.csv: Reference A, B (mollified, on a
# mesh), C and the failure example. The linear neuron has its exact solution.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers "single neuron" continuity
files=$SOURCE_DIR/parameter_files

# check_values NAME FILE TOLERANCE COLUMN: relative deviation of a column of statistics.csv from $values, lines TIME VALUE ...
check_values() {
  name=$1
  file=$2
  tolerance=$3
  column=$4
  if [ ! -f "runs/$name/statistics.csv" ]; then
    run "$MPIEXEC" -np 2 "$RHOFLOW" "$files/$file" "Output directory=runs/$name" "Output/Write density=false" </dev/null
    [ "$status" -eq 0 ] || fail "$file ends with status $status"
  fi
  VALUES=$values awk -F, -v column="$column" -v tolerance="$tolerance" '
    BEGIN {
      n = split(ENVIRON["VALUES"], line, "\n")
      for (i = 1; i <= n; ++i) { split(line[i], word, " "); time[i] = word[1]; value[i] = word[2] }
    }
    NR == 1 { for (i = 1; i <= NF; ++i) if ($i == column) c = i }
    NR > 1 {
      for (i = 1; i <= n; ++i)
        if (($1 - time[i]) ^ 2 < 1e-18) {
          found[i] = 1
          d = $c - value[i]
          size = value[i] < 0 ? -value[i] : value[i]
          if (c && d < tolerance * size && -d < tolerance * size) continue
          bad = 1
          print column " at t = " time[i] ": " $c " instead of " value[i]
        }
    }
    END { for (i = 1; i <= n; ++i) if (!found[i]) { bad = 1; print "no row for t = " time[i] }; exit bad || n == 0 }' \
    "runs/$name/statistics.csv" >"$out/stdout" 2>"$out/stderr" || fail "$file: $(cat "$out/stdout")"
}

# check NAME FILE TOLERANCE COLUMN SOLUTION TIME...: at the given times of a reference solution
check() {
  name=$1
  file=$2
  tolerance=$3
  column=$4
  solution=$5
  shift 5
  if ! values=$(reference_values "$solution" "$column" "$@" 2>"$out/stderr"); then
    fail "tests/references/solutions.csv has not all that is asked of $solution"
    return
  fi
  check_values "$name" "$file" "$tolerance" "$column"
}

# Printed to six digits: the tolerance of the late times is that of the rounding.
check a single_neuron/reference_a.prm 2e-4 risk reference_a 0 1 2 3 4 5 6
check a single_neuron/reference_a.prm 1e-3 risk reference_a 7 8 9
check a single_neuron/reference_a.prm 2e-3 risk reference_a 10
check b single_neuron/reference_b_mollified.prm 1e-3 risk reference_b 0.2 1 2 4 10 20
check b single_neuron/reference_b_mollified.prm 1e-3 alignment reference_b 0.2 1 2 4 10 20
check c continuity/reference_c.prm 1e-3 risk reference_c 0 0.2 0.6 2 6
check c continuity/reference_c.prm 1e-3 "mean r" reference_c 0 0.2 0.6 2 6
check learns continuity/failure_learns.prm 1e-3 risk failure_learns 0.2 0.6 2
check collapses continuity/failure_collapses.prm 1e-3 risk failure_collapses 0.6 2

# mean b/(1+l) + (m0 - b/(1+l)) exp(-(1+l) t) with b = 0.6, l = 0.3, m0 = -0.5; variance 0.16 exp(-2 l t)
values="0.25 -0.2331994
0.5 -0.0404286
1 0.1994887"
check_values linear continuity/linear_3d.prm 1e-5 "mean theta1"
finish
