"""A job's log: its events, and the bytes and lines that they make."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TypeAlias

from ._sse import ServerEvent
from ._wire import Json
from .errors import UnexpectedAnswer
from .models import DeletedJob, JobStatus, LogLine, LogProblem, PluginLine


@dataclass(frozen=True)
class LogEnd:
    """The log is complete. `job` is the job's final state, or the deleted job."""

    job: JobStatus | DeletedJob


LogEvent: TypeAlias = LogLine | PluginLine | LogProblem | LogEnd
"""What a stream of a log consists of."""


def data(event: ServerEvent) -> Json:
    """The JSON object of an event.

    Raises:
        UnexpectedAnswer: it has none.
    """
    try:
        value = json.loads(event.data or "")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise UnexpectedAnswer("An event of the stream is not a JSON object.")
    return value  # pyright: ignore[reportUnknownVariableType]


def log_event(event: ServerEvent) -> LogEvent | None:
    """The event of a log, or None for a heartbeat or a type that this version does not know."""
    if event.data is None:
        return None
    if event.type == "log":
        return LogLine.from_json(data(event))
    if event.type == "plugin":
        return PluginLine.from_json(data(event))
    if event.type == "problem":
        return LogProblem.from_json(data(event))
    if event.type == "end":
        job = data(event)
        return LogEnd(JobStatus.from_json(job) if "state" in job else DeletedJob.from_json(job))
    return None


def content(line: LogLine | PluginLine) -> bytes:
    """The bytes of a line or of a part of one, with the line's end.

    Raises:
        UnexpectedAnswer: the base64 can't be read.
    """
    if isinstance(line, PluginLine):
        return line.text.encode() + b"\n"
    if line.base64 is not None:
        try:
            text = base64.b64decode(line.base64, validate=True)
        except ValueError as error:
            raise UnexpectedAnswer("A line of the log is not base64.") from error
    else:
        # A lone surrogate can come out of JSON, and must not stop the log.
        text = (line.text or "").encode("utf-8", "surrogatepass")
    return text if line.partial else text + b"\n"


class Lines:
    """Makes lines of the bytes of a log, however they are cut."""

    def __init__(self) -> None:
        self._open = bytearray()

    def feed(self, chunk: bytes) -> list[str]:
        """The lines that the chunk completes, without their ends. Bytes that are not UTF-8 become U+FFFD."""
        self._open += chunk
        end = self._open.rfind(b"\n")
        if end < 0:
            return []
        whole = bytes(self._open[:end])
        del self._open[: end + 1]
        return [line.decode("utf-8", "replace") for line in whole.split(b"\n")]

    def rest(self) -> list[str]:
        """The last line, if it had no end."""
        return [self._open.decode("utf-8", "replace")] if self._open else []
