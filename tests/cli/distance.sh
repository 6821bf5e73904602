#!/bin/sh
# rhoflow --distance: the densities of two runs. Linear neurons from N(m, v I) and N(m + (0.3, -0.4), v I) stay Gaussians of one
# covariance, whose distance in every sense is that of their means: 0.5 exp(-1.3 t).
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers continuity boltzmann

file=$SOURCE_DIR/parameter_files/continuity/linear_2d.prm
density() {
  name=$1
  ranks=$2
  shift 2
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW" "$file" "Output directory=runs/$name" "Output/Write density=false" \
    "Comparison/Write measures=true" "Comparison/Measure points=1000" "$@"
  [ "$status" -eq 0 ] || fail "$name ends with status $status"
}
density a 1
density a_on_2 2
density b 1 "Initial law/Law=normal(-0.2, 0.4), normal(-0.1, 0.4)" "Output interval=0.5"
diff -r runs/a/measures runs/a_on_2/measures >"$out/stdout" || fail "the measures differ between 1 and 2 ranks"

run "$MPIEXEC" -np 2 "$RHOFLOW" --distance runs/a/ runs/b
[ "$status" -eq 0 ] || fail "--distance ends with status $status"
[ "$(grep -c '^written to runs/b/distances_to_a.csv$' "$out/stdout")" -eq 1 ] || fail "the file is not named once"
awk -F, 'function near(x, y) { return x > y - 0.005 && x < y + 0.005 }
  NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i; next }
  { ++rows
    f = exp(-1.3 * $1)
    if (!near($1, (rows - 1) * 0.5)) bad = bad " time " $1
    if (!near($column["W1 theta1"], 0.3 * f) || !near($column["W2 theta1"], 0.3 * f)) bad = bad " theta1 at " $1
    if (!near($column["W1 theta2"], 0.4 * f) || !near($column["W2 theta2"], 0.4 * f)) bad = bad " theta2 at " $1
    if (!near($column["sliced W1"], f / 3.14159265) || !near($column["sliced W2"], 0.5 * f / sqrt(2))) bad = bad " sliced at " $1
    if (!near($column["W1"], 0.5 * f) || !near($column["W2"], 0.5 * f)) bad = bad " transport at " $1
    if (!($column["W2 sampling error"] > $column["W2 written error"])) bad = bad " error at " $1 }
  END { if (rows != 3 || bad != "") { print rows " rows;" bad; exit 1 } }' runs/b/distances_to_a.csv >"$out/stdout" ||
  fail "distances_to_a.csv: $(cat "$out/stdout")"

# A density at rest, N(b/1.3, I/(20 0.3)), goes with all times: along a coordinate W2 is the root of the squared differences of
# means, (m0 - b/1.3) exp(-1.3 t), and of deviations.
run "$RHOFLOW" "$SOURCE_DIR/parameter_files/boltzmann/linear_2d.prm" "Output directory=runs/rest" \
  "Comparison/Write measures=true" "Boltzmann/Write density=false"
[ "$status" -eq 0 ] || fail "rest ends with status $status"
run "$RHOFLOW" --distance runs/rest runs/b
awk -F, 'function near(x, y) { return x > y - 0.005 && x < y + 0.005 }
  NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i; next }
  { ++rows
    f = exp(-1.3 * $1); s = 0.4 * exp(-0.3 * $1) - sqrt(1 / 6)
    if (!near($1, (rows - 1) * 0.5)) bad = bad " time " $1
    if (!near($column["W2 theta1"], sqrt((0.2 + 0.6 / 1.3)^2 * f * f + s * s))) bad = bad " theta1 at " $1
    if (!near($column["W2 theta2"], sqrt((0.4 / 1.3 - 0.1)^2 * f * f + s * s))) bad = bad " theta2 at " $1 }
  END { if (rows != 3 || bad != "") { print rows " rows;" bad; exit 1 } }' runs/b/distances_to_rest.csv >"$out/stdout" ||
  fail "distances_to_rest.csv: $(cat "$out/stdout")"

# In the other direction, and from the same densities on other ranks: zero.
run "$RHOFLOW" --distance runs/b runs/a
[ -s runs/a/distances_to_b.csv ] || fail "there is no table in runs/a"
run "$RHOFLOW" --distance runs/a runs/a_on_2
grep -q '^W2  *0  *0  *0  *0  *0$' "$out/stdout" || fail "a density is not at distance zero from itself"

# Runs of one name in different places, also one that is no text, have a table each; so has what looks like the longer name of another.
other=$(printf 'caf\351')
mkdir "runs/$other" runs/deep
for place in "$other" deep; do cp -r runs/a "runs/$place/a"; done
cp -r runs/a runs/deep_a
for one in "runs/$other/a" runs/deep_a runs/deep/a; do
  run "$RHOFLOW" --distance "$one" runs/b
  [ "$status" -eq 0 ] || fail "--distance $one ends with status $status"
done
for name in "${other}_a" deep_a runs_deep_a; do
  cmp -s runs/b/distances_to_a.csv "runs/b/distances_to_$name.csv" || fail "there is no table distances_to_$name.csv of its own"
done
for name in distances_to_a distances_to_runs_deep_a; do
  grep -qx "$name.csv" runs/b/.rhoflow-files || fail "$name.csv is not in the list of the run"
done

on_ranks="1 2"
expect 2 "'runs/b/distances_to_a.csv' exists; remove it" --distance runs/a runs/b
on_ranks=1
expect 2 "there is no run directory 'runs/none'" --distance runs/none runs/b
expect 2 "--distance takes two run directories" --distance runs/a
expect 2 "Did you mean '--distance'?" --distanse runs/a runs/b
mkdir runs/empty
expect 2 "'runs/empty' holds no measures and no particles.pvd: run its parameter file with 'Comparison/Write measures=true'" --distance runs/b runs/empty
density c 1 "Output times=0.125" "End time=0.125"
rm -f runs/b/distances_to_c.csv
sed -i 's/^0,/0.01,/' runs/c/measures/times.csv
expect 2 "'runs/c' and 'runs/b' have no output time in common" --distance runs/c runs/b
run "$RHOFLOW" "$SOURCE_DIR/parameter_files/continuity/linear_1d.prm" "Output directory=runs/line" "Output/Write density=false" \
  "Comparison/Write measures=true"
[ "$status" -eq 0 ] || fail "linear_1d ends with status $status"
expect 2 "'runs/line' and 'runs/b' have measures of different coordinates" --distance runs/line runs/b
printf 'mass,x\n1,2\n' >runs/line/measures/density_0000.csv
expect 2 "density_0000.csv' is not a measure that rhoflow wrote" --distance runs/line runs/b
finish
