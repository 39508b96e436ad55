#!/usr/bin/env bash
# up.sh DIR: starts in DIR what replicas of the gateway need: a control plane, a SLURM, the stand-in with interLink's
# limits (the nodes hpc-1 to hpc-4), and PostgreSQL, whose address is in DIR/postgresql.url. down.sh DIR stops all of
# them and removes DIR. The classes of the tests must be there, with their class path in target/classpath.
set -euo pipefail
[ $# = 1 ] || { echo "usage: up.sh DIR" >&2; exit 2; }
dir=$(realpath -m "$1")
cd "$(dirname "$0")/../.."
for build in control-plane/build.sh slurm/install.sh virtual-node/build.sh; do "bench/$build"; done

bench/control-plane/up.sh "$dir"
trap '[ $? = 0 ] || { tail -n 5 "$dir/nodes.log" >&2; bench/replicas/down.sh "$dir"; }' EXIT
bench/slurm/up.sh "$dir/slurm" --many-jobs
setsid .cache/virtual-node/virtual-node -kubeconfig "$dir/kubeconfig" -singularity "$PWD/bench/virtual-node/no-containers.sh" -pods 1000 \
  -speed 5 hpc-{1,2,3,4}="$dir/slurm" >"$dir/nodes.log" 2>&1 </dev/null &
echo $! >"$dir/nodes.pid"
bench/postgresql/up.sh "$dir"
for _ in $(seq 1200); do
  ready=("$dir"/slurm/hpc-*/ready)
  [ ${#ready[@]} = 4 ] && exit 0
  sleep 0.1
done
echo "up.sh: not ready after two minutes" >&2
exit 1
