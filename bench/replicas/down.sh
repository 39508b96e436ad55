#!/usr/bin/env bash
# down.sh DIR: stops what up.sh started in DIR, and removes DIR.
set -euo pipefail
[ $# = 1 ] || { echo "usage: down.sh DIR" >&2; exit 2; }
cd "$(dirname "$0")/../.."
# PostgreSQL ends with the process that started it, if that may end by itself.
server=$(cat "$1/server.pid" 2>/dev/null || true)
if [ -n "$server" ] && kill "$server" 2>/dev/null; then
  for _ in $(seq 100); do
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
fi
bench/slurm/down.sh "$1/slurm"
bench/control-plane/down.sh "$1"
