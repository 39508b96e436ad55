"""Replicas of the gateway as processes, and HAProxy in front of them."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Seconds that a replica may take to become ready on a busy machine.
START = 240
# Seconds after the deletion of a pod until no new connection goes to it: the Service's endpoints change without regard
# to the pod's own shutdown.
PROPAGATION = 1.0


# An end by SIGTERM ends the replicas too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class PodShutdown:
    """What Kubernetes does to a pod that is deleted, as deploy/gateway.yaml has it, in seconds."""

    def __init__(self) -> None:
        documents = yaml.safe_load_all((ROOT / "deploy/gateway.yaml").read_text())
        pod = next(each for each in documents if each["kind"] == "Deployment")["spec"]["template"]["spec"]
        hook = pod["containers"][0].get("lifecycle", {}).get("preStop")
        self.pause = float(hook["sleep"]["seconds"]) if hook else 0.0
        self.grace = float(pod["terminationGracePeriodSeconds"])


class Replica:
    """One gateway process. It has the same ports after each start."""

    def __init__(self, directory: pathlib.Path, name: str, jar: str, options: list[str], environment=None) -> None:
        self.name, self.jar, self.options = name, jar, options
        self._log = directory / f"{name}.log"
        self._environment = {**os.environ, "KUBECONFIG": str(directory / "kubeconfig"), **(environment or {})}
        self.port, self.management = free_port(), free_port()
        self.process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it as in the image, with the heap of the container of deploy/gateway.yaml. Does not wait."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [f"{os.environ['JAVA_HOME']}/bin/java", f"@{ROOT}/bench/image/jvm.options", "-Xmx460m", "-jar", self.jar,
                 "--spring.profiles.active=kubernetes", "--server.address=127.0.0.1", f"--server.port={self.port}",
                 "--management.server.address=127.0.0.1", f"--management.server.port={self.management}",
                 *self.options],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self._environment)

    def await_ready(self) -> None:
        until = time.monotonic() + START
        while self.process.poll() is None and time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.management}/actuator/health/readiness", timeout=2)
                return
            except OSError:
                time.sleep(0.2)
        raise SystemExit(f"{self.name} does not get ready:\n{self._log.read_text()[-3000:]}")

    def terminate(self, grace: float) -> float:
        """Ends it with SIGTERM.

        Returns:
            the seconds that it took.

        Raises:
            SystemExit: it took longer than `grace`, after which Kubernetes would kill it.
        """
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            raise SystemExit(f"{self.name} still runs {grace} s after SIGTERM") from None
        return time.monotonic() - begin

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Balancer:
    """HAProxy as a TCP load balancer. It does not connect to another replica if one refuses, as a Service does not."""

    def __init__(self, directory: pathlib.Path, replicas: list[Replica]) -> None:
        self.port = free_port()
        self._socket = directory / "haproxy.sock"
        configuration = directory / "haproxy.cfg"
        servers = "\n".join(
            f"  server {each.name} 127.0.0.1:{each.port} check port {each.management} inter 500ms fall 2 rise 1"
            for each in replicas)
        configuration.write_text(f"""
global
  stats socket {self._socket} level admin
defaults
  mode tcp
  retries 0
  timeout connect 3s
  timeout client 1h
  timeout server 1h
  timeout check 3s
frontend gateway
  bind 127.0.0.1:{self.port}
  default_backend replicas
backend replicas
  balance roundrobin
  option httpchk GET /actuator/health/readiness
{servers}
""")
        with (directory / "haproxy.log").open("wb") as log:
            self._process = subprocess.Popen(
                [ROOT / ".cache/haproxy/haproxy", "-db", "-f", configuration], stdout=log, stderr=log)
        while not self._socket.exists():
            if self._process.poll() is not None:
                raise SystemExit((directory / "haproxy.log").read_text())
            time.sleep(0.05)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _command(self, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self._socket))
            client.sendall(command.encode() + b"\n")
            return b"".join(iter(lambda: client.recv(65536), b"")).decode()

    def admit(self, replica: Replica) -> None:
        """Sends connections to it once its readiness probe succeeds, and waits for that."""
        self._command(f"set server replicas/{replica.name} state ready")
        until = time.monotonic() + START
        while not self._is_up(replica):
            if time.monotonic() > until:
                raise SystemExit(f"HAProxy does not find {replica.name} ready")
            time.sleep(0.1)

    def _is_up(self, replica: Replica) -> bool:
        rows = [line.split(",") for line in self._command("show stat").splitlines()]
        return any(row[:2] == ["replicas", replica.name] and row[17].startswith("UP") for row in rows if len(row) > 17)

    def drain(self, replica: Replica) -> None:
        """Sends no new connection to it. Those that it has stay."""
        self._command(f"set server replicas/{replica.name} state drain")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
