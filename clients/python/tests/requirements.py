"""What tests need of the machine."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skips the test because of something that is not installed; in CI it fails."""
    if "CI" in os.environ:
        pytest.fail(what)
    pytest.skip(what)
