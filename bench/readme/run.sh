#!/usr/bin/env bash
# run.sh [JAR]: checks the documents' links, and runs the commands of the README and of the guides against the packaged
# gateway in the sandbox. Each output must be the one that the document shows. Needs Python 3.11 and Node.js 20.
set -euo pipefail
cd "$(dirname "$0")/../.."
. bench/gateway.sh
python3 bench/readme/documents.py
jar=${1:-$(ls target/interlink-gateway-*.jar)}
port=$(free_port)
log=$(mktemp)
trap 'kill "$gateway"; wait "$gateway" || true; rm "$log"' EXIT
start_gateway "$log" "http://localhost:$port" --server.port="$port"
python3 bench/readme/check.py "localhost:$port" README.md docs/guide/quickstart.md docs/guide/portal.md
