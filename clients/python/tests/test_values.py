"""Times, durations, JSON and hostile texts."""

from __future__ import annotations

import json
import os
import pickle
import threading
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from interlink_gateway import JobSpec, Slurm, _time, itwinai
from interlink_gateway._html import job as job_html
from interlink_gateway._html import nodes, preflight
from interlink_gateway._log import Lines, content
from interlink_gateway._mlflow import server_address
from interlink_gateway._sse import EventParser, ServerEvent
from interlink_gateway._submission import submission
from interlink_gateway._terminal import LogText, printable
from interlink_gateway._view import JobView
from interlink_gateway._wire import encode
from interlink_gateway.errors import ConfigurationError, JobFailed, UnexpectedAnswer, WaitTimeout, problem
from interlink_gateway.models import JobStatus, LogLine, Node, Preflight, ProblemDocument
from interlink_gateway.spec import Resources

EVIDENCE = {"source": "JOB_RECORD", "observedAt": "2026-11-27T17:53:00.123456789Z", "current": True}
JOB = {
    "name": "3dgan",
    "uid": "u1",
    "workspace": "hpc",
    "node": "vega",
    "state": "RUNNING",
    "createdAt": "2026-11-27T17:50:00Z",
    "startedAt": "2026-11-27T17:52:00Z",
    "evidence": EVIDENCE,
    "managedBy": "gateway",
    "walltime": {"limit": "PT55M", "endsAt": "2026-11-27T18:47:00Z", "remaining": "PT54M"},
}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("55m", 3300), ("1h30m", 5400), ("7d", 604800), ("PT55M", 3300), ("P1DT2H", 93600), ("1.5s", 1.5), ("PT0S", 0)],
)
def test_durations_have_short_forms_and_iso_8601(text: str, seconds: float) -> None:
    assert _time.duration(text).total_seconds() == seconds
    assert _time.duration(_time.iso(_time.duration(text))) == _time.duration(text)


@pytest.mark.parametrize("text", ["", "55", "m", "1h 30m", "-5m", "P", "PT", "1y", "٣m", "9" * 30 + "d"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        _time.duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90", timedelta(minutes=90)),
        ("10:30", timedelta(minutes=10, seconds=30)),
        ("00:30:50", timedelta(minutes=30, seconds=50)),
        ("1-12", timedelta(days=1, hours=12)),
        ("2-01:02:03", timedelta(days=2, hours=1, minutes=2, seconds=3)),
    ],
)
def test_time_limits_of_slurm(text: str, expected: timedelta) -> None:
    assert _time.slurm_duration(text) == expected


def test_timestamps_are_in_utc_to_the_microsecond() -> None:
    assert _time.timestamp("2026-11-27T17:53:00.123456789Z") == datetime(
        2026, 11, 27, 17, 53, 0, 123456, tzinfo=timezone.utc
    )


def test_a_job_keeps_fields_that_are_not_known() -> None:
    status = JobStatus.from_json({**JOB, "novelty": [1], "state": "DREAMING", "evidence": {**EVIDENCE, "x": 1}})
    assert status.state == "DREAMING"
    assert status.raw["novelty"] == [1]
    assert status.walltime is not None
    assert status.walltime.limit == timedelta(minutes=55)


@pytest.mark.parametrize(
    "change", [{"name": None}, {"name": 1}, {"createdAt": "yesterday"}, {"labels": []}, {"exitCode": True}]
)
def test_a_job_with_missing_or_wrong_fields_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(UnexpectedAnswer, match=next(iter(change))):
        JobStatus.from_json({**JOB, **change})


def test_a_job_spec_has_the_names_of_the_api() -> None:
    spec = JobSpec(node="vega", image="/a.sif", slurm=Slurm(time="55m", tasks_per_node=2), pre_exec="true")
    assert spec.to_json() == {
        "node": "vega",
        "image": "/a.sif",
        "slurm": {"timeLimit": "PT55M", "tasksPerNode": 2},
        "preExec": "true",
    }


def test_labels_keep_their_case() -> None:
    assert encode(JobSpec(node="n", image="i", env={"MY_VAR": "1"}))["env"] == {"MY_VAR": "1"}


def test_events_are_whole_however_their_bytes_are_cut() -> None:
    text = (
        'event: log\r\nid: 1\r\ndata: {"text":"é"}\r\n\r\n: beat\n\nid: 2\n\ndata: a\ndata: b\n\nevent: log\ndata: cut'
    )
    stream = text.encode()
    expected = [
        ServerEvent("log", '{"text":"é"}', "1"),
        ServerEvent("", None, "2"),
        ServerEvent("", "a\nb", None),
    ]
    for size in (1, 2, 3, 7, len(stream)):
        parser = EventParser()
        events = [event for start in range(0, len(stream), size) for event in parser.feed(stream[start : start + size])]
        assert events == expected


