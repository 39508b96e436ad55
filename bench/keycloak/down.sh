#!/usr/bin/env bash
# down.sh DIR: stops the Keycloak that up.sh started in DIR, and removes DIR.
set -euo pipefail
[ $# = 1 ] || { echo "usage: down.sh DIR" >&2; exit 2; }
if [ -s "$1/pid" ]; then kill -- "-$(cat "$1/pid")" 2>/dev/null || true; fi
# The process may still write while it is stopping.
for _ in $(seq 50); do rm -rf "$1" 2>/dev/null && break; sleep 0.1; done
