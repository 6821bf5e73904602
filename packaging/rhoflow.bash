# Completion of rhoflow, rhoflow-study and rhoflow-plot in bash: options, files, run directories, and `Section/Name=`
# with the names that the installed program knows.

# The names of all parameters, `Section/Name`, asked for once in a shell.
_rhoflow_parameters() {
  if [[ -z ${_rhoflow_names-} ]]; then
    _rhoflow_names=$("${1:-rhoflow}" --print-parameters 2>/dev/null | awk '
      /^PARAMETERS OUTSIDE/   { section = ""; inside = 1 }
      /^SUBSECTION /          { section = substr($0, 12) "/" }
      inside && /^  [^ ]/     { print section substr($0, 3) }' | sort -u)
  fi
  printf '%s\n' "$_rhoflow_names"
}

_rhoflow_solvers() {
  "${1:-rhoflow}" --print-parameters 2>/dev/null | sed -n '/^SOLVERS/,/^PARAMETER FILES/s/^  \([a-z][a-z ]*\)$/\1/p'
}

# Appends those lines of standard input that begin with $1, and $2 behind them. Blanks are escaped unless the word is quoted.
_rhoflow_add() {
  local line
  while IFS= read -r line; do
    [[ $line == "$1"* ]] || continue
    [[ $word == [\"\']* ]] || line=$(printf '%q' "$line")
    COMPREPLY+=("$line$2")
  done
}

_rhoflow() {
  local program=$1 word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} plain options
  plain=${word//\\/}
  plain=${plain#[\"\']}
  COMPREPLY=()
  local core=${program/rhoflow-study/rhoflow}
  case ${program##*/} in
    rhoflow-plot)
      case $word in
        -*) _rhoflow_add "$word" "" <<<$'--times\n--mesh\n--potential\n--no-animation\n--format\n--output\n--help\n--version' ;;
        *)
          if [[ $before == --format ]]; then
            mapfile -t COMPREPLY < <(compgen -W 'png svg' -- "$word")
          else
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -d -- "$word")
          fi ;;
      esac
      return ;;
    rhoflow-study) options=$'--retry-failed\n--validate\n--list\n--version\n--help' ;;
    *) options=$'--validate\n--resume\n--distance\n--print-parameters\n--version\n--help' ;;
  esac
  if [[ $word == -* ]]; then
    _rhoflow_add "$word" "" <<<"$options"
  elif [[ $before == --print-parameters ]]; then
    _rhoflow_add "$plain" "" < <(_rhoflow_solvers "$core")
  elif [[ $before == --resume || $before == --distance || ${COMP_WORDS[COMP_CWORD - 2]} == --distance ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -d -- "$word")
  else
    compopt -o filenames -o nospace
    local file
    while IFS= read -r file; do
      COMPREPLY+=("$file")
    done < <(compgen -f -X '!*.prm' -- "$word"; compgen -d -- "$word")
    if [[ -n $plain ]]; then
      compopt +o filenames
      _rhoflow_add "$plain" "=" < <(_rhoflow_parameters "$core")
    fi
  fi
}
complete -F _rhoflow rhoflow rhoflow-study rhoflow-plot
