"""Lists of jobs, read page by page."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from .. import _time
from .._tables import FrameBuilder
from ..models import JobStatus
from ._job import AsyncJob
from ._transport import AsyncTransport, Query

if TYPE_CHECKING:
    import pandas


class AsyncJobs:
    """Jobs that match a filter. Each iteration reads them anew, a page at a time, and keeps none."""

    def __init__(self, transport: AsyncTransport, filters: Query, since: _time.Duration | None) -> None:
        self._transport = transport
        self._filters = filters
        self._since = None if since is None else _time.duration(since)

    async def statuses(self) -> AsyncGenerator[JobStatus, None]:
        """The jobs' states."""
        oldest = None if self._since is None else _time.now() - self._since
        async with aclosing(self._transport.pages(JobStatus, "/jobs", self._filters)) as statuses:
            async for status in statuses:
                if oldest is None or status.created_at >= oldest:
                    yield status

    async def __aiter__(self) -> AsyncGenerator[AsyncJob, None]:
        async with aclosing(self.statuses()) as statuses:
            async for status in statuses:
                yield AsyncJob(self._transport, status)

    async def to_pandas(self) -> pandas.DataFrame:
        """The jobs as a data frame, one row each. Times are in UTC.

        Raises:
            ImportError: pandas is not installed.
        """
        frame = FrameBuilder()
        async with aclosing(self.statuses()) as statuses:
            async for status in statuses:
                frame.add(status)
        return frame.build()
