"""Jobs on the packaged gateway."""

from __future__ import annotations

import asyncio
import hashlib
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gateway_process import GatewayProcess
from interlink_gateway import (
    AsyncGateway,
    Gateway,
    InvalidJob,
    Job,
    JobDeleted,
    JobFailed,
    JobSpec,
    LogEnd,
    Mlflow,
    Reset,
    Slurm,
    StateChanged,
    WaitTimeout,
    errors,
)
from interlink_gateway._view import JobView
from interlink_gateway.models import JobStatus
from test_values import JOB

EXAMPLES = Path(__file__).parents[3] / "examples"
# Text, bytes that are no text, an empty line, a line of 40 kB, both ends of lines, and no end at last.
AWKWARD = (
    r"""printf 'one\r\ntwo\n\n\377\376\nno end yet'; head -c 40000 /dev/zero | tr '\0' x; printf '\n\303\251 last'"""
)
AWKWARD_BYTES = b"one\r\ntwo\n\n\xff\xfe\nno end yet" + b"x" * 40000 + b"\n\xc3\xa9 last"


def shell(gateway: Gateway, script: str, **members: Any) -> Job:
    return gateway.submit(node="sandbox", image="/images/a.sif", command=["/bin/sh", "-c"], args=[script], **members)


def test_a_job_from_submit_to_success(gateway: Gateway) -> None:
    job = shell(gateway, "echo $GREETING; sleep 1", env={"GREETING": "hello 'world'"}, labels={"test": "success"})
    assert job.state == "QUEUED"
    assert {finding.rule for finding in job.warnings} == {"limit-added"}
    assert job.wait("RUNNING") is job
    assert list(job.logs(follow=True)) == ["hello 'world'"]
    job.wait()
    assert (job.state, job.exit_code, job.ended) == ("SUCCEEDED", None, True)
    assert job.run_time is not None
    assert [each.uid for each in gateway.jobs(labels={"test": "success"})] == [job.uid]


def test_a_failure_says_why(gateway: Gateway) -> None:
    job = shell(gateway, "for i in $(seq 30); do echo line $i; done; exit 3")
    with pytest.raises(JobFailed) as caught:
        job.wait()
    assert (caught.value.reason, caught.value.exit_code) == ("EXIT_CODE", 3)
    assert caught.value.last_lines == tuple(f"line {i}" for i in range(11, 31))
    assert "Hint: " in str(caught.value)


def test_a_log_is_read_byte_for_byte(gateway: Gateway) -> None:
    job = shell(gateway, AWKWARD)
    assert b"".join(job.log_bytes(follow=True)) == AWKWARD_BYTES
    assert b"".join(job.log_bytes()) == AWKWARD_BYTES
    lines = AWKWARD_BYTES.decode("utf-8", "replace").split("\n")
    assert list(job.logs(follow=True)) == lines
    assert list(job.logs()) == lines
    assert list(job.logs(tail=1)) == lines[-1:]
    assert isinstance(list(job.log_events())[-1], LogEnd)


def test_a_log_is_read_without_waiting_for_the_end(gateway: Gateway) -> None:
    job = shell(gateway, "echo first; sleep 600")
    with closing(job.logs(follow=True)) as lines:
        assert next(lines) == "first"
    assert list(job.logs()) == ["first"]
    assert job.refresh().state == "RUNNING"
    job.cancel()


def test_a_wait_ends_in_time(gateway: Gateway) -> None:
    job = shell(gateway, "sleep 600").wait("RUNNING")
    begin = time.monotonic()
    with pytest.raises(WaitTimeout, match="RUNNING"):
        job.wait(timeout="1.5s")
    assert time.monotonic() - begin >= 1.5
    job.cancel()


def test_a_cancelled_job_is_known_to_have_ended(gateway: Gateway) -> None:
    job = shell(gateway, "sleep 600").wait("RUNNING")
    cancellation = job.cancel(wait=True)
    assert cancellation is not None
    assert cancellation.stage == "CONFIRMED"
    assert job.deleted
    with pytest.raises(JobDeleted):
        job.refresh()
    with pytest.raises(JobDeleted):
        job.wait()
    assert job.cancel() is job.cancellation


