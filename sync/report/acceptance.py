"""The report's part on what was accepted: networks without record, and entries to look at."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from sync.accepted.file import ACCEPTED_NAME
from sync.accepted.waiver import Waiver
from sync.accepted.waivers import Waivers, WaiverStatus
from sync.model import NetworkId, RecordId
from sync.report.fields import Positive


class AcceptedNetwork(Struct, frozen=True, forbid_unknown_fields=True):
    """A network that no record claims and that was accepted as it is."""

    network: NetworkId
    name: str
    claims: RecordId | None
    collection: str
    reason: str
    until: date


class AcceptedEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of the accepted file; ``line`` is its place in the file.

    ``record`` is ``""`` if the entry is only about a ``network``; ``gene`` and ``name`` are
    those of its difference.
    """

    collection: str
    record: str
    network: str
    kind: str
    gene: str
    name: str
    reason: str
    until: date
    line: Positive | None


class Acceptance(Struct, frozen=True, forbid_unknown_fields=True):
    """How the run used the accepted file ``file``; null if there was none.

    ``networks`` are accepted networks that no record claims. ``expired`` entries still match, but
    are past their last day; ``changed`` ones were made for a difference that has changed since;
    ``stale`` ones no longer match anything. Entries of records that were not looked at, or could
    not be checked, are in none of these lists.
    """

    file: str | None = None
    networks: tuple[AcceptedNetwork, ...] = ()
    expired: tuple[AcceptedEntry, ...] = ()
    changed: tuple[AcceptedEntry, ...] = ()
    stale: tuple[AcceptedEntry, ...] = ()


NOTHING_ACCEPTED = Acceptance()
"""Of a run without an accepted file."""


def describe_waivers(waivers: Waivers) -> Acceptance:
    """Return what a run found out about the entries of its accepted file."""
    if waivers.is_empty:
        return NOTHING_ACCEPTED
    return Acceptance(
        file=ACCEPTED_NAME,
        expired=tuple(map(_entry, waivers.turned(WaiverStatus.EXPIRED))),
        changed=tuple(map(_entry, waivers.turned(WaiverStatus.CHANGED))),
        stale=tuple(map(_entry, waivers.turned(WaiverStatus.STALE))),
    )


def _entry(entry: Waiver) -> AcceptedEntry:
    item = entry.item
    return AcceptedEntry(
        collection=item.collection,
        record=item.record,
        network=item.network,
        kind=item.kind,
        gene=item.gene,
        name=item.name,
        reason=entry.reason,
        until=entry.until,
        line=entry.line,
    )
