"""``ndex-sync`` and ``python -m sync``: run a command and turn what escapes into an exit status."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

from sync.errors import NdexSyncError
from sync.garbage import collect_seldom

USAGE_ERROR = 2
"""The exit status of a usage or configuration error (design: Exit status)."""


def main() -> None:
    """Run the command line. An expected failure is told in words; a bug keeps its traceback."""
    from sync.cli.app import app

    collect_seldom()
    try:
        app()
    except NdexSyncError as error:
        _fail(error)
    except ExceptionGroup as group:
        # Tasks that run side by side fail together; one reason is enough.
        expected, bugs = group.split(NdexSyncError)
        if expected is None or bugs is not None:
            raise
        _fail(_first_of(expected))
    except BrokenPipeError:
        # Whoever read the output has closed it, as head does; what is left has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _fail(error: Exception) -> NoReturn:
    print(f"ndex-sync: {error}", file=sys.stderr)  # noqa: T201 - the one place that does
    sys.exit(USAGE_ERROR)


def _first_of(group: ExceptionGroup) -> Exception:
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, ExceptionGroup) else first


if __name__ == "__main__":
    main()
