"""strangers.py PORT MANAGEMENT_PORT PID CONNECTIONS: see run.sh."""

import concurrent.futures
import http.client
import re
import resource
import socket
import sys
import time
from pathlib import Path

PORT, MANAGEMENT, PID, CONNECTIONS = (int(argument) for argument in sys.argv[1:])
PATIENCE = 10.0
MEASURED = 10
UNFINISHED = {
    "no request": b"",
    "bodies": b"POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100000\r\n\r\n",
    "bodies of open addresses": b"GET /actuator/health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n",
    "headers": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ",
}


def answer(port: int, path: str) -> float:
    """Seconds until the answer on a new connection, or infinity."""
    begin = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answered = connection.getresponse().status in (200, 401)
    except OSError:
        answered = False
    finally:
        connection.close()
    return time.monotonic() - begin if answered else float("inf")


def resident() -> int:
    status = Path(f"/proc/{PID}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) // 1000


def sockets() -> int:
    return sum(1 for file in Path(f"/proc/{PID}/fd").iterdir() if is_socket(file))


def is_socket(file: Path) -> bool:
    try:
        return str(file.readlink()).startswith("socket:")
    except OSError:
        return False


def slowest(port: int, path: str) -> str:
    times = []
    for _ in range(MEASURED):
        times.append(answer(port, path))
        if times[-1] == float("inf"):
            return "none"
        time.sleep(1)
    return f"{max(times) * 1000:.0f} ms"


def measure(when: str) -> None:
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        liveness = pool.submit(slowest, MANAGEMENT, "/actuator/health/liveness")
        api = pool.submit(slowest, PORT, "/api/v1/nodes")
        print(f"| {when} | {liveness.result()} | {api.result()} | {resident()} MB | {sockets()} |", flush=True)


def main() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print("| when | slowest liveness | slowest 401 of the API | resident | gateway's sockets |\n|---|---|---|---|---|")
    answer(PORT, "/api/v1/nodes")
    measure("before")
    for what, sent in UNFINISHED.items():
        held = []
        begin = time.monotonic()
        for _ in range(CONNECTIONS):
            try:
                stranger = socket.create_connection(("127.0.0.1", PORT), timeout=PATIENCE)
                stranger.sendall(sent)
                held.append(stranger)
            except OSError:
                break
        took = time.monotonic() - begin
        measure(f"{len(held)} connections with unfinished {what}, opened in {took:.1f} s")
        for stranger in held:
            stranger.close()
        measure("they are gone")


main()
