#!/bin/sh
# scripts/study_temperature.sh on 2 x 2 pairs of the linear neuron: the table has the free energies, the risks and the times to
# rest of the exact solution, and what is done is not done again.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers "fokker planck" boltzmann
script=$SOURCE_DIR/scripts/study_temperature.sh
file=$SOURCE_DIR/parameter_files/fokker_planck/linear_1d.prm
table=study/temperature.csv
export RHOFLOW MPIEXEC BETAS="4 8" LAMBDAS="0.5 1" STUDY=study
coarse="Fokker-Planck/Error tolerance=1e-4"
study() {
  run sh "$script" "$file" "End time=9" "Output interval=0.5" "$@" </dev/null
}

study "$coarse"
[ "$status" -eq 0 ] || fail "the study ends with status $status"
[ "$(wc -l <$table)" -eq 5 ] || fail "$table does not have a header and four rows"
# b = 0.6, N(-0.5, 0.16) at t = 0: F - F* = (1 + l) (m - m*)^2/2 + (v/v* - 1 - log(v/v*))/(2 beta), v* = 1/(beta l)
awk -F, '
  function distance(t) {
    m = (-0.5 - 0.6 / (1 + l)) * exp(-(1 + l) * t)
    q = 1 + (0.16 * beta * l - 1) * exp(-2 * l * t)
    return (1 + l) * m * m / 2 + (q - 1 - log(q)) / (2 * beta)
  }
  function check(what, value, exact, tolerance) {
    if ((value - exact) ^ 2 <= tolerance ^ 2)
      return
    print what " at beta = " beta ", lambda = " l ": " value " instead of " exact
    bad = 1
  }
  NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i; next }
  {
    beta = $1; l = $2; pi = atan2(0, -1)
    free = 0.18 * l / (1 + l) + log(beta * l / (2 * pi)) / (2 * beta)
    check("free energy at rest", $column["free energy at rest"], free, 1e-5)
    check("risk at rest", $column["risk at rest"], 0.18 * (l / (1 + l)) ^ 2, 1e-5)
    check("free energy", $column["free energy"], free + distance(9), 1e-5)
    check("effective dimension", $column["effective dimension"], 1 / (1 + l), 1e-4)
    low = 0; high = 9
    for (i = 0; i < 60; ++i) { t = (low + high) / 2; if (distance(t) > 1e-6) low = t; else high = t }
    check("time to rest", $column["time to F - F* < 1e-6"], low, 0.01 * low)
  }
  END { exit bad }' $table >"$out/stdout" 2>"$out/stderr" || fail "$table: $(cat "$out/stdout")"

cp $table "$out/before"
RHOFLOW=/nowhere
export RHOFLOW
study "$coarse"
[ "$status" -eq 0 ] || fail "a study that is done runs again"
cmp -s $table "$out/before" || fail "a study that is done gives another table"
LAMBDAS="0.5 1 2"
export LAMBDAS
study "$coarse"
[ "$status" -eq 1 ] || fail "a new weight decay is not run: status $status"
[ "$(grep -c '^[48],2,nan,.*,nan$' $table)" -eq 2 ] || fail "$table does not have nan where a run failed"
[ "$(grep -c '^[48],[0-9.]*,[0-9-]' $table)" -eq 4 ] || fail "$table has lost the rows of what was done"
LAMBDAS="0.5 1"
export LAMBDAS
study "Fokker-Planck/Error tolerance=1e-3"
[ "$status" -eq 1 ] || fail "changed parameters do not make it run again: status $status"
finish
