#!/usr/bin/env bash
# run.sh [JAR]: runs schemathesis, with all checks except those below, against the packaged gateway in the sandbox. Jobs
# are accepted but do not run, because a sleeping job occupies the only slot. The endless streams (events) are excluded.
# REPORT (default: a new folder) gets schemathesis' summary and its requests. SEED, EXAMPLES and PHASES can be set.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
. bench/gateway.sh
"$here/install.sh"
jar=${1:-$(ls target/interlink-gateway-*.jar | grep -v original)}
report=${REPORT:-$(mktemp -d)}
port=$(free_port)
url=http://127.0.0.1:$port

trap 'kill "$gateway"; wait "$gateway" || true' EXIT
start_gateway "$report/gateway.log" "$url" --server.port="$port" --gateway.sandbox.running-jobs=1 \
  --gateway.caller.requests-per-second=100000 --gateway.caller.burst=100000
curl -sf "$url/api/v1/jobs?workspace=elsewhere" -H 'Content-Type: application/json' >/dev/null -d '{"node": "sandbox",
  "image": "/a.sif", "command": ["sleep", "86400"], "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}'
curl -sf -X PUT "$url/api/v1/mlflow-credentials/mlflow-server" -H 'Content-Type: application/json' >/dev/null \
  -d '{"username": "XYZ", "password": "ABC"}'

# The sandbox requires no token. The description can't express all rules for a job (an existing node, amounts, names).
# Methods that HTTP does not define are refused by the firewall, with 400 instead of 405. A job may be named preflight,
# so that this address has more methods.
excluded=ignored_auth,missing_required_header,negative_data_rejection,positive_data_acceptance,unsupported_method,allow_header_conformance
# The first request makes the description, which takes more than schemathesis' 10 s on a busy machine.
curl -fsS -o "$report/openapi.json" "$url/v3/api-docs"
SCHEMATHESIS_HOOKS=bench.schemathesis.hooks PYTHONPATH=. "$here/../../.cache/schemathesis/venv/bin/schemathesis" run "$url/v3/api-docs" \
  --url "$url" --seed "${SEED:-1}" --max-examples "${EXAMPLES:-50}" --phases "${PHASES:-examples,coverage}" --request-timeout 10 \
  --exclude-path-regex '/events$' --exclude-checks "$excluded" --continue-on-failure \
  --report junit --report-junit-path "$report/junit.xml" | tee "$report/summary.txt"
! grep -q 'Unexpected failure' "$report/gateway.log"
