# Generated from _async by scripts/make_sync.py; edit that one.
"""Lists of jobs, read page by page."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TYPE_CHECKING

from .. import _time
from .._tables import FrameBuilder
from ..models import JobStatus
from ._job import Job
from ._transport import Transport, Query

if TYPE_CHECKING:
    import pandas


class Jobs:
    """Jobs that match a filter. Each iteration reads them anew, a page at a time, and keeps none."""

    def __init__(self, transport: Transport, filters: Query, since: _time.Duration | None) -> None:
        self._transport = transport
        self._filters = filters
        self._since = None if since is None else _time.duration(since)

    def statuses(self) -> Generator[JobStatus, None, None]:
        """The jobs' states."""
        oldest = None if self._since is None else _time.now() - self._since
        with closing(self._transport.pages(JobStatus, "/jobs", self._filters)) as statuses:
            for status in statuses:
                if oldest is None or status.created_at >= oldest:
                    yield status

    def __iter__(self) -> Generator[Job, None, None]:
        with closing(self.statuses()) as statuses:
            for status in statuses:
                yield Job(self._transport, status)

    def to_pandas(self) -> pandas.DataFrame:
        """The jobs as a data frame, one row each. Times are in UTC.

        Raises:
            ImportError: pandas is not installed.
        """
        frame = FrameBuilder()
        with closing(self.statuses()) as statuses:
            for status in statuses:
                frame.add(status)
        return frame.build()
