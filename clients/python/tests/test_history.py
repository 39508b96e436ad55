"""What stays known of jobs that are gone."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from gateway_process import GatewayProcess
from interlink_gateway import Gateway, Job, PastJob, errors
from test_cli import igw
from test_jobs import AWKWARD, AWKWARD_BYTES, shell


@pytest.fixture
def gone(gateway: Gateway) -> Job:
    job = shell(gateway, AWKWARD, labels={"test": "history"}).wait()
    job.cancel(wait=True)
    return job


def past(gateway: Gateway, job: Job) -> PastJob:
    """The job of the history, once its end and its log are there."""
    end = time.monotonic() + 60
    while True:
        try:
            found = gateway.past_job(job.uid)
            if not found.record.live and found.record.logs:
                return found
        except errors.NotFound:
            pass
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_job_that_is_gone_is_found_by_its_name(gateway: Gateway, gone: Job) -> None:
    found = past(gateway, gone)
    with pytest.raises(errors.JobGone) as caught:
        gateway.job(gone.name)
    assert caught.value.uid == gone.uid
    assert found.state == "SUCCEEDED"
    assert [change.job.state for change in found.record.changes][-1] in ("SUCCEEDED", "CANCELLING")
    assert gone.uid in {job.uid for job in gateway.history(labels={"test": "history"}, since="1h", text=gone.name)}
    assert gone.uid in set(gateway.history(name=gone.name).to_pandas()["uid"])


def test_its_log_is_archived_byte_for_byte(gateway: Gateway, gone: Job) -> None:
    found = past(gateway, gone)
    assert b"".join(found.log_bytes()) == AWKWARD_BYTES
    assert list(found.logs(tail=1)) == AWKWARD_BYTES.decode("utf-8", "replace").split("\n")[-1:]
    assert [log.completeness for log in found.record.logs] == ["COMPLETE"]


def test_a_receipt_can_be_checked(gateway: Gateway, gone: Job, tmp_path: Path) -> None:
    past(gateway, gone)
    receipt = gone.receipt()
    assert receipt.intact
    receipt.save(tmp_path / "receipt.json")
    changed = {**json.loads((tmp_path / "receipt.json").read_text()), "gatewayVersion": "0"}
    assert not type(receipt).from_json(changed).intact


def test_a_job_that_is_gone_is_submitted_again_and_deleted(gateway: Gateway, gone: Job) -> None:
    found = past(gateway, gone)
    assert found.manifest()["kind"] == "Pod"
    again = found.resubmit(args=["echo again"])
    assert list(again.logs(follow=True)) == ["again"]
    found.delete()
    with pytest.raises(errors.NotFound):
        gateway.past_job(gone.uid)


def test_the_statistics_of_a_node(gateway: Gateway, gone: Job) -> None:
    past(gateway, gone)
    assert gateway.statistics("sandbox").periods[0].succeeded >= 1


def test_the_commands_of_the_history(
    gateway: Gateway, gone: Job, process: GatewayProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    past(gateway, gone)
    monkeypatch.setenv("GATEWAY_URL", process.url)
    assert gone.uid in igw("history", "--name", gone.name).stdout
    assert json.loads(igw("history", "-l", "test=history", "--limit", "1", "-o", "json").stdout)["items"]
    assert json.loads(igw("receipt", gone.name).stdout)["job"]["uid"] == gone.uid
    assert igw("logs", gone.name, "--tail", "1").stdout == "é last"
    shown = igw("get", gone.uid)
    assert gone.name in shown.stdout
    assert igw("get", "nothing-of-this-name").returncode == 125


def test_the_exit_code_of_a_job_that_is_gone(
    gateway: Gateway, process: GatewayProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_URL", process.url)
    job = shell(gateway, "echo out; exit 7")
    with pytest.raises(errors.JobFailed):
        job.wait()
    job.cancel(wait=True)
    past(gateway, job)
    followed = igw("logs", "-f", job.name)
    assert (followed.returncode, followed.stdout) == (7, "out\n")
    assert igw("logs", job.name).returncode == 0
    assert igw("wait", job.name).returncode == 7
    again = igw("resubmit", job.name).stdout.strip()
    assert igw("wait", again).returncode == 7
