"""Build a report's document from the verdicts and the facts of a run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sync import model, shards
from sync.model import CheckResult, Difference, DifferenceKind, UnclaimedNetwork, Verdict
from sync.report.document import (
    SCHEMA_VERSION,
    About,
    AnyDifference,
    CollectionSummary,
    GeneAttributeDifference,
    GeneDifference,
    Genes,
    Http,
    NetworkDifference,
    RemoteOnly,
    Report,
    ReportedRecord,
    Run,
    Shard,
    Tool,
)
from sync.version import __version__

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_USER_INFO = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*://)[^/?#]*@")


@dataclass(frozen=True, slots=True)
class CollectionResults:
    """What a run learned of one collection.

    ``unchecked`` counts the records that an interrupted run did not come to.
    """

    name: str
    results: Sequence[CheckResult]
    unclaimed: Sequence[UnclaimedNetwork] = ()
    unchecked: int = 0


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The run as such. Times are epoch milliseconds; ``server`` is a URL or ``sandbox:…``.

    ``commit`` is the commit of the records, ``source`` the web address of their folder in it,
    ``shard`` the part of them that it was about.
    """

    id: str
    started_ms: int
    finished_ms: int
    server: str
    command: str
    complete: bool
    requests: int
    retries: int
    bytes_received: int
    bytes_sent: int
    commit: str | None = None
    source: str | None = None
    shard: shards.Shard | None = None


def build_report(collections: Iterable[CollectionResults], facts: RunFacts) -> Report:
    """Return the report of a run, its records in the order given."""
    collections = tuple(collections)
    tool, run, http = describe_run(facts)
    return Report(
        schema_version=SCHEMA_VERSION,
        tool=tool,
        run=run,
        collections=tuple(_summary(collection) for collection in collections),
        http=http,
        records=tuple(_records(collections)),
        remote_only=tuple(describe_unclaimed(each.unclaimed for each in collections)),
    )


def describe_run(facts: RunFacts) -> tuple[Tool, Run, Http]:
    """Return the parts that every document of a run begins with."""
    return (
        Tool(name="ndex-sync", version=__version__),
        Run(
            id=facts.id,
            started=time_of(facts.started_ms),
            finished=time_of(facts.finished_ms),
            server=_without_credentials(facts.server),
            command=facts.command,
            complete=facts.complete,
            commit=facts.commit,
            source=facts.source,
            shard=None if facts.shard is None else _shard(facts.shard),
        ),
        Http(
            requests=facts.requests,
            retries=facts.retries,
            bytes_received=facts.bytes_received,
            bytes_sent=facts.bytes_sent,
        ),
    )


def _shard(shard: shards.Shard) -> Shard:
    return Shard(shard.index, shard.of, shard.run)


def describe_unclaimed(
    networks: Iterable[Iterable[UnclaimedNetwork]],
) -> Iterator[RemoteOnly]:
    """Yield the networks that no record claims, of all collections."""
    for of_collection in networks:
        for left in of_collection:
            yield RemoteOnly(network=left.network, name=left.name, claims=left.claims)


def time_of(epoch_ms: int) -> datetime:
    """Return epoch milliseconds as a time in UTC."""
    return _EPOCH + timedelta(milliseconds=epoch_ms)


def _summary(collection: CollectionResults) -> CollectionSummary:
    counts = Counter(result.verdict for result in collection.results)
    counts[Verdict.REMOTE_ONLY] += len(collection.unclaimed)
    return CollectionSummary(
        name=collection.name,
        records=len(collection.results) + collection.unchecked,
        verdicts={verdict: counts[verdict] for verdict in Verdict if counts[verdict]},
    )


def _records(collections: Iterable[CollectionResults]) -> Iterator[ReportedRecord]:
    for collection in collections:
        for result in collection.results:
            yield ReportedRecord(
                id=result.id,
                collection=collection.name,
                path=result.path,
                line=result.line,
                network=result.network,
                verdict=result.verdict,
                genes=None
                if result.genes is None
                else Genes(
                    local=result.genes.local,
                    remote=result.genes.remote,
                    shared=result.genes.shared,
                ),
                differences=tuple(_difference(item) for item in result.differences),
                messages=result.messages,
                about=None if result.about is None else _about(result.about),
                shared_genes=result.shared_genes,
            )


def _about(about: model.About) -> About:
    return About(about.title, about.organism, about.year, about.page)


def _difference(item: Difference) -> AnyDifference:
    local, remote = _side(item.local), _side(item.remote)
    match item.kind:
        case (
            DifferenceKind.GENE_MISSING
            | DifferenceKind.GENE_EXTRA
            | DifferenceKind.GENE_RENAMED
            | DifferenceKind.GENE_REIDENTIFIED
        ):
            return GeneDifference(item.kind, item.symbol, item.ids, local, remote)
        case DifferenceKind.GENE_ATTRIBUTE:
            return GeneAttributeDifference(
                item.kind, item.symbol, item.ids, item.name, local, remote
            )
        case DifferenceKind.PROPERTY | DifferenceKind.MEMBERSHIP | DifferenceKind.STATE:
            return NetworkDifference(item.kind, item.name, local, remote)


def _side(values: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if values is None else dict(values)


def _without_credentials(server: str) -> str:
    """Drop a user name and password from a URL: a report is passed on (design: Credentials)."""
    return _USER_INFO.sub(r"\1", server)
