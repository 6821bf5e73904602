#!/bin/sh
# The scripts in postprocess/paraview on small runs: their pictures show the density where it is and nothing elsewhere, and the
# state has the times of density and neurons aligned. Skipped where ParaView's Python or a virtual display is missing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${RHOFLOW_ON_DISPLAY:-}" ]; then
  for program in pvbatch xvfb-run; do
    command -v "$program" >/dev/null 2>&1 || { echo "skipped: there is no $program"; exit 77; }
  done
  pvbatch --version >/dev/null 2>&1 || { echo "skipped: pvbatch does not start"; exit 77; }
  echo "import paraview.simple, numpy" >"${TMPDIR:-/tmp}/rhoflow_import_$$.py"
  found=0
  pvbatch "${TMPDIR:-/tmp}/rhoflow_import_$$.py" >/dev/null 2>&1 || found=$?
  rm -f "${TMPDIR:-/tmp}/rhoflow_import_$$.py"
  [ "$found" -eq 0 ] || { echo "skipped: ParaView has no Python modules (package python3-paraview)"; exit 77; }
  RHOFLOW_ON_DISPLAY=1 exec xvfb-run -a -s "-noreset -screen 0 1280x1024x24" sh "$0"
fi
. "$here/../cli/common.sh"
scripts=$SOURCE_DIR/postprocess/paraview

succeeds() {
  run "$@"
  [ "$status" -eq 0 ] || fail "$*: exit status $status"
}

# A message of one line that names the trouble, and exit status 2.
refuses() {
  message=$1
  shift
  run pvbatch "$@"
  [ "$status" -eq 2 ] || fail "$*: exit status $status instead of 2"
  [ "$(grep -c . "$out/stderr")" -eq 1 ] && grep -qF -- "$message" "$out/stderr" || fail "$*: no line '$message'"
}

succeeds "$RHOFLOW" "$SOURCE_DIR/parameter_files/single_neuron/reference_a.prm" "Output directory=three" "End time=0.2" \
  "Output interval=0.1" "Compare with SGD=true" "Domain/Subdivisions=12, 12, 12" "Particles/Number of neurons=200" \
  "Particles/Replicas=2" "Comparison/Bias estimation=none" "Particles/Step size=0.01"
succeeds "$RHOFLOW" "$SOURCE_DIR/parameter_files/continuity/linear_1d.prm" "Output directory=one" "End time=0.2" \
  "Output interval=0.1" "Output times=" "Compare with SGD=false"

succeeds pvbatch "$scripts/volume.py" three --time 0.1 --output volume.png
succeeds pvbatch "$scripts/marginals.py" three --output marginals.png
succeeds pvbatch "$scripts/animation.py" one --output frames
[ -s volume.png ] && [ -s marginals.png ] || fail "a picture is missing"
[ "$(find frames -name 'frame_000[012].png' | wc -l)" -eq 3 ] || fail "there are no three frames"
if command -v ffmpeg >/dev/null 2>&1; then
  [ -s frames/density.mp4 ] || fail "there is no video"
fi
succeeds pvbatch "$scripts/state.py" three --save three.pvsm
grep -q 'density.pvd' three.pvsm && grep -q 'particles.pvd' three.pvsm || fail "three.pvsm does not name the files"
succeeds pvbatch "$here/paraview_content.py" "$scripts" three one
succeeds pvbatch "$here/paraview_state.py" "$scripts" three

refuses "there is no run directory 'nowhere'" "$scripts/volume.py" nowhere
mkdir foreign
refuses "'foreign' holds no density.pvd" "$scripts/marginals.py" foreign
refuses "has 1 coordinates: volume.py shows it" "$scripts/marginals.py" one
cp -r three broken
head -c 1000 three/density/density_0000.vtu >broken/density/density_0000.vtu
run pvbatch "$scripts/volume.py" broken --time 0
[ "$status" -eq 2 ] && grep -q "density_0000.vtu' cannot be read" "$out/stderr" || fail "a file that is cut off is shown"
rm broken/density/density_0000.vtu
refuses "density_0000.vtu' is missing" "$scripts/state.py" broken
finish
