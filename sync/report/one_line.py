"""Describe one record in one line, for annotations, JUnit and comparisons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from sync.amounts import plural
from sync.model import DRAWING_KINDS, Difference, DifferenceKind, Revisions, Verdict
from sync.report.document import (
    RemoteOnly,
    ReportedRecord,
)
from sync.report.labels import DIFFERENCES, VERDICTS
from sync.report.text import said, shorten, shorten_pair, visible

_MAX_ITEMS = 8
_MAX_ITEM = 80


def summarise(record: ReportedRecord) -> str:
    """Say what the verdict means, what differs and why, in one line without
    invisible characters.
    """
    parts = [VERDICTS[record.verdict].meaning]
    if record.revisions is not None:
        parts.append(f"revision: {describe_revisions(record.revisions)}")
    for kind, differences in record.differences_by_kind().items():
        if kind in DRAWING_KINDS:
            continue
        parts.append(f"{DIFFERENCES[kind]}: {', '.join(_items(differences))}")
    parts += filter(None, [describe_drawing(record)])
    parts += [visible(message) for message in record.messages]
    parts += _rows_left_out(record)
    return "; ".join(parts)


def _rows_left_out(record: ReportedRecord) -> Iterator[str]:
    if record.left_out:
        rest = len(record.left_out) - 1
        more = f" and {rest:,} more" if rest else ""
        yield f"row left out: {visible(record.left_out[0])}{more}"


def describe_unclaimed(network: RemoteOnly) -> str:
    """Say why no record claims a network, or which network it is a copy of, in one visible line."""
    if network.instead is None:
        return VERDICTS[Verdict.REMOTE_ONLY].meaning
    copy = "a newer copy" if network.newer else "a copy"
    return visible(f"{copy} of {network.instead}, which {network.claims} names")


def describe_revisions(found: Revisions) -> str:
    """Say which revision each side is: ``r142399 of 2026-02-05 in the record, r120508 on NDEx``."""
    local = _revision(found.record, found.last_edited)
    return f"{local} in the record, {_revision(found.network, found.exported)} on NDEx"


def _revision(number: int | None, day: date | None) -> str:
    parts = ([f"r{number}"] if number is not None else []) + ([f"of {day}"] if day else [])
    return " ".join(parts) or "not stated"


def describe_drawing(record: ReportedRecord) -> str:
    """Count the differences besides genes: ``2 nodes only in the drawing, 1 group differs``."""
    kinds = record.differences_by_kind()
    counts = Counter(_counted(each) for kind in DRAWING_KINDS for each in kinds.get(kind, ()))
    return ", ".join(plural(count, one, many) for (one, many), count in counts.items())


def _counted(difference: Difference) -> tuple[str, str]:
    """Return the name of one difference, and its plural."""
    if difference.kind is DifferenceKind.GROUP:
        return "group differs", "groups differ"
    is_node = difference.kind in (DifferenceKind.NODE_MISSING, DifferenceKind.NODE_EXTRA)
    noun, home = "node" if is_node else "interaction", "in the drawing"
    listed = (difference.local or difference.remote or {}).get("type", "")
    if listed in ("chemical", "disease"):
        noun, home = listed, "in the record"
    place = "on NDEx" if difference.local is None else home
    return f"{noun} only {place}", f"{noun}s only {place}"


def item(difference: Difference) -> str:
    """Name one difference with the values of both sides, if both may have one (NDEx → record)."""
    sides = shorten_pair(said(difference.remote), said(difference.local), _MAX_ITEM)
    change = " → ".join(visible(side) for side in sides)
    match difference.kind:
        case DifferenceKind.PROPERTY | DifferenceKind.MEMBERSHIP | DifferenceKind.STATE:
            return f"{_short(difference.name)} {change}"
        case DifferenceKind.GENE_RENAMED:
            return change
        case DifferenceKind.GENE_REIDENTIFIED:
            return f"{_short(difference.symbol)} {change}"
        case DifferenceKind.GENE_ATTRIBUTE:
            return f"{_short(difference.name)} of {_short(difference.symbol)} {change}"
        case DifferenceKind.GROUP:
            return f"group {change}"
        case _:
            return _short(difference.symbol or difference.name)


def _items(differences: Sequence[Difference]) -> Iterator[str]:
    yield from map(item, differences[:_MAX_ITEMS])
    if rest := differences[_MAX_ITEMS:]:
        yield f"… {len(rest):,} more"


def _short(text: str) -> str:
    return visible(shorten(text, _MAX_ITEM))
