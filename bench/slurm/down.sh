#!/usr/bin/env bash
# down.sh DIR: ends what up.sh started in DIR, its jobs too, and removes DIR.
set -euo pipefail
[ $# = 1 ] || { echo "usage: down.sh DIR" >&2; exit 2; }
cd "$1" 2>/dev/null || exit 0
dir=$PWD
SLURM_CONF=$dir/slurm.conf timeout 5 scancel --full --signal=KILL --user=root 2>/dev/null || true
for name in slurmctld slurmd-node1 slurmd-node2 munged; do
  pid=$(cat "$name.pid" 2>/dev/null) || continue
  kill "$pid" 2>/dev/null || continue
  for _ in $(seq 50); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -9 "$pid" 2>/dev/null || true
done
cd /
rm -rf "$dir"
