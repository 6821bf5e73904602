#!/bin/sh
# rhoflow --distance with networks from particles.pvd. Neurons of one seed whose initial laws are (0.3, -0.4) apart stay apart by
# exactly (0.3, -0.4) exp(-1.3 t) under gradient flow, neuron by neuron: linear neurons move with velocities that are affine.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers continuity particles

file=$SOURCE_DIR/parameter_files/continuity/linear_2d.prm
written="all replicas"
networks() {
  name=$1
  ranks=$2
  shift 2
  run "$MPIEXEC" -np "$ranks" "$RHOFLOW" "$file" "Output directory=runs/$name" "Output/Write density=false" \
    "Particles/Method=gradient flow" "Particles/Number of neurons=500" "Particles/Write particles=$written" "$@"
  [ "$status" -eq 0 ] || fail "$name ends with status $status"
}
networks a 1 Solver=particles
networks b 2 Solver=particles "Initial law/Law=normal(-0.2, 0.4), normal(-0.1, 0.4)" "Output interval=0.5"

run "$MPIEXEC" -np 2 "$RHOFLOW" --distance runs/a runs/b
[ "$status" -eq 0 ] || fail "--distance of networks ends with status $status"
awk -F, 'function near(x, y) { return x > y - 1e-4 && x < y + 1e-4 }
  function around(name, y) {
    if (!near($column[name], y)) bad = bad " " name " at " $1
    if (!($column[name " low"] < 0.95 * y && $column[name " low"] > 0.4 * y)) bad = bad " " name " low at " $1
    if (!near($column[name " low"] + $column[name " high"], 2 * y)) bad = bad " " name " high at " $1
  }
  NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i; next }
  { ++rows
    f = exp(-1.3 * $1)
    if (!near($1, (rows - 1) * 0.5)) bad = bad " time " $1
    around("W1 theta1", 0.3 * f); around("W2 theta1", 0.3 * f); around("W1 theta2", 0.4 * f); around("W2 theta2", 0.4 * f)
    around("W1", 0.5 * f); around("W2", 0.5 * f)
    if ($column["W1 written error"] != 0) bad = bad " error at " $1 }
  END { if (rows != 3 || bad != "") { print rows " rows;" bad; exit 1 } }' runs/b/distances_to_a.csv >"$out/stdout" ||
  fail "distances_to_a.csv: $(cat "$out/stdout")"

# A density and the networks beside it: what comparison.csv says, up to the bins there and other resamples.
networks c 1 "Compare with SGD=true" "Comparison/Bias estimation=none" "Comparison/Write measures=true" "Output interval=0.5" \
  "Comparison/Measure points=100000"
run "$RHOFLOW" --distance runs/c runs/c:particles
grep -q '^written to runs/c/distances_of_particles_to_c.csv$' "$out/stdout" || fail "there is no table of density and particles"
awk -F, 'FNR == 1 { ++tables; for (i = 1; i <= NF; ++i) column[tables, $i] = i; next }
  tables == 1 { for (i = 1; i <= NF; ++i) value[FNR, i] = $i; next }
  { ++rows
    n = split("sliced W1;sliced W2;W1 theta1;W2 theta1;W1 theta2;W2 theta2;energy distance", names, ";")
    for (i = 1; i <= n; ++i)
      for (e = 0; e < 2; ++e) {
        name = names[i] (e ? " high" : "")
        x = value[FNR, column[1, name]]
        y = $column[2, name]
        if (!(y > x * (e ? 0.85 : 0.99) && y < x * (e ? 1.15 : 1.01))) bad = bad " " name " at " $1 " is " y " and not " x
      } }
  END { if (rows != 3 || bad != "") { print rows " rows;" bad; exit 1 } }' runs/c/comparison.csv \
  runs/c/distances_of_particles_to_c.csv >"$out/stdout" || fail "distances_of_particles_to_c.csv: $(cat "$out/stdout")"
# The density is what the directory stands for; it is not that of the networks.
run "$RHOFLOW" --distance runs/c:particles runs/b
[ "$status" -eq 0 ] && [ -s runs/b/distances_to_c_particles.csv ] || fail "there is no table of the networks beside a density"
run "$RHOFLOW" --distance runs/a runs/c
[ "$status" -eq 0 ] || fail "--distance of networks to a density ends with status $status"

# One network has no spread.
written="first replica"
networks one 1 Solver=particles "Output interval=0.5"
run "$RHOFLOW" --distance runs/a runs/one
[ "$status" -eq 0 ] || fail "--distance to one network ends with status $status"
grep -q ' low' "$out/stdout" && fail "one network has an interval"

# Files of others, or cut off.
rm runs/b/*.csv
damaged() { # damaged MESSAGE COMMAND...: the command writes the file anew
  message=$1
  shift
  rm -rf runs/bad
  cp -r runs/a runs/bad
  points=runs/bad/particles/particles_0000.vtp
  later=runs/bad/particles/particles_0002.vtp
  "$@"
  expect 2 "$message" --distance runs/bad runs/b
}
cut_off() { head -c "$2" "runs/a/${1#runs/bad/}" >"$1"; }
replace() { LC_ALL=C sed "$2" "runs/a/${1#runs/bad/}" >"$1"; }
on_ranks="1 2"
damaged "particles_0002.vtp' is cut off" eval 'cut_off $later 100000'
on_ranks=1
damaged "particles_0000.vtp' is cut off" eval 'cut_off $points 2000'
damaged "particles_0000.vtp' has no PolyData with raw appended data" eval 'cut_off $points 300'
damaged "particles_0000.vtp' has no PolyData with raw appended data" eval 'cut_off $points 0'
damaged "particles_0000.vtp' has no PolyData with raw appended data" replace runs/bad/particles/particles_0000.vtp \
  's/encoding="raw"/encoding="base64"/'
damaged "particles_0000.vtp' has an array that is not as long" replace runs/bad/particles/particles_0000.vtp \
  's/NumberOfPoints="4000"/NumberOfPoints="4001"/'
damaged "particles_0000.vtp' has an array without data" replace runs/bad/particles/particles_0000.vtp \
  's/Name="theta1" NumberOfComponents="1" format="appended" offset="[0-9]*"/Name="theta1" NumberOfComponents="1" format="appended" offset="99999999"/'
damaged "particles_0000.vtp' has the unexpected array 'theta1'" replace runs/bad/particles/particles_0000.vtp \
  's/Float64" Name="theta1"/Float32" Name="theta1"/'
damaged "particles_0000.vtp' lacks the arrays of coordinates or 'replica'" replace runs/bad/particles/particles_0000.vtp \
  's/<DataArray type="Int32" Name="replica".*//'
damaged "particles_0000.vtp' cannot be read" eval 'rm $points'
damaged "particles.pvd' is no complete collection" cut_off runs/bad/particles.pvd 300
damaged "particles.pvd' has an entry without time or file" replace runs/bad/particles.pvd 's/timestep="0"/timestep="soon"/'
damaged "have measures of different coordinates" replace runs/bad/particles/particles_0000.vtp 's/Name="theta1"/Name="theta0"/'
rm -rf runs/bad/particles.pvd
expect 2 "'runs/bad' holds no particles.pvd" --distance runs/a runs/bad:particles
finish