def test_the_end_of_a_job_that_was_removed_before_its_events_were_followed_is_known(gateway: Gateway) -> None:
    job = shell(gateway, "sleep 600").wait("RUNNING")
    job.cancel()
    with suppress(errors.GatewayError):
        gateway.job(job.name).wait()
    cancellation = job.cancel(wait=True)
    assert cancellation is not None
    assert cancellation.stage == "CONFIRMED"


def test_a_wait_ends_when_the_job_is_deleted_by_another(gateway: Gateway) -> None:
    job = shell(gateway, "sleep 600").wait("RUNNING")
    other = threading.Timer(0.5, gateway.job(job.name).cancel)
    other.start()
    with pytest.raises(JobDeleted):
        job.wait()
    other.join()


def test_a_job_is_never_taken_for_a_later_one_with_its_name(gateway: Gateway) -> None:
    first = shell(gateway, "sleep 600", name="reused").wait("RUNNING")
    listed = next(job for job in gateway.jobs() if job.uid == first.uid)
    second = gateway.replace("reused", JobSpec(name="reused", node="sandbox", image="/b.sif", command=["sleep", "601"]))
    for action in (first.cancel, first.refresh, listed.cancel, first.wait):
        with suppress(JobDeleted):
            action()
    assert first.deleted
    assert listed.deleted
    assert not second.refresh().deleted
    second.cancel(wait=True)


def test_nothing_of_a_later_job_with_its_name_is_taken_for_its_own(gateway: Gateway) -> None:
    first = shell(gateway, "echo first; sleep 600", name="replaced").wait("RUNNING")
    later = JobSpec(name="replaced", node="sandbox", image="/b.sif", command=["echo", "second"])
    second = gateway.replace("replaced", later).wait()
    assert list(second.logs()) == ["second"]
    for action in (
        lambda: list(first.logs()),
        lambda: list(first.logs(tail=1)),
        lambda: list(first.logs(follow=True)),
        lambda: list(first.log_events()),
        first.manifest,
        first.resubmit,
    ):
        with pytest.raises(JobDeleted):
            action()


def test_a_resubmitted_job_has_the_changes(gateway: Gateway) -> None:
    job = shell(gateway, "echo $A $B", env={"A": "1", "B": "2"}, slurm=Slurm(partition="gpu", time="55m"))
    again = job.resubmit(slurm=Slurm(time="10m"), env={"A": "3", "B": None})
    assert again.definition is not None
    assert again.definition["slurm"] == {"partition": "gpu", "timeLimit": "PT10M"}
    assert list(again.logs(follow=True)) == ["3"]


def test_a_pod_as_it_is(gateway: Gateway) -> None:
    gateway.credentials.put("mlflow-server", username="XYZ", password="ABC")
    job = gateway.submit(yaml=EXAMPLES / "my-pod.yaml")
    assert next(iter(job.logs(follow=True))) == "epoch 1"
    assert job.manifest()["kind"] == "Pod"
    job.cancel()
    gateway.credentials.delete("mlflow-server")


def test_an_invalid_job_has_all_findings(gateway: Gateway) -> None:
    with pytest.raises(InvalidJob) as caught:
        gateway.submit(node="sandbox", image="/a.sif", slurm=Slurm(flags="--output=/tmp/x"), env={"1 2": ""})
    assert {finding.field for finding in caught.value.findings} >= {"slurm.flags"}
    for finding in caught.value.findings:
        assert finding.hint in str(caught.value)


def test_a_preflight_creates_nothing(gateway: Gateway) -> None:
    spec = JobSpec(name="not-there", node="sandbox", image="/a.sif", slurm=Slurm(time="55m"))
    result = gateway.preflight(spec)
    assert result.accepted
    assert "#SBATCH --time=00:55:00" in result.batch_lines
    with pytest.raises(errors.NotFound):
        gateway.job("not-there")


def test_a_name_in_use_is_an_exception_of_its_own(gateway: Gateway) -> None:
    shell(gateway, "true", name="taken")
    with pytest.raises(errors.NameTaken, match="Hint"):
        shell(gateway, "false", name="taken")


def test_a_submit_with_the_same_key_is_the_same_job(gateway: Gateway) -> None:
    assert shell(gateway, "true", key="key-1").uid == shell(gateway, "true", key="key-1").uid


