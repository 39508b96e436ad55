#!/usr/bin/env bash
# train.sh APP: starts the extracted application in the folder APP once in the sandbox, sends typical requests, and
# writes the JVM's AOT cache to APP/gateway.aot.
set -euo pipefail
cd "$1"
app=$PWD
# The flags and the jar's path must be the same as at the start of the application, otherwise the JVM ignores the cache
# without a message.
java -XX:AOTCacheOutput=gateway.aot -XX:+UseCompactObjectHeaders -jar "$app/gateway.jar" \
  --spring.profiles.active=sandbox --server.port=0 >train.log 2>&1 &
pid=$!
port=
for _ in $(seq 300); do
  port=$(sed -n 's/.*Jetty started on port \([0-9]*\).*/\1/p' train.log)
  [ -n "$port" ] && break
  sleep 0.2
done
base=http://127.0.0.1:$port/api/v1
job='{"node": "sandbox", "image": "/images/busybox.sif", "command": ["true"], "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}'
for _ in $(seq 50); do
  curl -sf -o /dev/null "$base/jobs" -H 'Content-Type: application/json' -d "$job"
  curl -sf -o /dev/null "$base/jobs/preflight" -H 'Content-Type: application/json' -d "$job"
  curl -sf -o /dev/null "$base/jobs?limit=10"
  curl -sf -o /dev/null "$base/nodes"
done
curl -sf -o /dev/null "http://127.0.0.1:$port/actuator/health"
curl -sf -o /dev/null "http://127.0.0.1:$port/actuator/prometheus"
kill "$pid"
wait "$pid" || true
rm train.log
test -s gateway.aot
