#!/usr/bin/env bash
# up.sh DIR [REDIRECT...]: starts Keycloak on a free port of the loopback address, with all its files in DIR and the realm
# hpc: the users ada (group astronomers) and grace (group geologists), whose passwords are their names, and the public
# client interlink-gateway, which may be redirected to any REDIRECT. Returns when it responds; DIR/issuer is the realm's
# issuer.
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: up.sh DIR [REDIRECT...]" >&2; exit 2; }
[ $# -ge 2 ] || set -- "$1" http://127.0.0.1:1/
here=$(cd "$(dirname "$0")" && pwd)
"$here/install.sh"
cache=$(cd "$here/../../.cache/keycloak" && pwd)
home=$cache/keycloak-$(cat "$cache/stamp")
umask 077
mkdir -p "$1"
cd "$1"
redirects=$(printf '"%s",' "${@:2}")
# Keycloak writes to its installation at start, except for its libraries.
mkdir -p home/lib
cp -r "$home/bin" "$home/conf" "$home/providers" "$home/themes" "$home/version.txt" home/
for part in "$home"/lib/*; do
  if [ "$(basename "$part")" = lib ]; then ln -s "$part" home/lib/lib; else cp -r "$part" home/lib/; fi
done
mkdir -p home/data/import
sed "s|\"@REDIRECT@\"|${redirects%,}|" "$here/realm.json" >home/data/import/realm.json
read -r port management < <(python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(s.getsockname()[1] for s in sockets))')
export KC_BOOTSTRAP_ADMIN_USERNAME=admin
KC_BOOTSTRAP_ADMIN_PASSWORD=$(openssl rand -hex 16)
export KC_BOOTSTRAP_ADMIN_PASSWORD
export JAVA_OPTS_KC_HEAP="-Xms64m -Xmx512m"
setsid home/bin/kc.sh start-dev --import-realm --http-host=127.0.0.1 --http-port="$port" \
  --http-management-port="$management" >log 2>&1 </dev/null &
echo $! >pid
echo "http://127.0.0.1:$port/realms/hpc" >issuer
for _ in $(seq 6000); do
  curl -sf "$(cat issuer)/.well-known/openid-configuration" >/dev/null && exit 0
  kill -0 "$(cat pid)" 2>/dev/null || break
  sleep 0.1
done
echo "keycloak: no answer within 10 minutes" >&2
tail -n 20 log >&2
exit 1
