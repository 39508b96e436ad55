"""A proxy that cuts, delays and truncates what passes between a client and the gateway."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Faults:
    """How often a connection has which fault, and when.

    Attributes:
        refuse: the share of connections that are closed before a byte passes.
        lose_answer: the share whose request passes, and whose answer does not.
        cut: the share that is cut somewhere in the answer, by a reset or an early end.
        delay: the share that is slow, in small pieces.
        longest: the number of bytes of an answer within which the cut is.
    """

    refuse: float = 0.1
    lose_answer: float = 0.1
    cut: float = 0.5
    delay: float = 0.1
    longest: int = 200_000
    counts: Counter[str] = field(default_factory=Counter[str])


class FaultyProxy:
    """Listens on a port of its own, in a thread of its own. The same seed makes the same faults."""

    def __init__(self, target_port: int, faults: Faults, seed: int = 1) -> None:
        self._target_port = target_port
        self._faults = faults
        self._random = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port: int = self._server.result().sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def counts(self) -> Counter[str]:
        return self._faults.counts

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.result().close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def cut_all(self) -> int:
        """Resets every open connection. Returns their number."""
        return asyncio.run_coroutine_threadsafe(self._cut_all(), self._loop).result()

    async def _cut_all(self) -> int:
        writers = list(self._writers)
        for writer in writers:
            _reset(writer)
        return len(writers)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", 0)

    def _fault(self) -> str:
        faults = self._faults
        chance = self._random.random()
        for name in ("refuse", "lose_answer", "cut", "delay"):
            chance -= getattr(faults, name)
            if chance < 0:
                return name
        return "none"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self._fault()
        self._faults.counts[fault] += 1
        if fault == "refuse":
            _reset(writer)
            return
        try:
            upstream, target = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            _reset(writer)
            return
        self._writers.add(writer)
        sending = asyncio.create_task(_copy(reader, target))
        try:
            await self._answer(fault, upstream, writer)
        finally:
            self._writers.discard(writer)
            sending.cancel()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await sending
            target.close()

    async def _answer(self, fault: str, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = self._random.randrange(1, self._faults.longest) if fault == "cut" else None
        by_reset = self._random.random() < 0.5
        with contextlib.suppress(OSError):
            while True:
                data = await upstream.read(700 if fault == "delay" else 65536)
                if not data:
                    break
                if fault == "lose_answer":
                    _reset(writer)
                    return
                if fault == "delay":
                    await asyncio.sleep(0.001)
                if left is not None:
                    data = data[:left]
                    left -= len(data)
                writer.write(data)
                await writer.drain()
                if left == 0:
                    if by_reset:
                        _reset(writer)
                    break
        writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
