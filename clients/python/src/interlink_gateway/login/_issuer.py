"""An OpenID Connect issuer and its endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx

from .._secret import Secret, revealed
from ..config import is_loopback
from ..errors import LoginError

_LARGEST = 1024 * 1024


@dataclass(frozen=True)
class Issuer:
    """What an issuer publishes of itself.

    Attributes:
        uri: its identifier.
        authorization: the address that the browser opens.
        token: where codes and refresh tokens become access tokens.
        device: where a device login starts, or None.
        revocation: where a token is given back, or None.
    """

    uri: str
    authorization: str
    token: str
    device: str | None
    revocation: str | None


def discover(client: httpx.Client, uri: str) -> Issuer:
    """The issuer with the identifier.

    Raises:
        LoginError: it does not answer, names another issuer, or has an address that is not protected by TLS.
    """
    uri = uri.rstrip("/")
    check_protected(uri)
    response = send(client, "GET", f"{uri}/.well-known/openid-configuration")
    document = body(response)
    if response.status_code != 200 or str(document.get("issuer", "")).rstrip("/") != uri:
        raise LoginError(f"{uri} is not an OpenID Connect issuer.")
    try:
        issuer = Issuer(
            str(document["issuer"]),
            str(document["authorization_endpoint"]),
            str(document["token_endpoint"]),
            _optional(document, "device_authorization_endpoint"),
            _optional(document, "revocation_endpoint"),
        )
    except KeyError as error:
        raise LoginError(f"The issuer {uri} does not publish its {error.args[0]}.") from None
    for address in (issuer.authorization, issuer.token, issuer.device, issuer.revocation):
        if address is not None:
            check_protected(address)
    return issuer


def send(
    client: httpx.Client, method: str, address: str, form: Mapping[str, str | Secret] | None = None
) -> httpx.Response:
    """The issuer's answer, of any status.

    Raises:
        LoginError: there is none. The message has nothing of the request but its host.
    """
    try:
        headers = {"Accept": "application/json"}
        response = client.request(method, address, data=revealed(form) if form else None, headers=headers)
    except httpx.TransportError as error:
        failure = f"{httpx.URL(address).host} can't be reached ({type(error).__name__})."
    else:
        return response
    raise LoginError(failure)


def body(response: httpx.Response) -> Mapping[str, Any]:
    """The JSON object of an answer; empty if it is none."""
    if len(response.content) > _LARGEST:
        return {}
    try:
        value = response.json()
    except ValueError:
        return {}
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def explained(answer: Mapping[str, Any]) -> str:
    """The error of an answer of the token endpoint as a sentence."""
    text = answer.get("error_description") or answer.get("error") or "The issuer gave no reason."
    return "".join(char if char.isprintable() else " " for char in str(text))[:300]


def _optional(document: Mapping[str, Any], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) else None


def check_protected(address: str) -> None:
    """Checks that what is sent to the address is encrypted, or stays on this machine.

    Raises:
        LoginError: it is not.
    """
    if not (address.startswith("https://") or (address.startswith("http://") and is_loopback(address))):
        raise LoginError(f"{address!r} is not protected by TLS.")
