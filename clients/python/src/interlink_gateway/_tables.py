"""Lists that show themselves as tables in notebooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _html
from .models import JobStatus, MlflowCredential, Node, Orphan

if TYPE_CHECKING:
    import pandas


class NodeTable(list[Node]):
    """Virtual nodes."""

    def _repr_html_(self) -> str:
        return _html.nodes(self)


class OrphanTable(list[Orphan]):
    """Jobs on the HPC whose pods were deleted."""

    def _repr_html_(self) -> str:
        return _html.table(
            ("id", "state", "nodes", "pod"),
            ((each.id, each.state, each.nodes or "", each.uid) for each in self),
        )


class CredentialTable(list[MlflowCredential]):
    """MLflow credentials."""

    def _repr_html_(self) -> str:
        return _html.table(
            ("name", "kind", "user", "server"),
            ((each.name, each.kind, each.username or "", each.tracking_uri or "any") for each in self),
        )


@dataclass(frozen=True)
class Column:
    """A column of a table of jobs."""

    name: str
    type: str
    value: Callable[[JobStatus], Any]


COLUMNS = (
    Column("name", "object", lambda job: job.name),
    Column("state", "object", lambda job: job.state),
    Column("reason", "object", lambda job: job.reason),
    Column("node", "object", lambda job: job.node),
    Column("exit_code", "Int64", lambda job: job.exit_code),
    Column("created_at", "datetime64[ns, UTC]", lambda job: job.created_at),
    Column("started_at", "datetime64[ns, UTC]", lambda job: job.started_at),
    Column("finished_at", "datetime64[ns, UTC]", lambda job: job.finished_at),
    Column("queue_time", "timedelta64[ns]", lambda job: job.queue_time),
    Column("run_time", "timedelta64[ns]", lambda job: job.run_time),
    Column("remote_job_id", "object", lambda job: job.remote_job_id),
    Column("workspace", "object", lambda job: job.workspace),
    Column("uid", "object", lambda job: job.uid),
)


class FrameBuilder:
    """Collects jobs for a data frame. It keeps the values of the columns, not the jobs."""

    def __init__(self) -> None:
        self._values: dict[str, list[Any]] = {column.name: [] for column in COLUMNS}

    def add(self, job: JobStatus) -> None:
        """Adds a row."""
        for column in COLUMNS:
            self._values[column.name].append(column.value(job))

    def build(self) -> pandas.DataFrame:
        """The data frame. Times are in UTC.

        Raises:
            ImportError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise ImportError("to_pandas() needs pandas: pip install 'interlink-gateway[pandas]'.") from error
        series = {
            column.name: pandas.Series(self._values[column.name], dtype=column.type)  # pyright: ignore
            for column in COLUMNS
        }
        return pandas.DataFrame(series)
