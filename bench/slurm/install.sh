#!/usr/bin/env bash
# Installs SLURM from Debian's packages (root). Does nothing when it is there.
set -euo pipefail
PATH=/usr/sbin:$PATH
if command -v slurmctld slurmd munged >/dev/null; then
  exit 0
fi
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "slurm: needs root and Debian's packages" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends slurm-wlm munge </dev/null >/dev/null
