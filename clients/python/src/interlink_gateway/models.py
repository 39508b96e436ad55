"""What the gateway answers, as frozen dataclasses.

All times are aware, in UTC. All durations are `timedelta`. Fields that this version does not know are in `raw`. Values
of enumerations are plain texts, because newer gateways may have more of them; the known ones are in the `Literal`
types.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from . import _time
from ._wire import Model

State = Literal["QUEUED", "STARTING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLING", "UNKNOWN"]
"""The states of a job. SUCCEEDED and FAILED are final."""

Reason = Literal[
    "NODE_FULL",
    "NODE_NOT_READY",
    "SECRET_MISSING",
    "SUBMITTING",
    "IN_HPC_QUEUE",
    "REQUEUED",
    "EXIT_CODE",
    "OUT_OF_MEMORY",
    "TIME_LIMIT",
    "CANCELLED_ON_HPC",
    "NODE_FAILED",
    "SUBMISSION_REFUSED",
    "PRE_EXEC_FAILED",
    "IMAGE_UNAVAILABLE",
    "COMMAND_NOT_FOUND",
    "OTHER",
    "SUCCESS_UNCONFIRMED",
    "CONTRADICTION",
    "MAY_START_AGAIN",
    "STATUS_UNREADABLE",
    "NODE_UNREACHABLE",
]
"""Why a job waits, failed or has an unknown state."""

Role = Literal["VIEWER", "SUBMITTER", "ADMIN"]
"""What a caller may do in a workspace: read; also submit and delete jobs; also manage credentials."""

Verdict = Literal[
    "ACCEPTED",
    "REFUSED",
    "FORBIDDEN",
    "OPEN_SERVER",
    "TOKEN_REQUIRED",
    "PASSWORD_REQUIRED",
    "REDIRECTED",
    "CERTIFICATE_NOT_TRUSTED",
    "TRY_LATER",
    "NOT_MLFLOW",
    "UNREACHABLE",
]
"""The result of the check of an MLflow credential."""

FINAL: frozenset[str] = frozenset({"SUCCEEDED", "FAILED"})
"""The states that never change again."""


@dataclass(frozen=True, kw_only=True)
class Finding(Model):
    """An error or a warning about one field of a request.

    Attributes:
        rule: the rule's name, for programs.
        severity: `ERROR` or `WARNING`.
        field: the field, such as `slurm.timeLimit`.
        message: what is wrong.
        hint: what to do about it.
    """

    rule: str
    severity: str
    field: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.severity} {self.field}: {self.message} {self.hint}".rstrip()


@dataclass(frozen=True, kw_only=True)
class ProblemDocument(Model):
    """An error as the gateway answers it; programs see it as a `Problem`."""

    type: str
    title: str
    status: int
    detail: str
    hint: str
    instance: str | None = None
    uid: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Evidence(Model):
    """How a job's state is known.

    Attributes:
        source: `JOB_RECORD`, `SLURM` or `API_SERVER`.
        observed_at: the last time at which the state was known to be true.
        current: False if the state may be out of date.
    """

    source: str
    observed_at: datetime
    current: bool


@dataclass(frozen=True, kw_only=True)
class Walltime(Model):
    """How long a job may run.

    Attributes:
        limit: the time limit, in whole minutes.
        ends_at: when SLURM will end it; only while it runs. SLURM may be up to a minute late.
        remaining: from the evidence's time to `ends_at`.
    """

    limit: timedelta
    ends_at: datetime | None = None
    remaining: timedelta | None = None

    @property
    def left(self) -> timedelta | None:
        """The time left from now on, not negative; None unless the job runs."""
        if self.ends_at is None:
            return None
        return max(timedelta(0), self.ends_at - _time.now())


@dataclass(frozen=True, kw_only=True)
class ContainerExit(Model):
    """How a container ended. `exit_code` is 0 to 255."""

    name: str
    exit_code: int
    finished_at: datetime


@dataclass(frozen=True, kw_only=True)
class Cancellation(Model):
    """How far the cancellation of a job has come.

    Attributes:
        stage: `REQUESTED`, `SENT`, `CONFIRMED` or `UNCONFIRMED`.
        at: since when.
        source: how this is known, as in `Evidence`.
        message: the stage as a sentence.
    """

    stage: str
    at: datetime
    source: str
    message: str


@dataclass(frozen=True, kw_only=True)
class HpcJob(Model):
    """What SLURM reports of a job. It may contradict the job's state, or be newer.

    Attributes:
        id: SLURM's id of the job.
        state: SLURM's state, such as `PENDING`.
        observed_at: the time of SLURM's response.
        restarts: how often SLURM has requeued the job.
        reason: SLURM's code for the reason why it waits.
        message: the reason as a sentence.
        estimated_start: when SLURM expects to start it.
        time_limit: the time limit.
        nodes: the compute nodes.
        exit_code: the exit code of its script, 0 to 255, unless a signal ended it.
        signal: the number of the signal that ended its script.
    """

    id: str
    state: str
    observed_at: datetime
    restarts: int
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    estimated_start: datetime | None = None
    time_limit: timedelta | None = None
    partition: str | None = None
    nodes: str | None = None
    reason: str | None = None
    message: str | None = None
    exit_code: int | None = None
    signal: int | None = None


@dataclass(frozen=True, kw_only=True)
class JobStatus(Model):
    """A job as the gateway knew it at `evidence.observed_at`.

    Attributes:
        name: its name, unique in the workspace at one time.
        uid: its identity. Unlike a name, it is never used again.
        workspace: the Kubernetes namespace.
        node: the virtual node, if it is assigned to one.
        state: one of `State`.
        reason: one of `Reason`, or None.
        message: the reason as a sentence.
        hint: what to do about it.
        evidence: how the state is known.
        queued_since: since when it has been waiting for the present reason.
        started_at_precision: `SECOND` if known to the second, `OBSERVED` if up to half a minute late. The same holds
            for `finished_at_precision`.
        exit_code: the exit code of the first container that failed, 0 to 255; None if it is not known.
        containers: how the containers ended.
        remote_job_id: the job's id on the HPC.
        walltime: how long it may run, if it has a limit.
        cancellation: how far its cancellation has come, if its deletion was requested.
        warnings: what the gateway changed; only in the answer to a submission.
        definition: the job spec or pod that it was made from; not in lists and events.
        managed_by: the program that created the pod.
        submitted_by: the caller who submitted it through the gateway, as `issuer#subject`.
    """

    name: str
    uid: str
    workspace: str
    state: str
    created_at: datetime
    evidence: Evidence
    managed_by: str
    submitted_by: str | None = None
    node: str | None = None
    reason: str | None = None
    message: str | None = None
    hint: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    queued_since: datetime | None = None
    started_at: datetime | None = None
    started_at_precision: str | None = None
    finished_at: datetime | None = None
    finished_at_precision: str | None = None
    exit_code: int | None = None
    containers: tuple[ContainerExit, ...] = ()
    remote_job_id: str | None = None
    hpc: HpcJob | None = None
    walltime: Walltime | None = None
    cancellation: Cancellation | None = None
    warnings: tuple[Finding, ...] = ()
    definition: Mapping[str, Any] | None = None

    @property
    def ended(self) -> bool:
        """Whether the state is final."""
        return self.state in FINAL

    @property
    def queue_time(self) -> timedelta:
        """From its creation to its start, or until now if it has not started."""
        return (self.started_at or self.finished_at or _time.now()) - self.created_at

    @property
    def run_time(self) -> timedelta | None:
        """From its start to its end, or until now if it has not ended; None if its start is not known."""
        if self.started_at is None:
            return None
        return (self.finished_at or _time.now()) - self.started_at


@dataclass(frozen=True, kw_only=True)
class DeletedJob(Model):
    """A job that was removed, and what is known of its end on the HPC."""

    name: str
    uid: str
    cancellation: Cancellation | None = None


@dataclass(frozen=True, kw_only=True)
class WalltimeMark(Model):
    """The end of a running job's time limit is near.

    Attributes:
        job: the job.
        mark: how long before the end this was due.
    """

    job: JobStatus
    mark: timedelta


@dataclass(frozen=True, kw_only=True)
class Preflight(Model):
    """The result of all checks of a job that was not created.

    Attributes:
        accepted: whether the job would be created now.
        findings: its errors and warnings.
        manifest: the pod, as YAML.
        batch_lines: the lines that interLink's SLURM plugin will write into the batch script.
    """

    accepted: bool
    findings: tuple[Finding, ...]
    manifest: str | None = None
    batch_lines: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        from . import _html

        return _html.preflight(self)


@dataclass(frozen=True, kw_only=True)
class Taint(Model):
    """A mark of a node that keeps pods away."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class Node(Model):
    """A virtual node: an HPC system, or a part of one.

    Attributes:
        name: its name.
        type: its kind.
        ready: whether it takes jobs.
        reason: why it is not ready, or its last message.
        capacity: its resources, by Kubernetes' names and in Kubernetes' quantities.
        allocatable: the part of the capacity that jobs may use.
        accelerators: the models of its accelerators, by resource name.
        last_ping: the virtual kubelet's last heartbeat.
        last_ping_age: how long ago that was.
    """

    name: str
    type: str
    ready: bool
    reason: str
    capacity: Mapping[str, str]
    allocatable: Mapping[str, str]
    accelerators: Mapping[str, str]
    taints: tuple[Taint, ...]
    last_ping: datetime | None = None
    last_ping_age: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Orphan(Model):
    """A job on the HPC whose pod was deleted.

    Attributes:
        id: SLURM's id of the job.
        uid: the uid of the pod.
        state: SLURM's state.
        observed_at: the time of SLURM's response.
        nodes: the compute nodes.
    """

    id: str
    uid: str
    state: str
    observed_at: datetime
    nodes: str | None = None
    partition: str | None = None
    submitted_at: datetime | None = None
    started_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MlflowCredential(Model):
    """An MLflow credential of the workspace. Its password or token is never shown.

    Attributes:
        name: its name.
        kind: `PASSWORD` or `TOKEN`.
        managed_by: the program that created it.
        username: the MLflow user, unless it is a token.
        tracking_uri: the only server for which it may be used, or None for any.
    """

    name: str
    kind: str
    created_at: datetime
    managed_by: str
    username: str | None = None
    tracking_uri: str | None = None


