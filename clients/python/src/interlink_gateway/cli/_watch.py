"""A table of jobs that changes with them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import TYPE_CHECKING

from .._events import Deleted, Event, Reset, StateChanged
from .._terminal import printable
from ..models import JobStatus
from ._options import gateway
from ._output import JOB_HEADER, JOB_HEADER_WIDE, STYLES, console, job_row

if TYPE_CHECKING:
    from rich.table import Table

_REFRESH_SECONDS = 1.0


def watch(
    workspace: str | None, states: Sequence[str] | None, node: str | None, labels: Mapping[str, str] | None, wide: bool
) -> None:
    """Shows the jobs until Ctrl-C: as a live table on a terminal, else one line for each change."""
    known = _Known(states)

    def read() -> None:
        try:
            with gateway(workspace) as connection:
                for event in connection.watch(node=node, labels=labels):
                    known.take(event)
        except BaseException as error:  # shown by the other thread
            known.failure = error

    if console().is_terminal:
        _live(known, read, wide)
    else:
        with gateway(workspace) as connection:
            _lines(known, connection.watch(node=node, labels=labels), wide)


class _Known:
    """The jobs as they are known now, shared between the thread that reads events and the one that shows them."""

    def __init__(self, states: Sequence[str] | None) -> None:
        self._states = frozenset(states or ())
        self._jobs: dict[str, JobStatus] = {}
        self.failure: BaseException | None = None

    def take(self, event: Event) -> JobStatus | None:
        """Takes a change. Returns the job that is to be shown because of it."""
        if isinstance(event, Reset):
            self._jobs = {}
        elif isinstance(event, Deleted):
            self._jobs.pop(event.job.uid, None)
        elif isinstance(event, StateChanged):
            if self._states and event.job.state not in self._states:
                self._jobs.pop(event.job.uid, None)
                return None
            self._jobs[event.job.uid] = event.job
            return event.job
        return None

    def first(self, count: int) -> list[JobStatus]:
        """Jobs that have not ended before the others, and the newest first."""
        return nsmallest(count, list(self._jobs.values()), key=lambda job: (job.ended, -job.created_at.timestamp()))

    def __len__(self) -> int:
        return len(self._jobs)


def _live(known: _Known, read: Callable[[], None], wide: bool) -> None:
    from rich.live import Live

    threading.Thread(target=read, daemon=True).start()
    screen = console()
    with Live(console=screen, auto_refresh=False) as live:
        while known.failure is None:
            live.update(_table(known, max(1, screen.height - 4), wide), refresh=True)
            time.sleep(_REFRESH_SECONDS)
    raise known.failure


def _table(known: _Known, rows: int, wide: bool) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in JOB_HEADER_WIDE if wide else JOB_HEADER:
        table.add_column(name, no_wrap=True)
    shown = known.first(rows)
    for job in shown:
        table.add_row(*(Text(printable(cell), style=STYLES.get(cell, "")) for cell in job_row(job, wide)))
    if len(known) > len(shown):
        table.caption = f"{len(known) - len(shown)} more"
    return table


def _lines(known: _Known, events: Iterable[Event], wide: bool) -> None:
    for event in events:
        job = known.take(event)
        if job is not None:
            print("  ".join(printable(cell) for cell in job_row(job, wide) if cell), flush=True)  # noqa: T201
