#!/usr/bin/env bash
# run.sh [submits|pages] or run.sh steady [COMMAND...]: measures the cost of the gateway in comparison with the bare
# Kubernetes client. Starts a control plane, kwok for its nodes, and the packaged gateway with the permissions of
# deploy/, and stops them afterwards. Each part has a time limit: about 9 minutes in total on 2 busy cores, if the
# control plane is already built.
#
# `steady` follows one gateway from its start until its compiler threads are quiet, and then compares it with the bare
# client: 5 minutes or more. COMMAND starts the JVM, with its flags and -jar. The default is the image's command with
# target/image, which bench/image/check.sh creates.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$PWD/target/load-$$
step="the start of the control plane"
end() {
  status=$?
  [ "$step" = done ] || echo "run.sh: ended early with exit code $status, during $step" >&2
  bench/control-plane/down.sh "$dir"
}
trap end EXIT
java=$(bench/jdk.sh)/bin/java
if [ "${1:-}" = steady ]; then
  shift
  [ $# != 0 ] || set -- "$java" -XX:AOTMode=on -XX:AOTCache="$PWD/target/image/gateway.aot" @bench/image/jvm.options \
    -jar "$PWD/target/image/gateway.jar"
  bench/load/up.sh "$dir" --no-gateway
  set -- steady bench/load/gateway.sh "$dir" "$@"
else
  bench/load/up.sh "$dir"
  set -- "$(cat "$dir/gateway.url")" "$@"
fi
step="the benchmark"
"$java" --sun-misc-unsafe-memory-access=allow -cp "target/test-classes:target/classes:$(cat target/classpath)" \
  io.interlinkgateway.load.LoadBenchmark "$dir" "$@"
step=done
