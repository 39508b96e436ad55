"""Logging in and out."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import httpx

from .._version import USER_AGENT
from ..config import LoginSettings
from ..errors import LoginError
from ._device import DevicePrompt, device_login
from ._issuer import check_protected, discover, send
from ._loopback import browser_login
from ._store import store


class Flow(Enum):
    """How to log in."""

    BROWSER = "browser"
    """By a browser on this machine."""

    DEVICE = "device"
    """By a browser on any machine, with a code."""


def log_in(
    url: str,
    settings: LoginSettings,
    flow: Flow,
    *,
    open_page: Callable[[str], None],
    prompt: Callable[[DevicePrompt], None],
) -> None:
    """Logs in and stores the tokens for the gateway.

    Args:
        url: the gateway's address.
        settings: the issuer and the client.
        flow: how to log in.
        open_page: opens an address in a browser.
        prompt: shows the user what to do for a device login.

    Raises:
        LoginError: the login failed, or the gateway's address is not protected by TLS.
    """
    check_protected(url)
    with _client() as client:
        issuer = discover(client, settings.issuer)
        if flow is Flow.DEVICE:
            tokens = device_login(client, issuer, settings, prompt)
        else:
            tokens = browser_login(client, issuer, settings, open_page)
    store(url).write(tokens)


def log_out(url: str) -> bool:
    """Forgets the tokens for the gateway and gives the refresh token back to the issuer, if it answers.

    Returns:
        Whether there were tokens.
    """
    kept = store(url)
    tokens = kept.read()
    kept.delete()
    if tokens is None:
        return False
    if tokens.refresh:
        try:
            with _client() as client:
                issuer = discover(client, tokens.issuer)
                if issuer.revocation:
                    form = {
                        "token": tokens.refresh,
                        "token_type_hint": "refresh_token",
                        "client_id": tokens.client_id,
                    }
                    send(client, "POST", issuer.revocation, form)
        except LoginError:
            # The tokens are deleted here; at the issuer they expire.
            pass
    return True


def _client() -> httpx.Client:
    return httpx.Client(timeout=30.0, headers={"User-Agent": USER_AGENT})
