#!/usr/bin/env bash
# gateway.sh DIR PORT COMMAND...: becomes the gateway on the control plane in DIR, which listens on PORT. COMMAND is the
# JVM with its flags and -jar, without the application's arguments.
set -euo pipefail
export KUBECONFIG=$1/gateway.kubeconfig
port=$2
shift 2
exec "$@" --spring.profiles.active=kubernetes --server.address=127.0.0.1 --gateway.security.mode=open \
  --server.port="$port"
