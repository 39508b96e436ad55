#!/usr/bin/env bash
# run.sh [JAR]: 12,000 unauthenticated connections to the packaged gateway (sandbox, with an issuer), each with a
# request that is never completed: first bodies that are never sent, then headers that never end. Prints the response
# time of the liveness probe, on the management port as in deploy/gateway.yaml and on the API's port, and the gateway's
# memory before, during and after the connections. CONNECTIONS can be set.
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
# The heap size and the garbage collector that the JVM selects in the container of deploy/gateway.yaml.
flags="-XX:+UseCompactObjectHeaders -XX:+UseSerialGC -Xmx460m"
start_gateway "$log" "http://127.0.0.1:$management" --server.port="$port" \
  --management.server.port="$management" --management.server.address=127.0.0.1 \
  --gateway.security.mode=authenticated --$issuer.uri=https://issuer.invalid --$issuer.audiences=gateway \
  --$issuer.rules[0].claim=sub --$issuer.rules[0].value=ada --$issuer.rules[0].workspace=ada
python3 "$here/strangers.py" "$port" "$management" "$gateway" "${CONNECTIONS:-12000}"
echo "refusals in the gateway's log: $(grep -c 'Refused (' "$log" || true) lines"
