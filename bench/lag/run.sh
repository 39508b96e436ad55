#!/usr/bin/env bash
# run.sh [SCENARIO...]: measures how late the start and the end of jobs are known (run.py describes the scenarios).
# Starts a control plane, a SLURM, the stand-in with interLink's limits, and the packaged gateway, and stops them
# afterwards. The default scenarios are 6, 30, 100 and 20-of-200. Each takes as long as interLink needs, but at most
# PATIENCE seconds (900) after the gateway knows the last end; a short one measures the gateway, and few phases. The
# small ones run with all AUDIENCES (subscriber, poller, nobody) at the same time, the others with one after the other.
# GATEWAY_JAR is the jar to measure; by default this tree's.
set -euo pipefail
cd "$(dirname "$0")/../.."
. bench/gateway.sh
[ $# -gt 0 ] || set -- 6 30 100 20-of-200
bench/control-plane/build.sh
bench/slurm/install.sh
bench/virtual-node/build.sh
if [ -z "${GATEWAY_JAR-}" ]; then
  ./mvnw -q -DskipTests package
  GATEWAY_JAR=$(ls target/interlink-gateway-*.jar)
fi
kubectl=$PWD/.cache/control-plane/bin/kubectl

dir=$PWD/target/lag-$$
end() {
  for process in "${nodes-}" "${gateway-}"; do
    [ -z "$process" ] || kill "$process" 2>/dev/null || true
  done
  bench/slurm/down.sh "$dir/slurm"
  bench/control-plane/down.sh "$dir"
}
trap end EXIT
bench/control-plane/up.sh "$dir"
export KUBECONFIG=$dir/kubeconfig
bench/slurm/up.sh "$dir/slurm" --many-jobs
.cache/virtual-node/virtual-node -kubeconfig "$KUBECONFIG" -singularity "$PWD/bench/virtual-node/no-containers.sh" -pods 1000 \
  lag-subscriber="$dir/slurm" lag-poller="$dir/slurm" lag-nobody="$dir/slurm" >"$dir/nodes.log" 2>&1 </dev/null &
nodes=$!
port=$(free_port)
jar=$GATEWAY_JAR
# The heap and the collector that the JVM chooses in the container of deploy/gateway.yaml.
flags="-XX:+UseCompactObjectHeaders -XX:+UseSerialGC -Xmx460m"
start_gateway "$dir/gateway.log" "http://127.0.0.1:$port" --spring.profiles.active=kubernetes \
  --gateway.security.mode=open --server.address=127.0.0.1 --server.port="$port" \
  --gateway.caller.requests-per-second=1000 --gateway.caller.burst=10000
for audience in subscriber poller nobody; do
  until [ -e "$dir/slurm/lag-$audience/ready" ]; do
    kill -0 $nodes || { tail -n 5 "$dir/nodes.log" >&2; exit 1; }
    sleep 0.1
  done
done

read -ra audiences <<<"${AUDIENCES-subscriber poller nobody}"
measure() {
  bench/lag/run.py --gateway "http://127.0.0.1:$port" --slurm "$dir/slurm" --kubectl "$kubectl" \
    --patience "${PATIENCE-900}" "$@"
}
echo "| jobs | | known to | measured | median, s | p90, s | longest, s | phase's as a multiple |"
echo "|---|---|---|---|---|---|---|---|"
for scenario; do
  case $scenario in
    ? | ??) measure "$scenario" "${audiences[@]}" ;;
    *) for audience in "${audiences[@]}"; do measure "$scenario" "$audience"; done ;;
  esac
done
