# job.sh CASE...: runs the scripts of each case as they are, with nothing there to run. Calls of the container runtime go
# where the script sends a container's output, with NUL after each word: CASE/init-NAME.out, CASE/run-NAME.out,
# CASE/prestop-NAME.out; those of probes go into CASE/probe-KIND-NAME. Any other command goes into CASE/called, and what
# the batch script prints into CASE/output.
PATH=/nowhere TIMEFORMAT=
command_not_found_handle() { printf '%s\0' "$@" >>"$case/called"; return 127; }
words() {
  if [ -n "${kind-}" ]; then printf '%s\0' "$@" >>"$case/probe-$kind-$name"; else printf '%s\0' "$@"; fi
}
singularity() { words singularity "$@"; }
timeout() { words timeout "$@"; }
curl() { words curl "$@"; }
# A probe ends after it was tried once, and nothing ends it before.
sleep() { [ -z "${good-}" ] || exit 0; }
kill() { :; }
# What only costs time.
say() { :; }
await() { :; }
readonly -f command_not_found_handle words singularity timeout curl sleep kill say await
for case; do
  cd "$case/empty" || exit 1
  [ ! -e "$case/job.slurm" ] || (. "$case/job.slurm") >"$case/output" 2>&1
  (
    trap '! declare -F pre_stop >"$case/hooks" || pre_stop; wait' EXIT
    . "$case/job"
  ) >"$case/log" 2>&1
done
