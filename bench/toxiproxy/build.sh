#!/usr/bin/env bash
# Builds toxiproxy, which simulates network faults, from the Go module in go.mod into .cache/toxiproxy, unless it was
# built from this go.mod already. --check: see component.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../component.sh"
cache=$here/../../.cache/toxiproxy
stamp=$(cat "$here"/go.* "$here/build.sh" | sha256sum)
begin "${1-}" "$cache" "$stamp" toxiproxy
cd "$here"
go build -trimpath -ldflags "-s -w" -o "$cache/new" github.com/Shopify/toxiproxy/v2/cmd/server
mv "$cache/new" "$cache/toxiproxy"
echo "$stamp" >"$cache/stamp"
