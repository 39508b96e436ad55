#!/usr/bin/env bash
# run.sh [JOBS...]: what 100, 1,000 and 10,000 active jobs (or JOBS) on twenty nodes of kwok cost one gateway with a
# history in PostgreSQL (run.py). Takes 16 minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- 100 1000 10000
dir=$PWD/target/sizing-$$
end() {
  bench/postgresql/down.sh "$dir"
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
bench/postgresql/up.sh "$dir"
python3 bench/sizing/run.py --dir "$dir" --jar "$(ls target/interlink-gateway-*.jar)" \
  --database "$(cat "$dir/postgresql.url")" "$@"
