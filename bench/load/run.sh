#!/usr/bin/env bash
# run.sh [submits|pages]: measures what the gateway costs next to the bare Kubernetes client. Starts a control plane,
# kwok for its nodes, and the packaged gateway with the rights of deploy/, and ends them again. Each part of it is
# bounded in time: about 9 minutes in all on 2 busy cores, once the control plane is built.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$PWD/target/load-$$
trap 'bench/control-plane/down.sh "$dir"' EXIT
bench/load/up.sh "$dir"
java=$(bench/jdk.sh)/bin/java
"$java" --sun-misc-unsafe-memory-access=allow -cp "target/test-classes:target/classes:$(cat target/classpath)" \
  io.interlinkgateway.load.LoadBenchmark "$dir" "$(cat "$dir/gateway.url")" "$@"
