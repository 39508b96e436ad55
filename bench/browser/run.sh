#!/usr/bin/env bash
# run.sh [DIR]: walks through Swagger UI with a real browser: in the sandbox, and on a real control plane with a login at a
# real Keycloak. Then logs in to the console there, and looks at jobs of a real SLURM that end badly. Needs the packaged
# jar and Node.js. The screenshots are in DIR (target/browser).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
. bench/gateway.sh
shots=${1:-target/browser}
cache=$root/.cache/browser
mkdir -p "$shots" "$cache"
shots=$(cd "$shots" && pwd)
jar=$(ls target/interlink-gateway-*.jar)

command -v chromium >/dev/null || { apt-get -q update && apt-get -qy install --no-install-recommends chromium; }
[ -d "$cache/node_modules/playwright-core" ] \
  || npm install --silent --no-fund --no-audit --no-save --prefix "$cache" playwright-core@1.65.1
bench/slurm/install.sh
bench/apptainer/install.sh
bench/virtual-node/build.sh

work=$(mktemp -d)
# SLURM's munge refuses a folder that is closed to other users.
chmod 755 "$work"
processes=()
end() {
  [ ! -f "$work/gateway.pid" ] || processes+=("$(cat "$work/gateway.pid")")
  for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
  [ ! -d "$work/keycloak" ] || bench/keycloak/down.sh "$work/keycloak"
  [ ! -d "$work/slurm" ] || bench/slurm/down.sh "$work/slurm"
  [ ! -d "$work/cluster" ] || bench/control-plane/down.sh "$work/cluster"
  wait
  rm -rf "$work"
}
trap end EXIT

sandbox=$(free_port)
cluster=$(free_port)
flags=-XX:TieredStopAtLevel=1

walk() { # which walk, port
  NODE_PATH=$cache/node_modules node bench/browser/walk.js "$1" "http://127.0.0.1:$2" "$shots" "$(mktemp -d -p "$work")"
}

# Keycloak takes the longest to start.
bench/keycloak/up.sh "$work/keycloak" "http://127.0.0.1:$cluster/swagger-ui/oauth2-redirect.html" \
  "http://127.0.0.1:$cluster/console/signed-in" &
keycloak=$!
processes+=("$keycloak")
start_gateway "$shots/gateway-sandbox.log" "http://127.0.0.1:$sandbox" --server.port="$sandbox" --spring.profiles.active=sandbox
processes+=("$gateway")
walk sandbox "$sandbox"
kill "$gateway"

bench/control-plane/up.sh "$work/cluster"
bench/slurm/up.sh "$work/slurm"
export KUBECONFIG=$work/cluster/kubeconfig
kubectl=.cache/control-plane/bin/kubectl
for namespace in interlink-gateway astronomers geologists; do "$kubectl" create namespace "$namespace" >/dev/null; done
sed s/NAME/vega-new-vk/ bench/load/node.yaml | "$kubectl" create -f - >/dev/null
.cache/virtual-node/virtual-node -kubeconfig "$KUBECONFIG" -singularity "$root/.cache/apptainer/usr/bin/singularity" -speed 5 \
  "hpc=$work/slurm" "silent=$work/slurm" >"$shots/nodes.log" 2>&1 &
processes+=($!)
wait "$keycloak"
bench/browser/gateway.sh "$work" "$cluster" "$shots/gateway-kubernetes.log"
walk cluster "$cluster"
export SHOTS=$shots GATEWAY=http://127.0.0.1:$cluster
node --test --test-reporter=spec console/e2e/login.test.js
SLURM=$work/slurm IMAGE=$root/.cache/apptainer/busybox.sif \
  RESTART="bench/browser/gateway.sh $work $cluster $shots/gateway-restarted.log" \
  node --test --test-reporter=spec console/e2e/truth.test.js
