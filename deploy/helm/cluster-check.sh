#!/usr/bin/env bash
# cluster-check.sh [ARGUMENTS OF PYTEST]: the tests of the chart on a real API server, and of the packaged gateway
# (GATEWAY_JAR) with what the chart made there. Needs bench/helm/install.sh and bench/control-plane/build.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${GATEWAY_JAR:?is not set: the path of the packaged gateway}"
for component in bench/helm/install.sh bench/control-plane/build.sh; do
  "$component" --check || { echo "run $component first" >&2; exit 1; }
done
PYTHONDONTWRITEBYTECODE=1 exec .cache/helm/venv/bin/python -m pytest -q -p no:cacheprovider \
  deploy/helm/tests/test_cluster.py "$@"
