"""A text that must not be shown."""

from __future__ import annotations


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
