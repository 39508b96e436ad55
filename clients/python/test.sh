#!/usr/bin/env bash
# test.sh [ARGUMENTS OF PYTEST]: checks and tests the Python client in the virtual environment of environment.sh. Needs
# GATEWAY_JAR, the packaged gateway, and uses the Keycloak of bench/keycloak/install.sh if it is installed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
: "${GATEWAY_JAR:?is not set: the path of the packaged gateway}"
GATEWAY_JAR=$(realpath "$GATEWAY_JAR")
JAVA_HOME=$("$root/bench/jdk.sh")
export GATEWAY_JAR JAVA_HOME

environment=$("$here/environment.sh")
cd "$here"
exec "$environment/bin/python" -m pytest "$@"
