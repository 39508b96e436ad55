"""Requests with the tokens of a login, which are renewed when they expire."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import suppress

import httpx

from ..errors import LoginError
from . import _tokens
from ._issuer import body, explained
from ._store import Store, store


def stored_login(url: str) -> httpx.Auth | None:
    """How requests to the gateway authenticate by the stored login; None if there is none."""
    kept = store(url)
    tokens = kept.read()
    return LoginAuth(kept, tokens) if tokens else None


class LoginAuth(httpx.Auth):
    """Adds the access token to each request.

    It is renewed before it expires, and when the gateway refuses it. Other programs of the user share the login: what
    they renewed is taken from the store, because the refresh token may be valid only once.
    """

    def __init__(self, kept: Store, tokens: _tokens.Tokens) -> None:
        self._store = kept
        self._tokens = tokens
        self._lock = threading.Lock()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See `httpx.Auth`."""
        flow = self._flow(request)
        step = next(flow)
        with suppress(StopIteration):
            while True:
                response = yield step
                if step is not request:
                    response.read()
                step = flow.send(response)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """See `httpx.Auth`."""
        flow = self._flow(request)
        step = next(flow)
        with suppress(StopIteration):
            while True:
                response = yield step
                if step is not request:
                    await response.aread()
                step = flow.send(response)

    def _flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        used = self._current()
        if used.expired:
            yield from self._renewal(used)
            used = self._tokens
        _authorize(request, used)
        response = yield request
        if response.status_code == 401 and used.refresh:
            yield from self._renewal(used)
            _authorize(request, self._tokens)
            yield request

    def _current(self) -> _tokens.Tokens:
        if self._tokens.expired:
            self._reload()
        return self._tokens

    def _reload(self) -> None:
        self._tokens = self._store.read() or self._tokens

    def _renewal(self, used: _tokens.Tokens) -> Generator[httpx.Request, httpx.Response, None]:
        """Renews the tokens, unless another thread or program has."""
        self._reload()
        present = self._tokens
        if present.access.reveal() != used.access.reveal() and not present.expired:
            return
        if present.refresh is None:
            raise LoginError("The login has expired. Log in again: igw login.")
        form = {
            "grant_type": "refresh_token",
            "refresh_token": present.refresh.reveal(),
            "client_id": present.client_id,
        }
        response = yield httpx.Request("POST", present.endpoint, data=form, headers={"Accept": "application/json"})
        if response.status_code != 200:
            self._reload()
            if self._tokens.access.reveal() != present.access.reveal() and not self._tokens.expired:
                return
            raise LoginError(f"The login has expired. Log in again: igw login. ({explained(body(response))})")
        renewed = _tokens.granted(
            body(response),
            issuer=present.issuer,
            endpoint=present.endpoint,
            client_id=present.client_id,
            previous=present.refresh,
        )
        with self._lock:
            self._tokens = renewed
            self._store.write(renewed)


def _authorize(request: httpx.Request, tokens: _tokens.Tokens) -> None:
    request.headers["Authorization"] = f"Bearer {tokens.access.reveal()}"
