# shellcheck shell=sh
# Sourced by the tests of the command line. Gives each of them an empty working directory and functions to run the program and
# to look at what it did. From the environment: RHOFLOW (the program), MPIEXEC, SOURCE_DIR (the root of the repository), SANITIZED
# (1 with the sanitizers, else 0).
set -eu

work=$(mktemp -d)
out=$(mktemp -d) # what the program prints is kept outside the directory that must not change
trap 'rm -rf "$work" "$out"' EXIT
cd "$work"
failures=0

fail() {
  echo "FAILED: $1" >&2
  echo "--- stdout" >&2
  cat "$out/stdout" >&2
  echo "--- stderr" >&2
  cat "$out/stderr" >&2
  echo "---" >&2
  failures=$((failures + 1))
}

# The test ends with: finish
finish() {
  [ "$failures" -eq 0 ] || exit 1
}

# Skips the test (ctest: SKIP_RETURN_CODE) unless all solvers that are named exist.
needs_solvers() {
  "$RHOFLOW" --print-parameters >"$out/manual"
  for solver in "$@"; do
    if ! grep -qx "  $solver" "$out/manual"; then
      echo "skipped: there is no solver '$solver'"
      exit 77
    fi
  done
}

# Everything below the working directory, with contents.
state() {
  find . -mindepth 1 | sort
  find . -type f -exec cksum {} + | sort
}

# difference ONE OTHER: the largest difference of two tables, relative to the larger of 1 and the value; "other" if they have not the same rows,
# columns and words.
difference() {
  awk -F, '
    NR == FNR { row[FNR] = $0; n = FNR; next }
    { m = FNR
      if (split(row[FNR], x, ",") != NF) other = 1
      for (c = 1; c <= NF; ++c) {
        number = ($c ~ /^-?[0-9]/ && x[c] ~ /^-?[0-9]/)
        if (!number && $c != x[c]) other = 1
        if (number) { d = $c - x[c]; a = x[c]; if (d < 0) d = -d; if (a < 0) a = -a; if (a > 1) d /= a; if (d > worst) worst = d }
      } }
    END { if (other || n != m) print "other"; else print worst + 0 }' "$1" "$2"
}

# reference_values SOLUTION QUANTITY [TIME...]: lines TIME VALUE ERROR of tests/references/solutions.csv; fails if one is missing.
reference_values() {
  solution=$1
  quantity=$2
  shift 2
  awk -v solution="$solution" -v quantity="$quantity" -v times="$*" -f "$SOURCE_DIR/tests/cli/reference_values.awk" \
    "$SOURCE_DIR/tests/references/solutions.csv"
}

# run COMMAND...: sets $status, keeps the output.
run() {
  status=0
  "$@" >"$out/stdout" 2>"$out/stderr" || status=$?
}

# Before a program: strikes it as the variables FAULT_... say (tests/cli/programs/faults.cc).
with_faults=$out/with_faults
cat >"$with_faults" <<'EOF'
#!/bin/sh
LD_PRELOAD=$FAULTS ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 exec "$@"
EOF
chmod +x "$with_faults"

# expect STATUS MESSAGE ARGUMENTS...: runs rhoflow on each number of ranks in $on_ranks. It must end with STATUS, print MESSAGE (a
# fixed text) exactly once on stderr, and change nothing in the working directory. Starting MPI costs more than all the rest:
# one mistake of each kind is made on several ranks, its variants on one.
on_ranks=1
expect() {
  wanted=$1
  message=$2
  shift 2
  before=$(state)
  for ranks in $on_ranks; do
    if [ "$ranks" -eq 1 ]; then
      run "$RHOFLOW" "$@"
    else
      run "$MPIEXEC" -np "$ranks" "$RHOFLOW" "$@"
    fi
    [ "$status" -eq "$wanted" ] || fail "rhoflow $* on $ranks ranks: exit status $status instead of $wanted"
    count=$(grep -cF -- "$message" "$out/stderr" || true)
    [ "$count" -eq 1 ] || fail "rhoflow $* on $ranks ranks: '$message' is on $count lines instead of one"
    if grep -q 'MPI_ABORT\|MPI_Abort\|terminate called\|Stacktrace' "$out/stderr"; then
      fail "rhoflow $* on $ranks ranks: noise on stderr"
    fi
    if [ "$(state)" != "$before" ]; then
      fail "rhoflow $* on $ranks ranks: files changed"
      state >&2
    fi
  done
}

# networks_file NEURONS STEP CHECKPOINT [LINE]: the parameter file of finite networks that train for a moment. CHECKPOINT: "NAME = VALUE" of
# that section; LINE: one more of the section "Particles".
networks_file() {
  cat <<EOF
set Solver          = particles
set End time        = 0.6
set Output interval = 0.2
subsection Learning problem
  set Input dimension = 8
end
subsection Particles
  set Number of neurons = $1
  set Step size         = $2
${4:+  set $4
}end
subsection Checkpoint
  set $3
end
EOF
}

# study_file VARIED [RESULT]: the study of base.prm over VARIED, "NAME = VALUES".
study_file() {
  cat <<EOF
set Base file = base.prm
subsection Vary
  set $1
end
subsection Results
  set risk = ${2:-last of statistics.csv: risk}
end
EOF
}

# three_points_file [LINE]: the parameter file of networks that fit the points of three_points; LINE: one more of the section "Data".
three_points_file() {
  cat <<EOF
set Solver          = particles
set End time        = 1
set Output interval = 0.5
subsection Learning problem
  set Neuron = biased ridge
end
subsection Data
  set Law           = csv
${1:+  set $1
}  set Output column = y
  set Input columns = x
end
subsection Initial law
  set Law = normal(0, 1), normal(0, 1), normal(0, 1)
end
subsection Particles
  set Number of neurons = 20
  set Replicas          = 2
  set Step size         = 0.01
end
EOF
}
three_points() {
  printf 'x,y\n1,1\n2,0\n3,1\n'
}
