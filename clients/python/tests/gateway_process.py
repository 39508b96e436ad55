"""The packaged gateway as a process, with the sandbox in it."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

_START_SECONDS = 180


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class GatewayProcess:
    """A gateway on a port of its own. A restarted one has the same port, and none of the jobs."""

    def __init__(self, jar: Path, log: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self._jar = jar
        self._environment = {**os.environ, **(environment or {})}
        self._log = log
        self._arguments = arguments
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        java = Path(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
        command = [
            str(java),
            "-Xmx384m",
            "-jar",
            str(self._jar),
            f"--server.port={self.port}",
            "--server.address=127.0.0.1",
            *self._arguments,
        ]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=self._environment)
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                if httpx.get(f"{self.url}/actuator/health/readiness").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The gateway did not start:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.2)

    def kill(self) -> None:
        """Ends it at once, as a machine that fails does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
