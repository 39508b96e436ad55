"""The authorization code flow with PKCE, whose answer comes to a port of this machine (RFC 8252)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import cast
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from .._secret import Secret
from ..config import LoginSettings
from ..errors import LoginError
from . import _tokens
from ._issuer import Issuer, body, explained, send
from ._pkce import Pkce

_PATH = "/callback"
_PAGE = "<!doctype html><meta charset=utf-8><title>interLink Gateway</title><p>{}</p>"


def browser_login(
    client: httpx.Client,
    issuer: Issuer,
    settings: LoginSettings,
    open_page: Callable[[str], None],
    timeout: float = 300.0,
) -> _tokens.Tokens:
    """Opens the issuer's page and waits for its answer.

    Args:
        client: the HTTP client.
        issuer: the issuer.
        settings: the client and the scopes.
        open_page: opens an address in a browser.
        timeout: how long to wait, in seconds.

    Raises:
        LoginError: the user refused, or the answer did not come in time.
    """
    pkce, state = Pkce(), secrets.token_urlsafe(24)
    with _Server(state) as server:
        redirect = f"http://127.0.0.1:{server.server_port}{_PATH}"
        query = {
            "response_type": "code",
            "client_id": settings.client_id,
            "redirect_uri": redirect,
            "scope": settings.scope,
            "state": state,
            "code_challenge": pkce.challenge,
            "code_challenge_method": "S256",
        }
        separator = "&" if "?" in issuer.authorization else "?"
        open_page(f"{issuer.authorization}{separator}{urlencode(query)}")
        answer = server.wait(timeout)
    # RFC 9207: an answer from another issuer must be refused.
    if answer.get("iss", issuer.uri) != issuer.uri:
        raise LoginError("The answer came from another issuer.")
    code = answer.pop("code", None)
    if code is None:
        raise LoginError(
            f"The issuer refused the login: {explained({key: str(value) for key, value in answer.items()})}"
        )
    form: dict[str, str | Secret] = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "client_id": settings.client_id,
        "code_verifier": pkce.verifier,
    }
    response = send(client, "POST", issuer.token, form)
    if response.status_code != 200:
        raise LoginError(f"The issuer refused the login: {explained(body(response))}")
    return _tokens.granted(response, issuer=issuer.uri, endpoint=issuer.token, client_id=settings.client_id)


class _Server(HTTPServer):
    """Waits for one answer that has the state of this login. Others are refused."""

    def __init__(self, state: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state = state
        self.answer: dict[str, str | Secret] | None = None

    def wait(self, timeout: float) -> dict[str, str | Secret]:
        end = time.monotonic() + timeout
        while self.answer is None:
            self.timeout = end - time.monotonic()
            if self.timeout <= 0:
                raise LoginError("The login was not completed in the browser in time. Start it again.")
            self.handle_request()
        return self.answer


class _Handler(BaseHTTPRequestHandler):
    timeout = 5.0  # A connection without a request must not keep the browser's out.

    def do_GET(self) -> None:
        """Takes the answer of the issuer."""
        server = cast("_Server", self.server)
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        expected = parts.path == _PATH and secrets.compare_digest(
            query.get("state", "").encode(), server.state.encode()
        )
        if expected:
            server.answer = {key: Secret(value) if key == "code" else value for key, value in query.items()}
        refused = "This page does not belong to the login that is running."
        text = (
            refused if not expected else "Logged in. You can close this page." if "code" in query else "Not logged in."
        )
        page = _PAGE.format(text).encode()
        self.send_response(200 if expected else 400)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Writes nothing: the address contains the code."""
