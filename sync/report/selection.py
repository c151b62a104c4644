"""Find what a saved report has that can be accepted, and which of it a person chose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from sync.accepted.waiver import (
    NEVER_ACCEPTED,
    Kind,
    WaivedItem,
    item_of_difference,
    item_of_unclaimed,
    item_of_verdict,
)
from sync.amounts import plural
from sync.errors import ConfigError
from sync.model import (
    CheckResult,
    Difference,
    UnclaimedNetwork,
    Verdict,
)
from sync.report.document import (
    AcceptedNetwork,
    RemoteOnly,
    Report,
    ReportedRecord,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What to accept; an empty part leaves nothing out.

    ``records`` are ids, or UUIDs of networks that no record claims, or globs of them. ``genes``
    are symbols of either side or identifiers, ``properties`` names of properties and states.
    """

    records: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    genes: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()


@dataclass(slots=True)
class Chosen:
    """What was chosen. ``others`` are the items of the same records that were not chosen.

    ``unknown`` counts the chosen records that could not be checked.
    """

    items: list[WaivedItem] = field(default_factory=list)
    others: set[WaivedItem] = field(default_factory=set)
    unknown: int = 0


def choose(report: Report, choice: Choice) -> Chosen:
    """Find what was chosen, whether it is accepted already or not.

    Raises:
        ConfigError: nothing was chosen, or a part of the choice matches nothing; lists all of
            these.
    """
    chosen = Chosen()
    unused = {*_named(choice)}
    for subject in _subjects(report):
        wanted = [each for each in subject.parts if _is_wanted(subject, each, choice)]
        for part in wanted:
            unused.difference_update(_names_of(subject, part, choice))
        if wanted:
            chosen.items += [each.item for each in wanted]
            chosen.others.update(each.item for each in subject.parts if each not in wanted)
        if subject.unknown and _is_chosen_as_a_whole(subject, choice):
            chosen.unknown += 1
    if unused or not chosen.items:
        raise ConfigError(*_complaints(sorted(unused), chosen.unknown))
    return chosen


@dataclass(frozen=True, slots=True)
class _Part:
    """One item, with the names of its gene."""

    item: WaivedItem
    genes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Subject:
    """A record, or a network that no record claims, with everything that can be
    accepted about it.
    """

    name: str
    collection: str
    parts: tuple[_Part, ...]
    unknown: bool = False


def _subjects(report: Report) -> Iterator[_Subject]:
    for record in report.records:
        unknown = record.verdict in NEVER_ACCEPTED
        yield _Subject(record.id, record.collection, tuple(_parts(record)), unknown)
    networks: tuple[RemoteOnly | AcceptedNetwork, ...] = (
        *report.remote_only,
        *report.accepted.networks,
    )
    for network in networks:
        yield _Subject(network.network, network.collection, (_part_of_network(network),))


def _parts(record: ReportedRecord) -> Iterator[_Part]:
    """Yield a record's differences, and what was accepted already, which may be renewed."""
    accepted = [each.difference for each in record.accepted if each.difference is not None]
    for difference in (*record.differences, *accepted):
        item = item_of_difference(record.collection, record.id, difference)
        yield _Part(item, _gene_names(difference))
    whole = [each.verdict for each in record.accepted if each.verdict is not None]
    if not record.verdict.settled and record.verdict is not Verdict.DRIFTED:
        whole.append(record.verdict)
    for verdict in whole:
        if verdict not in NEVER_ACCEPTED:
            yield _Part(item_of_verdict(record.collection, _result(record), verdict))


def _part_of_network(network: RemoteOnly | AcceptedNetwork) -> _Part:
    unclaimed = UnclaimedNetwork(network.network, network.name, network.claims)
    return _Part(item_of_unclaimed(network.collection, unclaimed))


def _result(record: ReportedRecord) -> CheckResult:
    return CheckResult(
        id=record.id,
        path=record.path,
        line=record.line,
        network=record.network,
        verdict=record.verdict,
        claims=record.claims,
        candidates=record.candidates,
    )


def _gene_names(difference: Difference) -> frozenset[str]:
    symbols = ((side or {}).get("symbol", "") for side in (difference.local, difference.remote))
    return frozenset({difference.symbol, *difference.ids, *symbols} - {""})


def _is_selected(subject: _Subject, choice: Choice) -> bool:
    return (not choice.collections or subject.collection in choice.collections) and (
        not choice.records or any(fnmatchcase(subject.name, each) for each in choice.records)
    )


def _is_chosen_as_a_whole(subject: _Subject, choice: Choice) -> bool:
    """Return whether a record is chosen as a whole, whatever its differences are."""
    narrower = choice.kinds or choice.genes or choice.properties
    return _is_selected(subject, choice) and not narrower


def _is_wanted(subject: _Subject, part: _Part, choice: Choice) -> bool:
    """Return whether a part is chosen; a choice of genes and one of properties add up."""
    if not _is_selected(subject, choice):
        return False
    if choice.kinds and part.item.kind not in choice.kinds:
        return False
    if not (choice.genes or choice.properties):
        return True
    by_name = not part.item.gene and part.item.name in choice.properties
    return by_name or not part.genes.isdisjoint(choice.genes)


def _named(choice: Choice) -> Iterator[tuple[str, str]]:
    """Yield every part of a choice, as the option that names it and its value."""
    options = {
        "--select": choice.records,
        "--collection": choice.collections,
        "--kind": choice.kinds,
        "--gene": choice.genes,
        "--property": choice.properties,
    }
    for option, values in options.items():
        for value in values:
            yield option, value


def _names_of(subject: _Subject, part: _Part, choice: Choice) -> Iterator[tuple[str, str]]:
    """Yield the parts of a choice that match a chosen item."""
    yield "--collection", subject.collection
    yield "--kind", part.item.kind
    yield "--property", part.item.name
    for name in part.genes:
        yield "--gene", name
    for pattern in choice.records:
        if fnmatchcase(subject.name, pattern):
            yield "--select", pattern


def _complaints(unused: Iterable[tuple[str, str]], unknown: int) -> Iterator[str]:
    found = False
    for option, value in unused:
        found = True
        yield f"{option} {value}: nothing that you chose in the report matches it"
    if not found:
        yield "nothing in the report matches"
    if unknown:
        yield (
            f"{plural(unknown, 'record')} could not be checked: their differences are unknown and"
            " cannot be accepted"
        )
