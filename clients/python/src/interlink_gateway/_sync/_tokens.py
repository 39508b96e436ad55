# Generated from _async by scripts/make_sync.py; edit that one.
"""The caller's API tokens."""

from __future__ import annotations

from collections.abc import Sequence

from .. import _answers, _time
from .._paths import segment
from .._wire import items
from ..models import ApiToken, Role
from ._transport import Transport


class Tokens:
    """Creates, lists and deletes tokens for scripts."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        name: str,
        role: Role,
        *,
        workspaces: Sequence[str] | None = None,
        lifetime: _time.Duration | None = None,
    ) -> ApiToken:
        """Creates a token. Its `token` is the secret, which is never shown again.

        Args:
            name: a name for people.
            role: its role in its workspaces.
            workspaces: where it may be used; by default in the first of the caller's.
            lifetime: how long it is valid, such as `30d`; by default as the gateway is configured.
        """
        body: dict[str, object] = {"name": name, "role": role}
        if workspaces is not None:
            body["workspaces"] = list(workspaces)
        if lifetime is not None:
            body["lifetime"] = _time.iso(_time.duration(lifetime))
        # Repeated after a lost answer it would make a second token, which nobody has.
        response = self._transport.request("POST", "/tokens", json=body, once=True)
        return ApiToken.from_json(_answers.body(response))

    def list(self) -> Sequence[ApiToken]:
        """The caller's tokens, without their secrets."""
        return items(ApiToken, _answers.body(self._transport.request("GET", "/tokens")))

    def delete(self, id: str) -> None:  # noqa: A002
        """Deletes a token by its id."""
        self._transport.request("DELETE", f"/tokens/{segment(id)}")
