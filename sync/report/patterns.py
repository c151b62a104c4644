"""Find the patterns of one record's result: its verdict, its reasons, its drift.

The titles and the advice of a report's causes are here, in the order of their importance.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sync.model import DRAWING_KINDS, Difference, DifferenceKind, Verdict
from sync.report.document import (
    LikelyCause,
    RemoteOnly,
    ReportedRecord,
)
from sync.report.evidence import (
    SOURCE,
    hangs_on_list,
    is_in_trash,
    is_of_other_sources,
    says_server_failed,
    states_later_revision,
    was_changed,
    was_edited_here,
)
from sync.report.labels import DIFFERENCES, URGENCY, VERDICTS
from sync.report.text import said

_MANY_ABSENT = 3
_REASON_LENGTH = 400
_VARIABLE = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # a UUID
    r"|\b(?:WP|PMC)\d+\w*(?:[.-]\w+)*"  # a record's id, or a file named after it
    r"|(?<![\w.])(?![45]\d\d\b)\d[\d.,]*(?!\w)"  # a number that is not an HTTP status of failure
    r"|\"[^\"]*\"|(?<!\w)'[^']*'|`[^`]*`"  # something quoted
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What results of one verdict have in common, and one sentence on what to do about them.

    ``likely`` is the likely reason, None if the record's data does not show one.
    """

    verdict: Verdict
    title: str
    advice: str
    likely: LikelyCause | None = None


def patterns_of(record: ReportedRecord) -> Mapping[Pattern, Collection[str]]:
    """Return the patterns of a record, each with the forms that it takes there.

    The form of a reason is its full text, since the pattern leaves out what varies.
    """
    if record.verdict.settled:
        return {}
    if record.verdict is Verdict.DRIFTED:
        return _of_drift(record)
    if record.verdict.incomplete:
        return _of_reason(record)
    if is_in_trash(record):
        return {_IN_TRASH: ()}
    return {pattern_of(record.verdict): ()}


def pattern_of(verdict: Verdict) -> Pattern:
    """Return the pattern of a verdict that has only one cause."""
    return Pattern(verdict, VERDICTS[verdict].meaning, VERDICTS[verdict].advice)


def pattern_of_network(network: RemoteOnly) -> Pattern:
    """Return the pattern of a network that no record claims."""
    if network.instead is None:
        return pattern_of(Verdict.REMOTE_ONLY)
    return _NEWER_COPY if network.newer else _COPY


def urgency(pattern: Pattern) -> tuple[int, int]:
    """Return a key that sorts patterns by what to look at first."""
    return URGENCY.index(pattern.verdict), _DRIFT.get(pattern.title, 0)


_COPY = Pattern(
    Verdict.REMOTE_ONLY,
    "a copy of a network that a record names",
    "Take it out of the collection, or write its UUID into the record if it is the one to stay.",
)
_NEWER_COPY = Pattern(
    Verdict.REMOTE_ONLY,
    "a newer copy of the network that a record names",
    "Decide which of the two stays: write its UUID into the record, and take the other out of the"
    " collection.",
)


def _drift(title: str, advice: str, likely: LikelyCause | None = None) -> Pattern:
    return Pattern(Verdict.DRIFTED, title, advice, likely)


