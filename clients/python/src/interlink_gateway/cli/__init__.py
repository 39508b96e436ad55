"""The command `igw`.

Exit codes: 0 for success; the job's own for `run`, `wait` and `logs -f` (1 if it failed without one); 2 for a wrong
command line; 124 if a time limit of `igw` passed; 125 if `igw` or the gateway failed; 130 if it was left by Ctrl-C.

Whatever only some commands need is imported by them, so that the command starts quickly.
"""

from __future__ import annotations

import sys

FAILED = 125
TIMED_OUT = 124
INTERRUPTED = 130


def main() -> None:
    """Runs the command line."""
    from ..errors import GatewayError, WaitTimeout
    from ._app import app

    try:
        app(prog_name="igw")
    except WaitTimeout as error:
        _complain(error)
        sys.exit(TIMED_OUT)
    except GatewayError as error:
        _complain(error)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _complain(error: Exception) -> None:
    from .._terminal import printable_lines
    from ._output import errors

    errors().print(printable_lines(f"igw: {error}"), markup=False, highlight=False, soft_wrap=True)
