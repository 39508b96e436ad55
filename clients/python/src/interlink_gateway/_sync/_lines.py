# Generated from _async by scripts/make_sync.py; edit that one.
"""The lines of a log."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from .._log import Lines


def lines_of(chunks: Generator[bytes, None, None]) -> Generator[str, None, None]:
    """The lines of a log without their ends; bytes that are not UTF-8 become U+FFFD."""
    lines = Lines()
    with closing(chunks):
        for chunk in chunks:
            for line in lines.feed(chunk):
                yield line
    for line in lines.rest():
        yield line
