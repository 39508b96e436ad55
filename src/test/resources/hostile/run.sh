# run.sh CASE...: runs what the plugin wrote for each case, with nothing there to run: each simple command that the
# shell comes to goes into CASE/ran, each program of the pull into CASE/called, the container's command line into
# CASE/arguments and the env file's variables into CASE/variables, all with NUL after each.
PATH=/nowhere
note() { printf '%s\0' "$@" >>"$case/called"; printf '\0' >>"$case/called"; }
mkdir() { note mkdir "$@"; }
rm() { note rm "$@"; }
mv() { note mv "$@"; }
singularity() { note singularity "$@"; }
hostname() { echo node1; }
start() { printf '%s\0' "$@" >"$case/arguments"; }
command_not_found_handle() { printf '%s\0' "not found: $*" >>"$case/ran"; return 127; }
watched() { set -T; trap 'printf "%s\0" "$BASH_COMMAND" >>"$case/ran"' DEBUG; . "$1"; }
for case; do
  cd "$case/empty" || exit 1
  { (watched "$case/job.command") && (. "$case/job.slurm"); } >"$case/output" 2>&1
  [ ! -e "$case/environment" ] || (
    . "$case/environment"
    while read -r name; do printf '%s\0' "${!name}"; done <"$case/names" >"$case/variables"
  ) >>"$case/output" 2>&1
done