@dataclass(frozen=True, kw_only=True)
class CredentialVerdict(Model):
    """What the MLflow server answered to a credential.

    Attributes:
        verdict: one of `Verdict`.
        message: the verdict as a sentence.
        hint: what to do about it.
        tracking_uri: the server.
        redirect: with `REDIRECTED`, the target.
    """

    verdict: str
    message: str
    hint: str
    tracking_uri: str
    redirect: str | None = None


@dataclass(frozen=True, kw_only=True)
class ApiToken(Model):
    """A token for scripts.

    Attributes:
        id: its identity, not the secret.
        name: its name.
        role: one of `Role`.
        workspaces: where it may be used.
        expires_at: when it stops being valid.
        token: the secret; only in the answer to its creation.
    """

    id: str
    name: str
    role: str
    workspaces: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Workspace(Model):
    """A workspace of the caller. `role` is one of `Role`."""

    name: str
    role: str


@dataclass(frozen=True, kw_only=True)
class LogLine(Model):
    """A line of a job's log, or a part of one.

    Attributes:
        text: the line without its end, if it is UTF-8.
        base64: its bytes in base64, if it is not.
        partial: whether the line continues in the next event.
        at: when it reached the gateway, if that was while it was written.
    """

    text: str | None = None
    base64: str | None = None
    partial: bool = False
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PluginLine(Model):
    """A line that interLink's plugin or SLURM wrote into the log."""

    text: str


