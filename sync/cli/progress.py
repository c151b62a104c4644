"""Say on standard error how far a run is, or that it has nothing to look at."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer


@contextmanager
def show_progress(what: str, total: int, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """Show a bar with rate and time left; call the yielded function once for each record.

    Shows nothing if standard error is not a terminal or the run is quiet.
    """
    if quiet or not _may_be_terminal():
        yield lambda: None
        return
    from sync.cli.progress_bar import show_bar

    with show_bar(what, total) as advance:
        yield advance


def say_if_unchanged(records: int, changed_since: str | None) -> None:
    """Say that there is nothing to do if no record has changed."""
    if changed_since is not None and not records:
        typer.echo(f"No records changed since {changed_since}.", err=True)


def _may_be_terminal() -> bool:
    """Return whether rich would take standard error for a terminal, without its slow import."""
    forced = any(name in os.environ for name in ("FORCE_COLOR", "TTY_COMPATIBLE"))
    return forced or (sys.stderr is not None and sys.stderr.isatty())
