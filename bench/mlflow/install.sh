#!/usr/bin/env bash
# Puts an MLflow with its authentication app into .cache/mlflow, unless it is there.
set -euo pipefail
cache=$(cd "$(dirname "$0")/../.." && pwd)/.cache/mlflow
version=3.17.2
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
[ "$version" = "$(cat "$cache/stamp" 2>/dev/null)" ] && exit 0
rm -rf "$cache/venv"
python3 -m venv "$cache/venv"
"$cache/venv/bin/pip" install --quiet --disable-pip-version-check "mlflow[auth]==$version"
echo "$version" >"$cache/stamp"
