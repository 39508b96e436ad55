"""Jobs as they are submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from . import _time
from ._wire import camel_case, encode


@dataclass(frozen=True)
class Slurm:
    """SLURM's options of a job. What is None is left to the HPC's defaults.

    Attributes:
        partition: the partition.
        account: the account that is charged.
        qos: the quality of service.
        gres: generic resources of each node, such as `gpu:1`.
        nodes: the number of compute nodes, at least 1.
        tasks: the total number of tasks, at least 1.
        tasks_per_node: the number of tasks of each node, at least 1.
        time: the time limit as `55m`, a number of seconds or a `timedelta`. SLURM counts whole minutes.
        constraint: required node features.
        exclude: compute nodes to exclude.
        reservation: a reservation.
        flags: further options as on sbatch's command line.

    Raises:
        ValueError: `time` can't be read.
    """

    partition: str | None = None
    account: str | None = None
    qos: str | None = None
    gres: str | None = None
    nodes: int | None = None
    tasks: int | None = None
    tasks_per_node: int | None = None
    time: _time.Duration | None = field(default=None, metadata={"wire": "timeLimit"})
    constraint: str | None = None
    exclude: str | None = None
    reservation: str | None = None
    flags: str | None = None

    def __post_init__(self) -> None:
        if self.time is not None:
            object.__setattr__(self, "time", _time.duration(self.time))

    @property
    def time_limit(self) -> timedelta | None:
        """The time limit."""
        return None if self.time is None else _time.duration(self.time)

    @classmethod
    def from_itwinai(cls, config: Path | str, *, section: str | None = None) -> Slurm:
        """Reads the SLURM section of an itwinai configuration. See `interlink_gateway.itwinai`."""
        from . import itwinai

        return itwinai.slurm(Path(config), section=section)


@dataclass(frozen=True)
class Mlflow:
    """The job's access to MLflow.

    Attributes:
        credential: an MLflow credential of the workspace.
        tracking_uri: the server. None if the credential names one.
    """

    credential: str
    tracking_uri: str | None = None


@dataclass(frozen=True)
class Resources:
    """Resources by Kubernetes' names, in Kubernetes' quantities: `{"cpu": "4", "memory": "16Gi"}`.

    Attributes:
        limits: `cpu` and `memory` of the limits are requested from SLURM.
        requests: what the virtual node must have free; by default as the limits.
    """

    limits: Mapping[str, str] | None = None
    requests: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Singularity:
    """Options of the container runtime.

    Attributes:
        mounts: `source:target[:options]` with absolute paths.
        options: further options as on singularity's command line.
    """

    mounts: Sequence[str] | None = None
    options: str | None = None


@dataclass(frozen=True)
class Image:
    """An image that is pulled before the job starts, if it is not there.

    Attributes:
        path: the image's file on the HPC.
        pull_from: where to pull it from, such as `docker://ghcr.io/example/image:1`.
    """

    path: str
    pull_from: str | None = None


@dataclass(frozen=True, kw_only=True)
class JobSpec:
    """A job. The gateway checks it and reports every error at once.

    Attributes:
        node: the virtual node.
        image: a path on the HPC, a reference, or an `Image`.
        name: a DNS label of at most 63 characters, unique in the workspace. The gateway makes one if it is None.
        command: the entry point; by default the image's own.
        args: the arguments, passed byte for byte.
        env: variables, passed unchanged.
        labels: the caller's own labels, by which jobs can be listed.
        resources: limits and requests.
        slurm: SLURM's options.
        singularity: options of the container runtime.
        mlflow: access to MLflow.
        pre_exec: shell text that runs on the HPC before the container.
        ttl_seconds_after_finished: how many seconds after the job's end its pod is deleted, once its log is archived;
            at most 2592000, 30 days. The job stays in the history.
    """

    node: str
    image: str | Image
    name: str | None = None
    command: Sequence[str] | None = None
    args: Sequence[str] | None = None
    env: Mapping[str, str] | None = None
    labels: Mapping[str, str] | None = None
    resources: Resources | None = None
    slurm: Slurm | None = None
    singularity: Singularity | None = None
    mlflow: Mlflow | None = None
    pre_exec: str | None = None
    ttl_seconds_after_finished: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The job spec as the API takes it."""
        return encode(self)


def patch(
    changes: Mapping[str, Any] | None = None,
    **members: object,
) -> dict[str, Any]:
    """A JSON merge patch (RFC 7396) from `JobSpec` members that are not None, over `changes`."""
    given = {camel_case(name): encode(value) for name, value in members.items() if value is not None}
    return {**(changes or {}), **given}
