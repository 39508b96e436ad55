#!/usr/bin/env bash
# run.sh [JAR]: the README's tour against the packaged gateway in the sandbox. Each output must be the one that it promises.
set -euo pipefail
cd "$(dirname "$0")/../.."
. bench/gateway.sh
jar=${1:-$(ls target/interlink-gateway-*.jar)}
port=$(free_port)
log=$(mktemp)
trap 'kill "$gateway"; wait "$gateway" || true; rm "$log"' EXIT
start_gateway "$log" "http://localhost:$port" --server.port="$port"
python3 bench/readme/check.py "localhost:$port"