_IN_TRASH = Pattern(
    Verdict.MISSING,
    "the network is in the trash of the account that is logged in",
    "Take it out of the trash, or remove the UUID from the record if the network is to go.",
)
_NO_GENES_ON_NDEX = _drift(
    "the network has no genes",
    "Look at it on NDEx: the upload may have failed. Then update its genes from the record.",
)
_NO_GENES_HERE = _drift(
    "the record has no genes that count",
    "See whether its gene table is there, and which organisms the configuration counts.",
)
_NO_GENE_SHARED = _drift(
    "record and network share no gene",
    "Make sure that the UUID is right before anything is updated.",
)
_REMADE = _drift(
    "genes that both sides have come from other sources",
    "Update the network's genes if the new sources are wanted, or accept these differences.",
    LikelyCause.RECORD_REMADE,
)
_DRAWING = _drift(
    "the drawing and the network differ in nodes, interactions or groups",
    "Update the network from the drawing, or correct the drawing.",
)
_GENE_MISSING = _drift(
    "genes only in the record",
    "Update the network's genes: the record has gained them since the upload.",
)
_GENE_EXTRA = _drift(
    "genes only on NDEx",
    "Decide whether the record lost them rightly; if so, update the network's genes.",
)
_GENE_RENAMED = _drift(
    "symbols differ (NDEx → record)",
    "Mostly renamed since the upload: update the network's genes.",
    LikelyCause.SYMBOLS_RENAMED,
)
_GENE_REIDENTIFIED = _drift(
    "same symbol, other identifier (NDEx → record)",
    "Find out which gene is meant, then correct the record or update the network.",
)
_GENE_ATTRIBUTE = _drift(
    "gene attributes differ",
    "Update the network's genes; who is in the pathway does not change.",
)
_PROPERTIES_ABSENT = _drift(
    "the network has none of the record's properties",
    "They were never written: update the network's properties.",
)
_PROPERTY_ABSENT = _drift(
    "the network lacks a property",
    "Update the network's properties.",
)
_PROPERTY_SPELLING = _drift(
    "a property differs in case, blanks or punctuation only",
    "Nothing is wrong in substance; update the network's properties when convenient.",
)
_PROPERTY = _drift(
    "a property differs",
    "Update the network's properties, or correct the record.",
)
_MEMBERSHIP = _drift(
    "the network is not in the collection's network set or folder",
    "Add it to the set or folder.",
)
_HIDDEN = _drift(
    "NDEx hid the network when its search index failed after an upload",
    "Show it again on NDEx, or set `visibility` in the configuration and push `state`.",
)
_SEARCH = _drift(
    "the search on NDEx has lost the network (NDEx → its index level)",
    "Push it with `properties` in `push`: that sends its index level again.",
)
_STATE = _drift(
    "the network's state is not as configured (NDEx → configured)",
    "Set it on NDEx, or change the configuration.",
)

_DRIFT: Mapping[str, int] = {
    pattern.title: place
    for place, pattern in enumerate(
        (
            _NO_GENE_SHARED,
            _NO_GENES_ON_NDEX,
            _NO_GENES_HERE,
            _REMADE,
            _GENE_MISSING,
            _GENE_EXTRA,
            _GENE_REIDENTIFIED,
            _GENE_RENAMED,
            _DRAWING,
            _PROPERTIES_ABSENT,
            _PROPERTY_ABSENT,
            _PROPERTY,
            _HIDDEN,
            _MEMBERSHIP,
            _STATE,
            _SEARCH,
            _GENE_ATTRIBUTE,
            _PROPERTY_SPELLING,
        )
    )
}
_OF_GENES: Mapping[DifferenceKind, Pattern] = {
    DifferenceKind.GENE_MISSING: _GENE_MISSING,
    DifferenceKind.GENE_EXTRA: _GENE_EXTRA,
    DifferenceKind.GENE_RENAMED: _GENE_RENAMED,
    DifferenceKind.GENE_REIDENTIFIED: _GENE_REIDENTIFIED,
}
_EDITS = frozenset({_GENE_MISSING, _GENE_EXTRA, _GENE_REIDENTIFIED, _PROPERTY})
_EDITED_ON_NDEX = (
    "See on NDEx what was changed and by whom; then carry it into the record, accept it, or update"
    " the network."
)
_OTHER_COPY = (
    "Find out which copy the network was made from before anything is updated: a push would put"
    " the state of this record on NDEx."
)
_UNLISTED = (
    "Only the collection's list shows the network of a record without one: make it readable,"
    " then check again."
)
_NEVER_ABSENT = frozenset({"name", "description"})


def _of_reason(record: ReportedRecord) -> Mapping[Pattern, Collection[str]]:
    """Group by the reason, without what differs from one record to the next."""
    reason = record.messages[0][:_REASON_LENGTH] if record.messages else ""
    alike = reason
    for own in filter(None, (record.path, record.id)):
        alike = alike.replace(own, "…")
    alike = _VARIABLE.sub("…", alike)
    if not any(map(str.isalpha, alike)):
        return {pattern_of(record.verdict): ()}
    likely = LikelyCause.UNFINISHED_ON_NDEX if says_server_failed(record) else None
    advice = _UNLISTED if hangs_on_list(record) else VERDICTS[record.verdict].advice
    return {Pattern(record.verdict, alike, advice, likely): {reason}}


