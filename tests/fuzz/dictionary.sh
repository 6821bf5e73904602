#!/bin/sh
# Prints the dictionary of a fuzz target for libFuzzer. It has the target's words of tests/fuzz/words.txt and, where values of
# parameters are fuzzed, the names and choices of all parameters that the program declares.
#   dictionary.sh TARGET RHOFLOW
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
target=$1
rhoflow=$2

words=$(awk -v target="$target" '
  /^## / {
    split($0, part, ":")
    n = split(part[1], word, " ")
    wanted = 0
    for (i = 2; i <= n; ++i) if (word[i] == target) wanted = 1
    next
  }
  wanted && /^"/' "$folder/words.txt")

case $target in
  parameter_file | parameters | learning_problem) manual=$("$rhoflow" --print-parameters) ;;
  *) manual="" ;;
esac
generated=$(printf '%s\n' "$manual" | awk '
  # libFuzzer takes words of up to 64 bytes.
  function word(text) {
    if (text == "" || length(text) > 64) return
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    print "\"" text "\""
  }
  /^PARAMETERS OUTSIDE ANY SUBSECTION$/ { section = ""; inside = 1; next }
  /^SUBSECTION / { section = substr($0, 12); word(section); section = section "/"; next }
  !inside { next }
  /^$/ { choices = 0 }
  /^  [^ ]/ { name = substr($0, 3); word(name); word(section name "="); ++names }
  /^      Value: / { choices = 1 }
  choices {
    n = split($0, part, "\047")
    for (i = 2; i <= n; i += 2) word(part[i])
  }
  END { if (NR > 1 && names < 50) { print "no list of parameters" >"/dev/stderr"; exit 1 } }')
# libFuzzer refuses a file without contents.
echo "# words of $target"
printf '%s\n' "$words" "$generated" | awk 'NF && !seen[$0]++'
