# Generated from _async by scripts/make_sync.py; edit that one.
"""Requests and streams that survive lost connections and a gateway that restarts."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import httpx
from time import sleep

from .. import _answers
from .._auth import auth
from .._retry import Backoff, Deadline, Retry
from .._secret import revealed
from .._sse import OPENED, EventParser, ServerEvent
from .._version import USER_AGENT
from .._wire import M, items
from ..config import Settings
from ..errors import GatewayError, IssuerUnreachable

Query = Mapping[str, "str | int | bool | list[str] | None"]

# The gateway sends a heartbeat each 10 s (changes) or 15 s (logs).
_STREAM_SILENCE = 40.0
_DEADLINE_TOLERANCE = 1.0
_PAGE = 500
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)


class Transport:
    """Sends requests to one gateway and retries those that failed for a temporary reason."""

    def __init__(self, settings: Settings, retry: Retry, client: httpx.Client | None = None) -> None:
        self._settings = settings
        self._retry = retry
        self._auth = auth(settings)
        self._client = client or httpx.Client(timeout=_TIMEOUT)
        self._host = httpx.URL(settings.url).netloc.decode("ascii", "replace")

    @property
    def workspace(self) -> str | None:
        """The workspace of requests, or None for the caller's first."""
        return self._settings.workspace

    @property
    def url(self) -> str:
        """The gateway's address."""
        return self._settings.url

    def close(self) -> None:
        """Closes all connections."""
        self._client.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        json: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        patience: float | None = None,
        once: bool = False,
        repeat: float | None = None,
    ) -> httpx.Response:
        """The answer to a request, with a status below 300, or 304, or 404 for a deletion that was repeated.

        Args:
            method: the HTTP method.
            path: the path below `/api/v1`, already quoted.
            query: parameters; those that are None are left out.
            json: the body, as JSON. A member may be a `Secret`.
            content: the body, as YAML.
            headers: further headers.
            patience: how long the gateway may take to answer, in seconds; by default 30.
            once: whether the request must not be repeated once it may have reached the gateway.
            repeat: how long to repeat it after failures that may pass, in seconds; by default as configured.

        Raises:
            Problem: the gateway refused the request.
            GatewayUnreachable: it did not answer.
            IssuerUnreachable: the login could not be renewed.
        """
        backoff = Backoff(self._retry, self._retry.requests if repeat is None else repeat)
        request = self._build(method, path, query, json, content, headers, patience)
        lost = False
        while True:
            failure: GatewayError
            retry_after = None
            try:
                response = self._client.send(request, auth=self._auth)
            except httpx.RequestError as error:
                failure = _answers.unreachable(request, error)
                lost = True
                # Without a login and without a connection the request has not reached the gateway.
                before = (httpx.ConnectError, httpx.ConnectTimeout)
                temporary = not once or isinstance(failure, IssuerUnreachable) or isinstance(error, before)
            else:
                # A deletion whose answer was lost has nothing left to delete.
                done = lost and method == "DELETE" and response.status_code == 404
                if response.status_code < 300 or response.status_code == 304 or done:
                    return response
                failure = _answers.failure(response)
                retry_after = failure.retry_after
                # An answer that is not the gateway's can come from a proxy that has lost the gateway's.
                unknown = once and failure.type == "about:blank"
                temporary = not unknown and _answers.is_temporary(failure)
            pause = backoff.pause(retry_after) if temporary else None
            if pause is None:
                raise failure
            sleep(pause)

    def pages(self, kind: type[M], path: str, filters: Query) -> Generator[M, None, None]:
        """The items of a list, read page by page."""
        cursor: str | None = None
        while True:
            query = {**filters, "workspace": self.workspace, "limit": _PAGE, "cursor": cursor}
            page = _answers.body(self.request("GET", path, query=query))
            for item in items(kind, page):
                yield item
            cursor = page.get("nextCursor")
            if not cursor:
                return

    def stream(
        self, path: str, *, query: Query | None = None, deadline: Deadline | None = None
    ) -> Generator[ServerEvent, None, None]:
        """The events of a stream, heartbeats too, across lost connections, each after the last one.

        Each connection begins with `OPENED`.

        It ends when the gateway has no more events (204) or the deadline has passed, and otherwise never: the caller
        stops at the last event. Close the generator to close the connection.

        Raises:
            Problem: the gateway refused the request.
            GatewayUnreachable: it did not answer for long.
        """
        backoff = Backoff(self._retry, self._retry.streams)
        deadline = deadline or Deadline(None)
        last_id: str | None = None
        while not deadline.passed:
            failure: GatewayError | None = None
            retry_after = None
            silence = min(_STREAM_SILENCE, max(deadline.left, 0.01))
            headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_id} if last_id else {})}
            request = self._build("GET", path, query, None, None, headers, silence)
            try:
                response = self._client.send(request, auth=self._auth, stream=True)
                try:
                    if response.status_code == 204:
                        return
                    if response.status_code != 200:
                        response.read()
                        failure = _answers.failure(response)
                        retry_after = failure.retry_after
                        if not _answers.is_temporary(failure):
                            raise failure
                    else:
                        _answers.check_stream(response)
                        parser = EventParser()
                        yield OPENED
                        for chunk in response.iter_bytes():
                            for event in parser.feed(chunk):
                                backoff.succeeded()
                                last_id = event.id or last_id
                                yield event
                            # Silence would be noticed too late: connect again with the time that is left.
                            if deadline.left < silence - _DEADLINE_TOLERANCE:
                                break
                        else:
                            failure = _answers.ended(self._host)
                finally:
                    response.close()
            except httpx.RequestError as error:
                failure = _answers.unreachable(request, error)
            if failure is None:
                continue
            pause = backoff.pause(retry_after)
            if pause is None:
                raise failure
            sleep(min(pause, deadline.left))

    def download(self, path: str, query: Query, from_start: bool) -> Generator[bytes, None, None]:
        """A text, in parts, each byte once, across lost connections.

        Each answer begins with an empty part.

        Args:
            path: as in `request`.
            query: as in `request`.
            from_start: whether a repeated request has the same bytes at its start. Otherwise nothing is returned before
                everything has arrived.

        Raises:
            Problem: the gateway refused the request.
            GatewayUnreachable: it did not answer, or stopped in the middle again and again.
        """
        headers = {"Accept": "text/plain"}
        if not from_start:
            content = (self.request("GET", path, query=query, headers=headers)).content
            yield b""
            yield content
            return
        backoff = Backoff(self._retry, self._retry.requests)
        received = 0
        while True:
            failure: GatewayError
            retry_after = None
            position = 0
            request = self._build("GET", path, query, None, None, headers, None)
            try:
                response = self._client.send(request, auth=self._auth, stream=True)
                try:
                    if response.status_code < 300:
                        yield b""
                        for chunk in response.iter_bytes():
                            new = chunk[max(0, received - position) :]
                            position += len(chunk)
                            if new:
                                backoff.succeeded()
                                received = position
                                yield new
                        return
                    response.read()
                    failure = _answers.failure(response)
                    retry_after = failure.retry_after
                    if not _answers.is_temporary(failure):
                        raise failure
                finally:
                    response.close()
            except httpx.RequestError as error:
                failure = _answers.unreachable(request, error)
            pause = backoff.pause(retry_after)
            if pause is None:
                raise failure
            sleep(pause)

    def _build(
        self,
        method: str,
        path: str,
        query: Query | None,
        json: Mapping[str, Any] | None,
        content: bytes | None,
        headers: Mapping[str, str] | None,
        patience: float | None,
    ) -> httpx.Request:
        parameters: dict[str, Any] = {key: value for key, value in (query or {}).items() if value is not None}
        kind = {"Content-Type": "application/yaml"} if content is not None else {}
        timeout = _TIMEOUT if patience is None else httpx.Timeout(patience, connect=min(10.0, patience))
        return self._client.build_request(
            method,
            f"{self._settings.url}/api/v1{path}",
            params=parameters,
            json=None if json is None else revealed(json),
            content=content,
            headers={"Accept": "application/json", "User-Agent": USER_AGENT, **kind, **(headers or {})},
            timeout=timeout,
        )
