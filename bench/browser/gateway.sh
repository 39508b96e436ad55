#!/usr/bin/env bash
# gateway.sh DIR PORT LOG: starts the packaged gateway at PORT, with the control plane DIR/cluster and the Keycloak
# DIR/keycloak. One that was started there before is killed first. DIR/gateway.pid is the process.
set -euo pipefail
[ $# = 3 ] || { echo "usage: gateway.sh DIR PORT LOG" >&2; exit 2; }
cd "$(dirname "$0")/../.."
. bench/gateway.sh
dir=$1 port=$2
jar=$(ls target/interlink-gateway-*.jar)
flags=-XX:TieredStopAtLevel=1
if [ -f "$dir/gateway.pid" ]; then
  before=$(cat "$dir/gateway.pid")
  kill -KILL "$before"
  while kill -0 "$before" 2>/dev/null; do sleep 0.1; done
fi
export KUBECONFIG=$dir/cluster/kubeconfig
start_gateway "$3" "http://127.0.0.1:$port" --server.port="$port" \
  --spring.profiles.active=kubernetes \
  --gateway.security.issuers[0].uri="$(cat "$dir/keycloak/issuer")" \
  --gateway.security.issuers[0].audiences=interlink-gateway-api \
  --gateway.security.issuers[0].client-id=interlink-gateway \
  --gateway.security.issuers[0].rules[0].claim=groups \
  --gateway.security.issuers[0].rules[0].pattern='/(.+)' \
  --gateway.security.issuers[0].rules[0].workspace='$1' \
  --springdoc.swagger-ui.oauth.client-id=interlink-gateway \
  --springdoc.swagger-ui.oauth.scopes=openid
echo "$gateway" >"$dir/gateway.pid"
