"""When a failed request is sent again."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from . import _time


@dataclass(frozen=True)
class Retry:
    """How long and how often failed requests are repeated.

    Connection errors, 429, 503, and 502 and 504 of a proxy are repeated. The pauses double from `first` to `most`, each
    shortened by a random part, so that clients whose requests failed at the same time do not all repeat them together.
    A pause is never shorter than what the gateway requires in `Retry-After`.

    Attributes:
        requests: the seconds for which a request is repeated, from its first failure.
        streams: the seconds without any sign of the gateway after which a stream gives up.
        first: the longest pause before the first repetition, in seconds.
        most: the longest pause, in seconds, unless the gateway asks for a longer one.
    """

    requests: float = 60.0
    streams: float = 600.0
    first: float = 0.25
    most: float = 10.0


class Backoff:
    """The pauses of one sequence of failures."""

    def __init__(self, retry: Retry, limit: float) -> None:
        self._retry = retry
        self._limit = limit
        self._failures = 0
        self._since = 0.0

    def succeeded(self) -> None:
        """Starts the next sequence."""
        self._failures = 0

    def pause(self, retry_after: float | None = None) -> float | None:
        """Counts a failure. The seconds until the next attempt, or None if there is no time for one."""
        now = time.monotonic()
        if self._failures == 0:
            self._since = now
        longest = min(self._retry.most, self._retry.first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        pause = (retry_after or 0.0) + random.uniform(longest / 2, longest)
        return None if now + pause > self._since + self._limit else pause


class Deadline:
    """A point in time at which waiting ends; None for never."""

    def __init__(self, seconds: float | None) -> None:
        self._at = None if seconds is None else time.monotonic() + seconds

    @classmethod
    def after(cls, timeout: _time.Duration | None) -> Deadline:
        """The deadline after a length of time; None for never. Errors: see `_time.duration`."""
        return cls(None if timeout is None else _time.seconds(timeout))

    @property
    def left(self) -> float:
        """The seconds left, not negative; infinite if there is no deadline."""
        return float("inf") if self._at is None else max(0.0, self._at - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether no time is left."""
        return self.left <= 0
