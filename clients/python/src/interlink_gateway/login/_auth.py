"""Requests with the tokens of a login, which are renewed when they expire."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Generator
from contextlib import closing
from typing import cast

import anyio
import httpx

from .._secret import Secret, revealed
from ..errors import LoginError
from . import _tokens
from ._issuer import body, explained
from ._store import Store, renewal_lock, store

# A renewal that is cut off may cost the login: the issuer has used up the refresh token, and its answer is lost.
# So it has its own time, whatever that of the request is.
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
# A program that is suspended during a renewal keeps the lock.
_LONGEST_WAIT = 60.0
_PAUSE = 0.05

_Steps = Generator["httpx.Request | float", "httpx.Response | None", None]
"""What the renewal needs next: the answer to a request, or a pause in seconds."""


def stored_login(url: str) -> httpx.Auth | None:
    """How requests to the gateway authenticate by the stored login; None if there is none."""
    kept = store(url)
    tokens = kept.read()
    return LoginAuth(url, kept, tokens) if tokens else None


class LoginAuth(httpx.Auth):
    """Adds the access token to each request.

    It is renewed before it expires, and when the gateway refuses it. Other threads and programs of the user share the
    login, and the refresh token may be valid only once: one renews it at a time, and the others take the result from
    the store.

    An issuer that fails raises an `httpx.TransportError` of its own request, and an expired login a `LoginError`.
    """

    def __init__(self, url: str, kept: Store, tokens: _tokens.Tokens) -> None:
        self._url = url
        self._store = kept
        self._tokens = tokens

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See `httpx.Auth`."""
        with closing(self._flow(request)) as flow:
            step = next(flow, None)
            while step is not None:
                response = None
                if isinstance(step, httpx.Request):
                    response = yield step
                    if step is not request:
                        response.read()
                else:
                    time.sleep(step)
                step = _after(flow, response)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """See `httpx.Auth`."""
        with closing(self._flow(request)) as flow:
            step = next(flow, None)
            while step is not None:
                response = None
                if isinstance(step, httpx.Request):
                    response = yield step
                    if step is not request:
                        await response.aread()
                else:
                    await anyio.sleep(step)
                step = _after(flow, response)

    def _flow(self, request: httpx.Request) -> _Steps:
        used = self._tokens
        if used.expired:
            yield from self._renewal(used)
            used = self._tokens
        _authorize(request, used)
        response = yield request
        if response is not None and response.status_code == 401 and used.refresh:
            yield from self._renewal(used)
            _authorize(request, self._tokens)
            yield request

    def _renewal(self, used: _tokens.Tokens) -> _Steps:
        """Renews the tokens, unless another thread or program has."""
        if self._replaced(used):
            return
        lock = renewal_lock(self._url)
        end = time.monotonic() + _LONGEST_WAIT
        while not lock.take():
            if time.monotonic() > end:
                raise httpx.PoolTimeout("another program renews it", request=_renewal_request(self._tokens))
            yield _PAUSE
        try:
            if not self._replaced(used):
                yield from self._renewal_alone()
        finally:
            lock.release()

    def _replaced(self, used: _tokens.Tokens) -> bool:
        """Takes the tokens of the store. Returns whether they are others than the used ones, and valid."""
        self._tokens = self._store.read() or self._tokens
        return self._tokens.access.reveal() != used.access.reveal() and not self._tokens.expired

    def _renewal_alone(self) -> _Steps:
        present = self._tokens
        if present.refresh is None:
            raise LoginError("The login has expired. Log in again: igw login.")
        request = _renewal_request(present)
        response = cast("httpx.Response", (yield request))
        status = response.status_code
        if status == 429 or status >= 500:
            raise httpx.ReadError(f"it answered {status}", request=request)
        if status in (400, 401):
            raise LoginError(f"The login has expired. Log in again: igw login. ({explained(body(response))})")
        if status != 200:
            host = request.url.host
            raise LoginError(f"The login can't be renewed: {host} answered {status}. Log in again: igw login.")
        renewed = _tokens.granted(
            response,
            issuer=present.issuer,
            endpoint=present.endpoint,
            client_id=present.client_id,
            previous=present.refresh,
        )
        self._tokens = renewed
        self._store.write(renewed)


def _after(flow: _Steps, response: httpx.Response | None) -> httpx.Request | float | None:
    """The next step, or None after the last."""
    try:
        return flow.send(response)
    except StopIteration:
        return None


def _renewal_request(tokens: _tokens.Tokens) -> httpx.Request:
    form: dict[str, str | Secret] = {
        "grant_type": "refresh_token",
        "refresh_token": tokens.refresh or "",
        "client_id": tokens.client_id,
    }
    headers = {"Accept": "application/json"}
    # The client's timeouts do not apply to a request that it has not built.
    extensions = {"timeout": _TIMEOUT.as_dict()}
    return httpx.Request("POST", tokens.endpoint, data=revealed(form), headers=headers, extensions=extensions)


def _authorize(request: httpx.Request, tokens: _tokens.Tokens) -> None:
    request.headers["Authorization"] = f"Bearer {tokens.access.reveal()}"
