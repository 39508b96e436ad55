"""Jobs of the history."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from .. import _answers
from .._mlflow import run_address
from .._paths import past_job_path
from .._tables import FrameBuilder
from .._view import JobView
from ..models import PastJobRecord, Receipt
from ._lines import lines_of
from ._resubmission import AsyncResubmittable
from ._transport import AsyncTransport, Query

if TYPE_CHECKING:
    import pandas


class AsyncPastJob(JobView, AsyncResubmittable):
    """A job as the history has it, live or not. Its log is the archived one."""

    def __init__(self, transport: AsyncTransport, record: PastJobRecord) -> None:
        super().__init__(record.job)
        self._transport = transport
        self._record = record

    @property
    def record(self) -> PastJobRecord:
        """All that the history has of it; the changes of its state only if it was read by itself."""
        return self._record

    @property
    def mlflow_url(self) -> str | None:
        """The address of its MLflow run, or of the server if the run is not known."""
        return (self._record.mlflow and run_address(self._record.mlflow)) or super().mlflow_url

    async def refresh(self) -> AsyncPastJob:
        """Reads what the history has now, with all changes of state. Returns the job itself."""
        self._record = PastJobRecord.from_json(await self._get(""))
        self._update(self._record.job)
        return self

    def logs(self, *, tail: int | None = None, container: str | None = None) -> AsyncGenerator[str, None]:
        """The lines of the log without their ends; bytes that are not UTF-8 become U+FFFD. See `log_bytes`."""
        return lines_of(self.log_bytes(tail=tail, container=container))

    async def log_bytes(self, *, tail: int | None = None, container: str | None = None) -> AsyncGenerator[bytes, None]:
        """The archived log byte for byte, in parts, each byte once. `record.logs` has how complete it is.

        Args:
            tail: only this number of the last lines.
            container: the container; by default the first.

        Raises:
            LogGone: the log is lost or has expired.
        """
        query = {**self._query(), "tailLines": tail, "container": container}
        from_start = tail is None and not self._record.live
        async with aclosing(self._transport.download(self._path("/logs"), query, from_start)) as chunks:
            async for chunk in chunks:
                if chunk:
                    yield chunk

    async def manifest(self) -> dict[str, Any]:
        """The pod as it was submitted."""
        return await self._get("/manifest")

    async def receipt(self) -> Receipt:
        """A document to keep beside the job's result."""
        return Receipt.from_json(await self._get("/receipt"))

    async def delete(self) -> None:
        """Deletes what the history has of it, with its logs; only for admins.

        Raises:
            JobExists: its pod still exists.
        """
        await self._transport.request("DELETE", self._path(""), query=self._query())

    async def _get(self, below: str) -> Any:
        return _answers.body(await self._transport.request("GET", self._path(below), query=self._query()))

    def _path(self, below: str) -> str:
        return past_job_path(self.uid) + below

    def _query(self) -> dict[str, str | int | None]:
        return {"workspace": self.workspace}

    async def _resubmission(self) -> tuple[AsyncTransport, str, str]:
        return self._transport, self._path("/resubmit"), self.workspace


class AsyncHistory:
    """Jobs of the history that match a filter, the newest first. Each iteration reads them anew, a page at a time."""

    def __init__(self, transport: AsyncTransport, filters: Query) -> None:
        self._transport = transport
        self._filters = filters

    def records(self) -> AsyncGenerator[PastJobRecord, None]:
        """What the history has of the jobs."""
        return self._transport.pages(PastJobRecord, "/history/jobs", self._filters)

    async def __aiter__(self) -> AsyncGenerator[AsyncPastJob, None]:
        async with aclosing(self.records()) as records:
            async for record in records:
                yield AsyncPastJob(self._transport, record)

    async def to_pandas(self) -> pandas.DataFrame:
        """The jobs as a data frame, one row each. Times are in UTC.

        Raises:
            ImportError: pandas is not installed.
        """
        frame = FrameBuilder()
        async with aclosing(self.records()) as records:
            async for record in records:
                frame.add(record.job)
        return frame.build()
