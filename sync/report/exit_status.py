"""The exit status that a report asks for (design: Exit status)."""

from __future__ import annotations

from enum import IntEnum

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
    verdicts = report.verdicts.keys()
    if not report.run.complete or any(verdict.incomplete for verdict in verdicts):
        return ExitStatus.INCOMPLETE
    if not all(verdict.settled for verdict in verdicts):
        return ExitStatus.DIFFERENCES
    return ExitStatus.IN_SYNC
