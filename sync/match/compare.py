"""Compare one record with what was observed of its network: a pure function to a verdict.

The rules are the design's (Verdicts, Differences, Matching genes). This code knows no times, files
or servers; everything that decides comes in as a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import assert_never

from sync.dates import stated_time
from sync.match.claims import read_claim
from sync.match.genes import GeneMatching, GenePair, match_genes, pair_equal
from sync.match.identifiers import fold_label
from sync.match.mentions import labels_of
from sync.match.properties import compare_properties, describe_record, same_figure
from sync.match.revisions import read_revisions
from sync.match.spreadsheets import explain_mangled, may_be_mangled
from sync.match.whole import BY_DEFAULT, CONTENT, Compared, Sides, compare_whole
from sync.model import (
    HIDDEN_BY_INDEX,
    IN_TRASH,
    Absent,
    Broken,
    CheckResult,
    Curie,
    Difference,
    DifferenceKind,
    Gene,
    GeneCounts,
    Layout,
    Network,
    NetworkId,
    NetworkTimes,
    Observation,
    Record,
    Refused,
    Seen,
    Summary,
    Unanswered,
    Verdict,
    Visibility,
)


@dataclass(frozen=True, slots=True)
class DesiredState:
    """The state that the configuration asks for; None leaves a point alone."""

    visibility: Visibility | None = None
    read_only: bool | None = None


_words = attrgetter("words")
_sources = attrgetter("sources")

LEAVE_STATE = DesiredState()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which parts of a record are compared.

    ``sides`` are record and network as a whole, if nodes or interactions are compared and both
    could be read. ``note`` says why they could not, ``doubt`` that the server did not answer.
    """

    compared: frozenset[Compared] = BY_DEFAULT
    sides: Sides | None = None
    note: str | None = None
    doubt: str | None = None


USUAL = Scope()


@dataclass(frozen=True, slots=True)
class GeneComparison:
    """How the genes of a record and a network relate.

    ``not_comparable`` are genes of the network that the local source cannot hold: they are neither
    shared nor extra (design: Matching genes). ``shared`` are the symbols of the genes that both
    have under one name. ``notes`` are sentences about mentions that stand for several genes.
    """

    counts: GeneCounts
    differences: tuple[Difference, ...] = ()
    not_comparable: tuple[Gene, ...] = ()
    shared: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def compare(
    record: Record,
    network: NetworkId,
    observation: Observation,
    desired: DesiredState = LEAVE_STATE,
    scope: Scope = USUAL,
) -> CheckResult:
    """Return the verdict on a record and the network that it, or its map file, names."""
    if is_left_alone(record):
        return leave_alone(record, network)
    match observation:
        case Seen():
            return _compare_seen(record, observation, desired, scope)
        case Absent() as absent:
            return judge(record, network, Verdict.MISSING, describe_absent(network, absent))
        case Refused(reason):
            return judge(record, network, Verdict.UNREADABLE, reason)
        case Broken(reason):
            return judge(record, network, Verdict.INVALID_NETWORK, reason)
        case Unanswered(reason):
            return judge(record, network, Verdict.FAILED, reason)
        case _:
            assert_never(observation)


def describe_absent(network: NetworkId, absent: Absent) -> str:
    """Say that a network is missing, and how to get it back (contract 3.7)."""
    if absent.in_trash:
        return (
            f"{IN_TRASH}: take it out there, or with POST /v3/files/trash/restore "
            f'{{"networks": ["{network}"], "folders": [], "shortcuts": []}}'
        )
    return "NDEx does not have this network, or it was deleted; remove or renew the UUID"


def judge(
    record: Record, network: NetworkId | None, verdict: Verdict, *messages: str
) -> CheckResult:
    """Return a verdict that was reached without a comparison, and why."""
    return CheckResult(
        id=record.id,
        path=record.path,
        line=record.line,
        network=network,
        verdict=verdict,
        messages=(*messages, *record.notes),
        about=describe_record(record),
        left_out=record.left_out,
    )


def is_left_alone(record: Record) -> bool:
    """Return whether a pathway is of an organism that does not count, so that nothing is compared.

    A figure's network holds human genes whatever else the figure's table lists (formats 6), so a
    figure with a network is compared.
    """
    return record.of_other_organism and record.layout is Layout.WIKIPATHWAYS


def leave_alone(record: Record, network: NetworkId | None) -> CheckResult:
    """Return the verdict on a record of an organism that does not count."""
    if record.layout is Layout.WIKIPATHWAYS:
        organism = record.fields.get("organism", "")
        reason = f"its organism, {organism}, is not compared"
    else:
        reason = "none of its genes is of an organism that is compared"
    return judge(record, network, Verdict.NOT_COMPARED, reason)


def judge_unmapped(record: Record, *notes: str) -> CheckResult:
    """Return the verdict on a record without a network; one of another organism needs none."""
    if record.of_other_organism:
        return leave_alone(record, None)
    return judge(record, None, Verdict.UNMAPPED, *notes)


