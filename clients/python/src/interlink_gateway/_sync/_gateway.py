# Generated from _async by scripts/make_sync.py; edit that one.
"""The gateway as an object."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from .. import _answers, _time
from .._events import Event, Reset, StateChanged, job_event
from .._paths import job_path, past_job_path, segment
from .._retry import Deadline, Retry
from .._secret import secret_or_none
from .._sse import OPENED
from .._submission import Submission, keyed, submission
from .._tables import NodeTable, OrphanTable
from .._wire import items
from ..config import load
from ..models import Node, NodeStatistics, Orphan, PastJobRecord, Preflight, Workspace
from ..spec import Image, JobSpec, Mlflow, Resources, Singularity, Slurm
from ._credentials import Credentials
from ._job import Job, job_of
from ._jobs import Jobs
from ._past_job import History, PastJob
from ._tokens import Tokens
from ._transport import Transport

# A replacement waits until the old job's pod is removed, up to 90 s.
_REPLACEMENT = 180.0


class Gateway:
    """A gateway, through which jobs are submitted to HPC systems.

    Args:
        url: its address; by default GATEWAY_URL or the one in `~/.config/interlink-gateway/config.toml`.
        token: a token; by default GATEWAY_TOKEN, GATEWAY_TOKEN_FILE, the configured file, or the login of `igw login`.
        workspace: the workspace; by default GATEWAY_WORKSPACE, the configured one, or the first of the caller's.
        retry: how long failed requests are repeated.
        client: the HTTP client, for own certificates or proxies.

    Raises:
        ConfigurationError: there is no address, or a setting can't be used.

    All methods raise `Problem` if the gateway refuses a request, and `GatewayUnreachable` if it does not answer, in
    spite of repetitions.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        workspace: str | None = None,
        retry: Retry | None = None,
        client: httpx.Client | None = None,
    ) -> None:
        hidden = secret_or_none(token)
        del token  # A traceback can show variables.
        settings = load(url=url, token=hidden, workspace=workspace)
        self._transport = Transport(settings, retry or Retry(), client)
        self.credentials = Credentials(self._transport)
        """The workspace's MLflow credentials."""
        self.tokens = Tokens(self._transport)
        """The caller's API tokens."""

    @property
    def url(self) -> str:
        """The gateway's address."""
        return self._transport.url

    @property
    def workspace(self) -> str | None:
        """The workspace of requests, or None for the first of the caller's."""
        return self._transport.workspace

    def __repr__(self) -> str:
        # A traceback of a failed `__init__` calls this before `_transport` is set.
        return f"<{type(self).__name__} {self.url}>" if hasattr(self, "_transport") else f"<{type(self).__name__}>"

    def __enter__(self) -> Gateway:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes all connections."""
        self._transport.close()

    def submit(
        self,
        spec: JobSpec | Mapping[str, Any] | None = None,
        *,
        yaml: Path | str | None = None,
        name: str | None = None,
        node: str | None = None,
        image: str | Image | None = None,
        command: Sequence[str] | None = None,
        args: Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        resources: Resources | None = None,
        slurm: Slurm | None = None,
        singularity: Singularity | None = None,
        mlflow: Mlflow | None = None,
        pre_exec: str | None = None,
        ttl_seconds_after_finished: int | None = None,
        key: str | None = None,
    ) -> Job:
        """Submits a job: by keywords (see `JobSpec`), as a spec, or as a pod or spec in YAML.

        The request is repeated after lost connections, always with the same Idempotency-Key, so that there is never a
        second job.

        Args:
            spec: a whole job spec. Keywords replace its members.
            yaml: a pod as `kubectl apply` takes it: the path of its file, or the text itself.
            key: the Idempotency-Key; by default a new one for each call. Give one that is the same after a restart of
                your program if the program may repeat the call. An exception has it as `idempotency_key`: with it the
                call can be repeated without a second job.

        Raises:
            InvalidJob: it breaks rules; `findings` has each of them.
            NameTaken: another job has the name.
        """
        job = submission(
            spec,
            yaml,
            name=name,
            node=node,
            image=image,
            command=command,
            args=args,
            env=env,
            labels=labels,
            resources=resources,
            slurm=slurm,
            singularity=singularity,
            mlflow=mlflow,
            pre_exec=pre_exec,
            ttl_seconds_after_finished=ttl_seconds_after_finished,
        )
        with keyed(key) as sent:
            response = self._transport.request(
                "POST",
                "/jobs",
                query=self._query(),
                json=job.json,
                content=job.yaml,
                headers={"Idempotency-Key": sent},
            )
            return job_of(self._transport, response)

    def replace(
        self,
        name: str,
        spec: JobSpec | Mapping[str, Any] | None = None,
        *,
        yaml: Path | str | None = None,
        restart: bool = False,
        key: str | None = None,
    ) -> Job:
        """Submits a job under a name, and first deletes a job that has the name.

        A job with the same definition that has not ended is kept.

        Args:
            name: the name.
            spec: a whole job spec.
            yaml: see `submit`.
            restart: whether to replace a job with the same definition too.
            key: the Idempotency-Key; by default a new one.
        """
        job: Submission = submission(spec, yaml)
        with keyed(key) as sent:
            response = self._transport.request(
                "PUT",
                job_path(name),
                query={**self._query(), "replace": True, "restart": restart},
                json=job.json,
                content=job.yaml,
                headers={"Idempotency-Key": sent},
                patience=_REPLACEMENT,
            )
            return job_of(self._transport, response)

    def preflight(
        self, spec: JobSpec | Mapping[str, Any] | None = None, *, yaml: Path | str | None = None
    ) -> Preflight:
        """Runs all checks of a job and creates nothing. See `submit` for the arguments."""
        job = submission(spec, yaml)
        response = self._transport.request(
            "POST", "/jobs/preflight", query=self._query(), json=job.json, content=job.yaml
        )
        return Preflight.from_json(_answers.body(response))

    def job(self, name: str) -> Job:
        """The job that has the name now.

        Raises:
            NotFound: there is none.
        """
        response = self._transport.request("GET", job_path(name), query=self._query())
        return job_of(self._transport, response)

    def jobs(
        self,
        *,
        state: str | Sequence[str] | None = None,
        node: str | None = None,
        labels: Mapping[str, str] | None = None,
        since: _time.Duration | None = None,
    ) -> Jobs:
        """The jobs of the workspace, by name. They are read page by page, while they are iterated over.

        Args:
            state: only jobs in this state, or in one of these.
            node: only jobs on this node.
            labels: only jobs with all of these labels.
            since: only jobs that were created in this last time, such as `7d`.
        """
        return Jobs(self._transport, _filter(state, node, labels), since)

    def history(
        self,
        *,
        state: str | Sequence[str] | None = None,
        reason: str | Sequence[str] | None = None,
        node: str | None = None,
        name: str | None = None,
        labels: Mapping[str, str] | None = None,
        submitter: str | None = None,
        since: datetime | _time.Duration | None = None,
        until: datetime | _time.Duration | None = None,
        text: str | None = None,
    ) -> History:
        """All jobs that the history has, live ones too, the newest first. They are read page by page.

        Args:
            state: only jobs whose last known state is this, or one of these.
            reason: only jobs whose last known reason is this, or one of these.
            node: only jobs on this node.
            name: only jobs with this name.
            labels: only jobs with all of these labels.
            submitter: only jobs of this caller, as `issuer#subject`.
            since: only jobs that were created at or after this time, or in this last time, such as `7d`.
            until: only jobs that were created before this time, or longer ago than this time.
            text: only jobs with this text in the name or a label.
        """
        filters = {
            **_filter(state, node, labels),
            "reason": _several(reason),
            "name": name,
            "submitter": submitter,
            "since": _moment(since),
            "until": _moment(until),
            "q": text,
        }
        return History(self._transport, filters)

    def past_job(self, uid: str) -> PastJob:
        """A job of the history with all changes of its state. A `JobGone` names the uid of a job that no longer exists.

        Raises:
            NotFound: the history has none with this uid.
        """
        response = self._transport.request("GET", past_job_path(uid), query=self._query())
        return PastJob(self._transport, PastJobRecord.from_json(_answers.body(response)))

    def events(
        self,
        *,
        state: str | Sequence[str] | None = None,
        node: str | None = None,
        labels: Mapping[str, str] | None = None,
        timeout: _time.Duration | None = None,
    ) -> Generator[Event, None, None]:
        """The changes of all jobs from now on, across lost connections. The arguments are those of `jobs`.

        After a `Reset` changes may be missing: list the jobs again.

        Args:
            state: see `jobs`.
            node: see `jobs`.
            labels: see `jobs`.
            timeout: when to stop; None for never.
        """
        deadline = Deadline.after(timeout)
        query = {**_filter(state, node, labels), **self._query()}
        with closing(self._transport.stream("/events", query=query, deadline=deadline)) as events:
            for received in events:
                event = job_event(received)
                if event is not None:
                    yield event

    def watch(
        self,
        *,
        node: str | None = None,
        labels: Mapping[str, str] | None = None,
        timeout: _time.Duration | None = None,
    ) -> Generator[Event, None, None]:
        """All jobs as they are now, and then their changes: nothing is missed in between.

        After a `Reset` all jobs follow again; those that do not were removed.

        Args:
            node: only jobs on this node.
            labels: only jobs with all of these labels.
            timeout: when to stop; None for never.
        """
        deadline = Deadline.after(timeout)
        query = {**_filter(None, node, labels), **self._query()}
        resumable = False
        with closing(self._transport.stream("/events", query=query, deadline=deadline)) as events:
            for received in events:
                event = job_event(received)
                if isinstance(event, Reset) or (received is OPENED and not resumable):
                    yield Reset()
                    with closing(self.jobs(node=node, labels=labels).statuses()) as statuses:
                        for status in statuses:
                            yield StateChanged(status)
                elif event is not None:
                    yield event
                resumable = resumable or received.id is not None

    def nodes(self) -> NodeTable:
        """The virtual nodes: the HPC systems, or parts of them."""
        response = self._transport.request("GET", "/nodes")
        return NodeTable(items(Node, _answers.body(response)))

    def node(self, name: str) -> Node:
        """A virtual node."""
        response = self._transport.request("GET", f"/nodes/{segment(name)}")
        return Node.from_json(_answers.body(response))

    def statistics(self, node: str) -> NodeStatistics:
        """How long jobs waited and ran on a node in the last day and week, and why they failed."""
        response = self._transport.request("GET", f"/nodes/{segment(node)}/statistics")
        return NodeStatistics.from_json(_answers.body(response))

    def orphans(self, node: str) -> OrphanTable:
        """The workspace's jobs on the HPC whose pods were deleted, if the node has a slurmrestd."""
        response = self._transport.request("GET", f"/nodes/{segment(node)}/orphans", query=self._query())
        return OrphanTable(items(Orphan, _answers.body(response)))

    def cancel_orphan(self, node: str, id: str) -> None:  # noqa: A002
        """Requests SLURM to cancel an orphan, by SLURM's id of it."""
        path = f"/nodes/{segment(node)}/orphans/{segment(id)}"
        self._transport.request("DELETE", path, query=self._query())

    def workspaces(self) -> list[Workspace]:
        """The caller's workspaces and roles. Requests without a workspace go to the first."""
        return items(Workspace, _answers.body(self._transport.request("GET", "/workspaces")))

    def _query(self) -> dict[str, str | None]:
        return {"workspace": self.workspace}


def _filter(
    state: str | Sequence[str] | None, node: str | None, labels: Mapping[str, str] | None
) -> dict[str, str | list[str] | None]:
    return {
        "state": _several(state),
        "node": node,
        "label": [f"{key}={value}" for key, value in (labels or {}).items()] or None,
    }


def _several(values: str | Sequence[str] | None) -> list[str] | None:
    return ([values] if isinstance(values, str) else list(values or ())) or None


def _moment(value: datetime | _time.Duration | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return _time.iso(_time.duration(value))
