#!/usr/bin/env bash
# check.sh [DIR]: the tests of the console: types, units, size, and the packaged jar's sandbox in a real browser, whose
# screenshots are in DIR (target/console). Needs the packaged jar and Node.js.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/gateway.sh
export SHOTS=${1:-target/console}
mkdir -p "$SHOTS"
SHOTS=$(cd "$SHOTS" && pwd)
jar=$(ls target/interlink-gateway-*.jar)
[ -f target/classes/console/index.html ] || { echo "the jar has no console" >&2; exit 1; }
command -v chromium >/dev/null || { apt-get -q update && apt-get -qy install --no-install-recommends chromium; }

(cd console && npm run --silent check && npm run --silent test)
node console/size.js target/classes/console

end() { kill "$gateway" 2>/dev/null || true; }
gateway=
trap end EXIT
port=$(free_port)
flags=-XX:TieredStopAtLevel=1
start_gateway "$SHOTS/gateway.log" "http://127.0.0.1:$port" --server.port="$port" --gateway.sandbox.running-jobs=20
GATEWAY=http://127.0.0.1:$port node --test --test-reporter=spec console/e2e/console.test.js
