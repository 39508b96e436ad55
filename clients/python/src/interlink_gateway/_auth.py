"""The token of each request."""

from __future__ import annotations

from collections.abc import Generator

import httpx

from .config import Settings, TokenSource
from .login import stored_login


def auth(settings: Settings) -> httpx.Auth | None:
    """How requests authenticate: by the token of the settings, else by the stored login, else not at all."""
    if settings.token:
        return _Bearer(settings.token)
    return stored_login(settings.url)


class _Bearer(httpx.Auth):
    def __init__(self, token: TokenSource) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token().reveal()}"
        yield request