def test_an_event_without_end_is_refused() -> None:
    parser = EventParser()
    with pytest.raises(UnexpectedAnswer, match="16 MiB"):
        for _ in range(20):
            parser.feed(b"x" * 1024 * 1024)
    parser = EventParser()
    with pytest.raises(UnexpectedAnswer, match="16 MiB"):
        for _ in range(20):
            parser.feed(b"data: " + b"x" * 1024 * 1024 + b"\n")


def test_parts_of_lines_become_lines() -> None:
    lines = Lines()
    parts = [
        LogLine(text="one"),
        LogLine(text="tw", partial=True),
        LogLine(text="o"),
        LogLine(base64="/3g="),
        LogLine(text="no end", partial=True),
    ]
    found = [line for part in parts for line in lines.feed(content(part))]
    assert [*found, *lines.rest()] == ["one", "two", "\N{REPLACEMENT CHARACTER}x", "no end"]


HOSTILE = "<script>alert(1)</script>\"'&"


def test_hostile_texts_are_escaped_in_notebooks() -> None:
    status = JobStatus.from_json(
        {
            **JOB,
            **dict.fromkeys(
                ("name", "node", "workspace", "state", "reason", "message", "hint", "remoteJobId"), HOSTILE
            ),
            "evidence": {**EVIDENCE, "source": HOSTILE},
            "warnings": [dict.fromkeys(("rule", "severity", "field", "message", "hint"), HOSTILE)],
            "cancellation": {"stage": HOSTILE, "message": HOSTILE, "source": HOSTILE, "at": JOB["createdAt"]},
            "hpc": {
                "id": HOSTILE,
                "state": HOSTILE,
                "message": HOSTILE,
                "observedAt": JOB["createdAt"],
                "restarts": 0,
            },
            "definition": {"mlflow": {"trackingUri": f"https://{HOSTILE}"}},
        }
    )
    finding = {"severity": HOSTILE, "field": HOSTILE, "message": HOSTILE, "hint": HOSTILE, "rule": HOSTILE}
    node = dict.fromkeys(("name", "type", "reason"), HOSTILE)
    resources = {HOSTILE: HOSTILE}
    pages = [
        job_html(JobView(status)),
        preflight(Preflight.from_json({"accepted": True, "findings": [finding], "batchLines": [HOSTILE]})),
        nodes(
            [
                Node.from_json(
                    {
                        **node,
                        "ready": True,
                        "capacity": {},
                        "allocatable": resources,
                        "accelerators": resources,
                        "taints": [],
                    }
                )
            ]
        ),
    ]
    for page in pages:
        assert "alert(1)" in page
        assert "<script" not in page
        assert "\"'&" not in page


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", 7, None])
def test_only_web_addresses_become_links(address: object) -> None:
    view = JobView(JobStatus.from_json({**JOB, "definition": {"mlflow": {"trackingUri": address}}}))
    assert view.mlflow_url is None
    assert "<a " not in job_html(view)


def test_terminals_get_no_control_characters() -> None:
    assert printable("a\x1b[31mb\n\u202ec") == "a?[31mb??c".replace("?", "\N{REPLACEMENT CHARACTER}")


def test_a_problem_contains_its_findings_and_hints() -> None:
    document = ProblemDocument.from_json(
        {
            "type": "/problems/invalid-job",
            "title": "Invalid job",
            "status": 422,
            "detail": "Two errors.",
            "hint": "Correct the fields.",
            "findings": [
                {"rule": "r", "severity": "ERROR", "field": "slurm.nodes", "message": "Too many.", "hint": "Ask for 2."}
            ],
        }
    )
    error = problem(document)
    assert type(error).__name__ == "InvalidJob"
    assert str(error) == (
        "Invalid job (422): Two errors.\nHint: Correct the fields.\nERROR slurm.nodes: Too many. Ask for 2."
    )


def test_a_failed_job_says_why_and_ends_with_its_log() -> None:
    status = JobStatus.from_json(
        {**JOB, "state": "FAILED", "reason": "TIME_LIMIT", "message": "It ran for 55 minutes.", "hint": "Ask for more."}
    )
    assert str(JobFailed(status, ["epoch 1", "epoch 2"])) == (
        "Job '3dgan' failed (TIME_LIMIT): It ran for 55 minutes.\nHint: Ask for more.\n"
        "The last lines of its log:\n  epoch 1\n  epoch 2"
    )


ITWINAI = """
mode: {mode}
distributed_strategy: ddp
account: intertwin
time: 01:30:50
partition: gpu
num_nodes: 2
num_tasks_per_node: 1
gpus_per_node: 4
cpus_per_task: 16
memory: 64G
exclusive: true
scalability_nodes: 1,2
std_out: logs/${{distributed_strategy}}.out
python_venv: .venv
"""


