#!/usr/bin/env bash
# check.sh [--update] [ARGUMENTS OF PYTEST]: the tests of the chart that need no cluster: the linter, renderings, refused
# values, the schemas of Kubernetes and of others, and whether it makes what the manifests in deploy/ make. --update
# writes the golden renderings and README.md anew. Needs bench/helm/install.sh and bench/control-plane/build.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
for component in bench/helm/install.sh bench/control-plane/build.sh; do
  "$component" --check || { echo "run $component first" >&2; exit 1; }
done
PYTHONDONTWRITEBYTECODE=1 exec .cache/helm/venv/bin/python -m pytest -q -p no:cacheprovider deploy/helm/tests \
  --ignore=deploy/helm/tests/test_cluster.py "$@"
