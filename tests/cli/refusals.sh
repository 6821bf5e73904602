#!/bin/sh
# A mistake is one message with its place and exit status 2 on any number of ranks, and nothing changes: one of each kind. What
# else is refused, and why, is in tests/refusals.
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers "single neuron" particles "fokker planck"

cat >box.prm <<PRM
set Solver   = single neuron
set End time = 4
subsection Domain
  set Lower corner = -6.5, -2.6, 0
  set Upper corner = 6.5, 2.6, 2
  set Subdivisions = 6, 8, 5
end
PRM
run "$RHOFLOW" --validate box.prm
[ "$status" -eq 0 ] || fail "a good box is not valid"

on_ranks="1 2 3"
expect 2 "the name of a parameter file is missing" # the command line
on_ranks="1 2"
expect 2 "the parameter file 'none.prm' does not exist" none.prm -- -malloc_dump
printf 'set Titel = x\n' >mistake.prm
expect 2 "mistake.prm:1: unknown parameter 'Titel'. Did you mean 'Title'?" mistake.prm
printf '\nsubsection Domain\n  set Refinement = many\nend\n' >mistake.prm
expect 2 "mistake.prm:3: Domain/Refinement: 'many' is not valid" mistake.prm
printf 'set End time = 1\nset Output times = 0.5, 3\n' >mistake.prm
expect 2 "mistake.prm:2: Output times: 3 lies behind the end time 1." mistake.prm
expect 2 "box.prm:4: Domain/Lower corner: only about 1" box.prm "Domain/Upper corner=-1, 2.6, 2" # a collective check
expect 2 "box.prm:4: Domain/Lower corner: only 38" box.prm "Domain/Upper corner=-0.3, 2.6, 2"    # one on the mesh
on_ranks=1
expect 2 "mistake.prm:2: Output times: 3 lies behind the end time 2." --validate mistake.prm "End time=2"
expect 2 "command line: Solver: unknown solver 'diffusion'." box.prm Solver=diffusion
mkdir directory.prm
expect 2 "'directory.prm' is a directory" directory.prm

# A data file that one rank reads.
cat >fit.prm <<PRM
set Solver = particles
subsection Learning problem
  set Neuron = biased ridge
end
subsection Data
  set Law           = csv
  set CSV file      = data.csv
  set Input columns = times
  set Output column = accel
end
subsection Initial law
  set Law = normal(0, 1), normal(0, 2), normal(0, 2)
end
PRM
printf 'times,accel\n1,2\n2,x\n' >data.csv
on_ranks="1 2"
expect 2 "data.csv:3: 'x' in column 'accel' is not a number" fit.prm
on_ranks=1
# Its name may be relative to the parameter file.
printf 'times,accel\n1,2\n2,3\n' >data.csv
mkdir elsewhere
(cd elsewhere && "$RHOFLOW" --validate ../fit.prm) >"$out/stdout" 2>"$out/stderr" || fail "data beside the parameter file are not found"

# A refusal costs no earlier run.
run "$RHOFLOW" box.prm "End time=0.01" "Output directory=earlier"
[ "$status" -eq 0 ] || fail "a run in a good box ends with $status"
expect 2 "the box is too small: at t = 0 its" box.prm "Domain/Upper corner=0.5, 2.6, 2" "Output directory=earlier" Overwrite=true
# The density leaves the box during the run: the run ends, with what it has written so far.
run "$MPIEXEC" -np 2 "$RHOFLOW" box.prm "Domain/Lower corner=-3.2, -0.6, 0" "Domain/Upper corner=3.2, 0.6, 1.6" \
  "Domain/Boundary mass limit=0.05"
[ "$status" -eq 2 ] || fail "a run in a box that is too small ends with $status"
[ "$(grep -c 'the box is too small' "$out/stderr")" -eq 1 ] || fail "the message is not there once"
[ "$(wc -l <runs/box/statistics.csv)" -eq 3 ] || fail "the statistics are lost"
tail -n 1 runs/box/log.txt | grep -q '^Error (exit status 2): .*the box is too small: at t = 1 ' || fail "log.txt does not end with the reason"

# The density at rest reaches the sides of this box. Where it is asked for, that is known before the first step, of which nothing is
# left behind; else when the density gets there, and then the row that says so is kept.
cat >warm.prm <<PRM
set Solver = fokker planck
set End time = 1
set Output interval = 0.25
subsection Learning problem
  set Neuron          = weighted ridge
  set Activation      = tanh
  set Input dimension = 1
end
subsection Target
  set Type       = expression
  set Expression = sin(1.5*x)
end
subsection Initial law
  set Law = normal(0.2, 0.1), normal(0.2, 0.1)
end
subsection Mean field
  set Weight decay        = 0.2
  set Inverse temperature = 2
end
subsection Domain
  set Lower corner        = -1.5, -1.5
  set Upper corner        = 2, 2
  set Subdivisions        = 12
  set Boundary mass limit = 0.05
end
subsection Fokker-Planck
  set Time step = 0.25
end
subsection Output
  set Write density = false
end
PRM
# stops STATUS MESSAGE DIRECTORY ARGUMENTS...: the run ends with STATUS and MESSAGE, once.
stops() {
  wanted=$1
  message=$2
  directory=$3
  shift 3
  run "$RHOFLOW" warm.prm "Output directory=$directory" "$@"
  [ "$status" -eq "$wanted" ] || fail "$directory: exit status $status instead of $wanted"
  [ "$(grep -cF -- "$message" "$out/stderr")" -eq 1 ] || fail "$directory: '$message' is not on one line"
}
stops 2 "Domain/Upper corner: the box is too small for the density at rest" rest "Fokker-Planck/Find equilibrium=true"
[ ! -e rest ] || fail "a run that was refused before its first step left its directory"
stops 2 "Domain/Upper corner: the box is too small: at t = " small "Fokker-Planck/Find equilibrium=false"
[ "$(wc -l <small/statistics.csv)" -ge 2 ] || fail "the rows before the end were not kept"
# One iteration is not enough for a step in which the mean field moves, nor does halving it help.
stops 3 "an implicit step of length" stuck "Domain/Lower corner=-5, -5" "Domain/Upper corner=5, 5" "Fokker-Planck/Nonlinear solver=Newton" \
  "Fokker-Planck/Maximum nonlinear iterations=1" "Fokker-Planck/Time step=1000" "End time=1000" "Output interval=1000" \
  "Fokker-Planck/Nonlinear tolerance=1e-15" "Mean field/Inverse temperature=10"
grep -qF "raise 'Fokker-Planck/Maximum nonlinear iterations'" "$out/stderr" || fail "no step to try next"
[ "$(tail -n 1 stuck/statistics.csv | cut -d, -f1)" = 0 ] || fail "the last good row was not kept"
finish
