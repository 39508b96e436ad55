#!/usr/bin/env bash
# run.sh [submits|pages] or run.sh steady [COMMAND...]: measures what the gateway costs next to the bare Kubernetes
# client. Starts a control plane, kwok for its nodes, and the packaged gateway with the rights of deploy/, and ends them
# again. Each part of it is bounded in time: about 9 minutes in all on 2 busy cores, once the control plane is built.
#
# `steady` follows one gateway from its start until the compilers are quiet, and then compares it with the bare client:
# 4 minutes. COMMAND starts the JVM, with its flags and -jar; without one it is the image's, with target/image, which
# bench/image/check.sh makes.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$PWD/target/load-$$
trap 'bench/control-plane/down.sh "$dir"' EXIT
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
"$java" --sun-misc-unsafe-memory-access=allow -cp "target/test-classes:target/classes:$(cat target/classpath)" \
  io.interlinkgateway.load.LoadBenchmark "$dir" "$@"
