"""Lost connections, lost answers and a gateway that is killed.

The counts are small, so that the tests are quick. PROXY_FOLLOWS=200 PROXY_SUBMITS=200 is the whole measurement.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from faulty_proxy import Faults, FaultyProxy
from gateway_process import GatewayProcess
from interlink_gateway import AsyncGateway, Gateway, Retry, errors

FOLLOWS = int(os.environ.get("PROXY_FOLLOWS", "6"))
SUBMITS = int(os.environ.get("PROXY_SUBMITS", "40"))
LINES = 50_000
LINE = "%099d\n"
# Many connections fail, so that long pauses would make the tests long, not better.
QUICK = Retry(first=0.01, most=0.2)
# The limits of the gateway for each caller are not what these tests are about.
UNLIMITED = ("--gateway.caller.requests-per-second=10000", "--gateway.caller.burst=10000")


@pytest.fixture(scope="module")
def unlimited(jar: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    gateway = GatewayProcess(jar, tmp_path_factory.mktemp("unlimited") / "log", *UNLIMITED)
    gateway.start()
    yield gateway
    gateway.stop()


@pytest.fixture(scope="module")
def large(unlimited: GatewayProcess) -> str:
    """The name of a job with a log of 5 MB."""
    with Gateway(unlimited.url) as gateway:
        command = ["/bin/sh", "-c", f"seq 1 {LINES} | awk '{{printf \"%099d\\n\", $1}}'"]
        job = gateway.submit(name="large", node="sandbox", image="/a.sif", command=command)
        job.wait()
        return job.name


def expected() -> tuple[int, str]:
    text = "".join(LINE % number for number in range(1, LINES + 1)).encode()
    return len(text), hashlib.sha256(text).hexdigest()


def test_every_byte_of_a_followed_log_arrives_once(unlimited: GatewayProcess, large: str) -> None:
    faults = Faults(refuse=0.05, lose_answer=0.05, cut=0.75, delay=0.05, longest=3_000_000)
    proxy = FaultyProxy(unlimited.port, faults)

    def follow(_: int) -> tuple[int, str]:
        with Gateway(proxy.url, retry=QUICK) as gateway:
            return _digest(list(gateway.job(large).log_bytes(follow=True)))

    async def follow_asynchronously() -> tuple[int, str]:
        async with AsyncGateway(proxy.url, retry=QUICK) as gateway:
            job = await gateway.job(large)
            return _digest([chunk async for chunk in job.log_bytes(follow=True)])

    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(follow, range(FOLLOWS // 2)))
        results += threads.map(lambda _: asyncio.run(follow_asynchronously()), range(FOLLOWS - FOLLOWS // 2))
    proxy.close()
    print(f"{len(results)} follows of {expected()[0]} bytes, connections: {dict(proxy.counts)}")  # noqa: T201
    assert set(results) == {expected()}
    assert proxy.counts["cut"] > FOLLOWS / 2


def _digest(chunks: list[bytes]) -> tuple[int, str]:
    text = b"".join(chunks)
    return len(text), hashlib.sha256(text).hexdigest()


def test_every_byte_of_a_log_that_is_not_followed_arrives_once(unlimited: GatewayProcess, large: str) -> None:
    proxy = FaultyProxy(unlimited.port, Faults(refuse=0.1, lose_answer=0.1, cut=0.5, longest=4_900_000))
    with Gateway(proxy.url, retry=QUICK) as gateway:
        for _ in range(2):
            assert _digest(list(gateway.job(large).log_bytes())) == expected()
    proxy.close()


def test_no_job_is_submitted_twice(unlimited: GatewayProcess) -> None:
    # The answer to a submission has about 2 kB.
    proxy = FaultyProxy(unlimited.port, Faults(refuse=0.15, lose_answer=0.3, cut=0.3, delay=0.1, longest=2_000))

    def submit(number: int) -> str:
        # A client of its own, so that no connection is used twice and each meets a fault of its own.
        with Gateway(proxy.url, retry=QUICK) as gateway:
            labels = {"test": "doubled", "number": str(number)}
            return gateway.submit(node="sandbox", image="/a.sif", command=["true"], labels=labels).uid

    with ThreadPoolExecutor(4) as threads:
        uids = list(threads.map(submit, range(SUBMITS)))
    proxy.close()
    print(f"{len(uids)} submits, connections: {dict(proxy.counts)}")  # noqa: T201
    with Gateway(unlimited.url) as gateway:
        jobs = list(gateway.jobs(labels={"test": "doubled"}))
    assert sorted(job.uid for job in jobs) == sorted(uids)
    assert sorted(job.labels["number"] for job in jobs) == sorted(str(number) for number in range(SUBMITS))
    assert proxy.counts["lose_answer"] + proxy.counts["cut"] > SUBMITS / 2


def test_a_wait_goes_on_over_cut_connections(unlimited: GatewayProcess) -> None:
    proxy = FaultyProxy(unlimited.port, Faults(refuse=0, lose_answer=0, cut=0, delay=0))
    stop = threading.Event()

    def cut() -> None:
        while not stop.wait(0.3):
            proxy.cut_all()

    with Gateway(proxy.url, retry=QUICK) as gateway:
        job = gateway.submit(node="sandbox", image="/a.sif", command=["sleep", "4"])
        cutting = threading.Thread(target=cut)
        cutting.start()
        job.wait("RUNNING")
        job.wait()
    stop.set()
    cutting.join()
    proxy.close()
    assert job.state == "SUCCEEDED"


def test_a_wait_ends_in_time_while_the_gateway_is_silent(unlimited: GatewayProcess) -> None:
    with Gateway(unlimited.url, retry=QUICK) as gateway:
        job = gateway.submit(node="sandbox", image="/a.sif", command=["sleep", "600"]).wait("RUNNING")
        proxy = FaultyProxy(unlimited.port, Faults(refuse=1.0))
        with Gateway(proxy.url, retry=QUICK) as cut_off:
            lost = type(job)(cut_off._transport, job.status)
            begin = time.monotonic()
            with pytest.raises(errors.WaitTimeout):
                lost.wait(timeout=1)
            assert time.monotonic() - begin >= 1
        proxy.close()
        job.cancel()


def test_the_limits_of_a_caller_are_waited_for(process: GatewayProcess) -> None:
    """300 requests at once are more than the gateway takes from a caller in one second."""
    with Gateway(process.url, retry=Retry(requests=120)) as gateway, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: gateway.workspaces()[0].name, range(400)))
    assert answers == ["default"] * 400


def test_a_killed_gateway_is_waited_for(jar: Path, tmp_path: Path) -> None:
    """The sandbox loses its jobs with the gateway, so that the waits end with the loss and not with the job."""
    restarted = GatewayProcess(jar, tmp_path / "log")
    restarted.start()
    try:
        with Gateway(restarted.url, retry=Retry(first=0.05, most=0.5)) as gateway, ThreadPoolExecutor(2) as threads:
            job = gateway.submit(node="sandbox", image="/a.sif", command=["sh", "-c", "echo one; sleep 600"])
            job.wait("RUNNING")
            followed: list[str] = []
            waiting = threads.submit(gateway.job(job.name).wait)
            following = threads.submit(lambda: followed.extend(gateway.job(job.name).logs(follow=True)))
            time.sleep(1)  # Both are reading.
            restarted.kill()
            assert not waiting.done()
            assert not following.done()
            restarted.start()
            with pytest.raises(errors.JobDeleted):
                waiting.result(timeout=120)
            with pytest.raises(errors.NotFound):
                following.result(timeout=120)
            assert gateway.submit(node="sandbox", image="/a.sif", command=["true"]).wait().state == "SUCCEEDED"
    finally:
        restarted.stop()


def test_a_submit_outlives_a_restart(jar: Path, tmp_path: Path) -> None:
    restarted = GatewayProcess(jar, tmp_path / "log")
    with (
        Gateway(restarted.url, retry=Retry(requests=180, first=0.05, most=0.5)) as gateway,
        ThreadPoolExecutor(1) as threads,
    ):
        submitting = threads.submit(lambda: gateway.submit(node="sandbox", image="/a.sif", command=["true"]))
        time.sleep(0.5)
        assert not submitting.done()
        restarted.start()
        try:
            assert submitting.result(timeout=120).wait().state == "SUCCEEDED"
        finally:
            restarted.stop()
