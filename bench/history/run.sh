#!/usr/bin/env bash
# run.sh [PART...]: measures the history; the parts are postgresql, h2, archiving and submits, by default all.
#   postgresql, h2: pages, filters and search of JOBS jobs (1,000,000; a multiple of 1,000), next to 1,000 jobs
#   archiving: 1,000 jobs that end within a minute, with logs of 200 kB each
#   submits: a gateway with a history in PostgreSQL, and one without, on one control plane with kwok's nodes
# The databases are filled first, which takes minutes for PostgreSQL, and half an hour and 20 GB for H2. They stay in
# target/history, and are used again.
set -euo pipefail
cd "$(dirname "$0")/../.."
. bench/gateway.sh
[ $# -gt 0 ] || set -- postgresql h2 archiving submits
./mvnw -q -DskipTests package dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/classpath
java=$(bench/jdk.sh)/bin/java
data=$PWD/target/history
dir=$PWD/target/history-$$
measure=("$java" -Xmx512m --sun-misc-unsafe-memory-access=allow
  -cp "bench/history:target/test-classes:target/classes:$(cat target/classpath)")
store=io.interlinkgateway.history.store.HistoryBenchmark
archiving=io.interlinkgateway.history.ArchivingBenchmark

submits() {
  end() {
    for name in with without; do
      [ ! -e "$dir/$name.pid" ] || kill "$(cat "$dir/$name.pid")" 2>/dev/null || true
    done
    bench/postgresql/down.sh "$dir"
    bench/control-plane/down.sh "$dir"
  }
  trap end EXIT
  bench/load/up.sh "$dir" --no-gateway
  bench/postgresql/up.sh "$dir"
  start with --spring.datasource.url="$(cat "$dir/postgresql.url")" --spring.datasource.username=postgres
  start without
  "${measure[@]}" io.interlinkgateway.load.LoadBenchmark "$dir" history "$(cat "$dir/with.url")" "$(cat "$dir/without.url")"
}

# start NAME [ARGUMENT...]: a gateway as in the image, with the heap size of the container of deploy/gateway.yaml.
start() {
  local name=$1 port jar flags="@bench/image/jvm.options -Xmx460m"
  port=$(free_port)
  jar=$(ls target/interlink-gateway-*.jar)
  shift
  KUBECONFIG=$dir/gateway.kubeconfig start_gateway "$dir/$name.log" "http://127.0.0.1:$port" \
    --spring.profiles.active=kubernetes --gateway.security.mode=open --server.address=127.0.0.1 \
    --server.port="$port" "$@"
  echo "$gateway" >"$dir/$name.pid"
  echo "http://127.0.0.1:$port" >"$dir/$name.url"
}

for part; do
  case $part in
    postgresql | h2) "${measure[@]}" $store "$part" "$data" "${JOBS-1000000}" ;;
    archiving) for kind in postgresql h2; do "${measure[@]}" $archiving $kind "$data/archiving"; done ;;
    submits) submits ;;
    *) echo "usage: run.sh [postgresql] [h2] [archiving] [submits]" >&2; exit 2 ;;
  esac
done
