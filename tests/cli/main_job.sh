#!/bin/sh
# The main job: the quickstart with its finite networks, and the motorcycle data.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers "single neuron" continuity
files=$SOURCE_DIR/parameter_files

run "$MPIEXEC" -np 2 "$RHOFLOW" "$files/quickstart.prm" "Output directory=runs/quickstart"
[ "$status" -eq 0 ] || fail "the quickstart ends with status $status"
for file in statistics.csv comparison.csv replicas.csv density.pvd particles.pvd timing.csv provenance.json parameters_used.prm \
  quickstart.prm log.txt density/density_0010.vtu; do
  [ -s "runs/quickstart/$file" ] || fail "the quickstart did not write $file"
done
# Density and networks agree within 3 standard errors at all times, after the biases of width and step; W1 is near its floor.
awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) { if ($i ~ /^deviation/) d = i; if ($i == "W1 s") w = i; if ($i == "W1 s floor") f = i } }
  NR > 1 { ++rows; if (!($d > -3 && $d < 3)) bad = bad " deviation " $d; if (!($w < 2 * $f)) bad = bad " W1 s " $w }
  END { if (rows != 11 || bad != "") { print rows " rows;" bad; exit 1 } }' runs/quickstart/comparison.csv >"$out/stdout" ||
  fail "comparison.csv: $(cat "$out/stdout")"
# Nothing to warn of: the box holds the density, and the mesh resolves it. The risk is that of Reference A.
! grep Warning runs/quickstart/log.txt >"$out/stdout" || fail "the quickstart warns"
risks=$(reference_values reference_a risk) || fail "there is no Reference A"
RISKS=$risks awk -F, 'BEGIN { n = split(ENVIRON["RISKS"], line, "\n")
    for (i = 1; i <= n; ++i) { split(line[i], word, " "); risk[i] = word[2]; error[i] = word[3] } }
  NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i }
  NR > 1 { d = $column["risk"] - risk[NR - 1]
    if (!(d < error[NR - 1] && d > -error[NR - 1])) bad = bad " risk at t = " $1 ": " $column["risk"]
    if (!($column["negative mass"] <= 0.01)) bad = bad " negative mass " $column["negative mass"]
    if (!($column["boundary mass"] <= 2e-5)) bad = bad " boundary mass " $column["boundary mass"] }
  END { if (NR != 12 || bad != "") { print NR - 1 " rows;" bad; exit 1 } }' runs/quickstart/statistics.csv >"$out/stdout" ||
  fail "statistics.csv: $(cat "$out/stdout")"

run "$MPIEXEC" -np 2 "$RHOFLOW" "$files/continuity/mcycle.prm" "Output directory=runs/mcycle" "Output/Write density=false" \
  "Particles/Replicas=4"
[ "$status" -eq 0 ] || fail "mcycle ends with status $status"
awk -F, 'NR == 2 { if (!($2 > 0.499 && $2 < 0.501)) exit 1 } END { if (!($1 == 60 && $2 > 0.1165 && $2 < 0.1175)) exit 1 }' \
  runs/mcycle/statistics.csv || fail "the risk of mcycle does not fall from 0.50 to 0.117"
# 13 output times of 133 measurements, in the units of the data.
[ "$(wc -l <runs/mcycle/curve.csv)" -eq 1730 ] || fail "curve.csv does not have 13 blocks of 133 rows"
head -n 1 runs/mcycle/curve.csv | grep -q '^time,times,accel,fit,network mean,network 5 %,network 25 %,network 75 %,network 95 %$' ||
  fail "the header of curve.csv is not what it should be"
# The fit of the density runs through the bands of its networks: inside 5 to 95 % widened by its own width, at the end.
awk -F, '$1 == 60 { ++rows; if (!($6 <= $7 && $7 <= $8 && $8 <= $9)) exit 1
    if ($4 > 2 * $6 - $9 && $4 < 2 * $9 - $6) ++inside } END { if (rows != 133 || inside < 120) exit 1 }' runs/mcycle/curve.csv ||
  fail "the fit is not near the band of the networks"
finish
