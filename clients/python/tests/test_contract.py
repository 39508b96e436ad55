"""The models and the requests are those of openapi.json."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import typing
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from interlink_gateway import Gateway, JobSpec, errors, models, spec
from interlink_gateway._wire import Model, wire_name

ROOT = Path(os.environ.get("OPENAPI_ROOT", Path(__file__).parents[3]))
OPENAPI = json.loads((ROOT / "openapi.json").read_text())
SCHEMAS: dict[str, Any] = OPENAPI["components"]["schemas"]


ANSWERS: dict[str, type[Model]] = {
    "ApiToken": models.ApiToken,
    "ArchivedLog": models.ArchivedLog,
    "Cancellation": models.Cancellation,
    "ContainerExit": models.ContainerExit,
    "CredentialVerdict": models.CredentialVerdict,
    "DeletedJob": models.DeletedJob,
    "Evidence": models.Evidence,
    "FailureShare": models.FailureShare,
    "Finding": models.Finding,
    "HpcJob": models.HpcJob,
    "Job": models.JobStatus,
    "JobChange": models.JobChange,
    "JobReceipt": models.Receipt,
    "LogLine": models.LogLine,
    "LogProblem": models.LogProblem,
    "MlflowCredential": models.MlflowCredential,
    "MlflowLink": models.MlflowLink,
    "Node": models.Node,
    "NodePeriod": models.NodePeriod,
    "NodeStatistics": models.NodeStatistics,
    "Orphan": models.Orphan,
    "PartitionStatistics": models.PartitionStatistics,
    "PastJob": models.PastJobRecord,
    "PluginLine": models.PluginLine,
    "Preflight": models.Preflight,
    "Problem": models.ProblemDocument,
    "Quantiles": models.Quantiles,
    "ReceiptImage": models.ReceiptImage,
    "Taint": models.Taint,
    "Walltime": models.Walltime,
    "WalltimeMark": models.WalltimeMark,
    "Workspace": models.Workspace,
}
BODIES: dict[str, type[Any]] = {
    "JobSpec": spec.JobSpec,
    "MlflowAccess": spec.Mlflow,
    "Resources": spec.Resources,
    "SingularityOptions": spec.Singularity,
    "SlurmOptions": spec.Slurm,
}
# Lists, unions and bodies of one or two members, which are written in the client's methods.
WITHOUT_CLASS = {
    "ApiTokens",
    "CredentialCheck",
    "Image",
    "JobPage",
    "LogEnd",
    "MlflowCredentials",
    "NewApiToken",
    "NewMlflowCredential",
    "Nodes",
    "Orphans",
    "PastJobPage",
    "PastLogEnd",
    "Pod",
    "StreamReset",
    "Workspaces",
}


def test_each_schema_has_a_class_or_is_known_to_have_none() -> None:
    assert set(SCHEMAS) == set(ANSWERS) | set(BODIES) | WITHOUT_CLASS


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_have_the_fields_of_their_schema(name: str) -> None:
    schema, cls = SCHEMAS[name], ANSWERS[name]
    parts = {wire_name(part): part for part in dataclasses.fields(cls) if part.name != "raw"}
    assert set(parts) == set(schema["properties"])
    hints = typing.get_type_hints(cls)
    for wire, part in parts.items():
        required = part.default is dataclasses.MISSING and part.default_factory is dataclasses.MISSING
        assert not required or wire in schema["required"], f"{wire} may be missing"
        assert _kind(hints[part.name]) == _schema_kind(schema["properties"][wire]), wire


@pytest.mark.parametrize("name", BODIES)
def test_bodies_have_the_fields_of_their_schema(name: str) -> None:
    schema, cls = SCHEMAS[name], BODIES[name]
    assert {wire_name(part) for part in dataclasses.fields(cls)} == set(schema["properties"])
    required = {
        wire_name(part)
        for part in dataclasses.fields(cls)
        if part.default is dataclasses.MISSING and part.default_factory is dataclasses.MISSING
    }
    assert required <= set(schema.get("required", [])) or name == "MlflowAccess"


def test_enumerations_are_those_of_the_schemas() -> None:
    def known(schema: str, part: str) -> set[str]:
        return set(SCHEMAS[schema]["properties"][part]["enum"])

    assert set(typing.get_args(models.State)) == known("Job", "state")
    assert set(typing.get_args(models.Reason)) == known("Job", "reason")
    assert set(typing.get_args(models.Role)) == known("Workspace", "role")
    assert set(typing.get_args(models.Verdict)) == known("CredentialVerdict", "verdict")
    assert known("Job", "state") >= models.FINAL


def test_each_problem_type_is_an_exception() -> None:
    page = (ROOT / "docs" / "reference" / "problems.md").read_text()
    rows = re.findall(r"^\| (\d+) \| \[`/problems/([a-z-]+)`", page, re.MULTILINE)
    assert {kind for _, kind in rows} == set(errors.PROBLEMS)
    for status, kind in rows:
        assert (errors.PROBLEMS[kind].__doc__ or errors.Problem.__doc__ or "").startswith(status)


def _kind(hint: Any) -> str:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if type(None) in arguments:
        return _kind(next(each for each in arguments if each is not type(None)))
    if origin is tuple:
        return f"[{_kind(arguments[0])}]"
    if origin in (Mapping, dict):
        return "map"
    if isinstance(hint, type) and issubclass(hint, Model):
        return next(name for name, cls in ANSWERS.items() if cls is hint)
    return {str: "text", int: "integer", bool: "boolean", datetime: "time", timedelta: "duration", float: "number"}[
        hint
    ]


def _schema_kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema or schema.get("type") == "object":
        return "map"
    if schema["type"] == "array":
        return f"[{_schema_kind(schema['items'])}]"
    if schema["type"] == "string":
        return {"date-time": "time", "duration": "duration"}.get(schema.get("format", ""), "text")
    return schema["type"]


class _Recorder:
    """Answers each request with the smallest answer of its schema, and records which operation it was."""

    def __init__(self) -> None:
        self.operations: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, operation = self._operation(request)
        self.operations.add(operation["operationId"])
        declared = {(each["name"], each["in"]) for each in operation.get("parameters", []) if "name" in each}
        for name in request.url.params:
            assert (name, "query") in declared, f"{request.method} {path} has no parameter {name}"
        for name in ("Idempotency-Key", "If-Match", "Last-Event-ID"):
            assert name not in request.headers or (name, "header") in declared
        if request.content:
            kind = request.headers["Content-Type"]
            body = operation["requestBody"]["content"][kind]["schema"]
            if kind == "application/json":
                self._check_body(json.loads(request.content), body)
        return self._answer(operation, request)

    def _operation(self, request: httpx.Request) -> tuple[str, Any]:
        raw = request.url.raw_path.decode().partition("?")[0]
        for path, operations in OPENAPI["paths"].items():
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))
            if re.fullmatch(pattern, raw) and request.method.lower() in operations:
                # A literal segment comes before a parameter: /jobs/preflight is no job.
                if raw in OPENAPI["paths"] and raw != path:
                    continue
                return path, operations[request.method.lower()]
        raise AssertionError(f"openapi.json has no {request.method} {unquote(raw)}")

    def _check_body(self, value: Any, schema: Any) -> None:
        while "$ref" in schema:
            schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
        for key, inner in value.items():
            if schema.get("additionalProperties") is True:
                continue
            assert key in schema["properties"], key
            if isinstance(inner, dict) and "$ref" in schema["properties"][key]:
                target = SCHEMAS[schema["properties"][key]["$ref"].rpartition("/")[2]]
                if "properties" in target:
                    self._check_body(inner, target)

    def _answer(self, operation: Any, request: httpx.Request) -> httpx.Response:
        status, answer = next((int(code), each) for code, each in operation["responses"].items() if code[0] == "2")
        content = answer.get("content", {})
        if request.headers.get("Accept") == "text/event-stream":
            job = json.dumps(_example({"$ref": "#/components/schemas/Job"}) | {"state": "SUCCEEDED"})
            kind = "end" if request.url.path.endswith("/logs") else "state"
            text = f"event: {kind}\nid: 1\ndata: {job}\n\n"
            return httpx.Response(200, text=text, headers={"Content-Type": "text/event-stream"})
        if not content or request.headers.get("Accept") == "text/plain":
            return httpx.Response(status)
        return httpx.Response(status, json=_example(content["application/json"]["schema"]), headers={"ETag": 'W/"1"'})


def _example(schema: Any) -> Any:
    if "$ref" in schema:
        return _example(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: _example(properties[name]) for name in schema.get("required", [])}
    if kind == "string":
        return {"date-time": "2026-01-01T00:00:00Z", "duration": "PT1M"}.get(schema.get("format"), "x")
    return {"array": [], "integer": 1, "number": 0.5, "boolean": True}[kind]


def _use_everything(gateway: Gateway) -> Iterator[object]:
    job_spec = JobSpec(
        node="n",
        image=spec.Image("/a", "docker://a"),
        command=["a"],
        args=["b"],
        env={"A": "b"},
        labels={"a": "b"},
        resources=spec.Resources(limits={"cpu": "1"}),
        slurm=spec.Slurm(time="1h", tasks_per_node=2),
        singularity=spec.Singularity(mounts=["/a:/b"]),
        mlflow=spec.Mlflow("c", "https://m"),
        pre_exec="true",
    )
    job = gateway.submit(job_spec)
    yield gateway.submit(yaml="kind: Pod")
    yield gateway.replace("x", job_spec, restart=True)
    yield gateway.preflight(job_spec)
    yield gateway.job("a/b")
    yield list(gateway.jobs(state=["FAILED"], node="n", labels={"a": "b"}, since="1d"))
    yield next(gateway.events(state="FAILED", node="n", labels={"a": "b"}))
    yield next(gateway.watch(node="n"))
    yield gateway.nodes()
    yield gateway.node("n")
    yield gateway.statistics("n")
    past = gateway.history(
        state="FAILED",
        reason=["TIME_LIMIT"],
        node="n",
        name="a",
        labels={"a": "b"},
        submitter="i#s",
        since="7d",
        until=datetime.now(timezone.utc),
        text="x",
    )
    yield list(past)
    past_job = gateway.past_job("u")
    yield past_job.refresh()
    yield list(past_job.logs(tail=1, container="c"))
    yield past_job.manifest()
    yield past_job.receipt()
    yield past_job.resubmit(slurm=spec.Slurm(time="2h"))
    yield past_job.delete()
    yield job.receipt()
    yield gateway.orphans("n")
    yield gateway.cancel_orphan("n", "1")
    yield gateway.workspaces()
    yield job.refresh()
    yield job.wait()
    yield list(job.events())
    yield list(job.logs(follow=True, tail=1, since="1m", container="c", raw=True))
    yield list(job.logs())
    yield job.manifest()
    yield job.resubmit(slurm=spec.Slurm(time="2h"), env={"A": None})
    yield job.cancel(grace=3)
    yield gateway.credentials.put("c", token="t", tracking_uri="https://m")
    yield gateway.credentials.list()
    yield gateway.credentials.get("c")
    yield gateway.credentials.verify("c", tracking_uri="https://m")
    yield gateway.credentials.delete("c")
    yield gateway.tokens.create("t", "VIEWER", workspaces=["w"], lifetime="30d")
    yield gateway.tokens.list()
    yield gateway.tokens.delete("1")


def test_the_client_uses_each_operation_as_it_is_declared() -> None:
    recorder = _Recorder()
    with Gateway("http://gateway", client=httpx.Client(transport=httpx.MockTransport(recorder))) as gateway:
        for _ in _use_everything(gateway):
            pass
    declared = {
        operation["operationId"]
        for operations in OPENAPI["paths"].values()
        for method, operation in operations.items()
        if method in ("get", "put", "post", "delete", "patch")
    }
    assert recorder.operations == declared
