"""The sentences that open and close a report, the same in every format for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta
from itertools import islice
from types import MappingProxyType

from rich.filesize import decimal

from sync.amounts import duration, plural
from sync.model import Verdict
from sync.report.document import CollectionSummary, Http, Report, Run
from sync.report.exit_status import ExitStatus, exit_status

MAX_ROWS = 20
"""How many of the rows that were left out are listed; the others are counted."""

INTERRUPTED = "Interrupted: this is what was done until then."

CONCLUSIONS: Mapping[ExitStatus, str] = MappingProxyType(
    {
        ExitStatus.IN_SYNC: "nothing to do",
        ExitStatus.DIFFERENCES: "differences found",
        ExitStatus.INCOMPLETE: "not every record was checked",
    }
)
"""The result of a run, by its exit status."""

CONCLUSIONS_OFFLINE: Mapping[ExitStatus, str] = MappingProxyType(
    {
        ExitStatus.IN_SYNC: "every record can be read",
        ExitStatus.INCOMPLETE: "not every record can be read",
    }
)
"""The result of a run that only read the records."""


def coverage(report: Report) -> str:
    """Say how much was checked: ``Checked 1,998 of 2,000 records``.

    Records of other organisms are not counted. Offline: ``Read 1,998 of 2,000 records``.
    """
    if report.is_offline:
        read = report.verdicts[Verdict.NOT_COMPARED]
        return f"Read {read:,} of {plural(report.total, 'record')}; NDEx was not asked"
    return f"Checked {report.checked:,} of {plural(report.to_check, 'record')}"


def others_not_compared(report: Report) -> str:
    """Say how many records are of other organisms; ``""`` if none."""
    count = report.verdicts[Verdict.NOT_COMPARED]
    if not count or report.is_offline:
        return ""
    verb = "is" if count == 1 else "are"
    return (
        f"{plural(count, 'record')} of organisms that the configuration does not ask for {verb}"
        " not compared"
    )


def rows_not_read(report: Report) -> str:
    """Say how many rows of tables were left out; ``""`` if none."""
    count = report.rows_left_out
    if not count:
        return ""
    verb = "was" if count == 1 else "were"
    return f"{plural(count, 'row')} of the records' tables could not be read and {verb} left out"


def conclusion(report: Report) -> str:
    """Say the result of the run: ``1,550 of 2,000 records in sync: differences found``.

    Other settled records are named too: ``1,550 of 2,000 records in sync, 450 accepted: …``.
    """
    verdicts = report.verdicts
    if report.is_offline:
        found = CONCLUSIONS_OFFLINE[exit_status(report)]
        return (
            f"{verdicts[Verdict.NOT_COMPARED]:,} of {plural(report.total, 'record')} read: {found}"
        )
    said = f"{verdicts[Verdict.IN_SYNC]:,} of {plural(report.to_check, 'record')} in sync"
    for verdict, named in ((Verdict.ACCEPTED, "accepted"), (Verdict.NOT_COMPARED, "not compared")):
        said += f", {count:,} {named}" if (count := verdicts[verdict]) else ""
    return f"{said}: {CONCLUSIONS[exit_status(report)]}"


def collection_notes(report: Report) -> Iterator[str]:
    """Yield the notes on collections as a whole, each with the collection's name."""
    for collection in report.collections:
        for note in (*_notes_on_map(collection), *collection.notes):
            yield f"{collection.name}: {note}"


def _notes_on_map(collection: CollectionSummary) -> Iterator[str]:
    if collection.map_beside:
        others = plural(collection.map_beside, "record")
        newer = (
            f", for {collection.map_newer:,} of them a newer one" if collection.map_newer else ""
        )
        yield f"the map file lists other networks besides the record's own for {others}{newer}"


def first_rows_left_out(report: Report) -> Iterator[str]:
    """Yield the first rows that were left out, each as ``path:line: reason``."""
    if report.rows_left_out:
        rows = (row for record in report.records for row in record.left_out)
        yield from islice(rows, MAX_ROWS)


def run_facts(run: Run, http: Http) -> tuple[str, ...]:
    """Say when the run was, how long it took, what it cost the server, and what it checked.

    If it was slowed down, this says by what.
    """
    requests = plural(http.requests, "request")
    if http.retries:
        requests += f" ({plural(http.retries, 'retry', 'retries')})"
    return (
        f"{run.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        duration(run.finished - run.started),
        requests,
        f"{decimal(http.bytes_received)} received",
        *_restraint(http),
        *(() if run.shard is None else (f"shard {run.shard.index:,} of {run.shard.of:,}",)),
    )


def _restraint(http: Http) -> Iterator[str]:
    """Say how the run was slowed down: by its rate, by the server's request, by errors."""
    if http.rate_per_s is not None:
        each = "request" if http.rate_per_s == 1 else "requests"
        rate = f"at most {http.rate_per_s:,g} {each} a second"
        yield rate + (f", {_seconds(http.rated_s)} waited for that" if http.rated_s >= 1 else "")
    if http.held_s >= 1:
        yield f"held back by the server for {_seconds(http.held_s)}"
    if http.concurrency is not None and http.concurrency.cuts:
        times = "once" if http.concurrency.cuts == 1 else f"{http.concurrency.cuts:,} times"
        yield f"slowed down {times}, to {http.concurrency.lowest:,} at once"


def _seconds(span_s: float) -> str:
    return duration(timedelta(seconds=span_s))
