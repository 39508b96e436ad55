#!/usr/bin/env bash
# up.sh DIR: starts an empty PostgreSQL with its data in DIR/postgresql. Its address as a JDBC URL is in
# DIR/postgresql.url, its user is postgres. The classes of the tests must be there, with their class path in
# target/classpath. down.sh DIR stops it.
set -euo pipefail
[ $# = 1 ] || { echo "usage: up.sh DIR" >&2; exit 2; }
dir=$(realpath -m "$1")
cd "$(dirname "$0")/../.."
setsid "$(bench/jdk.sh)/bin/java" -Xmx128m \
  -cp "bench/history:target/test-classes:target/classes:$(cat target/classpath)" \
  io.interlinkgateway.history.store.HistoryBenchmark server "$dir/postgresql" >"$dir/postgresql.url" \
  2>"$dir/postgresql.log" </dev/null &
server=$!
echo $server >"$dir/postgresql.pid"
for _ in $(seq 1200); do
  [ ! -s "$dir/postgresql.url" ] || exit 0
  kill -0 $server 2>/dev/null || break
  sleep 0.1
done
echo "up.sh: PostgreSQL does not start" >&2
tail -n 5 "$dir/postgresql.log" >&2
exit 1
