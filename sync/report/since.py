"""Say what changed since the last complete check, by the counts kept in the state folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from msgspec import structs

from sync.amounts import plural
from sync.model import Verdict
from sync.report.document import LastRun, Report
from sync.report.labels import VERDICTS
from sync.state.history import CheckedRun, find_last, note_run


def note_report(report: Report, state: Path, others: Sequence[Path] = ()) -> Report:
    """Note a whole report in the state folder; return it with the last run before it.

    ``others`` are more folders that may know the last run. Raises OSError.
    """
    if not report.is_whole:
        return report
    run = _summarise(report)
    places = (state, *others)
    found = [find_last(each, run.server, run.collections, run.finished) for each in places]
    note_run(state, run)
    last = max(filter(None, found), key=lambda each: each.finished, default=None)
    if last is None:
        return report
    return structs.replace(report, last_run=LastRun(last.finished, last.records, last.verdicts))


def describe_since(report: Report) -> str:
    """Say how the counts changed, and how long ago the last run is; ``""`` if there was none."""
    last = report.last_run
    if last is None:
        return ""
    changed = [
        f"{VERDICTS[verdict].label} {before:,} → {now:,}"
        for verdict in Verdict
        if (now := report.verdicts[verdict]) != (before := last.verdicts.get(verdict, 0))
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


def _summarise(report: Report) -> CheckedRun:
    return CheckedRun(
        finished=report.run.finished,
        server=report.run.server,
        collections=tuple(each.name for each in report.collections),
        records=report.total,
        verdicts={verdict: count for verdict, count in report.verdicts.items() if count},
    )
