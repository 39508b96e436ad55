"""A text that must not be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


class Secret:
    """A password or token. Neither `repr` nor `str` nor a copy by pickle contains it."""

    __slots__ = ("_reveal",)

    def __init__(self, text: str) -> None:
        # In a closure: debuggers and tracebacks with local variables show attributes.
        self._reveal = lambda: text

    def reveal(self) -> str:
        """The text itself, for the one place that sends it."""
        return self._reveal()

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> str:
        raise TypeError("A secret can't be pickled.")


def secret_or_none(text: str | None) -> Secret | None:
    """The text as a secret; None for none and for an empty one."""
    return Secret(text) if text else None


def revealed(members: Mapping[str, T | Secret]) -> dict[str, T | str]:
    """The members of a form or a JSON object as they are sent. Not to be kept in a variable."""
    return {key: value.reveal() if isinstance(value, Secret) else value for key, value in members.items()}
