# Common functions of the scripts that build or install a component. It is sourced.

# begin OPTION CACHE STAMP FILE [TOOL...]: ends the script with 0 if CACHE has this STAMP and contains FILE. Otherwise
# it returns with CACHE locked, for the script to fill it and to write CACHE/stamp. If a TOOL that the component needs
# at run time is missing, it ends the script with 1. If OPTION is --check, the exit status only shows whether the
# component exists: nothing is built, installed or written, and the script does not wait.
begin() {
  local option=$1 cache=$2 stamp=$3 file=$4 tool
  shift 4
  for tool; do
    command -v "$tool" >/dev/null || { echo "$(basename "$cache"): needs $tool" >&2; exit 1; }
  done
  if [ "$option" != --check ]; then
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock 9
  fi
  if [ "$stamp" = "$(cat "$cache/stamp" 2>/dev/null)" ] && [ -e "$cache/$file" ]; then
    exit 0
  fi
  [ "$option" != --check ] || exit 1
}
