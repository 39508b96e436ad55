"""Generates `_sync` from `_async`. With `--check` it only compares, and fails if they differ."""

from __future__ import annotations

import re
import sys
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "interlink_gateway" / "_async"
TARGET = SOURCE.parent / "_sync"
HEADER = "# Generated from _async by scripts/make_sync.py; edit that one.\n"
REPLACEMENTS = [
    (r"\bfrom anyio import sleep\b", "from time import sleep"),
    (r"\bAsyncGenerator\[([^\[\]]+), None\]", r"Generator[\1, None, None]"),
    (r"\bAsyncGenerator\b", "Generator"),
    (r"\bhttpx\.AsyncClient\b", "httpx.Client"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"\basync (def|for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\baclosing\b", "closing"),
    (r"\b__a(enter|exit|iter)__\b", r"__\1__"),
    (r"\ba(close|read)\(", r"\1("),
    (r"\baiter_bytes\b", "iter_bytes"),
]


def generated(source: str) -> str:
    """The synchronous form of the source."""
    for pattern, replacement in REPLACEMENTS:
        source = re.sub(pattern, replacement, source)
    return HEADER + source


def main() -> int:
    """Writes the files, or compares them. Returns the number of files that differed."""
    stale = 0
    for path in sorted(SOURCE.glob("*.py")):
        target = TARGET / path.name
        text = generated(path.read_text())
        if not target.exists() or target.read_text() != text:
            stale += 1
            if "--check" in sys.argv:
                print(f"{target} is stale: run scripts/make_sync.py", file=sys.stderr)
            else:
                target.write_text(text)
    return stale if "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
