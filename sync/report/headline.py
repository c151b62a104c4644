"""The sentences that open and close a report, the same in every format for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from types import MappingProxyType

from rich.filesize import decimal

from sync.model import Verdict
from sync.report.document import Http, Report, Run
from sync.report.exit_status import ExitStatus, exit_status
from sync.report.text import duration, plural

INTERRUPTED = "Interrupted: this is what was done until then."

CONCLUSIONS: Mapping[ExitStatus, str] = MappingProxyType(
    {
        ExitStatus.IN_SYNC: "nothing to do",
        ExitStatus.DIFFERENCES: "differences found",
        ExitStatus.INCOMPLETE: "not every record was checked",
    }
)
"""What a run came to, by its exit status."""


def coverage(report: Report) -> str:
    """Say how much was checked: ``Checked 1,998 of 2,000 records``."""
    return f"Checked {report.checked:,} of {plural(report.total, 'record')}"


def conclusion(report: Report) -> str:
    """Say what the run came to: ``1,550 of 2,000 records in sync: differences found``."""
    in_sync = report.verdicts[Verdict.IN_SYNC]
    sentence = CONCLUSIONS[exit_status(report)]
    return f"{in_sync:,} of {plural(report.total, 'record')} in sync: {sentence}"


def run_facts(run: Run, http: Http) -> tuple[str, ...]:
    """Say when the run was, how long it took and what it cost the server, and of what it was."""
    requests = plural(http.requests, "request")
    if http.retries:
        requests += f" ({plural(http.retries, 'retry', 'retries')})"
    return (
        f"{run.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        duration(run.finished - run.started),
        requests,
        f"{decimal(http.bytes_received)} received",
        *(() if run.shard is None else (f"shard {run.shard.index:,} of {run.shard.of:,}",)),
    )
