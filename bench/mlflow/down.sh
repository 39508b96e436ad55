#!/usr/bin/env bash
# down.sh DIR: stops the server that up.sh started in DIR, and removes DIR.
set -euo pipefail
[ $# = 1 ] || { echo "usage: down.sh DIR" >&2; exit 2; }
# The server has worker processes in its process group.
if [ -s "$1/pid" ]; then kill -- "-$(cat "$1/pid")" 2>/dev/null || true; fi
rm -rf "$1"
