"""Output for people and for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from .. import _time
from .._terminal import LogText, printable

if TYPE_CHECKING:
    from rich.console import Console

    from ..models import JobStatus
    from ._options import Output

STYLES = {
    "QUEUED": "yellow",
    "STARTING": "yellow",
    "RUNNING": "blue",
    "SUCCEEDED": "green",
    "FAILED": "red",
    "CANCELLING": "bright_black",
    "UNKNOWN": "magenta",
    "ERROR": "red",
    "WARNING": "yellow",
}
# The width of columns comes from the first rows; the others are printed as they arrive.
_MEASURED = 200

JOB_HEADER = ("NAME", "STATE", "REASON", "NODE", "AGE", "QUEUED", "RAN", "WALLTIME")
JOB_HEADER_WIDE = (*JOB_HEADER, "HPC JOB", "EXIT", "WORKSPACE", "MESSAGE")


def console() -> Console:
    """The standard output. It has colours only if it is a terminal."""
    from rich.console import Console

    return Console(highlight=False)


def errors() -> Console:
    """The standard error output."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def note(text: str) -> None:
    """A line for people that is not part of the output."""
    errors().print(printable(text), style="dim", markup=False, soft_wrap=True)


def print_log(chunks: Iterable[bytes]) -> None:
    """Prints a log as it arrives: byte for byte to a file or a pipe, and to a terminal only its text and colours."""
    output = sys.stdout.buffer
    safe = LogText() if sys.stdout.isatty() else None
    try:
        for chunk in chunks:
            output.write(_encoded(safe.feed(chunk)) if safe else chunk)
            output.flush()
    finally:
        if safe:
            output.write(_encoded(safe.rest()))
            output.flush()


def _encoded(text: str) -> bytes:
    return text.encode(sys.stdout.encoding, "replace")


def document(value: object, output: Output) -> None:
    """Prints a JSON value as JSON or YAML."""
    if output.value == "yaml":
        sys.stdout.write(_yaml(value))
    else:
        json.dump(value, sys.stdout, indent=2, ensure_ascii=True)
        sys.stdout.write("\n")


def documents(values: Iterable[Mapping[str, Any]], output: Output) -> None:
    """Prints `{"items": […]}` as JSON or YAML, each item as it arrives."""
    if output.value == "yaml":
        first = True
        for value in values:
            sys.stdout.write("items:\n" if first else "")
            first = False
            sys.stdout.write(_yaml([dict(value)]))
        sys.stdout.write("items: []\n" if first else "")
        return
    sys.stdout.write('{"items": [')
    separator = "\n"
    for value in values:
        sys.stdout.write(separator + json.dumps(value))
        separator = ",\n"
    sys.stdout.write("\n]}\n")


def _yaml(value: object) -> str:
    import yaml

    return str(yaml.safe_dump(value, sort_keys=False))  # pyright: ignore[reportUnknownMemberType]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints rows as they arrive, in columns."""
    from rich.text import Text

    screen = console()
    remaining = iter(rows)
    first = [tuple(printable(cell) for cell in row) for row in islice(remaining, _MEASURED)]
    widths = [max(map(len, column)) for column in zip(header, *first, strict=True)]
    screen.print(Text(_line(header, widths)), soft_wrap=True)
    for row in chain(first, (tuple(map(printable, row)) for row in remaining)):
        line = Text(_line(row, widths))
        position = 0
        for cell, width in zip(row, widths, strict=True):
            if cell in STYLES:
                line.stylize(STYLES[cell], position, position + len(cell))
            position += max(width, len(cell)) + 2
        screen.print(line, soft_wrap=True)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def facts(entries: Iterable[tuple[str, str | None]]) -> None:
    """Prints names and values, one a line, without those that are missing."""
    from rich.text import Text

    screen = console()
    known = [(name, value) for name, value in entries if value]
    width = max((len(name) for name, _ in known), default=0) + 2
    for name, value in known:
        line = Text(f"{name}:".ljust(width), style="bold")
        line.append(printable(value), style=STYLES.get(value, "not bold"))
        screen.print(line, soft_wrap=True)


def job_row(job: JobStatus, wide: bool) -> tuple[str, ...]:
    """A job as a row of `JOB_HEADER` or `JOB_HEADER_WIDE`."""
    cells = (
        job.name,
        job.state,
        job.reason or "",
        job.node or "",
        _time.brief(_time.now() - job.created_at),
        _time.brief(job.queue_time),
        _time.brief(job.run_time) if job.run_time is not None else "",
        walltime(job),
    )
    if not wide:
        return cells
    code = "" if job.exit_code is None else str(job.exit_code)
    return (*cells, job.remote_job_id or "", code, job.workspace, job.message or "")


def walltime(job: JobStatus) -> str:
    """The walltime as a bar and the time left, or the limit alone unless the job runs."""
    if job.walltime is None:
        return ""
    left, limit = job.walltime.left, job.walltime.limit
    if left is None or job.ended or not limit:
        return _time.brief(limit)
    used = round(8 * (1 - min(1.0, left / limit)))
    return f"{'█' * used}{'░' * (8 - used)} {_time.brief(left)} left"


def job_facts(job: JobStatus) -> Iterator[tuple[str, str | None]]:
    """A job as names and values."""
    yield "Name", job.name
    yield "Workspace", job.workspace
    yield "Node", job.node
    yield "State", job.state
    yield "Reason", ": ".join(filter(None, (job.reason, job.message)))
    yield "Hint", job.hint
    yield "Exit code", None if job.exit_code is None else str(job.exit_code)
    yield "Created", moment(job.created_at)
    yield "Started", moment(job.started_at)
    yield "Ended", moment(job.finished_at)
    yield "Queue time", _time.brief(job.queue_time)
    yield "Run time", None if job.run_time is None else _time.brief(job.run_time)
    yield "Walltime", walltime(job)
    yield "HPC job", job.remote_job_id
    if job.hpc:
        yield "SLURM", ": ".join(filter(None, (job.hpc.state, job.hpc.message)))
        yield "Expected start", moment(job.hpc.estimated_start)
    if job.cancellation:
        yield "Cancellation", f"{job.cancellation.stage}: {job.cancellation.message}"
    yield "Labels", ", ".join(f"{key}={value}" for key, value in job.labels.items())
    stale = "" if job.evidence.current else ", out of date"
    yield "Evidence", f"{job.evidence.source} at {moment(job.evidence.observed_at)}{stale}"
    yield "Uid", job.uid


def moment(time: datetime | None) -> str | None:
    """A time in the user's own zone."""
    return None if time is None else time.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
