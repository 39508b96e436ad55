"""Untrusted text for a terminal, which would interpret its control characters."""

from __future__ import annotations

import codecs
import re

# Colours and the like (SGR) and what progress bars consist of change only how the text looks.
_KEPT = r"\x1b\[[0-9;:]*m|[\t\n\r\b]"
# The others can set the title and the clipboard, make the terminal answer, or write over earlier output. Of an
# incomplete sequence only the control character is dropped; the rest is kept as text.
_DROPPED = (
    r"\x1b[\]PX^_][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)"  # strings, such as titles (OSC, DCS, SOS, PM, APC)
    r"|\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences (CSI)
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"  # other escape sequences
    r"|[\x00-\x1f\x7f-\x9f]"
)
_CONTROLS = re.compile(f"({_KEPT})|{_DROPPED}")
_OPEN = re.compile(r"\x1b(?:[\]PX^_][^\x07\x1b\n]*\x1b?|\[[0-?]*[ -/]*|[ -/]*)\Z")
_LONGEST = 4096
_RESET = "\x1b[0m"


def printable(text: str) -> str:
    """A text of one line: control characters, such as those that change the terminal's colours, become U+FFFD."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def printable_lines(text: str) -> str:
    """As `printable`, with the text's own ends of lines."""
    return "\n".join(map(printable, text.split("\n")))


def plain(line: str) -> str:
    """A line of a log as a terminal shows it in the end, without colours."""
    shown = line.rstrip("\r").rpartition("\r")[2]
    kept = _CONTROLS.sub(lambda control: control[0] if control[0] == "\t" else "", shown)
    return printable(kept.expandtabs())


class LogText:
    """A log as text for a terminal, however its bytes are cut. Escape sequences are dropped, but those of colours."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._open = ""
        self._coloured = False

    def feed(self, chunk: bytes) -> str:
        """The text of a part. An escape sequence that goes on in the next part is kept back."""
        text = self._open + self._decoder.decode(chunk)
        # Searched from the last escapes, so that a large part is not searched for each of its characters.
        begin = _OPEN.search(text, max(0, len(text) - _LONGEST))
        self._open = begin[0] if begin else ""
        return self._safe(text[: len(text) - len(self._open)])

    def rest(self) -> str:
        """What was kept back, and the end of the log's colours."""
        text = self._safe(self._open + self._decoder.decode(b"", final=True))
        return text + (_RESET if self._coloured else "")

    def _safe(self, text: str) -> str:
        return _CONTROLS.sub(self._replacement, text)

    def _replacement(self, control: re.Match[str]) -> str:
        kept = control[1] or ""
        self._coloured = self._coloured or kept.startswith("\x1b")
        return kept
