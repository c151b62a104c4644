"""Stop a run on a signal, and let it finish what it is writing."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Never

import typer

INTERRUPTED = 128 + signal.SIGINT
"""The exit status of a run that was told to stop, as in shells."""

_STOPPING = () if sys.platform == "win32" else (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

GRACE_S = 4.0
"""Seconds that running writes have to finish after the first signal."""

CLOSING_S = 1.6
"""Seconds that locking a network again may take after that.

GitHub gives a cancelled job 7.5 s after SIGINT, and 2.5 s more after SIGTERM.
"""


@dataclass(slots=True)
class Stop:
    """A run's reaction to SIGINT, SIGTERM and SIGHUP.

    The first signal ends the run's task at once if nothing is being written. Otherwise it sets
    ``requested``, so that nothing new begins, and the task has ``GRACE_S`` to end by itself. A
    second signal ends the process at once.
    """

    task: asyncio.Task[Any]
    requested: asyncio.Event = field(default_factory=asyncio.Event)
    _report: Callable[[], None] | None = None

    @classmethod
    def on_signals(cls) -> Stop:
        """Stop the current task on a signal from now on."""
        task = asyncio.current_task()
        if task is None:
            raise AssertionError("there is no task to be stopped")
        stop = cls(task)
        for number in _STOPPING:
            # A program that was started with a signal ignored, as by nohup, keeps ignoring it.
            if signal.getsignal(number) is not signal.SIG_IGN:
                asyncio.get_running_loop().add_signal_handler(number, stop._take)
        return stop

    @contextmanager
    def writing(self, report: Callable[[], None]) -> Iterator[None]:
        """Let running writes finish; ``report`` says how far they are if there is no time."""
        self._report = report
        try:
            yield
        finally:
            self._report = None

    def require_going(self) -> None:
        """End the task here if a stop was requested."""
        if self.requested.is_set():
            raise asyncio.CancelledError

    def _take(self) -> None:
        if self.requested.is_set():
            self._leave()
        self.requested.set()
        if self._report is None:
            self.task.cancel()
            return
        loop = asyncio.get_running_loop()
        loop.call_later(GRACE_S, self.task.cancel)
        loop.call_later(GRACE_S + CLOSING_S, self._leave)

    def _leave(self) -> Never:
        """End the process now; the journal is on the disk."""
        if self._report is not None:
            self._report()
        typer.echo(
            "stopped at once; the next apply, push or restore repairs what is left", err=True
        )
        sys.stdout.flush()
        os._exit(INTERRUPTED)
