"""What a job shows of itself, in a program, a terminal and a notebook."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from . import _html, _time
from ._mlflow import server_address
from ._terminal import printable
from .models import Cancellation, ContainerExit, Evidence, Finding, HpcJob, JobStatus, Walltime


class JobView:
    """A job as it was last known.

    Its properties are those of `JobStatus`; they change when the job is refreshed, waited for or followed. In a
    notebook it shows itself, and what was shown changes in place.
    """

    def __init__(self, status: JobStatus) -> None:
        self._status = status
        self._definition = status.definition
        self._deleted = False
        self._display_id: str | None = None

    @property
    def status(self) -> JobStatus:
        """All that was last known of the job."""
        return self._status

    @property
    def name(self) -> str:
        """Its name, unique in the workspace at one time."""
        return self._status.name

    @property
    def uid(self) -> str:
        """Its identity, which is never used again."""
        return self._status.uid

    @property
    def workspace(self) -> str:
        """Its workspace."""
        return self._status.workspace

    @property
    def node(self) -> str | None:
        """The virtual node, if it is assigned to one."""
        return self._status.node

    @property
    def state(self) -> str:
        """Its state, one of `models.State`."""
        return self._status.state

    @property
    def ended(self) -> bool:
        """Whether its state is final."""
        return self._status.ended

    @property
    def deleted(self) -> bool:
        """Whether it is known to be removed; the state is then the last one."""
        return self._deleted

    @property
    def reason(self) -> str | None:
        """Why it waits, failed or has an unknown state, one of `models.Reason`."""
        return self._status.reason

    @property
    def message(self) -> str | None:
        """The reason as a sentence."""
        return self._status.message

    @property
    def hint(self) -> str | None:
        """What to do about it."""
        return self._status.hint

    @property
    def evidence(self) -> Evidence:
        """How the state is known."""
        return self._status.evidence

    @property
    def labels(self) -> Mapping[str, str]:
        """The caller's own labels."""
        return self._status.labels

    @property
    def created_at(self) -> datetime:
        """When it was created."""
        return self._status.created_at

    @property
    def started_at(self) -> datetime | None:
        """When it started, if that is known."""
        return self._status.started_at

    @property
    def finished_at(self) -> datetime | None:
        """When it ended, if that is known."""
        return self._status.finished_at

    @property
    def queue_time(self) -> timedelta:
        """From its creation to its start, or until now."""
        return self._status.queue_time

    @property
    def run_time(self) -> timedelta | None:
        """From its start to its end, or until now; None if its start is not known."""
        return self._status.run_time

    @property
    def exit_code(self) -> int | None:
        """The exit code of the first container that failed, 0 to 255; None if it is not known."""
        return self._status.exit_code

    @property
    def containers(self) -> tuple[ContainerExit, ...]:
        """How its containers ended."""
        return self._status.containers

    @property
    def walltime(self) -> Walltime | None:
        """How long it may run, if it has a limit."""
        return self._status.walltime

    @property
    def hpc(self) -> HpcJob | None:
        """What SLURM reports of it, if its node has a slurmrestd."""
        return self._status.hpc

    @property
    def cancellation(self) -> Cancellation | None:
        """How far its cancellation has come, if its deletion was requested."""
        return self._status.cancellation

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What the gateway changed at its submission; empty if the job was not submitted by this object."""
        return self._status.warnings

    @property
    def definition(self) -> Mapping[str, Any] | None:
        """The job spec or pod that it was made from, if it was read."""
        return self._definition

    @property
    def mlflow_url(self) -> str | None:
        """The address of the MLflow server that it logs to, if its definition names one."""
        access = (self._definition or {}).get("mlflow")
        if not isinstance(access, dict):
            return None
        return server_address(cast("Mapping[str, object]", access).get("trackingUri"))

    def __repr__(self) -> str:
        status = self._status
        parts = [status.name, "deleted" if self._deleted else status.state]
        if status.reason:
            parts.append(status.reason)
        if status.node:
            parts.append(f"on {status.node}")
        if status.run_time is not None:
            parts.append(f"ran {_time.brief(status.run_time)}")
        elif not status.ended:
            parts.append(f"waiting {_time.brief(status.queue_time)}")
        if status.walltime and status.walltime.left is not None and not status.ended:
            parts.append(f"{_time.brief(status.walltime.left)} left")
        return f"<Job {' · '.join(printable(part) for part in parts)}>"

    def _repr_html_(self) -> str:
        return _html.job(self)

    def _ipython_display_(self) -> None:
        from IPython.display import display  # pyright: ignore

        # Not the object's address, which Python uses again.
        self._display_id = self._display_id or f"interlink-gateway-{uuid.uuid4()}"
        display(self._bundle(), raw=True, display_id=self._display_id)

    def _update(self, status: JobStatus) -> None:
        """Takes what is newly known, and shows it where the job was displayed."""
        if status.definition is not None:
            self._definition = status.definition
        self._status = status
        self._show()

    def _mark_deleted(self, cancellation: Cancellation | None) -> None:
        self._deleted = True
        self._status = replace(self._status, cancellation=cancellation or self._status.cancellation)
        self._show()

    def _show(self) -> None:
        if self._display_id:
            from IPython.display import update_display  # pyright: ignore

            update_display(self._bundle(), raw=True, display_id=self._display_id)

    def _bundle(self) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}
