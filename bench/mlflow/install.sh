#!/usr/bin/env bash
# Installs MLflow with its authentication app into .cache/mlflow, unless it is installed already. --check: see
# component.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../component.sh"
cache=$(cd "$here/../.." && pwd)/.cache/mlflow
version=3.17.2
begin "${1-}" "$cache" "$version" venv/bin/python python3 openssl curl
rm -rf "$cache/venv"
python3 -m venv "$cache/venv"
"$cache/venv/bin/pip" install --quiet --disable-pip-version-check "mlflow[auth]==$version"
echo "$version" >"$cache/stamp"
