# Generated from _async by scripts/make_sync.py; edit that one.
"""Jobs of the history."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TYPE_CHECKING, Any

from .. import _answers
from .._mlflow import run_address
from .._paths import past_job_path
from .._tables import FrameBuilder
from .._view import JobView
from ..models import PastJobRecord, Receipt
from ._lines import lines_of
from ._resubmission import Resubmittable
from ._transport import Transport, Query

if TYPE_CHECKING:
    import pandas


class PastJob(JobView, Resubmittable):
    """A job as the history has it, live or not. Its log is the archived one."""

    def __init__(self, transport: Transport, record: PastJobRecord) -> None:
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

    def refresh(self) -> PastJob:
        """Reads what the history has now, with all changes of state. Returns the job itself."""
        self._record = PastJobRecord.from_json(self._get(""))
        self._update(self._record.job)
        return self

    def logs(self, *, tail: int | None = None, container: str | None = None) -> Generator[str, None, None]:
        """The lines of the log without their ends; bytes that are not UTF-8 become U+FFFD. See `log_bytes`."""
        return lines_of(self.log_bytes(tail=tail, container=container))

    def log_bytes(self, *, tail: int | None = None, container: str | None = None) -> Generator[bytes, None, None]:
        """The archived log byte for byte, in parts, each byte once. `record.logs` has how complete it is.

        Args:
            tail: only this number of the last lines.
            container: the container; by default the first.

        Raises:
            LogGone: the log is lost or has expired.
        """
        query = {**self._query(), "tailLines": tail, "container": container}
        from_start = tail is None and not self._record.live
        with closing(self._transport.download(self._path("/logs"), query, from_start)) as chunks:
            for chunk in chunks:
                if chunk:
                    yield chunk

    def manifest(self) -> dict[str, Any]:
        """The pod as it was submitted."""
        return self._get("/manifest")

    def receipt(self) -> Receipt:
        """A document to keep beside the job's result."""
        return Receipt.from_json(self._get("/receipt"))

    def delete(self) -> None:
        """Deletes what the history has of it, with its logs; only for admins.

        Raises:
            JobExists: its pod still exists.
        """
        self._transport.request("DELETE", self._path(""), query=self._query())

    def _get(self, below: str) -> Any:
        return _answers.body(self._transport.request("GET", self._path(below), query=self._query()))

    def _path(self, below: str) -> str:
        return past_job_path(self.uid) + below

    def _query(self) -> dict[str, str | int | None]:
        return {"workspace": self.workspace}

    def _resubmission(self) -> tuple[Transport, str, str]:
        return self._transport, self._path("/resubmit"), self.workspace


class History:
    """Jobs of the history that match a filter, the newest first. Each iteration reads them anew, a page at a time."""

    def __init__(self, transport: Transport, filters: Query) -> None:
        self._transport = transport
        self._filters = filters

    def records(self) -> Generator[PastJobRecord, None, None]:
        """What the history has of the jobs."""
        return self._transport.pages(PastJobRecord, "/history/jobs", self._filters)

    def __iter__(self) -> Generator[PastJob, None, None]:
        with closing(self.records()) as records:
            for record in records:
                yield PastJob(self._transport, record)

    def to_pandas(self) -> pandas.DataFrame:
        """The jobs as a data frame, one row each. Times are in UTC.

        Raises:
            ImportError: pandas is not installed.
        """
        frame = FrameBuilder()
        with closing(self.records()) as records:
            for record in records:
                frame.add(record.job)
        return frame.build()