@dataclass(frozen=True, kw_only=True)
class LogProblem(Model):
    """The log can't be read now. The gateway tries again; nothing is lost."""

    message: str


@dataclass(frozen=True, kw_only=True)
class ArchivedLog(Model):
    """The log of one container in the archive.

    Attributes:
        container: the container.
        completeness: `COMPLETE`, `SHORTENED`, `PARTIAL`, `LOST` or `EXPIRED`.
        size: how many bytes the job wrote, as far as they could be read.
        kept: how many of them are archived.
        archived_at: when it was archived.
        sha256: the digest of the archived text.
        note: why it is not the whole log.
    """

    container: str
    completeness: str
    size: int
    kept: int
    archived_at: datetime
    sha256: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class MlflowLink(Model):
    """Where a job's results are in MLflow.

    Attributes:
        tracking_uri: the server.
        experiment: the experiment's name or id.
        run: the run's id.
    """

    tracking_uri: str | None = None
    experiment: str | None = None
    run: str | None = None


@dataclass(frozen=True, kw_only=True)
class JobChange(Model):
    """A change of a job's state: the job after it, and when a gateway observed it."""

    job: JobStatus
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class PastJobRecord(Model):
    """A job as the history has it, live or not.

    Attributes:
        job: the job as it was last observed.
        live: whether its pod exists, as far as the history knows.
        first_seen_at: when a gateway first observed it.
        seen_at: when a gateway last observed a change.
        removed_at: when its pod was removed.
        queue_time: from its creation to its start.
        run_time: from its start to its end.
        changes: the changes of its state, oldest first, at most 1,000; not in lists.
        logs: its archived logs.
        mlflow: where its results are in MLflow, as far as known.
    """

    job: JobStatus
    live: bool
    first_seen_at: datetime
    seen_at: datetime
    removed_at: datetime | None = None
    queue_time: timedelta | None = None
    run_time: timedelta | None = None
    changes: tuple[JobChange, ...] = ()
    logs: tuple[ArchivedLog, ...] = ()
    mlflow: MlflowLink | None = None