def _compare_seen(record: Record, seen: Seen, desired: DesiredState, scope: Scope) -> CheckResult:
    claim = read_claim(seen.summary)
    if claim is not None and not same_figure(claim.record, record.id):
        reason = f"the network claims {claim.record} by its {claim.by}"
        mismatched = judge(record, seen.summary.id, Verdict.MISMATCHED, reason)
        return replace(mismatched, claims=claim.record)
    if record.genes_unknown is not None:
        return judge(record, seen.summary.id, Verdict.INVALID_RECORD, record.genes_unknown)
    if seen.network.genes_unknown is not None:
        return judge(record, seen.summary.id, Verdict.INVALID_NETWORK, seen.network.genes_unknown)
    genes = compare_genes(record, seen.network)
    differences = (
        *(genes.differences if Compared.GENES in scope.compared else ()),
        *(() if scope.sides is None else compare_whole(scope.sides, scope.compared)),
        *(
            _property_differences(record, seen.summary)
            if Compared.PROPERTIES in scope.compared
            else ()
        ),
        *_membership_differences(seen),
        *_state_differences(seen, desired),
    )
    doubt = seen.doubt or scope.doubt
    if doubt is not None and not differences:
        return judge(record, seen.summary.id, Verdict.FAILED, doubt)
    return CheckResult(
        id=record.id,
        path=record.path,
        line=record.line,
        network=seen.summary.id,
        verdict=Verdict.DRIFTED if differences else Verdict.IN_SYNC,
        genes=genes.counts,
        differences=differences,
        messages=(
            *filter(None, (doubt, scope.note)),
            *_visibility_note(differences),
            *_not_comparable_note(genes.not_comparable),
            *genes.notes,
            *record.notes,
        ),
        about=describe_record(record),
        shared_genes=genes.shared if differences else (),
        times=_times(seen.summary) if differences else None,
        revisions=read_revisions(record, seen.summary) if differences else None,
        doubt=doubt,
        whole=_is_whole(record, scope),
        left_out=record.left_out,
    )


def _is_whole(record: Record, scope: Scope) -> bool:
    """Return whether everything in which drawn content can differ was compared."""
    drawn = record.layout is Layout.WIKIPATHWAYS and scope.sides is not None
    return drawn and scope.compared >= CONTENT


def _times(summary: Summary) -> NetworkTimes | None:
    """Return the times of a network, None if the server does not state both."""
    created, modified = stated_time(summary.created_ms), stated_time(summary.modified_ms)
    return NetworkTimes(created, modified) if created and modified else None


def compare_genes(record: Record, network: Network) -> GeneComparison:
    """Classify the genes of both sides and describe each that is not simply shared."""
    if _are_equal(record.genes, network.genes):
        count = len(record.genes)
        symbols = sorted({gene.symbol for gene in record.genes})
        # The names of both sides are the same.
        mangled = may_be_mangled(record.genes)
        return GeneComparison(
            GeneCounts(count, count, count),
            shared=tuple(symbols),
            notes=tuple(explain_mangled(record.genes, network.genes)) if mangled else (),
        )
    matching = match_genes(record.genes, network.genes)
    unsettled = () if record.lists_every_gene else _unlistable(matching.extra)
    extra = tuple(gene for gene in matching.extra if gene not in unsettled)
    return GeneComparison(
        counts=matching.counts,
        differences=(*_gene_differences(matching, extra),),
        not_comparable=unsettled,
        shared=tuple(
            dict.fromkeys(pair.local.symbol for pair in matching.shared if not _is_renamed(pair))
        ),
        notes=(
            *_matching_notes(matching, extra),
            *explain_mangled(record.genes, network.genes),
        ),
    )


def _are_equal(local: Sequence[Gene], remote: Sequence[Gene]) -> bool:
    """Return whether there is nothing to say about any gene, as in most networks."""
    others = pair_equal(local, remote)
    if others is None:
        return False
    return not any(_contradict(said, local, others) for said in (_words, _sources))


def _contradict(
    said: Callable[[Gene], frozenset[str]], local: Sequence[Gene], others: Sequence[Gene]
) -> bool:
    mine, theirs = [*map(said, local)], [*map(said, others)]
    pairs = zip(mine, theirs, strict=True)
    return mine != theirs and any(_contradicts(one, other) for one, other in pairs if one != other)


def _unlistable(genes: tuple[Gene, ...]) -> tuple[Gene, ...]:
    return tuple(gene for gene in genes if not gene.listable)


def _gene_differences(matching: GeneMatching, extra: tuple[Gene, ...]) -> Iterator[Difference]:
    for gene in matching.missing:
        yield Difference(
            DifferenceKind.GENE_MISSING, symbol=gene.symbol, ids=_ids(gene), local=_attributes(gene)
        )
    families = {pair.remote: pair.local.symbol for pair in matching.listed}
    for gene in extra:
        yield Difference(
            DifferenceKind.GENE_EXTRA,
            symbol=gene.symbol,
            ids=_ids(gene),
            local={"family": families[gene]} if gene in families else None,
            remote=_attributes(gene),
        )
    for pair in matching.reidentified:
        yield Difference(
            DifferenceKind.GENE_REIDENTIFIED,
            symbol=pair.local.symbol,
            ids=_ids(pair.local),
            local={"ids": " ".join(_ids(pair.local))},
            remote={"ids": " ".join(_ids(pair.remote))},
        )
        yield from _text_differences(pair)
    for pair in matching.shared:
        yield from _pair_differences(pair)


