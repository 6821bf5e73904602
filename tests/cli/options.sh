#!/bin/sh
# Options, and mistakes that are found without any solver.
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
for section in Domain Refinement "Discontinuous Galerkin" Particles Comparison; do
  grep -qx "SUBSECTION $section" "$out/continuity" || fail "the manual of 'continuity' lacks '$section'"
done
[ "$(wc -l <"$out/continuity")" -eq 12 ] || fail "the manual of 'continuity' does not have 12 sections"
if grep -q "Galerkin\|Refinement\|Comparison" "$out/particles"; then
  fail "the manual of 'particles' has sections of others"
fi
[ "$(wc -l <"$out/particles")" -eq 10 ] || fail "the manual of 'particles' does not have 10 sections"

on_ranks="1 2 3"
expect 2 "the name of a parameter file is missing"
on_ranks="1 2"
expect 2 "the parameter file 'none.prm' does not exist" none.prm -- -malloc_dump
printf 'set Titel = x\n' >a.prm
expect 2 "a.prm:1: unknown parameter 'Titel'. Did you mean 'Title'?" a.prm
printf '\nsubsection Domain\n  set Refinement = many\nend\n' >a.prm
expect 2 "a.prm:3: Domain/Refinement: 'many' is not valid; wanted is a whole number between 0 and 20." a.prm
printf 'set End time = 1\nset Output times = 0.5, 3\n' >a.prm
expect 2 "a.prm:2: Output times: 3 lies behind the end time 1." a.prm

on_ranks=1
expect 2 "a.prm:2: Output times: 3 lies behind the end time 2." --validate a.prm "End time=2"
expect 2 "unknown option '--verison'. Did you mean '--version'?" --verison
expect 2 "Options of PETSc go behind '--'" file.prm -log_view
mkdir directory.prm
expect 2 "'directory.prm' is a directory" directory.prm
expect 2 "Valid names: " --print-parameters nonsense
printf 'subsection Domain\n  set Refinement = 21\nend\n' >a.prm
expect 2 "a.prm:2: Domain/Refinement: '21' is not valid" a.prm
printf 'set End time = inf\n' >a.prm
expect 2 "a.prm:1: End time: 'inf' is not valid; wanted is a number of at least 0." a.prm
printf 'set Solver = contnuity\n' >a.prm
expect 2 "a.prm:1: Solver: unknown solver 'contnuity'." a.prm
expect 2 "command line: Solver: unknown solver 'diffusion'." a.prm Solver=diffusion
expect 2 "command line: unknown parameter 'Domain/Hight'." a.prm Domain/Hight=1
printf 'subsection Domain\n' >a.prm
expect 2 "a.prm:1: subsection 'Domain' is not closed by 'end'" a.prm
finish
