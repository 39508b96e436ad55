"""Answers of the gateway as values and exceptions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .errors import GatewayUnreachable, IssuerUnreachable, Problem, StillTerminating, UnexpectedAnswer, problem
from .models import ProblemDocument

if TYPE_CHECKING:
    import httpx

_TITLES: Mapping[int, str] = {502: "Bad gateway", 503: "Service unavailable", 504: "Gateway timeout"}


def body(response: httpx.Response) -> Any:
    """The JSON of an answer.

    Raises:
        UnexpectedAnswer: it is not JSON.
    """
    try:
        return json.loads(response.content)
    except ValueError:
        pass
    raise _unexpected(response, "not JSON")


def check_stream(response: httpx.Response) -> None:
    """Checks that an answer is a stream of events.

    Raises:
        UnexpectedAnswer: it is something else, such as a page of a proxy.
    """
    kind = response.headers.get("Content-Type", "")
    if kind.partition(";")[0].strip().lower() != "text/event-stream":
        raise _unexpected(response, "no stream of events")


def _unexpected(response: httpx.Response, what: str) -> UnexpectedAnswer:
    kind = response.headers.get("Content-Type", "no type")[:60]
    where = f"{response.request.method} {response.request.url.path}"
    return UnexpectedAnswer(f"The answer to {where} is {what} but {kind!r}. Is this the address of a gateway?")


def failure(response: httpx.Response) -> Problem:
    """The exception for an answer with a status of 300 or more, whose body was read."""
    try:
        document = ProblemDocument.from_json(json.loads(response.content))
    except (ValueError, UnexpectedAnswer):
        # A gateway that stops sends no body, and a proxy's page is no text for a person.
        status = response.status_code
        document = ProblemDocument(
            type="about:blank",
            title=_TITLES.get(status, "Unexpected answer"),
            status=status,
            detail=f"{response.request.url.host} answered {status} without a problem of the gateway.",
            hint="Check the gateway's address." if status < 500 else "Try again later.",
        )
    return problem(document, _retry_after(response))


def is_temporary(error: Problem) -> bool:
    """Whether the same request can succeed later."""
    if error.status in (429, 503) or isinstance(error, StillTerminating):
        return True
    return error.status in (502, 504) and error.type == "about:blank"


def unreachable(request: httpx.Request, error: httpx.RequestError) -> GatewayUnreachable | IssuerUnreachable:
    """The exception for a lost connection. It has the kind of the error, and none of the request's headers.

    The connection is that of the request to the gateway, or that of the login's renewal before it.
    """
    failed = request if error._request is None else error._request  # pyright: ignore[reportPrivateUsage]
    host = failed.url.netloc.decode("ascii", "replace")
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    if failed is request:
        return GatewayUnreachable(f"The gateway at {host} can't be reached ({text}).")
    return IssuerUnreachable(f"The login can't be renewed now, because of its issuer at {host} ({text}).")


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    # A date is allowed too; the gateway sends seconds, and a proxy's date is not worth a wrong clock.
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None


def ended(host: str) -> GatewayUnreachable:
    """The exception for streams that end again and again without an event."""
    return GatewayUnreachable(f"The gateway at {host} keeps closing the stream.")
