#!/usr/bin/env bash
# run.sh [JAR]: 12,000 connections of strangers to the packaged gateway (sandbox, with an issuer), each with a request that
# is never finished: first bodies that never come, then headers that never end. Prints how fast liveness answers, on the
# management port as deploy/gateway.yaml has it and on the API's, and how much memory the gateway takes before, meanwhile and after they are gone. CONNECTIONS may be set.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
. bench/gateway.sh
jar=${1:-$(ls target/interlink-gateway-*.jar)}
port=$(free_port)
management=$(free_port)
issuer=gateway.security.issuers[0]
log=$(mktemp)

trap 'kill "$gateway"; wait "$gateway" || true; rm "$log"' EXIT
# The heap and the collector that the JVM chooses in the container of deploy/gateway.yaml.
flags="-XX:+UseCompactObjectHeaders -XX:+UseSerialGC -Xmx460m"
start_gateway "$log" "http://127.0.0.1:$management" --server.port="$port" \
  --management.server.port="$management" --management.server.address=127.0.0.1 \
  --gateway.security.mode=authenticated --$issuer.uri=https://issuer.invalid --$issuer.audiences=gateway \
  --$issuer.rules[0].claim=sub --$issuer.rules[0].value=ada --$issuer.rules[0].workspace=ada
python3 "$here/strangers.py" "$port" "$management" "$gateway" "${CONNECTIONS:-12000}"
echo "refusals in the gateway's log: $(grep -c 'Refused (' "$log" || true) lines"
