"""The report as a document: its models, its schema, and how a saved one is read back.

The shape is the design's (The JSON report, ``schema_version`` 1) and is promised to other
programs: a field may be added with a new schema version, none may change its meaning. The models
are pydantic dataclasses with slots, because a report of 32,000 records can hold half a million
differences and plain pydantic models would take ten times the memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass as plain_dataclass
from dataclasses import fields
from datetime import date
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import (
    AwareDatetime,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    TypeAdapter,
    ValidationError,
)
from pydantic.dataclasses import dataclass

from sync.collection.shards import MAX_SHARDS
from sync.errors import ConfigError
from sync.model import DifferenceKind, Verdict
from sync.report.acceptance import NOTHING_ACCEPTED, Acceptance
from sync.report.cause import Cause
from sync.report.fields import STRICT, Text
from sync.version import __version__

SCHEMA_VERSION: Final = 1

OFFLINE: Final = "check --offline"
"""The command of a report for which NDEx was not asked: what was read is `not_compared`."""


@dataclass(frozen=True, slots=True, config=STRICT)
class GeneDifference:
    """A gene that one side lacks, or that the two sides name or identify differently.

    ``local`` and ``remote`` hold what each side says of it; null where a side has no such gene. Of
    an extra gene that a row of several genes in the record lists, ``local`` is
    ``{"family": "the row's name"}``.
    """

    kind: Literal[
        DifferenceKind.GENE_MISSING,
        DifferenceKind.GENE_EXTRA,
        DifferenceKind.GENE_RENAMED,
        DifferenceKind.GENE_REIDENTIFIED,
    ]
    symbol: Text
    ids: tuple[Text, ...]
    local: dict[Text, Text] | None
    remote: dict[Text, Text] | None


@dataclass(frozen=True, slots=True, config=STRICT)
class GeneAttributeDifference:
    """An attribute ``name`` of a gene that both sides have (word, source)."""

    kind: Literal[DifferenceKind.GENE_ATTRIBUTE]
    symbol: Text
    ids: tuple[Text, ...]
    name: Text
    local: dict[Text, Text] | None
    remote: dict[Text, Text] | None


@dataclass(frozen=True, slots=True, config=STRICT)
class NetworkDifference:
    """A property, the membership or the state of the network, by its ``name``.

    ``local`` and ``remote`` are ``{"value": …}``; null where a side has no such thing.
    """

    kind: Literal[DifferenceKind.PROPERTY, DifferenceKind.MEMBERSHIP, DifferenceKind.STATE]
    name: Text
    local: dict[Text, Text] | None
    remote: dict[Text, Text] | None


AnyDifference = GeneDifference | GeneAttributeDifference | NetworkDifference


@dataclass(frozen=True, slots=True, config=STRICT)
class AcceptedItem:
    """What was accepted of a record: a ``difference``, or else its whole ``verdict``.

    ``until`` is the last day, in UTC, on which that holds.
    """

    difference: Annotated[AnyDifference, Field(discriminator="kind")] | None
    verdict: Verdict | None
    reason: Text
    until: date


@dataclass(frozen=True, slots=True, config=STRICT)
class Tool:
    """The program that made the report."""

    name: Text
    version: Text


@dataclass(frozen=True, slots=True, config=STRICT)
class Shard:
    """Which part of its collections a run was about: the ``index``-th of ``of``, from 1.

    ``run`` is the id that all shards of one run have in common.
    """

    index: Annotated[PositiveInt, Field(le=MAX_SHARDS)]
    of: Annotated[PositiveInt, Field(le=MAX_SHARDS)]
    run: Text


@dataclass(frozen=True, slots=True, config=STRICT)
class Run:
    """One run of a command. ``complete`` is false where it was interrupted.

    ``commit`` is the one that the records were read at, ``source`` the address at which a browser
    finds their paths; null where they are not known. ``shard`` is null for a whole run.
    """

    id: Text
    started: AwareDatetime
    finished: AwareDatetime
    server: Text
    command: Text
    complete: bool
    commit: Text | None = None
    source: Text | None = None
    shard: Shard | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class CollectionSummary:
    """A collection and its verdicts, those that occur.

    ``records`` counts the collection's records, those that an interrupted run did not come to
    included. ``verdicts`` counts records, and networks under ``remote_only``; what was accepted
    of them is counted apart. ``rows_left_out`` counts the rows of the records' tables that could
    not be read, ``map_beside`` the records for which the map file lists other networks beside the
    record's own, and ``map_newer`` those of them for which one was made later. ``notes`` are
    sentences on the collection as a whole.
    """

    name: Text
    records: NonNegativeInt
    verdicts: dict[Verdict, PositiveInt]
    accepted_differences: NonNegativeInt = 0
    accepted_networks: NonNegativeInt = 0
    notes: tuple[Text, ...] = ()
    rows_left_out: NonNegativeInt = 0
    map_beside: NonNegativeInt = 0
    map_newer: NonNegativeInt = 0


@dataclass(frozen=True, slots=True, config=STRICT)
class Concurrency:
    """How many requests might be under way: ``allowed`` by the user, ``lowest`` under strain.

    ``cuts`` counts how often the number was lowered, since the server asked to slow down, did not
    answer in time or grew slow.
    """

    allowed: PositiveInt
    lowest: PositiveInt
    cuts: NonNegativeInt


@dataclass(frozen=True, slots=True, config=STRICT)
class Http:
    """What the run cost the server: tries count as requests.

    ``concurrency`` is null where no server was asked, ``rate_per_s`` where no rate was set.
    ``rated_s`` is for how long requests waited for the rate, ``held_s`` for how long the server
    asked to be sent none. ``protocols`` are those that its answers came by.
    """

    requests: NonNegativeInt
    retries: NonNegativeInt
    bytes_received: NonNegativeInt
    bytes_sent: NonNegativeInt
    concurrency: Concurrency | None = None
    rate_per_s: PositiveFloat | None = None
    rated_s: NonNegativeFloat = 0.0
    held_s: NonNegativeFloat = 0.0
    protocols: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Genes:
    """How many genes the record and its network have, and how many they share."""

    local: NonNegativeInt
    remote: NonNegativeInt
    shared: NonNegativeInt


@dataclass(frozen=True, slots=True, config=STRICT)
class About:
    """What a record is about, and its public page; ``""`` where it does not say."""

    title: Text
    organism: Text
    year: Text
    page: Text


@dataclass(frozen=True, slots=True, config=STRICT)
class Times:
    """When a network was made and last changed on NDEx, as far as NDEx tells."""

    created: AwareDatetime
    modified: AwareDatetime


@dataclass(frozen=True, slots=True, config=STRICT)
class Revisions:
    """Which revision of a pathway a record is, and which one its network was made from.

    ``record`` and ``network`` are numbers, ``142399`` for ``r142399``. ``last_edited`` is the day
    that the record states, ``exported`` that of the release that the network was made from. Null
    where a side does not say.
    """

    record: NonNegativeInt | None
    last_edited: date | None
    network: NonNegativeInt | None
    exported: date | None


@dataclass(frozen=True, slots=True, config=STRICT)
class ReportedRecord:
    """One record with its verdict and all that speaks for it.

    ``line`` is null for a record without a place in its file, ``network`` for one without a UUID,
    ``genes`` where nothing was compared, ``about`` where the record could not be read.
    ``shared_genes`` are the symbols that both sides of a drifted record have, ``times`` those of
    its network, ``revisions`` those of both sides of a drifted pathway. ``accepted`` is what was
    accepted and so is not in ``differences``; the verdict is ``accepted`` where nothing else is
    left. ``left_out`` has one text for each row of the record's tables that could not be read:
    ``path:line: reason``. ``claims`` is the record that a mismatched network says it belongs to,
    ``candidates`` are the networks in question of an ambiguous record.
    """

    id: Text
    collection: Text
    path: Text
    line: PositiveInt | None
    network: Text | None
    verdict: Verdict
    genes: Genes | None
    differences: tuple[Annotated[AnyDifference, Field(discriminator="kind")], ...]
    messages: tuple[Text, ...]
    about: About | None = None
    shared_genes: tuple[Text, ...] = ()
    times: Times | None = None
    accepted: tuple[AcceptedItem, ...] = ()
    claims: Text | None = None
    candidates: tuple[Text, ...] = ()
    left_out: tuple[Text, ...] = ()
    revisions: Revisions | None = None

    def differences_by_kind(self) -> dict[DifferenceKind, list[AnyDifference]]:
        """Return the differences of each kind that occurs, in the order of the kinds."""
        kinds: dict[DifferenceKind, list[AnyDifference]] = {kind: [] for kind in DifferenceKind}
        for difference in self.differences:
            kinds[difference.kind].append(difference)
        return {kind: differences for kind, differences in kinds.items() if differences}

    def properties(self) -> list[NetworkDifference]:
        """Return the properties that differ, in the order of the layout."""
        return [
            difference
            for difference in self.differences
            if isinstance(difference, NetworkDifference)
            and difference.kind is DifferenceKind.PROPERTY
        ]


@dataclass(frozen=True, slots=True, config=STRICT)
class RemoteOnly:
    """A network of a collection that no record claims.

    ``claims`` is the record that the network says it belongs to, null where it says nothing.
    ``instead`` is the network that this record names, null where there is no such record;
    ``newer`` tells whether this one was made after that.
    """

    network: Text
    name: Text
    claims: Text | None
    collection: Text = ""
    instead: Text | None = None
    newer: bool = False


@dataclass(frozen=True, slots=True, config=STRICT)
class _Saved:
    """What ndex-sync found in one run (design: The JSON report).

    ``causes`` group whatever is not settled, most important first.
    """

    schema_version: Literal[1]
    tool: Tool
    run: Run
    collections: tuple[CollectionSummary, ...]
    http: Http
    records: tuple[ReportedRecord, ...]
    remote_only: tuple[RemoteOnly, ...]
    accepted: Acceptance = NOTHING_ACCEPTED
    causes: tuple[Cause, ...] = ()


@plain_dataclass(frozen=True, slots=True)
class Report:
    """What ndex-sync found in one run (design: The JSON report).

    ``records`` may be read as often as needed, one after the other: those of a large run are on
    disk.
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

    @property
    def total(self) -> int:
        """How many records the collections have."""
        return sum(collection.records for collection in self.collections)

    @property
    def checked(self) -> int:
        """How many records got a verdict that rests on knowledge (design: Exit status)."""
        return sum(
            count
            for verdict, count in self.verdicts.items()
            if not verdict.incomplete and verdict not in (Verdict.REMOTE_ONLY, Verdict.NOT_COMPARED)
        )

    @property
    def is_offline(self) -> bool:
        """Whether the records were only read and NDEx was not asked."""
        return self.run.command == OFFLINE

    @property
    def to_check(self) -> int:
        """How many records the collections have that are of an organism which counts."""
        return self.total - self.verdicts[Verdict.NOT_COMPARED]

    @property
    def rows_left_out(self) -> int:
        """How many rows of the records' tables could not be read."""
        return sum(collection.rows_left_out for collection in self.collections)

    @property
    def verdicts(self) -> Counter[Verdict]:
        """How often each verdict was given, in all collections together."""
        counts: Counter[Verdict] = Counter()
        for collection in self.collections:
            counts.update(collection.verdicts)
        return counts


