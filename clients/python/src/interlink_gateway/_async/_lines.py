"""The lines of a log."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from .._log import Lines


async def lines_of(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[str, None]:
    """The lines of a log without their ends; bytes that are not UTF-8 become U+FFFD."""
    lines = Lines()
    async with aclosing(chunks):
        async for chunk in chunks:
            for line in lines.feed(chunk):
                yield line
    for line in lines.rest():
        yield line
