#!/usr/bin/env bash
# run.sh [MINUTES]: ten minutes of everything at once, and each minute what the gateway holds: memory, threads and open
# files. A control plane with kwok's nodes and the packaged gateway, ended afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$PWD/target/soak-$$
trap 'bench/control-plane/down.sh "$dir"' EXIT
bench/load/up.sh "$dir"
java=$(bench/jdk.sh)/bin/java
"$java" --sun-misc-unsafe-memory-access=allow -cp "target/test-classes:target/classes:$(cat target/classpath)" \
  io.interlinkgateway.load.Soak "$dir" "$(cat "$dir/gateway.url")" "${1:-10}"
