#!/usr/bin/env bash
# test.sh [ARGUMENTS OF PYTEST]: checks and tests the Python client in a virtual environment in .cache/, which is made
# anew when uv.lock changes. Needs GATEWAY_JAR, the packaged gateway, and uses the Keycloak of
# bench/keycloak/install.sh if it is installed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
: "${GATEWAY_JAR:?is not set: the path of the packaged gateway}"
GATEWAY_JAR=$(realpath "$GATEWAY_JAR")
JAVA_HOME=$("$root/bench/jdk.sh")
export GATEWAY_JAR JAVA_HOME

environment=$here/.cache/environment
stamp=$(cat "$here/uv.lock" "$here/pyproject.toml" | sha256sum)
if [ "$(cat "$environment/stamp" 2>/dev/null)" != "$stamp" ]; then
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check uv
  (cd "$here" && UV_PROJECT_ENVIRONMENT=$environment "$environment/bin/uv" sync --quiet --locked --inexact)
  echo "$stamp" >"$environment/stamp"
fi
cd "$here"
exec "$environment/bin/python" -m pytest "$@"
