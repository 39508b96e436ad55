#!/usr/bin/env bash
# run.sh [DIR]: walks through Swagger UI with a real browser: in the sandbox, and on a real control plane with a login at a
# real Keycloak. Then logs in to the console there. Needs the packaged jar and Node.js. The screenshots are in DIR (target/browser).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
. bench/gateway.sh
shots=${1:-target/browser}
cache=$root/.cache/browser
mkdir -p "$shots" "$cache"
jar=$(ls target/interlink-gateway-*.jar)

command -v chromium >/dev/null || { apt-get -q update && apt-get -qy install --no-install-recommends chromium; }
[ -d "$cache/node_modules/playwright-core" ] \
  || npm install --silent --no-fund --no-audit --no-save --prefix "$cache" playwright-core@1.65.1

work=$(mktemp -d)
gateways=()
end() {
  for gateway in "${gateways[@]}"; do kill "$gateway" 2>/dev/null || true; done
  [ ! -d "$work/keycloak" ] || bench/keycloak/down.sh "$work/keycloak"
  [ ! -d "$work/cluster" ] || bench/control-plane/down.sh "$work/cluster"
  wait
  rm -rf "$work"
}
trap end EXIT

sandbox=$(free_port)
cluster=$(free_port)
flags=-XX:TieredStopAtLevel=1

gateway() { # port, profile, more options
  local port=$1 profile=$2
  shift 2
  start_gateway "$shots/gateway-$profile.log" "http://127.0.0.1:$port" --server.port="$port" \
    --spring.profiles.active="$profile" "$@"
  gateways+=("$gateway")
}
walk() { # which walk, port
  NODE_PATH=$cache/node_modules node bench/browser/walk.js "$1" "http://127.0.0.1:$2" "$shots" "$(mktemp -d -p "$work")"
}

gateway "$sandbox" sandbox
walk sandbox "$sandbox"

bench/control-plane/up.sh "$work/cluster"
export KUBECONFIG=$work/cluster/kubeconfig
kubectl=.cache/control-plane/bin/kubectl
for namespace in interlink-gateway astronomers geologists; do "$kubectl" create namespace "$namespace" >/dev/null; done
sed s/NAME/vega-new-vk/ bench/load/node.yaml | "$kubectl" create -f - >/dev/null
bench/keycloak/up.sh "$work/keycloak" "http://127.0.0.1:$cluster/swagger-ui/oauth2-redirect.html" \
  "http://127.0.0.1:$cluster/console/signed-in"
gateway "$cluster" kubernetes \
  --gateway.security.issuers[0].uri="$(cat "$work/keycloak/issuer")" \
  --gateway.security.issuers[0].audiences=interlink-gateway-api \
  --gateway.security.issuers[0].client-id=interlink-gateway \
  --gateway.security.issuers[0].rules[0].claim=groups \
  --gateway.security.issuers[0].rules[0].pattern='/(.+)' \
  --gateway.security.issuers[0].rules[0].workspace='$1' \
  --springdoc.swagger-ui.oauth.client-id=interlink-gateway \
  --springdoc.swagger-ui.oauth.scopes=openid
walk cluster "$cluster"
SHOTS=$(cd "$shots" && pwd) GATEWAY=http://127.0.0.1:$cluster node --test --test-reporter=spec console/e2e/login.test.js
