#!/bin/sh
# The corpora of the fuzz targets are whole: every input comes back from its record and from a record that is made of it, and
# has the checksum that is its name. A damaged corpus is an error, for the fuzzers and for the test that replays it.
#   corpus.sh FUZZ_CORPUS REPLAY_SEEDS SOURCE_DIR
set -eu
fuzz_corpus=$1
replay=$2
root=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}

for corpus in "$root"/tests/fuzz/corpus/*.txt; do
  target=$(basename "$corpus" .txt)
  "$fuzz_corpus" unpack "$corpus" "$work/$target" || fail "$corpus cannot be unpacked"
  [ "$(find "$work/$target" -type f | wc -l)" -eq "$(grep -c '^## ' "$corpus")" ] || fail "$corpus: records are missing"
  "$fuzz_corpus" print "$corpus" >"$work/$target.txt"
  "$fuzz_corpus" unpack "$work/$target.txt" "$work/again_$target"
  diff -r "$work/$target" "$work/again_$target" || fail "$corpus: inputs change when they are written"
  (cd "$work/$target" && sha1sum -- *) | awk '$2 ~ /^[0-9a-f]+$/ && length($2) == 8 && index($1, $2) != 1 { print $2; bad = 1 }
    END { exit bad }' || fail "$corpus: names that are the checksums of other bytes"
done

# damaged LINE TEXT: a corpus with this text (of printf) is refused, and the message names the line.
damaged() {
  line=$1
  shift
  # shellcheck disable=SC2059  # the text is a format
  printf "$@" >"$work/corpora/csv.txt"
  if "$fuzz_corpus" unpack "$work/corpora/csv.txt" "$work/damaged" 2>"$work/message"; then
    fail "accepted: $1"
    rm -r "$work/damaged"
  fi
  grep -qF "csv.txt:$line" "$work/message" || fail "$1: no place in the message '$(cat "$work/message")'"
}
cp -r "$root/tests/fuzz/corpus" "$work/corpora"
damaged "2: " '## a: a reason\nx\\q\n'
damaged "2: " '## a: a reason\nx\\x4\n'
damaged "2: " '## a: a reason\nx\\xe9\n'
damaged "2: " '## a: a reason\nx\001\n'
damaged "2: " '## a: a reason\nx'
damaged "1: " '## a: a reason\n## b: a reason\nx\n'
damaged "1: " '## a: a reason\n'
damaged "3: " '## a: a reason\nx\n## b\nx\n'
damaged "3: " '## a: a reason\nx\n## b: \nx\n'
damaged "3: " '## a: a reason\nx\n## : a reason\nx\n'
damaged "3: " '## a: a reason\nx\n## b c: a reason\nx\n'
damaged "3: " '## a: a reason\nx\n##b: a reason\nx\n'
damaged "3: " '## a: a reason\nx\n## a: a reason\ny\n'
damaged " " ''
damaged " " 'A preface alone.\n'

# As the test that replays them sees it.
for text in '## a: a reason\nx\\q\n' ''; do
  # shellcheck disable=SC2059
  printf "$text" >"$work/corpora/csv.txt"
  if "$replay" "$work/corpora" "$root/parameter_files" >"$work/message" 2>&1; then
    fail "replayed: $text"
  fi
  grep -q '^csv: .*csv.txt:' "$work/message" || fail "the replay of '$text' ends with $(tail -n 1 "$work/message")"
done

# What is there already is not kept twice, and what is refused changes nothing.
printf '## a: a reason\nx\n' >"$work/corpora/csv.txt"
cp "$work/corpora/csv.txt" "$work/before.txt"
for name in b "b c" a; do
  if printf 'x\n' | "$fuzz_corpus" keep "$work/corpora/csv.txt" "$name" "a reason" 2>"$work/message"; then
    fail "kept as $name: bytes that are there"
  fi
done
for name in "b c" a ""; do
  if printf 'y\n' | "$fuzz_corpus" keep "$work/corpora/csv.txt" "$name" "a reason" 2>"$work/message"; then
    fail "kept with the name '$name'"
  fi
done
if printf '' | "$fuzz_corpus" keep "$work/corpora/csv.txt" b "a reason" 2>"$work/message"; then
  fail "kept: nothing"
fi
cmp "$work/corpora/csv.txt" "$work/before.txt" || fail "a corpus has changed"
printf '## \\ \t\351 \n\n' >"$work/input"
"$fuzz_corpus" keep "$work/corpora/csv.txt" new "a reason" <"$work/input"
"$fuzz_corpus" unpack "$work/corpora/csv.txt" "$work/kept"
cmp "$work/kept/new" "$work/input" || fail "what was kept is not what was given"
[ "$failures" -eq 0 ]
