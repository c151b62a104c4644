"""Describe what was accepted: one line for a decision, one for an entry that needs attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sync.amounts import plural
from sync.model import Accepted, Verdict
from sync.report.document import AcceptedEntry, Report
from sync.report.labels import DIFFERENCES, VERDICTS
from sync.report.text import place

MAX_LINES = 20
"""How many decisions, and how many entries, a format shows; the rest are counted."""


@dataclass(slots=True)
class Decision:
    """What was accepted for one reason until one day: in how many places, and which kinds."""

    reason: str
    until: date
    records: int = 0
    networks: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def summary(self) -> str:
        """Say what and until when: ``only on NDEx 12, in 10 records, until 2027-03-01``."""
        kinds = ", ".join(f"{label} {count:,}" for label, count in sorted(self.kinds.items()))
        counts = ((self.records, "record"), (self.networks, "network"))
        places = " and ".join(plural(count, noun) for count, noun in counts if count)
        return f"{kinds}, in {places}, until {self.until}"


@dataclass(frozen=True, slots=True)
class Notice:
    """An entry of the accepted file that no longer does what it was made for."""

    line: int | None
    name: str
    text: str


def find_decisions(report: Report) -> list[Decision]:
    """Return the decisions on what was accepted, the next to expire first."""
    found: dict[tuple[date, str], Decision] = {}
    for record in report.records:
        for key in {(item.until, item.reason) for item in record.accepted}:
            found.setdefault(key, Decision(key[1], key[0])).records += 1
        for item in record.accepted:
            found[item.until, item.reason].kinds[_label(item)] += 1
    for network in report.accepted.networks:
        key = (network.until, network.reason)
        decision = found.setdefault(key, Decision(network.reason, network.until))
        decision.networks += 1
        decision.kinds[VERDICTS[Verdict.REMOTE_ONLY].label] += 1
    return [found[key] for key in sorted(found)]


def find_notices(report: Report) -> Iterator[Notice]:
    """Yield the entries that need attention: expired ones first, then changed, then stale ones."""
    for entry in report.accepted.expired:
        text = f"expired after {entry.until}; accept it again, or fix what differs"
        yield Notice(entry.line, _name(entry), text)
    for entry in report.accepted.changed:
        text = "what was accepted has changed; look at it, and accept it again or delete it"
        yield Notice(entry.line, _name(entry), text)
    for entry in report.accepted.stale:
        text = "matches nothing any more; delete it"
        yield Notice(entry.line, _name(entry), text)


def where(report: Report, notice: Notice) -> str:
    """Return file and line of an entry."""
    return place(report.accepted.file or "", notice.line)


def of_record(item: Accepted) -> str:
    """Say why and until when an item of a record was accepted."""
    return f"accepted until {item.until}: {item.reason}"


def _label(item: Accepted) -> str:
    if item.difference is not None:
        return DIFFERENCES[item.difference.kind]
    return "" if item.verdict is None else VERDICTS[item.verdict].label


def _name(entry: AcceptedEntry) -> str:
    parts = (entry.record or entry.network, entry.kind, entry.gene, entry.name)
    return " ".join(part for part in parts if part)
