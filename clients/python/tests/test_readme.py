"""The README's program and commands against a sandbox whose node has their name, with `echo` in place of itwinai."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway_process import GatewayProcess

README = (Path(__file__).parents[1] / "README.md").read_text()
JOB, PRESENT = re.compile(r"itwinai(\W+)exec-pipeline"), r"echo\1exec-pipeline"
OUTPUT = "exec-pipeline\n"
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: 3dgan-train
spec:
  nodeSelector: {kubernetes.io/hostname: vega}
  containers:
    - {name: train, image: /images/itwinai.sif, command: [echo, exec-pipeline]}
"""


@pytest.fixture(scope="module")
def vega(jar: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    log = tmp_path_factory.mktemp("gateway") / "log"
    gateway = GatewayProcess(jar, log, "--gateway.sandbox.node=vega")
    gateway.start()
    yield gateway
    gateway.stop()


def _run(command: list[str], url: str, folder: Path) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={
            **os.environ,
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "GATEWAY_URL": url,
        },
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_program_runs_as_written(vega: GatewayProcess, tmp_path: Path) -> None:
    (program,) = re.findall(r"^```python\n(.*?)^```$", README, re.S | re.M)
    assert _run([sys.executable, "-c", JOB.sub(PRESENT, program)], vega.url, tmp_path) == OUTPUT


def test_the_commands_run_as_written(vega: GatewayProcess, tmp_path: Path) -> None:
    (tmp_path / "my-pod.yaml").write_text(POD)
    section = README.partition("\n## Command line\n")[2]
    commands = re.findall(r"^\$ (.*)$", section.partition("\n## ")[0], re.M)
    assert commands[2] == "igw ps -w", "runs until Ctrl-C"
    run, submit, _, logs = commands
    shown = {
        command: _run(["bash", "-c", JOB.sub(PRESENT, command)], vega.url, tmp_path) for command in (run, submit, logs)
    }
    assert shown[run] == OUTPUT
    assert "3dgan-train" in shown[submit]
    assert shown[logs] == OUTPUT
