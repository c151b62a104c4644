"""What changed since the last complete check, by the counts that the state folder keeps."""

from __future__ import annotations

from datetime import timedelta

from sync.model import Verdict
from sync.report.document import Report
from sync.report.labels import VERDICTS
from sync.report.text import plural
from sync.state.history import CheckedRun


def summarise_run(report: Report) -> CheckedRun:
    """Return the line that the state folder keeps of a report."""
    return CheckedRun(
        finished=report.run.finished,
        server=report.run.server,
        collections=tuple(each.name for each in report.collections),
        records=report.total,
        verdicts={verdict.value: count for verdict, count in report.verdicts.items() if count},
    )


def describe_since(report: Report, last: CheckedRun) -> str:
    """Say how the counts changed, and how long ago the last complete run is."""
    changed = [
        f"{VERDICTS[verdict].label} {before:,} → {now:,}"
        for verdict in Verdict
        if (now := report.verdicts[verdict]) != (before := last.verdicts.get(verdict.value, 0))
    ]
    told = ", ".join(changed) or "the counts are the same"
    age = describe_age(report.run.finished - last.finished)
    return f"Since the last complete run ({last.finished:%Y-%m-%d %H:%M} UTC, {age}): {told}"


def describe_age(age: timedelta) -> str:
    """Say how long ago something was: ``2 days ago``."""
    hours = round(age.total_seconds() / 3600)
    if hours < 1:
        return "less than an hour ago"
    return f"{plural(hours, 'hour') if hours < 48 else plural(hours // 24, 'day')} ago"
