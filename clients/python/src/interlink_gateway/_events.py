"""The changes of jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ._log import data
from ._sse import ServerEvent
from .models import DeletedJob, JobStatus, WalltimeMark


@dataclass(frozen=True)
class StateChanged:
    """A job was created or changed. Changes are delivered at least once."""

    job: JobStatus


@dataclass(frozen=True)
class WalltimeNear:
    """A running job's time limit ends in about `mark.mark`."""

    mark: WalltimeMark


@dataclass(frozen=True)
class Deleted:
    """A job was removed."""

    job: DeletedJob


@dataclass(frozen=True)
class Reset:
    """Changes may be missing: list the jobs again."""


Event: TypeAlias = StateChanged | WalltimeNear | Deleted | Reset
"""What a stream of changes consists of."""


def job_event(event: ServerEvent) -> Event | None:
    """The change, or None for a heartbeat or a type that this version does not know."""
    if event.type == "reset":
        return Reset()
    if event.data is None:
        return None
    if event.type == "state":
        return StateChanged(JobStatus.from_json(data(event)))
    if event.type == "walltime":
        return WalltimeNear(WalltimeMark.from_json(data(event)))
    if event.type == "deleted":
        return Deleted(DeletedJob.from_json(data(event)))
    return None
