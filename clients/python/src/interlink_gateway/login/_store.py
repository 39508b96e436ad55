"""Where tokens are kept between programs."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import Any, Protocol

from ..config import config_directory
from ..errors import LoginError
from . import _tokens
from ._lock import RenewalLock

_SERVICE = "interlink-gateway"


class Store(Protocol):
    """Keeps the tokens of one gateway."""

    def read(self) -> _tokens.Tokens | None:
        """The stored tokens, or None."""
        ...

    def write(self, tokens: _tokens.Tokens) -> None:
        """Stores tokens instead of those before."""
        ...

    def delete(self) -> None:
        """Forgets the tokens."""
        ...


class KeyringStore:
    """The system's keyring."""

    def __init__(self, backend: Any, url: str) -> None:
        self._backend = backend
        self._url = url

    def read(self) -> _tokens.Tokens | None:
        """See `Store`. A locked keyring has none."""
        try:
            text = self._backend.get_password(_SERVICE, self._url)
        except Exception:
            return None
        return _tokens.load(text) if text else None

    def write(self, tokens: _tokens.Tokens) -> None:
        """See `Store`."""
        self._backend.set_password(_SERVICE, self._url, tokens.dump())

    def delete(self) -> None:
        """See `Store`.

        Raises:
            LoginError: the keyring is locked, and may have tokens.
        """
        try:
            if self._backend.get_password(_SERVICE, self._url) is not None:
                self._backend.delete_password(_SERVICE, self._url)
        except Exception as error:
            failure = type(error).__name__
        else:
            return
        raise LoginError(f"The login in the keyring can't be deleted ({failure}). Unlock the keyring and try again.")


class FileStore:
    """A file of mode 600 in the configuration's folder."""

    def __init__(self, url: str) -> None:
        self._path = _path(url, "json")

    def read(self) -> _tokens.Tokens | None:
        """See `Store`.

        Raises:
            LoginError: others can read the file.
        """
        try:
            if os.name == "posix" and stat.S_IMODE(self._path.stat().st_mode) & 0o077:
                raise LoginError(f"{self._path} can be read by others. Delete it and log in again.")
            return _tokens.load(self._path.read_text())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LoginError(f"{self._path} can't be read: {error.strerror}.") from error

    def write(self, tokens: _tokens.Tokens) -> None:
        """See `Store`. The file is replaced as a whole, and never readable by others."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # mkstemp makes files of mode 600.
            handle, name = tempfile.mkstemp(dir=self._path.parent)
            try:
                with os.fdopen(handle, "w") as file:
                    file.write(tokens.dump())
                os.replace(name, self._path)
            except BaseException:
                os.unlink(name)
                raise
        except OSError as error:
            raise LoginError(f"{self._path} can't be written: {error.strerror}.") from error

    def delete(self) -> None:
        """See `Store`."""
        self._path.unlink(missing_ok=True)


class FirstOf:
    """The keyring, and the file for when the keyring can't be used."""

    def __init__(self, keyring: KeyringStore, file: FileStore) -> None:
        self._keyring = keyring
        self._file = file

    def read(self) -> _tokens.Tokens | None:
        """See `Store`."""
        found = [tokens for tokens in (self._keyring.read(), self._file.read()) if tokens]
        # The file has those that were renewed while the keyring was locked.
        return max(found, key=lambda tokens: tokens.expires_at, default=None)

    def write(self, tokens: _tokens.Tokens) -> None:
        """See `Store`."""
        try:
            self._keyring.write(tokens)
        except Exception:
            self._file.write(tokens)
        else:
            self._file.delete()

    def delete(self) -> None:
        """See `Store`."""
        self._file.delete()
        self._keyring.delete()


def renewal_lock(url: str) -> RenewalLock:
    """The lock for the renewal of the tokens for a gateway, wherever they are kept. Not to be shared by threads."""
    return RenewalLock(_path(url, "lock"))


def _path(url: str, ending: str) -> Path:
    return config_directory() / "logins" / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.{ending}"


def store(url: str) -> Store:
    """The store of the tokens for a gateway."""
    file = FileStore(url)
    try:
        import keyring  # pyright: ignore
    except ImportError:
        return file
    backend: Any = keyring.get_keyring()  # pyright: ignore
    # Below 1 are the backends that keep nothing.
    if getattr(backend, "priority", 0) < 1:
        return file
    return FirstOf(KeyringStore(backend, url), file)