def parse_report(data: bytes) -> Report:
    """Read a saved JSON report.

    Raises:
        ConfigError: The text is no report, or one of another schema version.
    """
    try:
        saved = _SAVED.validate_json(data, strict=True)
    except ValidationError as error:
        raise ConfigError(*_reasons(data, error)) from error
    return Report(**{field.name: getattr(saved, field.name) for field in fields(Report)})


def parse_record(data: str) -> ReportedRecord:
    """Read one record of a report.

    Raises:
        ValidationError: The text is no such record.
    """
    return _RECORD.validate_json(data, strict=True)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a report, made from the models."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_SAVED.json_schema(mode="serialization"),
        "title": "Report of ndex-sync",
    }


def _reasons(data: bytes, error: ValidationError) -> Iterator[str]:
    """Say why this is no report: the first few places, since one slip can show in all records."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as broken:
        yield f"this is no report of ndex-sync: {broken}; give a file made by --format json=PATH"
        return
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version != SCHEMA_VERSION:
        yield (
            f"this is no report that ndex-sync {__version__} reads: its schema_version is"
            f" {version!r}, not {SCHEMA_VERSION}; make the report again, or use the version of"
            " ndex-sync that wrote it"
        )
        return
    found = error.errors(include_url=False, include_input=False, include_context=False)
    for problem in found[:5]:
        place = ".".join(str(step) for step in problem["loc"])
        yield f"this is no report of ndex-sync: {place}: {problem['msg']}"
    if len(found) > 5:
        yield f"and {len(found) - 5} more places"


_SAVED = TypeAdapter(_Saved)
_RECORD = TypeAdapter(ReportedRecord)
