#!/usr/bin/env bash
# rest.sh DIR socket|tcp: runs slurmrestd for the SLURM that up.sh DIR --rest started, until it is ended. With `socket` it
# listens on DIR/rest/socket and accepts everyone who can connect; it acts as the user nobody, which can read jobs but
# not cancel them. With `tcp` it listens on 127.0.0.1, on the port in DIR/rest-port, and requires a token (scontrol
# token username=USER). With --check, the exit status only shows whether slurmrestd can be run here.
set -euo pipefail
export PATH=/usr/sbin:$PATH
if [ "${1-}" = --check ]; then
  [ "$(id -u)" = 0 ] && command -v slurmrestd >/dev/null && compgen -G "/usr/lib/*/slurm-wlm/auth_jwt.so" >/dev/null
  exit
fi
[ $# = 2 ] || { echo "usage: rest.sh DIR socket|tcp" >&2; exit 2; }
cd "$1"
export SLURM_CONF=$PWD/slurm.conf
# It refuses to run as root.
case $2 in
  socket)
    rm -f rest/socket
    exec slurmrestd -f "$SLURM_CONF" -u nobody -g nogroup -a rest_auth/local -s openapi/v0.0.38 "unix:$PWD/rest/socket"
    ;;
  tcp)
    SLURM_JWT=daemon exec slurmrestd -f "$SLURM_CONF" -u nobody -g nogroup -a rest_auth/jwt -s openapi/v0.0.38 \
      "127.0.0.1:$(cat rest-port)"
    ;;
esac
