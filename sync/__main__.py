"""``ndex-sync`` and ``python -m sync``: run a command and turn what escapes into an exit status."""

from __future__ import annotations

import os
import signal
import sys

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
        print(f"ndex-sync: {error}", file=sys.stderr)  # noqa: T201 - the one place that does
        sys.exit(USAGE_ERROR)
    except BrokenPipeError:
        # Whoever read the output has closed it, as head does; what is left has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
