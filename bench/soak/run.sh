#!/usr/bin/env bash
# run.sh [MINUTES]: ten minutes of all kinds of requests at the same time; prints the gateway's memory, threads and open
# files each minute. Starts a control plane with kwok's nodes and the packaged gateway, and stops them afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$PWD/target/soak-$$
trap 'bench/control-plane/down.sh "$dir"' EXIT
bench/load/up.sh "$dir"
java=$(bench/jdk.sh)/bin/java
"$java" --sun-misc-unsafe-memory-access=allow -cp "target/test-classes:target/classes:$(cat target/classpath)" \
  io.interlinkgateway.load.Soak "$dir" "$(cat "$dir/gateway.url")" "${1:-10}"