def _pair_differences(pair: GenePair) -> Iterator[Difference]:
    if _is_renamed(pair):
        yield Difference(
            DifferenceKind.GENE_RENAMED,
            symbol=pair.local.symbol,
            ids=_ids(pair.local),
            local={"symbol": pair.local.symbol},
            remote={"symbol": pair.remote.symbol},
        )
    yield from _text_differences(pair)


def _text_differences(pair: GenePair) -> Iterator[Difference]:
    for name, local, remote in (
        ("word", pair.local.words, pair.remote.words),
        ("source", pair.local.sources, pair.remote.sources),
    ):
        if _contradicts(local, remote):
            yield Difference(
                DifferenceKind.GENE_ATTRIBUTE,
                symbol=pair.local.symbol,
                ids=_ids(pair.local),
                name=name,
                local={name: _joined(local)},
                remote={name: _joined(remote)},
            )


def _is_renamed(pair: GenePair) -> bool:
    if pair.partial or not pair.local.names.isdisjoint(pair.remote.names):
        return False
    return labels_of(pair.local).isdisjoint(labels_of(pair.remote))


def _contradicts(local: frozenset[str], remote: frozenset[str]) -> bool:
    """Return whether the network says something that the record does not.

    A network has one node for each gene and so keeps one of several words (formats 6): naming fewer
    than the record, or none, is not a contradiction. Neither is another spelling of similar
    letters.
    """
    if not local or remote <= local:
        return False
    return not {*map(fold_label, remote)} <= {*map(fold_label, local)}


def _attributes(gene: Gene) -> dict[str, str]:
    texts = {"word": _joined(gene.words), "source": _joined(gene.sources)}
    return {name: text for name, text in texts.items() if text}


def _joined(texts: frozenset[str]) -> str:
    return " | ".join(sorted(texts))


def _ids(gene: Gene) -> tuple[Curie, ...]:
    return tuple(sorted(gene.ids))


def _property_differences(record: Record, summary: Summary) -> Iterator[Difference]:
    for mismatch in compare_properties(record, summary):
        yield Difference(
            DifferenceKind.PROPERTY,
            name=mismatch.name,
            local={"value": mismatch.local},
            remote=None if mismatch.remote is None else {"value": mismatch.remote},
        )


def _membership_differences(seen: Seen) -> Iterator[Difference]:
    if seen.member is False:
        yield Difference(
            DifferenceKind.MEMBERSHIP,
            name="member",
            local={"value": "true"},
            remote={"value": "false"},
        )


def _state_differences(seen: Seen, desired: DesiredState) -> Iterator[Difference]:
    """Yield what is not as configured, and what the server changed by itself."""
    summary, visibility = seen.summary, desired.visibility
    if visibility is not None and summary.visibility is not visibility:
        yield _state("visibility", visibility, summary.visibility)
    if visibility is None and seen.index_failed and summary.visibility is Visibility.PRIVATE:
        yield _state("visibility", None, summary.visibility)
    if desired.read_only is not None and summary.read_only is not desired.read_only:
        yield _state("read_only", _flag(desired.read_only), _flag(summary.read_only))
    if summary.out_of_search:
        yield _state("search", summary.index_level, "lost")


def _state(name: str, local: str | None, remote: str) -> Difference:
    wanted = None if local is None else {"value": local}
    return Difference(DifferenceKind.STATE, name=name, local=wanted, remote={"value": remote})


def _flag(value: bool) -> str:  # noqa: FBT001 - a value to be written, not a switch
    return "true" if value else "false"


def _visibility_note(differences: tuple[Difference, ...]) -> tuple[str, ...]:
    states = [each for each in differences if each.kind is DifferenceKind.STATE]
    if all(each.local is not None for each in states):
        return ()
    return (HIDDEN_BY_INDEX,)


def _matching_notes(matching: GeneMatching, extra: tuple[Gene, ...]) -> Iterator[str]:
    for pair in matching.listed:
        if pair.remote in extra:
            yield (
                f"{pair.remote.symbol} is only on NDEx, but {pair.local.symbol} in the record "
                "lists several genes and this is one of them: a push does not remove it"
            )
    for gene in matching.ambiguous:
        yield (
            f"{_named(gene)} could be one of several different genes, so it is "
            "compared as a gene of its own; give it an identifier of the gene"
        )
    for gene in matching.contradictory:
        yield f"{_named(gene)} contradicts itself: its identifiers are those of different genes"


def _named(gene: Gene) -> str:
    return f"{gene.symbol} ({', '.join(_ids(gene))})" if gene.ids else gene.symbol


def _not_comparable_note(genes: tuple[Gene, ...]) -> tuple[str, ...]:
    if not genes:
        return ()
    names = ", ".join(gene.symbol for gene in genes)
    return (f"not comparable, the node table cannot hold them and there is no GPML file: {names}",)
