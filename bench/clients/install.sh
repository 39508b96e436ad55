#!/usr/bin/env bash
# Installs generators and type checkers for clients, from PyPI and npm, into .cache/clients, unless they are installed
# already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$here/../../.cache/clients
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
cmp -s "$0" "$cache/stamp" && exit 0
rm -rf "$cache/venv" "$cache/node_modules"
python3 -m venv "$cache/venv"
"$cache/venv/bin/pip" install --quiet --disable-pip-version-check openapi-python-client==0.29.1 mypy==2.4.1 ruff==0.14.0
npm install --silent --no-fund --no-audit --no-save --prefix "$cache" \
  openapi-typescript@7.13.0 openapi-fetch@0.17.0 typescript@5.9.3 @types/node@20.19.43
cp "$0" "$cache/stamp"
