"""One renewal of a login at a time, among the threads of this program and among all programs of the user."""

from __future__ import annotations

import os
import threading
from pathlib import Path

if os.name == "nt":
    import msvcrt
else:
    import fcntl

_threads: dict[Path, threading.Lock] = {}
_guard = threading.Lock()


class RenewalLock:
    """A lock of one login. It never blocks, because the caller may run on an event loop.

    The operating system releases the lock when the program ends, however it ends.
    """

    def __init__(self, path: Path) -> None:
        """Makes the lock with this file.

        The file is never deleted: one program could then lock the deleted file, and another one a new file.
        """
        self._path = path
        with _guard:
            self._thread = _threads.setdefault(path, threading.Lock())
        self._file: int | None = None

    def take(self) -> bool:
        """Takes the lock if it is free. Returns whether it was.

        On a file system without locks, or without write access, it is one of this program's threads only.
        """
        if not self._thread.acquire(blocking=False):
            return False
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            _lock(self._file)
        except BlockingIOError:
            self.release()
            return False
        except OSError:
            pass
        return True

    def release(self) -> None:
        """Releases the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._thread.release()


def _lock(file: int) -> None:
    if os.name == "nt":
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
