"""The device flow (RFC 8628): the user opens a page on any device and enters a code."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from .._secret import Secret
from ..config import LoginSettings
from ..errors import LoginError
from . import _tokens
from ._issuer import Issuer, body, explained, send
from ._pkce import Pkce

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(frozen=True)
class DevicePrompt:
    """What the user must do.

    Attributes:
        address: the page to open.
        code: the code to enter there.
        complete: the page with the code in its address, or None.
        expires_in: the seconds until the code expires.
    """

    address: str
    code: str
    complete: str | None
    expires_in: float


def device_login(
    client: httpx.Client,
    issuer: Issuer,
    settings: LoginSettings,
    prompt: Callable[[DevicePrompt], None],
    pause: Callable[[float], None] = time.sleep,
) -> _tokens.Tokens:
    """Shows the prompt and waits until the user has logged in.

    Raises:
        LoginError: the issuer has no device flow, or the user refused, or the code expired.
    """
    if issuer.device is None:
        raise LoginError(f"The issuer {issuer.uri} has no login by another device.")
    pkce = Pkce()
    request = {
        "client_id": settings.client_id,
        "scope": settings.scope,
        "code_challenge": pkce.challenge,
        "code_challenge_method": "S256",
    }
    response = send(client, "POST", issuer.device, request)
    started = _started(body(response))
    if started is None:
        raise LoginError(f"The issuer refused the login: {explained(body(response))}")
    device_code, interval, shown = started
    prompt(shown)
    end = time.monotonic() + shown.expires_in
    while time.monotonic() < end:
        pause(interval)
        form: dict[str, str | Secret] = {
            "grant_type": _GRANT,
            "device_code": device_code,
            "client_id": settings.client_id,
            "code_verifier": pkce.verifier,
        }
        response = send(client, "POST", issuer.token, form)
        if response.status_code == 200:
            return _tokens.granted(response, issuer=issuer.uri, endpoint=issuer.token, client_id=settings.client_id)
        error = body(response).get("error")
        if error == "slow_down":
            interval += 5
        elif error != "authorization_pending":
            raise LoginError(f"The issuer refused the login: {explained(body(response))}")
    raise LoginError("The code has expired. Start the login again.")


def _started(answer: Mapping[str, Any]) -> tuple[Secret, float, DevicePrompt] | None:
    """The device code, the seconds between requests and what to show, or None if the answer lacks one of them."""
    try:
        complete = answer.get("verification_uri_complete")
        shown = DevicePrompt(
            str(answer["verification_uri"]),
            str(answer["user_code"]),
            None if complete is None else str(complete),
            float(answer.get("expires_in") or 600),
        )
        return Secret(str(answer["device_code"])), max(1.0, float(answer.get("interval") or 5)), shown
    except (KeyError, TypeError, ValueError):
        return None
