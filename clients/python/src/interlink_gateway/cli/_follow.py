"""Following a job on a terminal."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from .. import _time
from .._events import WalltimeNear
from .._terminal import printable
from ..errors import GatewayError, JobDeleted, JobFailed, NotFound
from . import FAILED, INTERRUPTED
from ._options import gateway
from ._output import errors, note, print_log

if TYPE_CHECKING:
    from .._sync._job import Job
    from .._sync._past_job import PastJob


def exit_code(job: Job | PastJob) -> int:
    """The exit code of `igw` for a job that ended: the job's own, or 1 if it failed without one."""
    if job.state == "SUCCEEDED":
        return 0
    return job.exit_code or 1


def follow(
    job: Job, *, tail: int | None = None, since: float | None = None, container: str | None = None, raw: bool = False
) -> int:
    """Prints the job's log until its end. Returns the exit code of `igw`."""
    try:
        _until_started(job)
        _notices(job)
        with closing(job.log_bytes(follow=True, tail=tail, since=since, container=container, raw=raw)) as log:
            print_log(log)
        # The exit code may become known seconds after the end.
        with suppress(JobFailed):
            job.wait()
    except KeyboardInterrupt:
        return _left(job)
    except (JobDeleted, NotFound):
        note(f"Job {job.name} was deleted. {job.cancellation.message if job.cancellation else ''}".rstrip())
        return 1
    return report(job)


def report(job: Job | PastJob) -> int:
    """Prints how the job ended, and why. Returns the exit code of `igw`."""
    if job.deleted:
        note(f"Job {job.name} was deleted.")
        return 1
    ran = f" after {_time.brief(job.run_time)}" if job.run_time is not None else ""
    reason = f": {job.reason}. {job.message or ''}" if job.reason else ""
    note(f"Job {job.name} {job.state}{ran}{reason}".rstrip())
    if job.hint:
        note(f"Hint: {job.hint}")
    return exit_code(job)


def _until_started(job: Job) -> None:
    """Shows why and for how long the job waits."""
    if job.ended or job.state == "RUNNING":
        return
    shown = None
    with errors().status(_Waiting(job)), closing(job.events()) as events:
        for _ in events:
            reason = (job.state, job.reason)
            if reason != shown:
                note(f"{job.state} {job.reason or ''} {job.message or ''}".rstrip())
                shown = reason
            if job.ended or job.state == "RUNNING":
                return


class _Waiting:
    """The state of a job and the time that it has waited, as they are whenever they are drawn."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __rich__(self) -> str:
        from rich.markup import escape

        text = f"{self._job.name}: {self._job.state}"
        if self._job.state == "QUEUED":
            text += f", waiting for {_time.brief(self._job.queue_time)}"
        return escape(printable(text))


def _notices(job: Job) -> None:
    """Prints a note when the end of the time limit is near."""
    threading.Thread(target=_watch_walltime, args=(job.name, job.uid, job.workspace), daemon=True).start()


def _watch_walltime(name: str, uid: str, workspace: str) -> None:
    try:
        with gateway(workspace) as connection:
            job = connection.job(name)
            if job.uid != uid:
                return
            for event in job.events():
                if isinstance(event, WalltimeNear):
                    note(f"The time limit of {name} ends in about {_time.brief(event.mark.mark)}.")
    except GatewayError:
        return  # The log itself reports the error.


def _left(job: Job) -> int:
    """Asks once whether to detach or to cancel."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return INTERRUPTED
    try:
        answer = _ask(f"\nJob {job.name} goes on. [d]etach or [c]ancel it? ", lambda text: text[:1] in ("d", "c"))
    except (KeyboardInterrupt, EOFError):
        answer = "d"
    if answer[:1] == "c":
        cancellation = job.cancel()
        note(cancellation.message if cancellation else f"Job {job.name} is deleted.")
    else:
        note(f"Detached. Go on with: igw logs -f {job.name}")
    return INTERRUPTED


def _ask(question: str, accepted: Callable[[str], bool]) -> str:
    while True:
        sys.stderr.write(question)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        if accepted(line.strip().lower()):
            return line.strip().lower()


def finish(code: int) -> None:
    """Ends the program at once with the exit code. A thread that reads events would keep Python waiting."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if 0 <= code <= 255 else FAILED)
