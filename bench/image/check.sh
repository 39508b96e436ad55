#!/usr/bin/env bash
# Checks the steps of the Dockerfile without a container engine: the same commands on the packaged jar. Prints the time
# until the application's first response, and its memory then.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
. bench/gateway.sh
PATH=$(bench/jdk.sh)/bin:$PATH
app=$root/target/image
rm -rf "$app"
java -Djarmode=tools -jar target/interlink-gateway-*.jar extract --layers --destination "$app/layers"
for layer in dependencies spring-boot-loader snapshot-dependencies application; do
  cp -r "$app/layers/$layer/." "$app/"
done
rm -r "$app/layers"
mv "$app"/interlink-gateway-*.jar "$app/gateway.jar"
bench/image/train.sh "$app"

measure() { # name, JVM flags
  local name=$1 before pid port=$(free_port)
  shift
  before=$(date +%s%N)
  java "$@" @bench/image/jvm.options -jar "$app/gateway.jar" --spring.profiles.active=sandbox --server.port=$port >"$app/$name.log" 2>&1 &
  pid=$!
  until kill -0 "$pid" && curl -sf -o /dev/null "http://127.0.0.1:$port/api/v1/nodes"; do sleep 0.01; done
  printf '%-16s first answer after %5d ms, resident %4d MB\n' "$name" \
    $((($(date +%s%N) - before) / 1000000)) $(($(awk '/VmRSS/ {print $2}' "/proc/$pid/status") / 1024))
  kill "$pid"
  wait "$pid" || true
}
measure without-cache
# With AOTMode=on, the JVM exits if the cache can't be used.
measure with-cache -XX:AOTMode=on -XX:AOTCache="$app/gateway.aot"
