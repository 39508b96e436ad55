# Sourced by the scripts that need the packaged gateway.

free_port() { python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])'; }

# start_gateway LOG ADDRESS [ARGUMENT...]: starts the jar $jar, with the JVM flags $flags, and waits until the
# management port at ADDRESS (http://host:port) reports readiness. Sets $gateway to the process.
start_gateway() {
  local log=$1 address=$2
  shift 2
  # shellcheck disable=SC2086
  "$(bench/jdk.sh)/bin/java" -Xmx512m ${flags:-} -jar "$jar" "$@" >"$log" 2>&1 &
  gateway=$!
  for _ in $(seq 1200); do
    curl -sf "$address/actuator/health/readiness" >/dev/null && return
    kill -0 "$gateway" 2>/dev/null || break
    sleep 0.1
  done
  echo "the gateway does not get ready" >&2
  tail -n 20 "$log" >&2
  exit 1
}
