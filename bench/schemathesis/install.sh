#!/usr/bin/env bash
# Installs schemathesis, from PyPI, into .cache/schemathesis, unless it is installed already.
set -euo pipefail
cache=$(cd "$(dirname "$0")/../.." && pwd)/.cache/schemathesis
version=4.32.5
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
[ "$version" = "$(cat "$cache/stamp" 2>/dev/null)" ] && exit 0
rm -rf "$cache/venv"
python3 -m venv "$cache/venv"
"$cache/venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
echo "$version" >"$cache/stamp"
