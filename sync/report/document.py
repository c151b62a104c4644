"""The report as a document: its models, its schema, and how a saved one is read back.

The shape is the design's (The JSON report, ``schema_version`` 1) and is promised to other
programs: a field may be added with a new schema version, none may change its meaning. The models
are pydantic dataclasses with slots, because a report of 32,000 records can hold half a million
differences and plain pydantic models would take ten times the memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import (
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    TypeAdapter,
    ValidationError,
)
from pydantic.dataclasses import dataclass

from sync.errors import ConfigError
from sync.model import DifferenceKind, Verdict
from sync.shards import MAX_SHARDS
from sync.version import __version__

SCHEMA_VERSION: Final = 1

_STRICT = ConfigDict(extra="forbid")


def _encodable(text: object) -> object:
    r"""Write lone surrogates (of a file name that is no UTF-8) as ``\udcff``: JSON has none."""
    if isinstance(text, str) and not text.isascii():
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text


Text = Annotated[str, BeforeValidator(_encodable)]


@dataclass(frozen=True, slots=True, config=_STRICT)
class GeneDifference:
    """A gene that one side lacks, or that the two sides name or identify differently.

    ``local`` and ``remote`` hold what each side says of it; null where a side has no such gene.
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


@dataclass(frozen=True, slots=True, config=_STRICT)
class GeneAttributeDifference:
    """An attribute ``name`` of a gene that both sides have (word, source)."""

    kind: Literal[DifferenceKind.GENE_ATTRIBUTE]
    symbol: Text
    ids: tuple[Text, ...]
    name: Text
    local: dict[Text, Text] | None
    remote: dict[Text, Text] | None


@dataclass(frozen=True, slots=True, config=_STRICT)
class NetworkDifference:
    """A property, the membership or the state of the network, by its ``name``.

    ``local`` and ``remote`` are ``{"value": …}``; null where a side has no such thing.
    """

    kind: Literal[DifferenceKind.PROPERTY, DifferenceKind.MEMBERSHIP, DifferenceKind.STATE]
    name: Text
    local: dict[Text, Text] | None
    remote: dict[Text, Text] | None


AnyDifference = GeneDifference | GeneAttributeDifference | NetworkDifference


@dataclass(frozen=True, slots=True, config=_STRICT)
class Tool:
    """The program that made the report."""

    name: Text
    version: Text


@dataclass(frozen=True, slots=True, config=_STRICT)
class Shard:
    """Which part of its collections a run was about: the ``index``-th of ``of``, from 1.

    ``run`` is the id that all shards of one run have in common.
    """

    index: Annotated[PositiveInt, Field(le=MAX_SHARDS)]
    of: Annotated[PositiveInt, Field(le=MAX_SHARDS)]
    run: Text


@dataclass(frozen=True, slots=True, config=_STRICT)
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


@dataclass(frozen=True, slots=True, config=_STRICT)
class CollectionSummary:
    """A collection and its verdicts, those that occur.

    ``records`` counts the collection's records, those that an interrupted run did not come to
    included. ``verdicts`` counts records, and networks under ``remote_only``.
    """

    name: Text
    records: NonNegativeInt
    verdicts: dict[Verdict, PositiveInt]


@dataclass(frozen=True, slots=True, config=_STRICT)
class Http:
    """What the run cost the server: tries count as requests."""

    requests: NonNegativeInt
    retries: NonNegativeInt
    bytes_received: NonNegativeInt
    bytes_sent: NonNegativeInt


@dataclass(frozen=True, slots=True, config=_STRICT)
class Genes:
    """How many genes the record and its network have, and how many they share."""

    local: NonNegativeInt
    remote: NonNegativeInt
    shared: NonNegativeInt


@dataclass(frozen=True, slots=True, config=_STRICT)
class About:
    """What a record is about, and its public page; ``""`` where it does not say."""

    title: Text
    organism: Text
    year: Text
    page: Text


@dataclass(frozen=True, slots=True, config=_STRICT)
class ReportedRecord:
    """One record with its verdict and all that speaks for it.

    ``line`` is null for a record without a place in its file, ``network`` for one without a UUID,
    ``genes`` where nothing was compared, ``about`` where the record could not be read.
    ``shared_genes`` are the symbols that both sides of a drifted record have.
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


@dataclass(frozen=True, slots=True, config=_STRICT)
class RemoteOnly:
    """A network of a collection that no record claims.

    ``claims`` is the record that the network says it belongs to, null where it says nothing.
    """

    network: Text
    name: Text
    claims: Text | None


@dataclass(frozen=True, slots=True, config=_STRICT)
class Report:
    """What ndex-sync found in one run (design: The JSON report)."""

    schema_version: Literal[1]
    tool: Tool
    run: Run
    collections: tuple[CollectionSummary, ...]
    http: Http
    records: tuple[ReportedRecord, ...]
    remote_only: tuple[RemoteOnly, ...]

    @property
    def total(self) -> int:
        """How many records the collections have."""
        return sum(collection.records for collection in self.collections)

    @property
    def checked(self) -> int:
        """How many records got a verdict that rests on knowledge (design: Exit status)."""
        return sum(not record.verdict.incomplete for record in self.records)

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
        return _REPORT.validate_json(data, strict=True)
    except ValidationError as error:
        raise ConfigError(*_reasons(data, error)) from error


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a report, made from the models."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_REPORT.json_schema(mode="serialization"),
        "title": "Report of ndex-sync",
    }


def render_schema() -> str:
    """Return the JSON Schema as the text of ``schema.json``, which the package ships."""
    return orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2).decode() + "\n"


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


_REPORT = TypeAdapter(Report)
