"""Addresses and keys of requests."""

from __future__ import annotations

import uuid
from urllib.parse import quote

from .errors import ConfigurationError


def segment(name: str) -> str:
    """A name as one segment of a path.

    Raises:
        ConfigurationError: it is empty, `.` or `..`, which a server or a proxy would resolve.
    """
    if name in ("", ".", ".."):
        raise ConfigurationError(f"{name!r} is not a name.")
    return quote(name, safe="")


def job_path(name: str) -> str:
    """The path of a job."""
    return f"/jobs/{segment(name)}"


def past_job_path(uid: str) -> str:
    """The path of a job in the history."""
    return f"/history/jobs/{segment(uid)}"


def new_key() -> str:
    """An Idempotency-Key."""
    return str(uuid.uuid4())
