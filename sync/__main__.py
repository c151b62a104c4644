"""Run ``ndex-sync`` or ``python -m sync`` and turn an exception into an exit status."""

from __future__ import annotations

import os
import signal
import sys
import traceback

from sync.errors import ConfigError, DiskFull, NdexSyncError, causes_of, is_disk_full
from sync.gc_tuning import collect_seldom
from sync.version import REPOSITORY

INTERNAL_ERROR = 4
"""The exit status of a bug in ndex-sync (design: Exit status)."""

CLOSED_PIPE = 141
"""The exit status that shells give a program whose output pipe was closed (128 + SIGPIPE)."""

_REPORT_IT = (
    f"ndex-sync: this is a bug in ndex-sync; please report the lines above at {REPOSITORY}/issues"
)


def main() -> None:
    """Run the command line and exit. An expected failure is one sentence, a bug a traceback."""
    collect_seldom()
    try:
        _run_app()
    except BaseException as error:  # noqa: BLE001 - whatever it is, it gets an exit status
        sys.exit(_report(error))


def _run_app() -> None:
    from typer import Abort, TyperException

    # pydantic reads all installed packages to look for plugins, and there are none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # For Python a module that is None is not installed. httpx's own command line is not used, and
    # to colour its output it imports a tenth of what a check imports.
    sys.modules["httpx._main"] = None  # type: ignore[assignment]
    from sync.cli.app import app
    from sync.cli.usage import refuse_misuse

    try:
        status = app(standalone_mode=False)
    except Abort:
        raise KeyboardInterrupt from None
    except TyperException as error:
        refuse_misuse(error)
        status = ConfigError.exit_status
    except SystemExit as ended:
        # typer turns a closed pipe into exit status 1, which means "differences".
        if isinstance(ended.__context__, BrokenPipeError):
            raise ended.__context__ from None
        raise
    if sys.stdout is not None:  # a program may be started without one
        sys.stdout.flush()
    sys.exit(status)


def _report(error: BaseException) -> int | str | None:
    """Print what a person needs to know about an error and return the exit status."""
    if isinstance(error, SystemExit):
        return error.code
    if isinstance(error, KeyboardInterrupt):
        return 128 + signal.SIGINT
    # Tasks that run at the same time fail together; one reason is enough.
    causes = list(causes_of(error))
    if any(_is_bug(cause) for cause in causes):
        traceback.print_exception(error)
        _say(_REPORT_IT)
        return INTERNAL_ERROR
    return _report_expected(causes[0])


def _report_expected(error: BaseException) -> int:
    if isinstance(error, NdexSyncError):
        _say(f"ndex-sync: {error}")
        return error.exit_status
    # What Python still buffers for standard output would fail again at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        # The reader of the output has closed it, as head does.
        return CLOSED_PIPE
    full = DiskFull("the output")
    _say(f"ndex-sync: {full}")
    return full.exit_status


def _is_bug(error: BaseException) -> bool:
    if isinstance(error, OSError) and is_disk_full(error):
        return False
    return not isinstance(error, NdexSyncError | BrokenPipeError)


def _say(text: str) -> None:
    from sync.report.text import disarm, visible

    text = disarm("\n".join(map(visible, text.split("\n"))))
    print(text, file=sys.stderr)  # noqa: T201 - the one place that does


if __name__ == "__main__":
    main()
