"""A job as an object."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Literal

from anyio import sleep

from .. import _answers, _time
from .._events import Deleted, Event, Reset, StateChanged, job_event
from .._log import LogEnd, LogEvent, content, log_event
from .._paths import job_path, past_job_path
from .._retry import Deadline
from .._sse import OPENED
from .._terminal import printable
from .._view import JobView
from ..errors import GatewayError, JobDeleted, JobFailed, NotFound, OtherJob, UnexpectedAnswer, WaitTimeout
from ..models import Cancellation, JobStatus, LogLine, LogProblem, PastJobRecord, PluginLine, Receipt
from ._lines import lines_of
from ._resubmission import AsyncResubmittable
from ._transport import AsyncTransport

if TYPE_CHECKING:
    import httpx

_log = logging.getLogger("interlink_gateway")
_STARTED = frozenset({"RUNNING", "SUCCEEDED", "FAILED"})
_LAST_LINES = 20
_REASON_SECONDS = 15.0
# The history is written in moments; under load in seconds.
_HISTORY_SECONDS = 10.0
_HISTORY_PAUSE_SECONDS = 0.1

Until = Literal["RUNNING", "ended"]
"""What to wait for: that the job runs or has run, or that it has ended."""


class AsyncJob(JobView, AsyncResubmittable):
    """A job on the gateway: its state, its log, and what can be done with it.

    `Gateway.submit`, `Gateway.job` and `Gateway.jobs` make it. All methods are about this job, and never about a later
    one with the same name.
    """

    def __init__(self, transport: AsyncTransport, status: JobStatus, etag: str | None = None) -> None:
        super().__init__(status)
        self._transport = transport
        self._etag = etag

    async def refresh(self) -> AsyncJob:
        """Reads the state now. Returns the job itself.

        Raises:
            JobDeleted: the job was removed, or its name belongs to another one now.
        """
        try:
            response = await self._transport.request("GET", self._path(), query=self._query())
        except NotFound as error:
            raise self._deletion() from error
        status = JobStatus.from_json(_answers.body(response))
        if status.uid != self.uid:
            raise self._deletion()
        self._etag = response.headers.get("ETag")
        self._update(status)
        return self

    async def wait(self, until: Until = "ended", *, timeout: _time.Duration | None = None) -> AsyncJob:
        """Waits until the job runs or has ended, by the gateway's events. Returns the job itself.

        Lost connections and restarts of the gateway don't end the wait.

        Args:
            until: `RUNNING` (or already ended) or `ended`.
            timeout: how long to wait at most, such as `30m` or a number of seconds; None for as long as it takes.

        Raises:
            JobFailed: it ended with a failure, with the reason, the hint and the last lines of its log.
            JobDeleted: it was removed.
            WaitTimeout: it did not get there in time.
            GatewayUnreachable: the gateway did not answer for ten minutes.
        """
        deadline = Deadline.after(timeout)
        while not self._reached(until):
            async with aclosing(self._changes(deadline)) as changes:
                async for _ in changes:
                    if self._reached(until):
                        break
                else:
                    raise WaitTimeout(f"Job {self.name!r} is still {self.state}.", self.status)
        if self.state == "FAILED":
            last_lines = await self._last_lines()
            await self._learn_reason()
            raise JobFailed(self.status, last_lines)
        return self

    async def _learn_reason(self) -> None:
        """Waits for the reason of a failure that is only known as such: the job's own record is found seconds later."""
        if not self._reason_follows():
            return
        with suppress(GatewayError):
            async with aclosing(self._changes(Deadline(_REASON_SECONDS))) as changes:
                async for _ in changes:
                    if not self._reason_follows():
                        return

    def _reason_follows(self) -> bool:
        return self.reason == "OTHER" and self.evidence.source == "API_SERVER"

    def _reached(self, until: Until) -> bool:
        return self.ended or (until == "RUNNING" and self.state in _STARTED)

    async def events(self, *, timeout: _time.Duration | None = None) -> AsyncGenerator[Event, None]:
        """The job's changes, from its present state to its end.

        Args:
            timeout: when to stop in any case; None for never.

        Raises:
            JobDeleted: it was removed.
        """
        deadline = Deadline.after(timeout)
        async with aclosing(self._changes(deadline)) as changes:
            async for event in changes:
                yield event
                if self.ended and isinstance(event, StateChanged):
                    return

    async def _changes(self, deadline: Deadline) -> AsyncGenerator[Event, None]:
        """The changes of this job. This object has each change before it is yielded."""
        while not deadline.passed:
            restart = False
            stream = self._transport.stream(self._path("/events"), query=self._query(), deadline=deadline)
            async with aclosing(stream) as events:
                try:
                    async for received in events:
                        event = job_event(received)
                        if event is None:
                            self._show()
                            continue
                        if isinstance(event, Reset):
                            restart = True
                            break
                        if isinstance(event, Deleted) and event.job.uid == self.uid:
                            raise self._deletion(event.job.cancellation)
                        if isinstance(event, StateChanged):
                            self._take(event.job)
                        yield event
                except NotFound as error:
                    raise self._deletion() from error
            if not (deadline.passed or restart):
                raise UnexpectedAnswer("The gateway has no events of a job that exists.")

    def _deletion(self, cancellation: Cancellation | None = None) -> JobDeleted:
        """Marks the job as deleted. Returns the exception to raise."""
        self._mark_deleted(cancellation)
        return JobDeleted(self.name, self.uid, self.cancellation)

    def _take(self, status: JobStatus) -> None:
        if status.uid != self.uid:
            raise self._deletion()
        self._update(status)

    async def log_events(
        self,
        *,
        tail: int | None = None,
        since: _time.Duration | None = None,
        container: str | None = None,
        raw: bool = False,
    ) -> AsyncGenerator[LogEvent, None]:
        """Follows the log as events, each once, across lost connections and restarts of the gateway.

        It waits for the job to start, and ends with a `LogEnd` after the job's last output.

        Args:
            tail: only this number of the last lines, and later ones.
            since: only output of this last time, in whole seconds.
            container: the container; by default the first.
            raw: whether to include the lines of interLink's plugin and of SLURM.

        Raises:
            Problem: the log can't be read, such as `InvalidRequest` if the time of its lines is not known.
            JobDeleted: the name belongs to another job now.
        """
        query = self._log_query(tail, since, container, raw)
        stream = self._transport.stream(self._path("/logs"), query={**query, "follow": True})
        async with aclosing(stream) as events:
            async for received in events:
                if received is OPENED:
                    await self._check_name()
                event = log_event(received)
                if event is None:
                    self._show()
                    continue
                if isinstance(event, LogEnd):
                    self._take_end(event)
                yield event
                if isinstance(event, LogEnd):
                    return

    def _take_end(self, end: LogEnd) -> None:
        if isinstance(end.job, JobStatus):
            self._take(end.job)
        elif end.job.uid == self.uid:
            self._mark_deleted(end.job.cancellation)
        else:
            raise self._deletion()

    async def _check_name(self) -> None:
        """Checks that an answer by name is about this job. It is, if the name is still this job's after the answer.

        Raises:
            JobDeleted: the name belongs to another job now, or the last job of that name was another one.
        """
        try:
            response = await self._transport.request("GET", self._path(), query=self._query())
        except NotFound as error:
            # The answer to a request just before can be the last of this job.
            owner = error.uid or self.uid
        else:
            owner = JobStatus.from_json(_answers.body(response)).uid
        if owner != self.uid:
            raise self._deletion()

    def logs(
        self,
        *,
        follow: bool = False,
        tail: int | None = None,
        since: _time.Duration | None = None,
        container: str | None = None,
        raw: bool = False,
    ) -> AsyncGenerator[str, None]:
        """The lines of the log without their ends; bytes that are not UTF-8 become U+FFFD. See `log_bytes`."""
        return lines_of(self.log_bytes(follow=follow, tail=tail, since=since, container=container, raw=raw))

    async def log_bytes(
        self,
        *,
        follow: bool = False,
        tail: int | None = None,
        since: _time.Duration | None = None,
        container: str | None = None,
        raw: bool = False,
    ) -> AsyncGenerator[bytes, None]:
        """The log byte for byte, in parts, each byte once.

        Args:
            follow: whether to wait for the job to start and go on until its last output; otherwise what there is now.
            tail: only this number of the last lines, and later ones.
            since: only output of this last time, in whole seconds.
            container: the container; by default the first.
            raw: whether to include the lines of interLink's plugin and of SLURM.

        Raises:
            Problem: the log can't be read, such as `InvalidRequest` if the time of its lines is not known.
            JobDeleted: the name belongs to another job now.
        """
        if not follow:
            query = self._log_query(tail, since, container, raw)
            # The end of a log that grows moves; its start does not.
            from_start = tail is None and since is None
            async with aclosing(self._transport.download(self._path("/logs"), query, from_start)) as chunks:
                async for chunk in chunks:
                    if chunk:
                        yield chunk
                    else:
                        await self._check_name()
            return
        events = self.log_events(tail=tail, since=since, container=container, raw=raw)
        async with aclosing(events):
            async for event in events:
                if isinstance(event, (LogLine, PluginLine)):
                    yield content(event)
                elif isinstance(event, LogProblem):
                    _log.warning("The log of %s can't be read now: %s", printable(self.name), printable(event.message))

    def _log_query(
        self, tail: int | None, since: _time.Duration | None, container: str | None, raw: bool
    ) -> dict[str, str | int | bool | None]:
        return {
            **self._query(),
            "raw": raw or None,
            "tailLines": tail,
            "sinceSeconds": None if since is None else max(1, round(_time.seconds(since))),
            "container": container,
        }

    async def _last_lines(self) -> Sequence[str]:
        """The end of the log for an exception, which must not fail because of it."""
        lines: list[str] = []
        try:
            async with aclosing(self.logs(tail=_LAST_LINES)) as log:
                async for line in log:
                    lines.append(line)
        except GatewayError as error:
            _log.debug("The last lines of %s can't be read: %s", self.name, error)
        return lines[-_LAST_LINES:]

    async def cancel(
        self,
        *,
        wait: bool = False,
        grace: _time.Duration | None = None,
        timeout: _time.Duration | None = None,
    ) -> Cancellation | None:
        """Deletes the job, which cancels it on the HPC if it has not ended.

        Args:
            wait: whether to wait until it is removed, and so until it is known whether the HPC ended it. A gateway
                without a history may not know that any more if the removal takes only a moment.
            grace: how long its pod stays at most, 1 s to 1 h.
            timeout: how long to wait at most.

        Returns:
            How far the cancellation has come: `UNCONFIRMED` means that nothing shows that the job ended. None if the
            job was removed and is known to have ended.

        Raises:
            WaitTimeout: it was not removed in time.
        """
        deadline = Deadline.after(timeout)
        while not await self._delete(grace) and wait:
            try:
                async with aclosing(self._changes(deadline)) as changes:
                    async for _ in changes:
                        pass
            except JobDeleted:
                if self._removal_known():
                    break
            else:
                raise WaitTimeout(f"Job {self.name!r} is still {self.state}.", self.status)
        if wait and self.cancellation and not self._removal_known():
            await self._learn_removal(Deadline(min(deadline.left, _HISTORY_SECONDS)))
        return self.cancellation

    def _removal_known(self) -> bool:
        return self.cancellation is not None and self.cancellation.stage in ("CONFIRMED", "UNCONFIRMED")

    async def _learn_removal(self, deadline: Deadline) -> None:
        """Asks the history how a removal ended that was over before its events were followed."""
        with suppress(GatewayError):
            while not (self._removal_known() or deadline.passed):
                with suppress(NotFound):  # Not even its start is recorded yet.
                    left = deadline.left
                    response = await self._transport.request(
                        "GET", past_job_path(self.uid), query=self._query(), patience=left, repeat=left
                    )
                    self._mark_deleted(PastJobRecord.from_json(_answers.body(response)).job.cancellation)
                if not self._removal_known():
                    await sleep(min(_HISTORY_PAUSE_SECONDS, deadline.left))

    async def _delete(self, grace: _time.Duration | None) -> bool:
        """Sends the deletion of this very job. Returns whether it is removed."""
        if self._etag is None:
            try:
                await self.refresh()
            except JobDeleted:
                return True
        headers = {"If-Match": self._etag or ""}
        period = None if grace is None else max(1, round(_time.seconds(grace)))
        query = {**self._query(), "gracePeriodSeconds": period}
        try:
            response = await self._transport.request("DELETE", self._path(), query=query, headers=headers)
        except OtherJob:
            self._mark_deleted(None)
            return True
        if response.status_code in (204, 404):
            self._mark_deleted(None)
            return True
        status = JobStatus.from_json(_answers.body(response))
        if response.status_code == 200:
            self._mark_deleted(status.cancellation)
            return True
        self._update(status)
        return False

    async def receipt(self) -> Receipt:
        """A document to keep beside the job's result. It changes until the job has ended.

        Raises:
            Refused: the gateway has no history.
        """
        path = f"{past_job_path(self.uid)}/receipt"
        return Receipt.from_json(_answers.body(await self._transport.request("GET", path, query=self._query())))

    async def manifest(self) -> dict[str, Any]:
        """The job's pod as it is on the cluster.

        Raises:
            JobDeleted: the name belongs to another job now.
        """
        response = await self._transport.request("GET", self._path("/manifest"), query=self._query())
        await self._check_name()
        return _answers.body(response)

    def _path(self, below: str = "") -> str:
        return job_path(self.name) + below

    async def _resubmission(self) -> tuple[AsyncTransport, str, str]:
        await self.refresh()
        return self._transport, self._path("/resubmit"), self.workspace

    def _query(self) -> dict[str, str]:
        return {"workspace": self.workspace}


def job_of(transport: AsyncTransport, response: httpx.Response) -> AsyncJob:
    """The job of an answer."""
    status = JobStatus.from_json(_answers.body(response))
    return AsyncJob(transport, status, response.headers.get("ETag"))
