#!/usr/bin/env bash
# Builds virtual-node into .cache/virtual-node. Does nothing when it is of these sources already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$here/../../.cache/virtual-node
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
stamp=$(find "$here" -type f ! -name "*_test.go" -print0 | sort -z | xargs -0 cat | sha256sum)
if [ "$stamp" = "$(cat "$cache/stamp" 2>/dev/null)" ]; then
  exit 0
fi
cd "$here"
echo "virtual-node: building, about 2 minutes on 2 cores the first time" >&2
go build -trimpath -ldflags "-s -w" -o "$cache/new" .
mv "$cache/new" "$cache/virtual-node"
echo "$stamp" >"$cache/stamp"
