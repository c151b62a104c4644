"""The report as a document: its structs, its schema, and how to read a saved one.

The shape is the design's (The JSON report, ``schema_version`` 1) and is a promise to other
programs: fields may be added, but none is removed or changes its meaning within a version. The
structs of ``sync.model`` are part of it unchanged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import orjson
from msgspec import DecodeError, Meta, Struct, structs
from msgspec.json import Decoder

from sync.collection.shards import Shard
from sync.errors import ConfigError
from sync.model import (
    About,
    Accepted,
    Difference,
    DifferenceKind,
    GeneCounts,
    NetworkId,
    NetworkTimes,
    RecordId,
    Revisions,
    Verdict,
)
from sync.report.fields import NonNegative, Positive, Seconds, Time, make_schema
from sync.version import __version__

if TYPE_CHECKING:
    from pandas import DataFrame

SCHEMA_VERSION: Final = 1

_MAKE_AGAIN: Final = "make it again with: ndex-sync check --format json=PATH"

OFFLINE: Final = "check --offline"
"""The command of a report for which NDEx was not asked: the records read are `not_compared`."""


class Tool(Struct, frozen=True, forbid_unknown_fields=True):
    """The program that made the report."""

    name: str
    version: str


TOOL: Final = Tool("ndex-sync", __version__)
"""This version of ndex-sync."""


class Run(Struct, frozen=True, forbid_unknown_fields=True):
    """One run of a command. ``complete`` is false if it was interrupted.

    ``commit`` is the commit of the records, ``source`` the address at which a browser finds their
    paths; null if they are not known. ``shard`` is null for a whole run.
    """

    id: str
    started: Time
    finished: Time
    server: str
    command: str
    complete: bool
    commit: str | None = None
    source: str | None = None
    shard: Shard | None = None


class CollectionSummary(Struct, frozen=True, forbid_unknown_fields=True):
    """A collection and the verdicts that occur in it.

    ``records`` counts the collection's records, including those that an interrupted run did not
    reach; if ``selected``, only those that options chose. ``verdicts`` counts records, and networks
    under ``remote_only``; accepted differences and networks are counted separately.
    ``rows_left_out`` counts the rows of the records' tables that could not be read, ``map_beside``
    the records for which the map file lists other networks besides the record's own, and
    ``map_newer`` those of them for which one was made later. ``notes`` are sentences about the
    whole collection.
    """

    name: str
    records: NonNegative
    verdicts: dict[Verdict, Positive]
    accepted_differences: NonNegative = 0
    accepted_networks: NonNegative = 0
    notes: tuple[str, ...] = ()
    rows_left_out: NonNegative = 0
    map_beside: NonNegative = 0
    map_newer: NonNegative = 0
    selected: bool = False


class LastRun(Struct, frozen=True, forbid_unknown_fields=True):
    """The last complete run of the same whole collections on the same server.

    ``verdicts`` has the counts of all collections together.
    """

    finished: Time
    records: NonNegative
    verdicts: dict[Verdict, Positive]


class Concurrency(Struct, frozen=True, forbid_unknown_fields=True):
    """How many requests could run at once: ``allowed`` by the user, and the ``lowest`` limit used.

    ``cuts`` counts how often the limit was lowered because the server asked to slow down, did not
    answer in time or became slow.
    """

    allowed: Positive
    lowest: Positive
    cuts: NonNegative


class Http(Struct, frozen=True, forbid_unknown_fields=True):
    """What the run cost the server. Every try counts as a request.

    ``concurrency`` is null if no server was asked, ``rate_per_s`` if no rate was set. ``rated_s``
    is how long requests waited for the rate limit, ``held_s`` how long the server asked to wait.
    ``protocols`` are the protocols of its answers.
    """

    requests: NonNegative
    retries: NonNegative
    bytes_received: NonNegative
    bytes_sent: NonNegative
    concurrency: Concurrency | None = None
    rate_per_s: Annotated[float, Meta(gt=0)] | None = None
    rated_s: Seconds = 0.0
    held_s: Seconds = 0.0
    protocols: tuple[str, ...] = ()


class ReportedRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """One record with its verdict and the evidence for it.

    ``line`` is null for a record without a place in its file, ``network`` for one without a UUID,
    ``genes`` if nothing was compared, ``about`` if the record could not be read. ``shared_genes``
    are the symbols that both sides of a drifted record have, ``times`` those of its network,
    ``revisions`` those of both sides of a drifted pathway. ``accepted`` is what was accepted and so
    is not in ``differences``; the verdict is ``accepted`` if nothing else is left. ``left_out`` has
    one text for each row of the record's tables that could not be read: ``path:line: reason``.
    ``claims`` is the record that a mismatched network says it belongs to, ``candidates`` are the
    networks that an ambiguous record could be linked to.
    """

    id: RecordId
    collection: str
    path: str
    line: Positive | None
    network: NetworkId | None
    verdict: Verdict
    genes: GeneCounts | None
    differences: tuple[Difference, ...]
    messages: tuple[str, ...]
    about: About | None = None
    shared_genes: tuple[str, ...] = ()
    times: NetworkTimes | None = None
    accepted: tuple[Accepted, ...] = ()
    claims: RecordId | None = None
    candidates: tuple[NetworkId, ...] = ()
    left_out: tuple[str, ...] = ()
    revisions: Revisions | None = None

    def differences_by_kind(self) -> dict[DifferenceKind, list[Difference]]:
        """Return the differences grouped by kind, in the order of the kinds."""
        kinds: dict[DifferenceKind, list[Difference]] = {kind: [] for kind in DifferenceKind}
        for difference in self.differences:
            kinds[difference.kind].append(difference)
        return {kind: differences for kind, differences in kinds.items() if differences}

    def properties(self) -> list[Difference]:
        """Return the properties that differ, in the order of the layout."""
        return [
            difference
            for difference in self.differences
            if difference.kind is DifferenceKind.PROPERTY
        ]


class RemoteOnly(Struct, frozen=True, forbid_unknown_fields=True):
    """A network of a collection that no record claims.

    ``claims`` is the record that the network says it belongs to, null if it names none. ``instead``
    is the network that this record names, null if there is no such record; ``newer`` says whether
    this network was made later.
    """

    network: NetworkId
    name: str
    claims: RecordId | None
    collection: str = ""
    instead: NetworkId | None = None
    newer: bool = False


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
"""The value for a run without an accepted file."""


class LikelyCause(StrEnum):
    """A likely reason for the results of one pattern, if the data supports one."""

    SYMBOLS_RENAMED = "symbols_renamed"
    RECORD_REMADE = "record_remade"
    UNFINISHED_ON_NDEX = "unfinished_on_ndex"
    EDITED_ON_NDEX = "edited_on_ndex"
    EDITED_HERE = "edited_here"
    OTHER_COPY = "other_copy"


class Detail(Struct, frozen=True, forbid_unknown_fields=True):
    """One form that a cause takes (a property, a symbol) and in how many records."""

    text: str
    count: Positive


class Example(Struct, frozen=True, forbid_unknown_fields=True):
    """One record, or one network on the server, that has the cause.

    ``id`` and ``path`` are ``""`` for a network that no record claims. ``text`` is what the check
    says about it, or the network's name; ``""`` if an earlier example said the same.
    """

    id: str
    path: str
    line: Positive | None
    network: str | None
    text: str


class Cause(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to look at, which ``count`` records (for ``remote_only``: networks) have.

    ``likely`` is the likely reason, null if the data supports none. ``evidence`` supports it, in
    sentences that say only what the data shows. ``advice`` is one sentence on what to do.
    ``details`` are the most frequent forms of the cause, ``more_details`` counts the others;
    ``examples`` are the first few of its records.
    """

    verdict: Verdict
    title: str
    likely: LikelyCause | None
    evidence: tuple[str, ...]
    advice: str
    count: Positive
    details: tuple[Detail, ...]
    more_details: NonNegative
    examples: tuple[Example, ...]


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """What ndex-sync found in one run (design: The JSON report).

    ``causes`` group everything that is not settled, most important first. ``records`` may be read
    as often as needed, one after the other: those of a large run are on disk. ``last_run`` is the
    complete run before this one; null if the state folder knows none, or if this run is not
    complete.
    """

    schema_version: Literal[1]
    tool: Tool
    run: Run
    collections: tuple[CollectionSummary, ...]
    http: Http
    records: Collection[ReportedRecord]
    remote_only: tuple[RemoteOnly, ...]
    accepted: Acceptance = NOTHING_ACCEPTED
    causes: tuple[Cause, ...] = ()
    last_run: LastRun | None = None

    @property
    def total(self) -> int:
        """How many records the collections have."""
        return sum(collection.records for collection in self.collections)

    @property
    def checked(self) -> int:
        """How many records could be checked (design: Exit status)."""
        return sum(
            count
            for verdict, count in self.verdicts.items()
            if not verdict.incomplete and verdict not in (Verdict.REMOTE_ONLY, Verdict.NOT_COMPARED)
        )

    @property
    def is_whole(self) -> bool:
        """Whether it has a result for all of its collections: nothing was left
        out or not reached.
        """
        everything = self.run.shard is None and not any(each.selected for each in self.collections)
        return self.run.complete and everything and not self.is_offline

    @property
    def is_offline(self) -> bool:
        """Whether the records were only read and NDEx was not asked."""
        return self.run.command == OFFLINE

    @property
    def to_check(self) -> int:
        """How many records are of organisms that count."""
        return self.total - self.verdicts[Verdict.NOT_COMPARED]

    @property
    def rows_left_out(self) -> int:
        """How many rows of the records' tables could not be read."""
        return sum(collection.rows_left_out for collection in self.collections)

    @property
    def verdicts(self) -> Counter[Verdict]:
        """How often each verdict was given, in all collections together."""
        return count_verdicts(each.verdicts for each in self.collections)

    def to_frame(self) -> DataFrame:
        """Return a pandas data frame with a row for each record; needs pandas.

        ``differences`` counts them; ``record_genes``, ``network_genes`` and ``shared_genes`` are
        missing if nothing was compared.
        """
        from pandas import DataFrame  # noqa: PLC0415 - takes a second to import

        return DataFrame(map(_row, self.records), columns=_COLUMNS).convert_dtypes()


