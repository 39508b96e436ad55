#!/usr/bin/env bash
# Installs SLURM and slurmrestd from Debian's packages (root), unless they are installed already. With --check, the exit
# status only shows whether a SLURM can be started here; rest.sh --check shows that for slurmrestd.
set -euo pipefail
PATH=/usr/sbin:$PATH
there() {
  local program
  for program in slurmctld slurmd munged sbatch python3; do command -v "$program" >/dev/null || return 1; done
}
[ "${1-}" != --check ] || { [ "$(id -u)" = 0 ] && there; exit; }
[ "$(id -u)" = 0 ] && there && "$(dirname "$0")/rest.sh" --check && exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "slurm: needs root and Debian's packages" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends slurm-wlm slurmrestd slurm-wlm-jwt-plugin munge python3 </dev/null >/dev/null
