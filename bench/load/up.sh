#!/usr/bin/env bash
# up.sh DIR [--no-gateway]: starts a control plane in DIR with five nodes of kwok, and the packaged gateway with the
# permissions of deploy/, whose address is in DIR/gateway.url. ../control-plane/down.sh DIR stops all of them.
set -euo pipefail
[ $# = 1 ] || [ "$2" = --no-gateway ] || { echo "usage: up.sh DIR [--no-gateway]" >&2; exit 2; }
without=${2:-}
dir=$(realpath -m "$1")
cd "$(dirname "$0")/../.."
bench/control-plane/build.sh
bin=$PWD/.cache/control-plane/bin
./mvnw -q -DskipTests package dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/classpath
java=$(bench/jdk.sh)/bin/java

bench/control-plane/up.sh "$dir"
export KUBECONFIG=$dir/kubeconfig
kubectl() { "$bin/kubectl" "$@" >/dev/null; }
setsid "$bin/kwok" --kubeconfig "$KUBECONFIG" --config bench/load/stages.yaml >"$dir/kwok.log" 2>&1 </dev/null &
echo $! >"$dir/kwok.pid"
disown
for node in hpc-1 hpc-2 hpc-3 hpc-4 hpc-5; do
  sed "s/NAME/$node/" bench/load/node.yaml
  echo ---
done | kubectl apply -f -
kubectl apply -f deploy/namespace.yaml -f deploy/access.yaml -f deploy/admission.yaml
for workspace in load-submits load-pages; do
  kubectl create namespace $workspace
  kubectl -n $workspace apply -f deploy/workspace.yaml
done
kubectl wait --for=condition=InterlinkConnectivity node --all

cp "$KUBECONFIG" "$dir/gateway.kubeconfig"
token=$("$bin/kubectl" -n interlink-gateway create token interlink-gateway --duration=1h)
kubectl --kubeconfig "$dir/gateway.kubeconfig" config delete-user test
kubectl --kubeconfig "$dir/gateway.kubeconfig" config set-credentials test --token="$token"
[ -z "$without" ] || exit 0
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
# As in the image, with the heap size that the JVM selects in the container of deploy/gateway.yaml.
setsid bench/load/gateway.sh "$dir" "$port" "$java" @bench/image/jvm.options -Xmx460m \
  -jar target/interlink-gateway-*.jar >"$dir/gateway.log" 2>&1 </dev/null &
gateway=$!
echo $gateway >"$dir/gateway.pid"
disown
until curl -sf -o /dev/null "http://127.0.0.1:$port/actuator/health/readiness"; do
  kill -0 $gateway || { tail -n 5 "$dir/gateway.log" >&2; exit 1; }
  sleep 0.1
done
echo "http://127.0.0.1:$port" >"$dir/gateway.url"
