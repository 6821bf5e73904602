#!/bin/sh
# Makes a manual page of what a program says of itself: man_page.sh PROGRAM NAME SECTION OPTION >NAME.SECTION
# The first line of --help is the title. Lines in capitals and those of subsections become headings, all others stay as they are.
set -eu
. "$(dirname "$0")/../scripts/environment.sh"
program=$1 name=$2 section=$3 option=$4
version=$("$program" --version | head -n 1)
text=$("$program" "$option")
if [ "$option" = --help ]; then
  title=$(printf '%s\n' "$text" | head -n 1 | sed "s/^$name: //; s/[.]\$//")
  text=$(printf '%s\n' "$text" | tail -n +2)
else
  title="solvers and parameters of rhoflow, as printed by rhoflow $option"
fi
cat <<EOF
.TH "$(printf %s "$name" | tr '[:lower:]' '[:upper:]')" $section "" "$version" "rhoflow"
.SH NAME
$(printf %s "$name" | sed 's/-/\\-/g') \\- $title
.SH DESCRIPTION
.nf
EOF
# A line that begins with a point or an apostrophe would be a request, and a backslash an escape.
printf '%s\n' "$text" | sed "s/\\\\/\\\\e/g; s/-/\\\\-/g; s/^\([.']\)/\\\\\&\1/" |
  sed 's/^[A-Z][A-Z ]*$/.fi\n.SS &\n.nf/; s/^SUBSECTION .*/.fi\n.SS &\n.nf/'
echo .fi
[ "$name" = rhoflow ] || printf '.SH SEE ALSO\n.BR rhoflow (1)\n'
[ "$name" != rhoflow ] || printf '.SH SEE ALSO\n.BR rhoflow\\-study (1),\n.BR rhoflow\\-plot (1),\n.BR rhoflow\\-parameters (5)\n'
