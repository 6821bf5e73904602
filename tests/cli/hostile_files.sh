#!/bin/sh
# Files that are no files, too large, empty, or of other systems, and text that looks like a command: none of them hangs, is
# read in part, or is run.
# shellcheck disable=SC2016  # what looks like a command shall arrive as it is
. "$SOURCE_DIR/tests/cli/common.sh"
needs_solvers particles
# Whatever hangs ends with status 124.
printf '#!/bin/sh\nexec timeout 60 "%s" "$@"\n' "$RHOFLOW" >"$out/rhoflow"
chmod +x "$out/rhoflow"
RHOFLOW=$out/rhoflow

# ---- parameter files
mkdir folder
mkfifo pipe
expect 2 "'folder' is a directory; the name of a parameter file is needed." folder
on_ranks="1 2"
expect 2 "'/dev/zero' is a device or a pipe; the name of a parameter file is needed." /dev/zero
on_ranks=1
expect 2 "'pipe' is a device or a pipe; the name of a parameter file is needed." pipe
truncate -s 100M large.prm
expect 2 "the file 'large.prm' has more than 16 MiB: this is no parameter file." large.prm
truncate -s 1000 large.prm
expect 2 "large.prm:1: the line has bytes that are not UTF-8 text" large.prm
printf '\177ELF\002\001\001\000' >binary.prm
expect 2 "binary.prm:1: the line has bytes that are not UTF-8 text" binary.prm
printf '\376\377\000s\000e\000t' >utf16.prm
expect 2 "utf16.prm:1: the line has bytes that are not UTF-8 text" utf16.prm
# Nothing is set: the defaults, which are a valid problem.
: >empty.prm
run "$RHOFLOW" --validate empty.prm
grep -qx 'empty.prm: valid' "$out/stdout" || fail "an empty file is not the defaults"

# Of another system: a byte-order mark and carriage returns change no value.
printf '\357\273\277# note\r\nset Solver = particles\r\nsubsection Particles\r\n  set Number of neurons = 0\r\nend\r\n' >dos.prm
expect 2 "dos.prm:4: Particles/Number of neurons: '0' is not valid" dos.prm

# A file can neither take in others nor stand for the output of a command, nor for a variable of the environment.
printf 'set Solver = particles\nset End time = 0.5\n' >other.prm
for line in 'include other.prm' '$(cat other.prm)' '. other.prm'; do
  printf '%s\n' "$line" >taking.prm
  expect 2 "taking.prm:1: cannot understand '$line'" taking.prm
done
printf '%s\n' '#include "other.prm"' 'set Solvr = x' >taking.prm
expect 2 "taking.prm:2: unknown parameter 'Solvr'" taking.prm # the line before is a comment
title='$(touch made) `touch made` $HOME; touch made | touch made && touch made'
run "$RHOFLOW" empty.prm "Solver=particles" "Title=$title" \
  "End time=0.01" "Output interval=0.01" "Particles/Number of neurons=2" Particles/Replicas=1 "Output directory=run"
[ "$status" -eq 0 ] || fail "a title of special characters ends with $status"
[ ! -e made ] || fail "a title was run as a command"
grep -qF "$title" "$out/stdout" || fail "the title is changed"
rm -rf run

# ---- data
cat >fit.prm <<'EOT'
set Solver = particles
subsection Learning problem
  set Neuron = biased ridge
end
subsection Data
  set Law           = csv
  set CSV file      = data.csv
  set Input columns = x
  set Output column = y
end
subsection Initial law
  set Law = normal(0, 1), normal(0, 2), normal(0, 2)
end
subsection Particles
  set Method = multi-pass SGD
end
EOT
expect 2 "command line: Data/CSV file: 'folder' is a directory" fit.prm "Data/CSV file=folder"
expect 2 "Data/CSV file: '/dev/zero' is a device or a pipe; the name of a CSV file is needed here." fit.prm \
  "Data/CSV file=/dev/zero"
expect 2 "Data/CSV file: 'pipe' is a device or a pipe; the name of a CSV file is needed here." fit.prm "Data/CSV file=pipe"
expect 2 "Data/CSV file: the file '\$(cat fit.prm)' does not exist." fit.prm 'Data/CSV file=$(cat fit.prm)'
expect 2 "Data/CSV file: the file '| cat fit.prm' does not exist." fit.prm 'Data/CSV file=| cat fit.prm'
printf '\177ELF\002\001\001\000\n\001' >data.csv
expect 2 "data.csv:1: the line has a NUL byte: this is no text file." fit.prm
printf '\377\330\377\340JFIF\nx' >data.csv
expect 2 "data.csv:1: the line names one column, '" fit.prm
# Without an end: of zeros, and of the letter a. (Aside, since what is in the working directory is summed up.)
huge=$out/huge.csv
truncate -s 100G "$huge"
expect 2 "huge.csv:1: the line has a NUL byte: this is no text file." fit.prm "Data/CSV file=$huge"
head -c 20000000 /dev/zero | tr '\0' a >"$huge"
expect 2 "huge.csv:1: the line has more than 16777216 characters: this is no table." fit.prm "Data/CSV file=$huge"
# A table that no memory holds is refused at its beginning; the rest of this file are zeros.
seq 5000 | sed '1s/.*/x,y/; 2,$s/$/,1/' >"$huge"
truncate -s 4T "$huge"
on_ranks="1 2"
expect 2 "huge.csv' is too large: its 4 TiB would take about" fit.prm "Data/CSV file=$huge"
on_ranks=1
grep -q 'would take about .* TiB of memory, but only .* are free' "$out/stderr" || fail "the memory of the table is not said"
printf '\357\273\277x,y\r\n1,2\r\n2,3\r\n3,5\r\n' >data.csv
run "$RHOFLOW" --validate fit.prm
[ "$status" -eq 0 ] || fail "a table with a byte-order mark and carriage returns is not read"

# ---- formulas: they compute, and that is all (tests/model/input_errors.cc has more)
for formula in 'system("touch made")' '`touch made`' '$(touch made)' '"/etc/passwd"'; do
  expect 2 "command line: Landscape/Function: cannot read the expression '$formula'" --validate empty.prm \
    "Solver=fokker planck" "Learning problem/Neuron=landscape" "Initial law/Law=normal(0,1)" "Landscape/Function=$formula"
done
[ ! -e made ] || fail "a formula was run as a command"
finish
