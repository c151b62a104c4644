"""What can be accepted (a difference, or a verdict as a whole), and when two items are the same.

An item states what each side said when it was accepted. If anything changes, it is another item,
which nobody accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sync.model import (
    GENE_KINDS,
    CheckResult,
    Difference,
    DifferenceKind,
    RecordId,
    UnclaimedNetwork,
    Verdict,
)

Kind = DifferenceKind | Verdict
"""The kind of an item: that of its difference, or a verdict."""

NEVER_ACCEPTED = frozenset(
    verdict for verdict in Verdict if verdict.incomplete and verdict is not Verdict.UNREADABLE
)
"""Verdicts that say that something is unknown; nobody can accept what nobody has seen.

That we may not read a network is known, and its owner may want that.
"""

WHOLE_VERDICTS = tuple(
    verdict
    for verdict in Verdict
    if not (verdict.settled or verdict in NEVER_ACCEPTED or verdict is Verdict.DRIFTED)
)
"""Verdicts that are accepted as a whole; drift is accepted difference by difference."""

_LONGEST = 120
_SHOWN = 60
_DIGITS = 32
_MARK = "(sha256:"

Side = tuple[tuple[str, str], ...]
"""The values of one side, as pairs of name and text in the order of the names."""


@dataclass(frozen=True, slots=True)
class WaivedItem:
    """One thing that can be accepted, with all values that it was accepted for.

    ``record`` is ``""`` for a network that no record claims. ``gene`` and ``name`` are the symbol
    and the name of the difference, ``network`` the UUID that a verdict is about. ``claims`` and
    ``candidates`` belong to a verdict (``CheckResult``). Texts are as ``stated`` writes them.
    """

    collection: str
    kind: Kind
    record: str = ""
    gene: str = ""
    name: str = ""
    ids: tuple[str, ...] = ()
    local: Side | None = None
    remote: Side | None = None
    network: str = ""
    claims: str = ""
    candidates: tuple[str, ...] = ()

    @property
    def subject(self) -> tuple[str, ...]:
        """What the item is about, whatever values the sides have."""
        network = self.network if self.kind is Verdict.REMOTE_ONLY else ""
        return (self.collection, self.record, network, self.kind, self.gene, self.name)


@dataclass(frozen=True, slots=True)
class Waiver:
    """An item that was accepted, the reason, and the last day on which that holds.

    ``line`` is its place in the file, None for one that is not written yet.
    """

    item: WaivedItem
    reason: str
    until: date
    line: int | None = None

    def holds_on(self, day: date) -> bool:
        """Return whether the item is still accepted on a day, in UTC."""
        return day <= self.until


def read_kind(text: str) -> Kind:
    """Read the kind of an item.

    Raises:
        ValueError: it is not a kind, or is a verdict that can never be accepted.
    """
    if text in list(DifferenceKind):
        return DifferenceKind(text)
    if text in WHOLE_VERDICTS:
        return Verdict(text)
    if text in NEVER_ACCEPTED:
        raise ValueError(f"{text} cannot be accepted: it means that something is unknown")
    if text == Verdict.DRIFTED:
        raise ValueError("accept the differences of a drifted record: name their kinds")
    raise ValueError(f"must be one of {', '.join([*DifferenceKind, *WHOLE_VERDICTS])}")


def items_of(
    collection: str, result: CheckResult
) -> Iterator[tuple[WaivedItem, Difference | None]]:
    """Yield what could be accepted of a verdict; a verdict as a whole comes
    without a difference.
    """
    if result.verdict is Verdict.DRIFTED:
        for difference in result.differences:
            yield item_of_difference(collection, result.id, difference), difference
    elif result.verdict in WHOLE_VERDICTS:
        yield item_of_verdict(collection, result, result.verdict), None


def item_of_difference(collection: str, record: RecordId, difference: Difference) -> WaivedItem:
    """Return the item of one difference of a record."""
    of_gene = difference.kind in GENE_KINDS
    one_name = difference.kind is DifferenceKind.GENE_ATTRIBUTE or not of_gene
    return WaivedItem(
        collection=collection,
        kind=difference.kind,
        record=stated(record),
        gene=stated(difference.symbol) if of_gene else "",
        name=stated(difference.name) if one_name else "",
        ids=tuple(sorted(map(stated, difference.ids))) if of_gene else (),
        local=_side(difference.local),
        remote=_side(difference.remote),
    )


def item_of_verdict(collection: str, result: CheckResult, verdict: Verdict) -> WaivedItem:
    """Return the item of a verdict as a whole, which ``result`` has or had before it was accepted.

    A duplicate is accepted record by record, so another record that joins is still reported.
    """
    claims = result.claims if verdict is Verdict.MISMATCHED else None
    candidates = result.candidates if verdict is Verdict.AMBIGUOUS else ()
    network = None if verdict in (Verdict.UNMAPPED, Verdict.AMBIGUOUS) else result.network
    return WaivedItem(
        collection=collection,
        kind=verdict,
        record=stated(result.id),
        network=stated(network or ""),
        claims=stated(claims or ""),
        candidates=tuple(sorted(map(stated, candidates))),
    )


def item_of_unclaimed(collection: str, network: UnclaimedNetwork) -> WaivedItem:
    """Return the item of a network that no record claims."""
    return WaivedItem(
        collection=collection,
        kind=Verdict.REMOTE_ONLY,
        network=stated(network.network),
        claims=stated(network.claims or ""),
    )


def stated(text: str) -> str:
    """Return a text as an item states it: a long one by its beginning and its digest.

    A text that already looks like that is stated by its digest too, so that no text can pass for
    another.
    """
    text = text.encode("utf-8", "backslashreplace").decode()
    if len(text) <= _LONGEST and _MARK not in text:
        return text
    digest = sha256(text.encode()).hexdigest()[:_DIGITS]
    return f"{text[:_SHOWN]}… {_MARK}{digest})"


def _side(values: Mapping[str, str] | None) -> Side | None:
    if values is None:
        return None
    return tuple(sorted((stated(name), stated(text)) for name, text in values.items()))


def sort_key(item: WaivedItem) -> tuple[object, ...]:
    """Return a key for the order in which people list items: WP9 before WP10."""
    digits = re.split(r"(\d+)", item.record or item.network)
    numbered = tuple((int(part), "") if part.isdecimal() else (0, part) for part in digits)
    texts = (item.kind, item.gene, item.name, item.ids, item.local or (), item.remote or ())
    return (numbered, *texts, item.network, item.claims, item.candidates)