@dataclass(frozen=True, kw_only=True)
class ReceiptImage(Model):
    """The image of a container.

    Attributes:
        container: the container.
        reference: a path on the HPC or a reference.
        pull_from: from where it is pulled if the path is missing.
        digest: its digest, if a reference has one. An image without one may be another one today.
    """

    container: str
    reference: str
    pull_from: str | None = None
    digest: str | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt(Model):
    """What can be kept beside a job's result: what ran, where, when, and how it ended. `raw` is the whole document.

    Attributes:
        format: the form of the document.
        job: the job with its definition.
        images: the images of its containers.
        directives: the `#SBATCH` lines.
        logs: its archived logs.
        mlflow: where its results are in MLflow.
        gateway_version: the version of the gateway that wrote it.
        sha256: the digest of the document without this member, in the canonical form of RFC 8785.
    """

    format: str
    job: JobStatus
    images: tuple[ReceiptImage, ...]
    directives: tuple[str, ...]
    gateway_version: str
    sha256: str
    logs: tuple[ArchivedLog, ...] = ()
    mlflow: MlflowLink | None = None

    @property
    def intact(self) -> bool:
        """Whether the document has the digest that it names."""
        rest = {key: value for key, value in self.raw.items() if key != "sha256"}
        # The canonical form, for documents whose numbers are whole and whose names are ASCII, as these are.
        text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest() == self.sha256

    def save(self, path: Path | str) -> None:
        """Writes the document to a file.

        Raises:
            OSError: the file can't be written.
        """
        Path(path).write_text(json.dumps(dict(self.raw), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Quantiles(Model):
    """Durations of jobs: half of them took at most `median`, nine of ten at most `p90`, all at most `longest`."""

    median: timedelta
    p90: timedelta
    longest: timedelta


@dataclass(frozen=True, kw_only=True)
class PartitionStatistics(Model):
    """The jobs of a SLURM partition.

    Attributes:
        jobs: how many jobs started or ended in the period.
        name: the partition, or None for jobs whose partition is not known.
        queue_time: from the creation to the start.
        run_time: from the start to the end.
    """

    jobs: int
    name: str | None = None
    queue_time: Quantiles | None = None
    run_time: Quantiles | None = None


@dataclass(frozen=True, kw_only=True)
class FailureShare(Model):
    """How often jobs failed for a reason. `share` is their share of all jobs that ended, 0 to 1."""

    reason: str
    jobs: int
    share: float


@dataclass(frozen=True, kw_only=True)
class NodePeriod(Model):
    """How jobs fared on a node in a period.

    Attributes:
        period: how far back it begins.
        succeeded: how many jobs ended with success.
        failed: how many jobs failed.
        partitions: the jobs by partition.
        failures: why jobs failed, the most frequent reason first.
    """

    period: timedelta
    succeeded: int
    failed: int
    partitions: tuple[PartitionStatistics, ...]
    failures: tuple[FailureShare, ...]


@dataclass(frozen=True, kw_only=True)
class NodeStatistics(Model):
    """How jobs of all workspaces fared on a node in the last day and the last week."""

    node: str
    periods: tuple[NodePeriod, ...]
