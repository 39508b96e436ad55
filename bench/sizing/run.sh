#!/usr/bin/env bash
# run.sh [JOBS...]: what 100, 1,000 and 10,000 active jobs (or JOBS) on twenty nodes of kwok cost one gateway with a
# history in PostgreSQL (run.py). Takes 16 minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- 100 1000 10000
dir=$PWD/target/sizing-$$
end() {
  if [ -n "${server-}" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  bench/control-plane/down.sh "$dir"
}
trap end EXIT
bench/load/up.sh "$dir" --no-gateway
for number in $(seq 6 20); do
  sed "s/NAME/hpc-$number/" bench/load/node.yaml
  echo ---
done | .cache/control-plane/bin/kubectl --kubeconfig "$dir/kubeconfig" apply -f - >/dev/null
JAVA_HOME=$(bench/jdk.sh)
export JAVA_HOME
"$JAVA_HOME/bin/java" -Xmx128m -cp "bench/history:target/test-classes:target/classes:$(cat target/classpath)" \
  io.interlinkgateway.history.store.HistoryBenchmark server "$dir/postgresql" >"$dir/server.url" 2>"$dir/server.log" &
server=$!
until [ -s "$dir/server.url" ]; do
  kill -0 "$server" || { tail -n 5 "$dir/server.log" >&2; exit 1; }
  sleep 0.1
done
python3 bench/sizing/run.py --dir "$dir" --jar "$(ls target/interlink-gateway-*.jar)" \
  --database "$(cat "$dir/server.url")" "$@"
