#!/usr/bin/env bash
# Installs SLURM from Debian's packages (root), unless it is installed already. With --check, the exit status only shows
# whether a SLURM can be started here.
set -euo pipefail
PATH=/usr/sbin:$PATH
there() {
  local program
  for program in slurmctld slurmd munged sbatch python3; do command -v "$program" >/dev/null || return 1; done
}
[ "$(id -u)" = 0 ] && there && exit 0
[ "${1-}" != --check ] || exit 1
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "slurm: needs root and Debian's packages" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends slurm-wlm munge python3 </dev/null >/dev/null
