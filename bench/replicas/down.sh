#!/usr/bin/env bash
# down.sh DIR: stops what up.sh started in DIR, and removes DIR.
set -euo pipefail
[ $# = 1 ] || { echo "usage: down.sh DIR" >&2; exit 2; }
cd "$(dirname "$0")/../.."
bench/postgresql/down.sh "$1"
bench/slurm/down.sh "$1/slurm"
bench/control-plane/down.sh "$1"