def test_the_slurm_section_of_itwinai(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(ITWINAI.format(mode="single"))
    assert Slurm.from_itwinai(file) == Slurm(
        partition="gpu",
        account="intertwin",
        gres="gpu:4",
        nodes=2,
        tasks_per_node=1,
        time=timedelta(hours=1, minutes=30, seconds=50),
        flags="--exclusive",
    )
    assert itwinai.resources(file) == Resources(limits={"cpu": "16", "memory": "64Gi"})


def test_a_section_of_a_larger_configuration(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("training_pipeline: {}\nslurm_config:\n  partition: dev\n  time: 90\nother:\n  partition: gpu\n")
    assert Slurm.from_itwinai(file) == Slurm(partition="dev", time="90m")
    assert Slurm.from_itwinai(file, section="other") == Slurm(partition="gpu")


def test_modes_of_itwinai_that_are_several_jobs(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(ITWINAI.format(mode="runall"))
    assert [variant.strategy for variant in itwinai.variants(file)] == ["ddp", "deepspeed", "horovod"]
    file.write_text(ITWINAI.format(mode="scaling-test"))
    assert [variant.slurm.nodes for variant in itwinai.variants(file)] == [1, 1, 1, 2, 2, 2]
    with pytest.raises(ConfigurationError, match="6 jobs"):
        Slurm.from_itwinai(file)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "a: [",
        "time: soon",
        "num_nodes: -1",
        "num_nodes: many",
        "partition: ${other}",
        "partition: [a]",
        "mode: all",
        "!!python/object/apply:os.system [true]",
        "a: &a [*a]\npartition: *a",
        "[" * 5000,
    ],
)
def test_other_configurations_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    with pytest.raises(ConfigurationError):
        Slurm.from_itwinai(file)


def test_statuses_can_be_written_again() -> None:
    assert json.loads(json.dumps(JobStatus.from_json(JOB).raw)) == JOB


CONTROLS = (
    "\x1b]0;title\x07\x1b]52;c;YQ==\x1b\\a"
    "\x1b[31mred\x1b[0m\x1b[2J\x1b[6n\x1bPq\x1b\\\x1bc\x9b5n\tb\r\n\x1b]0;é\x08\x1b"
)


def test_a_log_on_a_terminal_has_only_its_text_and_colours() -> None:
    data = CONTROLS.encode()
    for size in (1, 2, 3, 7, len(data)):
        log = LogText()
        text = "".join(log.feed(data[start : start + size]) for start in range(0, len(data), size)) + log.rest()
        assert text == "a\x1b[31mred\x1b[0m5n\tb\r\n]0;é\x08\x1b[0m"


def test_a_log_with_an_open_sequence_goes_on() -> None:
    log = LogText()
    text = log.feed(b"\x1b]0;" + b"x" * 10_000) + log.feed(b"y\n\xff") + log.rest()
    assert text == "]0;" + "x" * 10_000 + "y\n\N{REPLACEMENT CHARACTER}"


def test_texts_of_exceptions_do_nothing_to_a_terminal() -> None:
    status = JobStatus.from_json({**JOB, "state": "FAILED", "message": CONTROLS, "hint": CONTROLS})
    failed = str(JobFailed(status, ["  1%\r 50%\r\x1b[32mdone\x1b[0m\tok\r", CONTROLS]))
    document = {"type": "x", "title": CONTROLS, "status": 400, "detail": CONTROLS, "hint": CONTROLS}
    refused = str(problem(ProblemDocument.from_json(document)))
    assert all(char.isprintable() or char == "\n" for char in failed + refused)
    assert "  done    ok\n" in failed


@pytest.mark.parametrize("address", ["https://[", "javascript:alert(1)", None, 5, ""])
def test_other_addresses_of_mlflow_are_no_links(address: object) -> None:
    assert server_address(address) is None


def test_a_timeout_can_be_pickled() -> None:
    error = WaitTimeout("Job is still RUNNING.", JobStatus.from_json(JOB))
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.status) == ("Job is still RUNNING.", error.status)


@pytest.mark.parametrize(("size", "accepted"), [(16 * 1024 * 1024, True), (16 * 1024 * 1024 + 1, False)])
def test_a_pipe_has_the_limit_of_a_file(size: int, accepted: bool, tmp_path: Path) -> None:
    pipe = tmp_path / "pod.yaml"
    os.mkfifo(pipe)

    def write() -> None:
        with suppress(BrokenPipeError):
            pipe.write_bytes(b"#" * size)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    if accepted:
        assert len(submission(None, pipe).yaml or b"") == size
    else:
        with pytest.raises(ConfigurationError, match="larger than 16 MiB"):
            submission(None, pipe)
    writer.join(30)
    assert not writer.is_alive()
