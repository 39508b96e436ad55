"""Server-sent events, without input and output of its own."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import UnexpectedAnswer

_MAX_EVENT = 16 * 1024 * 1024


@dataclass(frozen=True)
class ServerEvent:
    """An event. `data` is None for one that only has an id, a heartbeat."""

    type: str
    data: str | None
    id: str | None


OPENED = ServerEvent("", None, None)
"""Stands for a connection that was opened, in front of its events."""


class EventParser:
    """Makes events of the bytes of a stream, however they are cut.

    An event counts when its empty line has arrived. An event that is incomplete when the stream ends is dropped
    together with its id. The next request has the id of the event before as `Last-Event-ID`, so that the server sends
    it again.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._type = ""
        self._data: list[str] = []
        self._id: str | None = None

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """The events that the chunk completes.

        Raises:
            UnexpectedAnswer: an event is larger than 16 MiB, or the stream is not UTF-8.
        """
        self._rest += chunk
        end = self._rest.rfind(b"\n")
        if end < 0:
            self._check(len(self._rest))
            return []
        lines = bytes(self._rest[:end])
        del self._rest[: end + 1]
        try:
            text = lines.decode()
        except UnicodeDecodeError as error:
            raise UnexpectedAnswer("The event stream is not UTF-8.") from error
        events: list[ServerEvent] = []
        # Not splitlines, which splits at more than the ends of lines of an event stream.
        for line in text.split("\n"):
            event = self._line(line.removesuffix("\r"))
            if event:
                events.append(event)
        self._check(sum(map(len, self._data)))
        return events

    def _check(self, size: int) -> None:
        if size > _MAX_EVENT:
            raise UnexpectedAnswer("An event of the stream is larger than 16 MiB.")

    def _line(self, line: str) -> ServerEvent | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._type = value
        elif name == "id" and "\0" not in value:
            self._id = value
        return None

    def _dispatch(self) -> ServerEvent | None:
        event = None
        if self._data or self._id is not None:
            event = ServerEvent(self._type, "\n".join(self._data) if self._data else None, self._id)
        self._type, self._data, self._id = "", [], None
        return event
