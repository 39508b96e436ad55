#!/usr/bin/env bash
# run.sh [JAR]: generates a Python and a TypeScript client from openapi.json, checks their types and those of the tours
# here, and runs the tour of docs/guide/quickstart.md with both against the packaged gateway in the sandbox. Needs Python
# 3.11 and Node.js 20.
# The clients are in target/clients.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
. bench/gateway.sh
"$here/install.sh"
cache=$PWD/.cache/clients
out=$PWD/target/clients
jar=${1:-$(ls target/interlink-gateway-*.jar | grep -v original)}

rm -rf "$out"
mkdir -p "$out/python" "$out/typescript"
PATH=$cache/venv/bin:$PATH "$cache/venv/bin/openapi-python-client" generate --path openapi.json --meta none \
  --output-path "$out/python/interlink_gateway" >"$out/python/warnings.txt" 2>&1
if grep -A 3 "Endpoint will not be generated" "$out/python/warnings.txt" >&2; then
  exit 1
fi
cp "$here/tour.py" "$out/python"
(cd "$out/python" && "$cache/venv/bin/mypy" --no-error-summary tour.py interlink_gateway)

ln -s "$cache/node_modules" "$out/typescript/node_modules"
"$cache/node_modules/.bin/openapi-typescript" openapi.json --output "$out/typescript/gateway.d.ts" >/dev/null
cp "$here/tour.ts" "$out/typescript"
echo '{"type": "module"}' >"$out/typescript/package.json"
(cd "$out/typescript" && node_modules/.bin/tsc --strict --noUncheckedIndexedAccess --target es2022 --module nodenext \
  --types node tour.ts)

port=$(free_port)
url=http://127.0.0.1:$port
trap 'kill "$gateway"; wait "$gateway" || true' EXIT
flags=-XX:TieredStopAtLevel=1 start_gateway "$out/gateway.log" "$url" --server.port="$port"
(cd "$out/python" && "$cache/venv/bin/python" tour.py "$url" "$here/../../examples")
(cd "$out/typescript" && node tour.js "$url" "$here/../../examples")
