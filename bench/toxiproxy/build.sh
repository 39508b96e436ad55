#!/usr/bin/env bash
# Builds toxiproxy, a network that can be bad, from the Go module that go.mod names into .cache/toxiproxy. Does nothing
# when it is of this go.mod already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$here/../../.cache/toxiproxy
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
stamp=$(cat "$here"/go.* "$here/build.sh" | sha256sum)
if [ "$stamp" = "$(cat "$cache/stamp" 2>/dev/null)" ]; then
  exit 0
fi
cd "$here"
go build -trimpath -ldflags "-s -w" -o "$cache/new" github.com/Shopify/toxiproxy/v2/cmd/server
mv "$cache/new" "$cache/toxiproxy"
echo "$stamp" >"$cache/stamp"
