"""The exit status that a report asks for (design: Exit status)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from sync.model import Verdict
from sync.report.document import Report


class ExitStatus(IntEnum):
    """What a finished run tells the shell; 2 (usage, configuration) is never a report's."""

    IN_SYNC = 0
    DIFFERENCES = 1
    INCOMPLETE = 3


def exit_status(report: Report) -> ExitStatus:
    """Return 3 where a record could not be checked, else 1 where anything differs, else 0.

    What was accepted does not count, nor do entries of the accepted file that hold no more.
    """
    return worst_of(report.verdicts) if report.run.complete else ExitStatus.INCOMPLETE


def worst_of(verdicts: Iterable[Verdict]) -> ExitStatus:
    """Return the highest status that any of the verdicts asks for."""
    return max(map(status_of, verdicts), default=ExitStatus.IN_SYNC)


def status_of(verdict: Verdict) -> ExitStatus:
    """Return what a run exits with when it finds such a record."""
    if verdict.incomplete:
        return ExitStatus.INCOMPLETE
    return ExitStatus.IN_SYNC if verdict.settled else ExitStatus.DIFFERENCES
