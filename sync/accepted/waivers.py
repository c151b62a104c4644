"""Apply the accepted entries to the verdicts of a run, and record the status of each entry.

Pure, except that ``Waivers`` remembers the run. Unknown is not absent: an entry is stale only if
its record was looked at and compared, and has no such difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto

from sync.accepted.waiver import WaivedItem, Waiver, item_of_unclaimed, items_of, stated
from sync.collection.shards import Shard
from sync.model import (
    Accepted,
    CheckResult,
    Difference,
    DifferenceKind,
    UnclaimedNetwork,
    Verdict,
)


class WaiverStatus(Enum):
    """The status of an entry: it holds, expired, was made for other values, or matches nothing."""

    HOLDS = auto()
    EXPIRED = auto()
    CHANGED = auto()
    STALE = auto()


@dataclass(frozen=True, slots=True)
class Settled:
    """A verdict without what was accepted, and the statuses of the entries about its record."""

    result: CheckResult
    statuses: tuple[tuple[Waiver, WaiverStatus], ...] = ()


def settle(result: CheckResult, entries: Sequence[Waiver], collection: str, today: date) -> Settled:
    """Take what was accepted out of a verdict; ``entries`` are those of its record.

    A record with nothing left is *accepted*, unless something about it is in doubt: then it is
    *failed*. A message names each entry that expired or was made for other values.
    """
    if not entries:
        return Settled(result)
    known = {entry.item: entry for entry in entries}
    met: dict[WaivedItem, WaiverStatus] = {}
    accepted, left = [], []
    for item, difference in items_of(collection, result):
        entry = known.get(item)
        if entry is not None and entry.holds_on(today):
            met[item] = WaiverStatus.HOLDS
            accepted.append(_accept(entry, result, difference))
            continue
        left.append((item, difference))
        if entry is not None:
            met[item] = WaiverStatus.EXPIRED
    subjects = {item.subject for item, _ in left if item not in met}
    statuses = tuple(
        (entry, status)
        for entry in entries
        if (status := met.get(entry.item) or _status_unmet(entry.item, subjects, result))
    )
    settled = _rejudge(result, accepted, [difference for _, difference in left])
    return Settled(replace(settled, messages=(*settled.messages, *_told(statuses))), statuses)


def _accept(entry: Waiver, result: CheckResult, difference: Difference | None) -> Accepted:
    whole = result.verdict if difference is None else None
    return Accepted(difference=difference, verdict=whole, reason=entry.reason, until=entry.until)


def _rejudge(
    result: CheckResult,
    accepted: Sequence[Accepted],
    left: Sequence[Difference | None],
) -> CheckResult:
    if not accepted:
        return result
    verdict = result.verdict
    if not left:
        verdict = Verdict.ACCEPTED if result.doubt is None else Verdict.FAILED
    return replace(
        result,
        verdict=verdict,
        accepted=tuple(accepted),
        differences=tuple(each for each in left if each is not None),
    )


def _status_unmet(
    item: WaivedItem, subjects: Collection[tuple[str, ...]], result: CheckResult
) -> WaiverStatus | None:
    """Return the status of an entry that nothing in its record matched; None if it is not known."""
    if item.subject in subjects:
        return WaiverStatus.CHANGED
    if isinstance(item.kind, Verdict):
        return None if result.verdict.incomplete else WaiverStatus.STALE
    compared = result.verdict in (Verdict.IN_SYNC, Verdict.DRIFTED)
    doubtful = item.kind is DifferenceKind.MEMBERSHIP and result.doubt is not None
    return WaiverStatus.STALE if compared and not doubtful else None


def _told(statuses: Iterable[tuple[Waiver, WaiverStatus]]) -> Iterator[str]:
    for entry, status in statuses:
        if status is WaiverStatus.EXPIRED:
            yield f"{_name(entry.item)} was accepted until {entry.until}: {entry.reason}"
        elif status is WaiverStatus.CHANGED:
            yield f"{_name(entry.item)} was accepted and has changed since: {entry.reason}"


def _name(item: WaivedItem) -> str:
    return " ".join(filter(None, (item.kind.value, item.gene, item.name)))


class Waivers:
    """The entries that a run knows, and the status of each.

    ``today`` is the day of the run in UTC, ``configured`` are the collections of the configuration.
    """

    def __init__(
        self, entries: Iterable[Waiver], today: date, configured: Collection[str] = ()
    ) -> None:
        self._today = today
        self._configured = configured
        self._entries = tuple(entries)
        self._by_record: dict[tuple[str, str], list[Waiver]] = defaultdict(list)
        self._networks: dict[tuple[str, str], Waiver] = {}
        self._statuses: dict[WaivedItem, WaiverStatus] = {}
        for entry in self._entries:
            item = entry.item
            if item.kind is Verdict.REMOTE_ONLY:
                self._networks[item.collection, item.network] = entry
            else:
                self._by_record[item.collection, item.record].append(entry)
        self._unseen = set(self._by_record)

    def settle(self, collection: str, result: CheckResult) -> CheckResult:
        """Take what was accepted out of a verdict."""
        key = (collection, stated(result.id))
        if key not in self._by_record:
            return result
        self._unseen.discard(key)
        settled = settle(result, self._by_record[key], collection, self._today)
        for entry, status in settled.statuses:
            self._note(entry, status)
        return settled.result

    def settle_unclaimed(
        self, collection: str, networks: Sequence[UnclaimedNetwork] | None
    ) -> tuple[UnclaimedNetwork, ...]:
        """Mark the accepted ones among the ``networks`` without a record.

        ``networks`` None: it is not known which these are, so nothing is said about any entry.
        """
        if networks is None:
            return ()
        for (of_collection, _), entry in self._networks.items():
            if of_collection == collection:
                self._note(entry, WaiverStatus.STALE)
        return tuple(self._settle_network(collection, network) for network in networks)

    def _settle_network(self, collection: str, network: UnclaimedNetwork) -> UnclaimedNetwork:
        entry = self._networks.get((collection, stated(network.network)))
        if entry is None:
            return network
        status = WaiverStatus.HOLDS if entry.holds_on(self._today) else WaiverStatus.EXPIRED
        if entry.item != item_of_unclaimed(collection, network):
            status = WaiverStatus.CHANGED
        self._note(entry, status)
        if status is not WaiverStatus.HOLDS:
            return network
        accepted = Accepted(verdict=Verdict.REMOTE_ONLY, reason=entry.reason, until=entry.until)
        return replace(network, accepted=accepted)

    def _note(self, entry: Waiver, status: WaiverStatus) -> None:
        """Keep a status; if two files are one record, the better one for the entry counts."""
        known = self._statuses.get(entry.item, status)
        self._statuses[entry.item] = min(known, status, key=lambda each: each.value)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever accepted."""
        return not self._entries

    def close(self, whole: Collection[str] = (), shard: Shard | None = None) -> None:
        """End the run: entries that should have matched and did not are stale.

        These are entries for a record without a file in a collection that was checked as a
        ``whole``, and those for a collection that is not configured. With a ``shard``, only entries
        for its records should have matched.
        """
        for entry in self._entries:
            key = (entry.item.collection, entry.item.record)
            mine = shard is None or shard.holds(entry.item.record)
            gone = key in self._unseen and entry.item.collection in whole and mine
            if gone or entry.item.collection not in self._configured:
                self._note(entry, WaiverStatus.STALE)

    def with_status(self, status: WaiverStatus) -> tuple[Waiver, ...]:
        """Return the entries with a status, in the order of the file."""
        return tuple(entry for entry in self._entries if self._statuses.get(entry.item) is status)


def open_empty_waivers() -> Waivers:
    """Return the waivers of a run for which nothing was accepted."""
    return Waivers((), date.min)
