#!/usr/bin/env bash
# run.sh: measures how much later than a bare watch 1,000 subscribers of GET /api/v1/events receive a change. Starts a
# control plane and the packaged gateway, and stops them afterwards. Takes two minutes if the control plane is already
# built.
set -euo pipefail
cd "$(dirname "$0")/../.."
bench/control-plane/build.sh
./mvnw -q -DskipTests package dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/classpath
java=$(bench/jdk.sh)/bin/java

dir=$PWD/target/events-$$
trap 'bench/control-plane/down.sh "$dir"' EXIT
bench/control-plane/up.sh "$dir"
export KUBECONFIG=$dir/kubeconfig
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
# The heap size and the garbage collector that the JVM selects in the container of deploy/gateway.yaml.
setsid "$java" -XX:+UseCompactObjectHeaders -XX:+UseSerialGC -Xmx460m -jar target/interlink-gateway-*.jar \
  --spring.profiles.active=kubernetes --gateway.security.mode=open --server.address=127.0.0.1 --server.port="$port" \
  >"$dir/gateway.log" 2>&1 </dev/null &
gateway=$!
echo $gateway >"$dir/gateway.pid"
for _ in $(seq 600); do
  curl -sf -o /dev/null "http://127.0.0.1:$port/actuator/health/readiness" && break
  kill -0 $gateway || { tail -n 5 "$dir/gateway.log" >&2; exit 1; }
  sleep 0.1
done
"$java" --sun-misc-unsafe-memory-access=allow -cp "target/test-classes:target/classes:$(cat target/classpath)" \
  io.interlinkgateway.cluster.EventsBenchmark "http://127.0.0.1:$port"
awk '/VmRSS|VmHWM/ {print "gateway", $1, int($2 / 1024), "MB"}' "/proc/$gateway/status"
