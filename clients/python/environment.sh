#!/usr/bin/env bash
# environment.sh: prints the folder of a virtual environment with what uv.lock names, in .cache/. It is made anew when
# uv.lock changes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environment=$here/.cache/environment
stamp=$(cat "$here/uv.lock" "$here/pyproject.toml" | sha256sum)
if [ "$(cat "$environment/stamp" 2>/dev/null)" != "$stamp" ]; then
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check uv >&2
  (cd "$here" && UV_PROJECT_ENVIRONMENT=$environment "$environment/bin/uv" sync --quiet --locked --inexact >&2)
  echo "$stamp" >"$environment/stamp"
fi
echo "$environment"
