# rhoflow-plot from the command line: pictures and reports of small runs, with and without a display, and directories that are
# no runs, damaged, or going on.
# shellcheck source=tests/cli/common.sh
. "$SOURCE_DIR/tests/cli/common.sh"

[ -x "${RHOFLOW_PLOT:-}" ] || { echo "skipped: rhoflow-plot was not built"; exit 77; }
command -v xvfb-run >/dev/null 2>&1 || { echo "skipped: there is no xvfb-run"; exit 77; }
unset DISPLAY || true

# expect_plot STATUS MESSAGE ARGUMENTS...: MESSAGE exactly once on stderr, and no other line there.
expect_plot() {
  wanted=$1
  message=$2
  shift 2
  run "$RHOFLOW_PLOT" "$@"
  [ "$status" -eq "$wanted" ] || fail "rhoflow-plot $*: exit status $status instead of $wanted"
  [ "$(grep -cF -- "$message" "$out/stderr" || true)" -eq 1 ] || fail "rhoflow-plot $*: '$message' is not there once"
  [ "$(wc -l <"$out/stderr")" -eq 1 ] || fail "rhoflow-plot $*: more than one line on stderr"
}

plot() {
  run "$RHOFLOW_PLOT" "$@"
  [ "$status" -eq 0 ] || fail "rhoflow-plot $*: exit status $status"
  ! grep -q Warning "$out/stdout" || fail "rhoflow-plot $*: warnings"
}

made() {
  for name in "$@"; do
    [ -s "$name" ] || fail "$name was not made"
  done
}

# ---- what is no run
mkdir empty runs
echo text >file
expect_plot 2 "which run?"
expect_plot 2 "does not exist" nowhere
expect_plot 2 "is a file" file
expect_plot 2 "empty" empty
expect_plot 2 "Did you mean '--potential'?" --potentail runs
expect_plot 2 "--times wants numbers" --times=0,x runs
expect_plot 2 "--format is png or svg" --format pdf runs
[ "$(find . -type f)" = ./file ] || fail "a refused call left files behind"

# ---- one parameter: curves; every picture, the report, the list of files
line="$SOURCE_DIR/parameter_files/continuity/linear_1d.prm"
run "$RHOFLOW" "$line" "Output directory=runs/line" "Compare with SGD=true" "Particles/Number of neurons=200" "Particles/Replicas=3"
plot runs/line
made runs/line/report.html runs/line/pictures/density.png runs/line/pictures/risk.png runs/line/pictures/fit.png \
  runs/line/pictures/invariants.png runs/line/pictures/distances.png
grep -q '^Report  runs/line/report.html$' "$out/stdout" || fail "the report's name was not printed"
grep -qx report.html runs/line/.rhoflow-files || fail "the report is not noted for Overwrite"
if command -v ffmpeg >/dev/null 2>&1; then
  made runs/line/pictures/animation.mp4
fi
made runs/line/pictures/frames/frame_0000.png
# A second call replaces, and notes nothing twice.
plot runs/line --no-animation
[ -z "$(sort runs/line/.rhoflow-files | uniq -d)" ] || fail "files are noted twice"
# Overwrite takes the pictures with the run.
run "$RHOFLOW" "$line" "Output directory=runs/line" Overwrite=true
[ ! -e runs/line/report.html ] && [ ! -e runs/line/pictures/risk.png ] || fail "Overwrite left the old report or pictures"

# ---- elsewhere, as vector graphics, at chosen times
plot --output elsewhere --format svg --times 0,1 --no-animation runs/line
made elsewhere/report.html elsewhere/pictures/risk.svg elsewhere/pictures/density.svg
[ ! -e runs/line/pictures/risk.svg ] || fail "--output was not followed"
run "$RHOFLOW_PLOT" --output elsewhere --times 0.4 --no-animation runs/line
grep -q "nothing was written at t = 0.4; t = 0.5 is shown instead" "$out/stdout" || fail "a time that is not there was passed over"

# ---- two and three parameters, with the mesh and the potential
run "$RHOFLOW" "$SOURCE_DIR/parameter_files/fokker_planck/linear_2d.prm" "Output directory=runs/plane"
plot --mesh runs/plane
made runs/plane/pictures/density.png runs/plane/pictures/free_energy.png
run "$RHOFLOW" "$SOURCE_DIR/parameter_files/quickstart.prm" "Output directory=runs/space" "End time=0.2" "Output interval=0.1" \
  "Domain/Subdivisions=6,8,6" "Particles/Replicas=2" "Particles/Number of neurons=100" "Domain/Boundary mass limit=1"
plot --mesh --potential runs/space
made runs/space/pictures/volume.png runs/space/pictures/marginals.png runs/space/pictures/risk.png runs/space/report.html

# ---- a run that was cut off: what is there is shown, what is not is said
cp -r runs/space cut
size=$(wc -c <cut/density/density_0001.vtu)
head -c $((size / 2)) runs/space/density/density_0001.vtu >cut/density/density_0001.vtu
printf '0.3,0.1' >>cut/statistics.csv
rm cut/particles/particles_0002.vtp
run "$RHOFLOW_PLOT" --no-animation cut
[ "$status" -eq 0 ] || fail "a run that was cut off was refused"
for warning in density_0001.vtu statistics.csv particles; do
  grep -q "Warning.*$warning" "$out/stdout" || fail "there is no warning of $warning"
done
made cut/report.html
grep -q density_0001.vtu cut/report.html || fail "the report does not name the damaged file"

# ---- one bad directory among good ones: the others are done, and it is said once
rm -r runs/plane/pictures runs/plane/report.html
expect_plot 2 "does not exist" --no-animation nowhere runs/plane
made runs/plane/report.html

# ---- without a display and without xvfb-run
mkdir bin
for tool in sh ls; do ln -s "$(command -v $tool)" bin/$tool; done
run env PATH="$work/bin" "$RHOFLOW_PLOT" runs/plane
[ "$status" -eq 3 ] || fail "without xvfb-run: exit status $status instead of 3"
grep -q "apt-get install xvfb" "$out/stderr" || fail "the missing package is not named"

finish
