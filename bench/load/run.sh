#!/usr/bin/env bash
# run.sh [submits|pages]: measures the cost of the gateway in comparison with the bare Kubernetes client. Starts a
# control plane, kwok for its nodes, and the packaged gateway with the permissions of deploy/, and stops them
# afterwards. Each part has a time limit: about 9 minutes in total on 2 busy cores, if the control plane is already
# built.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$PWD/target/load-$$
trap 'bench/control-plane/down.sh "$dir"' EXIT
bench/load/up.sh "$dir"
java=$(bench/jdk.sh)/bin/java
"$java" --sun-misc-unsafe-memory-access=allow -cp "target/test-classes:target/classes:$(cat target/classpath)" \
  io.interlinkgateway.load.LoadBenchmark "$dir" "$(cat "$dir/gateway.url")" "$@"
