#!/usr/bin/env bash
# train.sh APP: starts the extracted application in the folder APP once with the profile of a cluster, against
# ApiServer.java, sends typical requests, and writes the JVM's AOT cache to APP/gateway.aot.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
app=$PWD
work=$(mktemp -d)
pids=()
end() {
  [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT

store=(-alias training -keystore "$work/key.p12" -storetype PKCS12 -storepass training)
keytool -genkeypair "${store[@]}" -keyalg EC -dname CN=training -ext SAN=IP:127.0.0.1 -validity 1 2>"$work/keytool.log"
keytool -exportcert -rfc "${store[@]}" >"$work/certificate.pem" 2>>"$work/keytool.log"
java -cp "$app/lib/*" "$here/ApiServer.java" "$work/key.p12" "$work/certificate.pem" "$work/kubeconfig" \
  >"$work/api-server.log" 2>&1 &
pids+=($!)

await() { # what, log, command
  local what=$1 log=$2
  shift 2
  for _ in $(seq 600); do
    "$@" && return
    sleep 0.2
  done
  echo "train: no $what within two minutes" >&2
  tail -n 20 "$log" >&2
  exit 1
}
await "API server" "$work/api-server.log" test -s "$work/kubeconfig"

# The flags and the jar's path must be those with which the application is started, otherwise the JVM ignores the cache
# without a message.
KUBECONFIG=$work/kubeconfig java -XX:AOTCacheOutput=gateway.aot "@$here/jvm.options" -jar "$app/gateway.jar" \
  --spring.profiles.active=kubernetes --gateway.security.mode=open --server.address=127.0.0.1 --server.port=0 \
  >"$work/gateway.log" 2>&1 &
gateway=$!
pids+=($gateway)
await gateway "$work/gateway.log" grep -q 'Jetty started on port' "$work/gateway.log"
port=$(sed -n 's/.*Jetty started on port \([0-9]*\).*/\1/p' "$work/gateway.log")
jobs=http://127.0.0.1:$port/api/v1/jobs
ask() { curl -sf --parallel --parallel-max 4 -o /dev/null "$@" 2>/dev/null; }
submit() { # how many, URL
  ask -H 'Content-Type: application/json' -d '
    {"node": "training", "image": "/images/busybox.sif", "command": ["/bin/sh", "-c"], "args": ["echo $GREETING"],
     "env": {"GREETING": "hello", "BATCH_SIZE": "1024"}, "resources": {"limits": {"cpu": "1", "memory": "64Mi"}},
     "slurm": {"partition": "gpu", "timeLimit": "PT10M"}, "preExec": "module load cuda", "labels": {"experiment": "a"}}' \
    "$2?workspace=training#[1-$1]"
}
submit 500 "$jobs"
submit 200 "$jobs/preflight"
ask "$jobs?workspace=training&limit=10#[1-200]"
ask "http://127.0.0.1:$port/api/v1/nodes#[1-50]"
ask "http://127.0.0.1:$port/actuator/health#[1-10]"
ask "http://127.0.0.1:$port/actuator/prometheus#[1-10]"
kill "$gateway"
wait "$gateway" || true
test -s gateway.aot
