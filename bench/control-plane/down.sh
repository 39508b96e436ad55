#!/usr/bin/env bash
# down.sh DIR: kills what up.sh started in DIR, and removes DIR. No data in it needs an orderly shutdown.
set -euo pipefail
[ $# = 1 ] || { echo "usage: down.sh DIR" >&2; exit 2; }
for pid in "$1"/*.pid; do
  [ -s "$pid" ] && kill -9 "$(cat "$pid")" 2>/dev/null || true
done
rm -rf "$1"
