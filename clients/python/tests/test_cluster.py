"""Jobs on a real API server and a real SLURM, with the stand-in for interLink between them.

Needs what bench/control-plane/build.sh, bench/slurm/install.sh and bench/virtual-node/build.sh install.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gateway_process import GatewayProcess
from interlink_gateway import Gateway, Job, JobFailed, Slurm
from requirements import missing
from test_cli import igw

ROOT = Path(__file__).parents[3]
BENCH, CACHE = ROOT / "bench", ROOT / ".cache"
NODE = "vega"
# A runtime for containers that has no containers: it runs what follows the image.
RUNTIME = '#!/bin/sh\nwhile [ "$1" != /no-image ]; do shift; done\nshift\nexec "$@"\n'
# Under load the stand-in for interLink and SLURM need their time.
PATIENCE = 400


@pytest.fixture(scope="module")
def cluster(jar: Path) -> Iterator[GatewayProcess]:
    parts = (CACHE / "control-plane" / "stamp", CACHE / "virtual-node" / "virtual-node")
    if not all(part.exists() for part in parts) or shutil.which("slurmctld") is None:
        missing("the control plane, SLURM or the virtual node is not installed")
    # The folders of pytest are closed to other users, which SLURM's munge refuses.
    folder = Path(tempfile.mkdtemp(prefix="interlink-gateway-"))
    folder.chmod(0o755)
    nodes = None
    gateway = None
    try:
        subprocess.run([BENCH / "control-plane" / "up.sh", folder / "control-plane"], check=True)
        subprocess.run([BENCH / "slurm" / "up.sh", folder / "slurm"], check=True)
        kubeconfig = folder / "control-plane" / "kubeconfig"
        runtime = folder / "singularity"
        runtime.write_text(RUNTIME)
        runtime.chmod(0o755)
        with (folder / "nodes.log").open("wb") as log:
            command = [CACHE / "virtual-node" / "virtual-node", "-kubeconfig", kubeconfig, "-singularity", runtime]
            nodes = subprocess.Popen([*command, f"{NODE}={folder / 'slurm'}"], stdout=log, stderr=subprocess.STDOUT)
        arguments = ("--spring.profiles.active=kubernetes", "--gateway.security.mode=open")
        environment = {"KUBECONFIG": str(kubeconfig)}
        gateway = GatewayProcess(jar, folder / "gateway.log", *arguments, environment=environment)
        gateway.start()
        end = time.monotonic() + PATIENCE
        while not (folder / "slurm" / NODE / "ready").exists():
            assert nodes.poll() is None, (folder / "nodes.log").read_text()[-2000:]
            assert time.monotonic() < end
            time.sleep(0.1)
        yield gateway
    finally:
        if gateway is not None:
            gateway.stop()
        if nodes is not None:
            nodes.kill()
            nodes.wait()
        subprocess.run([BENCH / "slurm" / "down.sh", folder / "slurm"], check=False)
        subprocess.run([BENCH / "control-plane" / "down.sh", folder / "control-plane"], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def shell(gateway: Gateway, script: str, **members: Any) -> Job:
    return gateway.submit(node=NODE, image="/no-image", command=["/bin/sh", "-c"], args=[script], **members)


def test_a_killed_gateway_loses_neither_the_wait_nor_a_line(cluster: GatewayProcess) -> None:
    with Gateway(cluster.url) as gateway, ThreadPoolExecutor(2) as threads:
        job = shell(gateway, "for i in $(seq 60); do echo line $i; sleep 0.5; done")
        lines: list[str] = []
        waiting = threads.submit(lambda: gateway.job(job.name).wait(timeout=PATIENCE))
        following = threads.submit(lambda: lines.extend(gateway.job(job.name).logs(follow=True)))
        job.wait("RUNNING", timeout=PATIENCE)
        for _ in range(2):
            time.sleep(3)  # Both read for a while.
            cluster.kill()
            cluster.start()
        assert waiting.result(timeout=PATIENCE).state == "SUCCEEDED"
        following.result(timeout=PATIENCE)
    assert lines == [f"line {i}" for i in range(1, 61)]


def test_a_failure_has_its_reason_and_the_end_of_the_log(cluster: GatewayProcess) -> None:
    with Gateway(cluster.url) as gateway:
        job = shell(gateway, "echo before; exit 5")
        with pytest.raises(JobFailed) as caught:
            job.wait(timeout=PATIENCE)
    assert (caught.value.reason, caught.value.exit_code) == ("EXIT_CODE", 5), str(caught.value)
    assert caught.value.last_lines == ("before",)
    assert job.evidence.source == "JOB_RECORD"


def test_the_command_ends_with_the_exit_code(cluster: GatewayProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_URL", cluster.url)
    command = ("run", "--node", NODE, "--image", "/no-image", "--", "/bin/sh", "-c", "echo before; exit 6")
    done = igw(*command)
    assert (done.returncode, done.stdout) == (6, "before\n"), done.stderr


def test_a_job_that_hits_its_time_limit(cluster: GatewayProcess) -> None:
    with Gateway(cluster.url) as gateway:
        job = shell(gateway, "echo begun; sleep 600", slurm=Slurm(time="1m")).wait("RUNNING", timeout=PATIENCE)
        assert job.walltime is not None
        assert job.walltime.left is not None
        with pytest.raises(JobFailed) as caught:
            job.wait(timeout=PATIENCE)
    assert caught.value.reason == "TIME_LIMIT"
    assert caught.value.hint


def test_a_cancelled_job_is_removed_and_its_end_is_not_invented(cluster: GatewayProcess) -> None:
    with Gateway(cluster.url) as gateway:
        job = shell(gateway, "sleep 600").wait("RUNNING", timeout=PATIENCE)
        cancellation = job.cancel(wait=True, timeout=PATIENCE)
    assert job.deleted
    assert cancellation is not None
    assert cancellation.stage in ("CONFIRMED", "UNCONFIRMED")
