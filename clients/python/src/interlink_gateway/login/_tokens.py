"""The tokens of a login."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from .._secret import Secret
from ..config import checked_token
from ..errors import ConfigurationError, LoginError
from ._issuer import body

# A token is renewed so many seconds before it expires: clocks differ, and a request takes time.
_EARLY = 30.0


@dataclass(frozen=True)
class Tokens:
    """An access token and what is needed to renew it.

    Attributes:
        access: the access token.
        refresh: the refresh token, or None if the issuer gave none.
        expires_at: when the access token expires, in seconds since 1970.
        issuer: the issuer's identifier.
        endpoint: the issuer's token endpoint.
        client_id: the client that logged in.
    """

    access: Secret
    refresh: Secret | None
    expires_at: float
    issuer: str
    endpoint: str
    client_id: str

    @property
    def expired(self) -> bool:
        """Whether the access token has expired or is about to."""
        return time.time() > self.expires_at - _EARLY

    def dump(self) -> str:
        """The tokens as text, for the store."""
        return json.dumps(
            {
                "access": self.access.reveal(),
                "refresh": self.refresh.reveal() if self.refresh else None,
                "expiresAt": self.expires_at,
                "issuer": self.issuer,
                "endpoint": self.endpoint,
                "clientId": self.client_id,
            }
        )


def load(text: str) -> Tokens | None:
    """The tokens that `dump` wrote, or None if the text is damaged."""
    try:
        stored = json.loads(text)
        return Tokens(
            Secret(str(stored["access"])),
            Secret(str(stored["refresh"])) if stored["refresh"] else None,
            float(stored["expiresAt"]),
            str(stored["issuer"]),
            str(stored["endpoint"]),
            str(stored["clientId"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def granted(
    response: httpx.Response, *, issuer: str, endpoint: str, client_id: str, previous: Secret | None = None
) -> Tokens:
    """The tokens of a successful answer of the token endpoint.

    Args:
        response: the answer.
        issuer: the issuer's identifier.
        endpoint: the token endpoint.
        client_id: the client.
        previous: the refresh token that stays valid if the answer has no new one.

    Raises:
        LoginError: it has no usable access token.
    """
    tokens = _tokens_of(body(response), issuer, endpoint, client_id, previous)
    # Not in the frame that has the answer: a traceback can show variables.
    if tokens is None:
        raise LoginError("The issuer's answer has no access token that can be used.")
    return tokens


def _tokens_of(
    answer: Mapping[str, Any], issuer: str, endpoint: str, client_id: str, previous: Secret | None
) -> Tokens | None:
    if str(answer.get("token_type", "Bearer")).lower() != "bearer":
        return None
    try:
        access = checked_token(Secret(str(answer.get("access_token") or "")), "The access token")
        lifetime = float(answer.get("expires_in") or 60)
    except (ConfigurationError, TypeError, ValueError):
        return None
    refresh = answer.get("refresh_token")
    secret = Secret(str(refresh)) if refresh else previous
    return Tokens(access, secret, time.time() + lifetime, issuer, endpoint, client_id)
