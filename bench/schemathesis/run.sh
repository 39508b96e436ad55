#!/usr/bin/env bash
# run.sh [JAR]: schemathesis, with its checks but for those below, against the packaged gateway in the sandbox. Jobs are taken but never
# run: the one place is taken by a job that sleeps. The streams without an end (events) are left out. What is left in
# REPORT (default: a new folder) is schemathesis' own summary and its requests. SEED, EXAMPLES and PHASES may be set.
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

# The sandbox asks for no token; the description can't say all that a job must be (a node that is there, amounts, names);
# methods that HTTP does not know are refused by the firewall, with 400 for 405; and a job may be named preflight, so that
# this address has more methods.
excluded=ignored_auth,missing_required_header,negative_data_rejection,positive_data_acceptance,unsupported_method,allow_header_conformance
SCHEMATHESIS_HOOKS=bench.schemathesis.hooks PYTHONPATH=. "$here/../../.cache/schemathesis/venv/bin/schemathesis" run "$url/v3/api-docs" \
  --url "$url" --seed "${SEED:-1}" --max-examples "${EXAMPLES:-50}" --phases "${PHASES:-examples,coverage}" --request-timeout 10 \
  --exclude-path-regex '/events$' --exclude-checks "$excluded" --continue-on-failure \
  --report junit --report-junit-path "$report/junit.xml" | tee "$report/summary.txt"
! grep -q 'Unexpected failure' "$report/gateway.log"
