#!/usr/bin/env bash
# up.sh DIR [--open]: starts an MLflow server on a free port of the loopback address, with all its files in DIR. Returns
# when it responds; DIR/url, DIR/username and DIR/password contain the login. --open: without authentication.
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: up.sh DIR [--open]" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
"$here/install.sh"
venv=$(cd "$here/../../.cache/mlflow/venv" && pwd)
umask 077
mkdir -p "$1"
cd "$1"
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
echo "http://127.0.0.1:$port" >url
arguments=(server --host 127.0.0.1 --port "$port" --workers 1
  --backend-store-uri "sqlite:///$PWD/mlflow.db" --artifacts-destination "$PWD/artifacts")
if [ "${2-}" != --open ]; then
  echo admin >username
  openssl rand -hex 16 >password
  cat >auth.ini <<INI
[mlflow]
default_permission = READ
database_uri = sqlite:///$PWD/auth.db
admin_username = admin
admin_password = $(cat password)
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
INI
  MLFLOW_FLASK_SERVER_SECRET_KEY=$(openssl rand -hex 16)
  MLFLOW_AUTH_ADMIN_PASSWORD=$(cat password)
  export MLFLOW_FLASK_SERVER_SECRET_KEY MLFLOW_AUTH_ADMIN_PASSWORD MLFLOW_AUTH_CONFIG_PATH=$PWD/auth.ini
  arguments+=(--app-name basic-auth)
fi
PATH=$venv/bin:$PATH setsid "$venv/bin/mlflow" "${arguments[@]}" >log 2>&1 </dev/null &
echo $! >pid
for _ in $(seq 1800); do
  curl -sf "$(cat url)/health" >/dev/null && exit 0
  sleep 0.1
done
echo "mlflow: no answer within 3 minutes" >&2
tail -n 5 log >&2
exit 1