def test_credentials_are_stored_and_listed_without_passwords(gateway: Gateway) -> None:
    gateway.credentials.put("c1", username="ada", password="hidden")
    assert gateway.credentials.get("c1").username == "ada"
    assert "hidden" not in repr(gateway.credentials.list()) + gateway.credentials.list()._repr_html_()
    gateway.credentials.put("c1", token="hidden")
    assert gateway.credentials.get("c1").kind == "TOKEN"
    gateway.credentials.delete("c1")
    with pytest.raises(errors.NotFound):
        gateway.credentials.get("c1")
    with pytest.raises(errors.ConfigurationError):
        gateway.credentials.put("c1", username="ada")


def test_all_jobs_and_then_their_changes(gateway: Gateway) -> None:
    before = shell(gateway, "true", labels={"test": "watch"})
    with closing(gateway.watch(labels={"test": "watch"})) as events:
        assert next(events) == Reset()
        first = next(events)
        assert isinstance(first, StateChanged)
        assert first.job.uid == before.uid
        after = shell(gateway, "true", labels={"test": "watch"})
        for event in events:
            if isinstance(event, StateChanged) and event.job.uid == after.uid:
                break


def test_jobs_become_a_data_frame(gateway: Gateway) -> None:
    job = shell(gateway, "true", labels={"test": "frame"})
    with pytest.raises(JobFailed):
        shell(gateway, "exit 2", labels={"test": "frame"}).wait()
    job.wait()
    frame = gateway.jobs(labels={"test": "frame"}, since="1h").to_pandas()
    assert sorted(frame["state"]) == ["FAILED", "SUCCEEDED"]
    assert list(frame["exit_code"].dropna()) == [2]
    assert str(frame["created_at"].dtype) == "datetime64[ns, UTC]"
    assert gateway.jobs(labels={"test": "none"}).to_pandas().empty


def test_mlflow_is_linked(gateway: Gateway) -> None:
    gateway.credentials.put("c2", token="t", tracking_uri="https://mlflow.example.org")
    job = shell(gateway, "true", mlflow=Mlflow("c2", "https://mlflow.example.org"))
    assert '<a href="https://mlflow.example.org"' in job._repr_html_()
    gateway.credentials.delete("c2")


def test_a_displayed_job_changes_in_place(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[str, str]] = []
    module = ModuleType("IPython.display")
    module.display = lambda data, raw, display_id: shown.append((display_id, data["text/html"]))  # type: ignore[attr-defined]
    module.update_display = module.display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    job = shell(gateway, "true")
    job._ipython_display_()
    job.wait()
    assert len({display_id for display_id, _ in shown}) == 1
    assert "QUEUED" in shown[0][1]
    assert "SUCCEEDED" in shown[-1][1]


def test_no_two_jobs_are_displayed_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ids: list[str] = []
    module = ModuleType("IPython.display")
    module.display = lambda data, raw, display_id: ids.append(display_id)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    for _ in range(20):
        JobView(JobStatus.from_json(JOB))._ipython_display_()  # Each object is freed before the next is made.
    assert len(set(ids)) == 20


def test_the_asynchronous_client_does_the_same(process: GatewayProcess) -> None:
    async def use() -> tuple[str, list[str]]:
        async with AsyncGateway(process.url) as gateway:
            jobs = await asyncio.gather(
                *(gateway.submit(node="sandbox", image="/a.sif", command=["echo", str(number)]) for number in range(5))
            )
            logs = await asyncio.gather(*(_lines(job) for job in jobs))
            await asyncio.gather(*(job.wait() for job in jobs))
            listed = {job.uid async for job in gateway.jobs()}
            assert listed >= {job.uid for job in jobs}
            assert not (await gateway.jobs().to_pandas()).empty
            return jobs[0].state, [line for log in logs for line in log]

    async def _lines(job: Any) -> list[str]:
        return [line async for line in job.logs(follow=True)]

    assert asyncio.run(use()) == ("SUCCEEDED", ["0", "1", "2", "3", "4"])


def test_a_large_log_is_whole(gateway: Gateway) -> None:
    job = shell(gateway, "seq 200000")
    expected = hashlib.sha256("".join(f"{i}\n" for i in range(1, 200001)).encode()).hexdigest()
    digest = hashlib.sha256()
    for chunk in job.log_bytes(follow=True):
        digest.update(chunk)
    assert digest.hexdigest() == expected
