#!/bin/sh
# Options.
. "$SOURCE_DIR/tests/cli/common.sh"

for option in --help --version; do
  run "$MPIEXEC" -np 2 "$RHOFLOW" $option
  [ "$status" -eq 0 ] || fail "$option: exit status $status"
  [ "$(grep -c 'Exit status\|^deal.II' "$out/stdout")" -eq 1 ] || fail "$option is not printed once"
done
for name in rhoflow deal.II PETSc p4est MPI kernels compiler; do
  grep -q "^$name ..*" "$out/stdout" || fail "--version does not tell $name"
done
run "$RHOFLOW" --print-parameters
grep -q '^SUBSECTION Domain' "$out/stdout" || fail "the manual lacks the domain"

# The manual of one solver has the sections that it reads, and each of them exists.
sections() {
  run "$RHOFLOW" --print-parameters "$@"
  grep '^SUBSECTION\|^PARAMETERS OUTSIDE' "$out/stdout" | sort
}
sections >"$out/all"
sections continuity >"$out/continuity"
sections "single neuron" >"$out/single_neuron"
sections particles >"$out/particles"
[ "$(comm -13 "$out/continuity" "$out/single_neuron")" = "SUBSECTION Single neuron" ] || fail "sections of 'single neuron'"
[ -z "$(comm -23 "$out/continuity" "$out/single_neuron")" ] || fail "'single neuron' lacks sections of 'continuity'"
for section in Domain Refinement "Discontinuous Galerkin" "Common noise" Particles Comparison; do
  grep -qx "SUBSECTION $section" "$out/continuity" || fail "the manual of 'continuity' lacks '$section'"
done
[ "$(wc -l <"$out/continuity")" -eq 14 ] || fail "the manual of 'continuity' does not have 14 sections"
if grep -q "Galerkin\|Refinement\|Comparison" "$out/particles"; then
  fail "the manual of 'particles' has sections of others"
fi
[ "$(wc -l <"$out/particles")" -eq 11 ] || fail "the manual of 'particles' does not have 11 sections"

expect 2 "unknown option '--verison'. Did you mean '--version'?" --verison
expect 2 "Options of PETSc go behind '--'" file.prm -log_view
expect 2 "Valid names: " --print-parameters nonsense
finish
