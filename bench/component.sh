# What the scripts that build or install a component have in common. They source it.

# begin OPTION CACHE STAMP FILE [TOOL...]: ends the script with 0 if CACHE is of this STAMP and has FILE. Otherwise it
# returns with CACHE locked, for the script to fill it and to write CACHE/stamp. Without a TOOL, which the component
# needs when it runs, it ends the script with 1. If OPTION is --check, the exit status only says whether the component
# is there: nothing is built, installed, written or waited for.
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
