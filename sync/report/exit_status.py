"""The exit status for a report (design: Exit status)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from sync.model import Verdict
from sync.report.document import Report


class ExitStatus(IntEnum):
    """The exit status of a finished run; 2 (usage, configuration) is never a report's."""

    IN_SYNC = 0
    DIFFERENCES = 1
    INCOMPLETE = 3


def exit_status(report: Report) -> ExitStatus:
    """Return 3 if a record could not be checked, else 1 if anything differs, else 0.

    What was accepted does not count, and neither do entries of the accepted file that expired.
    """
    return worst_of(report.verdicts) if report.run.complete else ExitStatus.INCOMPLETE


def worst_of(verdicts: Iterable[Verdict]) -> ExitStatus:
    """Return the highest status of any of the verdicts."""
    return max(map(status_of, verdicts), default=ExitStatus.IN_SYNC)


def status_of(verdict: Verdict) -> ExitStatus:
    """Return the exit status for a verdict."""
    if verdict.incomplete:
        return ExitStatus.INCOMPLETE
    return ExitStatus.IN_SYNC if verdict.settled else ExitStatus.DIFFERENCES
