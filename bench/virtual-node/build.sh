#!/usr/bin/env bash
# Builds virtual-node into .cache/virtual-node, unless it was built from these sources already. --check: see
# component.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../component.sh"
cache=$here/../../.cache/virtual-node
stamp=$(find "$here" -type f ! -name "*_test.go" -print0 | sort -z | xargs -0 cat | sha256sum)
begin "${1-}" "$cache" "$stamp" virtual-node
cd "$here"
echo "virtual-node: building, about 2 minutes on 2 cores the first time" >&2
go build -trimpath -ldflags "-s -w" -o "$cache/new" .
mv "$cache/new" "$cache/virtual-node"
echo "$stamp" >"$cache/stamp"