_COLUMNS = (
    "collection", "id", "path", "verdict", "network", "record_genes", "network_genes",
    "shared_genes", "differences",
)  # fmt: skip


def _row(record: ReportedRecord) -> tuple[object, ...]:
    genes = (None,) * 3 if record.genes is None else structs.astuple(record.genes)
    place = (record.collection, record.id, record.path, str(record.verdict), record.network)
    return (*place, *genes, len(record.differences))


def count_verdicts(found: Iterable[Mapping[Verdict, int]]) -> Counter[Verdict]:
    """Return how often each verdict was given, in several collections together."""
    counts: Counter[Verdict] = Counter()
    for verdicts in found:
        counts.update(verdicts)
    return counts


def occurring(counts: Mapping[Verdict, int]) -> dict[Verdict, int]:
    """Return the counts of the verdicts that occur, in the order of ``Verdict``."""
    return {verdict: counts[verdict] for verdict in Verdict if counts.get(verdict)}


def parse_report(data: bytes) -> Report:
    """Read a saved JSON report.

    Raises:
        ConfigError: the text is not a report, or has another schema version.
    """
    try:
        report = _REPORT.decode(data)
    except (DecodeError, RecursionError) as error:
        raise ConfigError(_reason(data, error)) from error
    return structs.replace(report, records=tuple(report.records))


def parse_record(data: str) -> ReportedRecord:
    """Read one record of a report.

    Raises:
        ValidationError: The text is not such a record.
    """
    return _RECORD.decode(data)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a report, made from the structs."""
    return make_schema(Report, "Report of ndex-sync")


def _reason(data: bytes, error: Exception) -> str:
    """Say why this is not a report."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as broken:
        return (
            f"this is not a report of ndex-sync: {broken}; give a file made by --format json=PATH"
        )
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version != SCHEMA_VERSION:
        return (
            f"this is not a report that ndex-sync {__version__} reads: its schema_version is"
            f" {version!r}, not {SCHEMA_VERSION}; {_MAKE_AGAIN}"
        )
    return f"this is not a report that ndex-sync {__version__} reads: {error}; {_MAKE_AGAIN}"


_REPORT = Decoder(Report)
_RECORD = Decoder(ReportedRecord)