def _of_drift(record: ReportedRecord) -> Mapping[Pattern, Collection[str]]:
    found: dict[Pattern, set[str]] = defaultdict(set)
    whole_list = _of_whole_list(record)
    absent = _PROPERTIES_ABSENT if _lacks_properties(record) else _PROPERTY_ABSENT
    for difference in record.differences:
        pattern, details = _of_difference(difference, whole_list, absent)
        found[pattern].update(details)
    return {_with_origin(pattern, record): details for pattern, details in found.items()}


def _of_difference(
    difference: Difference, whole_list: Pattern | None, absent: Pattern
) -> tuple[Pattern, Collection[str]]:
    """Return the pattern of one difference, and the forms that it takes.

    ``whole_list`` is the pattern of genes that only one side has, if all have one reason;
    ``absent`` is that of a property that the network lacks.
    """
    match difference.kind:
        case DifferenceKind.GENE_MISSING | DifferenceKind.GENE_EXTRA if whole_list:
            return whole_list, ()
        case DifferenceKind.GENE_ATTRIBUTE if whole_list is _REMADE:
            return _REMADE, _change_of_source(difference)
        case DifferenceKind.GENE_ATTRIBUTE:
            return _GENE_ATTRIBUTE, {difference.name}
        case DifferenceKind.PROPERTY | DifferenceKind.MEMBERSHIP | DifferenceKind.STATE:
            return _of_network(difference, absent), _network_details(difference)
        case kind if kind in DRAWING_KINDS:
            return _DRAWING, {DIFFERENCES[kind]}
        case _:
            return _OF_GENES[difference.kind], {_gene_detail(difference)}


def _with_origin(pattern: Pattern, record: ReportedRecord) -> Pattern:
    """Find where an edit was made: by revisions and days, and by whether the network changed."""
    if pattern not in _EDITS:
        return pattern
    changed, edited_here = was_changed(record), was_edited_here(record)
    if edited_here and (not changed or states_later_revision(record)):
        return replace(pattern, likely=LikelyCause.EDITED_HERE)
    if changed:
        return replace(pattern, advice=_EDITED_ON_NDEX, likely=LikelyCause.EDITED_ON_NDEX)
    if edited_here is False:
        return replace(pattern, advice=_OTHER_COPY, likely=LikelyCause.OTHER_COPY)
    return pattern if changed is None else replace(pattern, likely=LikelyCause.EDITED_HERE)


def _change_of_source(difference: Difference) -> Collection[str]:
    if difference.name != SOURCE:
        return ()
    return {f"{said(difference.remote)} → {said(difference.local)}"}


def _of_whole_list(record: ReportedRecord) -> Pattern | None:
    """Return the pattern of lists with no gene, or no source, in common; None for all others."""
    genes = record.genes
    if genes is None or genes.shared:
        return _REMADE if is_of_other_sources(record) else None
    if not genes.remote:
        return _NO_GENES_ON_NDEX
    return _NO_GENE_SHARED if genes.local else _NO_GENES_HERE


def _lacks_properties(record: ReportedRecord) -> bool:
    """Return whether no property was written: several are missing, and none has another value."""
    differing = [
        difference
        for difference in record.differences
        if difference.kind is DifferenceKind.PROPERTY and difference.name not in _NEVER_ABSENT
    ]
    return len(differing) >= _MANY_ABSENT and all(each.remote is None for each in differing)


def _gene_detail(difference: Difference) -> str:
    sides = f"{said(difference.remote)} → {said(difference.local)}"
    match difference.kind:
        case DifferenceKind.GENE_MISSING | DifferenceKind.GENE_EXTRA:
            return difference.symbol
        case DifferenceKind.GENE_RENAMED:
            return sides
        case _:
            return f"{difference.symbol} {sides}"


def _of_network(difference: Difference, absent: Pattern) -> Pattern:
    if difference.kind is DifferenceKind.MEMBERSHIP:
        return _MEMBERSHIP
    if difference.kind is DifferenceKind.STATE:
        return _of_state(difference)
    if difference.remote is None:
        return absent
    same = _substance(said(difference.local)) == _substance(said(difference.remote))
    return _PROPERTY_SPELLING if same else _PROPERTY


def _of_state(difference: Difference) -> Pattern:
    if difference.name == "search":
        return _SEARCH
    return _HIDDEN if difference.local is None else _STATE


def _substance(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _network_details(difference: Difference) -> Collection[str]:
    if difference.kind is DifferenceKind.MEMBERSHIP:
        return ()
    if difference.kind is DifferenceKind.STATE:
        return {f"{difference.name} {said(difference.remote)} → {said(difference.local)}"}
    return {difference.name}
