#!/usr/bin/env bash
# down.sh DIR: stops the PostgreSQL that up.sh started in DIR. It ends with the process that started it, if that may end
# by itself.
set -euo pipefail
[ $# = 1 ] || { echo "usage: down.sh DIR" >&2; exit 2; }
server=$(cat "$1/postgresql.pid" 2>/dev/null || true)
if [ -n "$server" ] && kill "$server" 2>/dev/null; then
  for _ in $(seq 100); do
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
fi
