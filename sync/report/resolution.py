"""What ``resolve`` found, as a document: links, candidates, map files, edits.

The rules are those of the report of a check: ``schema_version`` 1, fields may be added, none is
removed or changes its meaning within a version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TextIO

from msgspec import Struct

from sync.dates import stated_time
from sync.match.candidates import Candidate
from sync.match.links import Link, MapCounts
from sync.model import Absent, GeneCounts, Refused, Summary, Unanswered, UnclaimedNetwork, Verdict
from sync.report.build import FinishedRun, list_remote_only
from sync.report.document import (
    SCHEMA_VERSION,
    TOOL,
    Http,
    RemoteOnly,
    Run,
    Tool,
    count_verdicts,
    occurring,
)
from sync.report.fields import NonNegative, Positive, Time, make_schema
from sync.report.json import write_document


class ReportedCandidate(Struct, frozen=True, forbid_unknown_fields=True):
    """A network that may belong to a record.

    ``state`` is what the server says about it. Owner and times are null if the server says nothing,
    times also if it states one outside the calendar. ``member`` and ``genes`` are null if they are
    not known.
    """

    network: str
    said_by: tuple[str, ...]
    state: Literal["there", "absent", "refused", "unanswered"]
    owner: str | None
    created: Time | None
    modified: Time | None
    member: bool | None
    genes: GeneCounts | None


class ReportedLink(Struct, frozen=True, forbid_unknown_fields=True):
    """One record and its network.

    ``verdict`` null: linked, without contradiction. ``source`` says who named ``network``.
    ``candidates`` are the possible networks if there are several, the likeliest first; ``favoured``
    is the one that the evidence supports, null if it does not decide.
    """

    record: str
    collection: str
    path: str
    line: Positive | None
    verdict: Verdict | None
    network: str | None
    source: str | None
    candidates: tuple[ReportedCandidate, ...]
    favoured: str | None
    messages: tuple[str, ...]


class ReportedMap(Struct, frozen=True, forbid_unknown_fields=True):
    """A collection's map file before anything was written: its rows and its clashes.

    ``several`` are the records with more than one network, by id; ``shared`` the networks with more
    than one record, by UUID; ``orphans`` the ids without a record, null if not every record was
    read.
    """

    path: str
    rows: NonNegative
    records: NonNegative
    several: dict[str, tuple[str, ...]]
    shared: dict[str, tuple[str, ...]]
    orphans: tuple[str, ...] | None


class LinkedCollection(Struct, frozen=True, forbid_unknown_fields=True):
    """A collection: how many records it has, how many are linked, and the other verdicts."""

    name: str
    records: NonNegative
    linked: NonNegative
    verdicts: dict[Verdict, Positive]
    map: ReportedMap | None


class EditState(StrEnum):
    """How far an edit got: it waits for ``--write``, is on disk, or cannot be made."""

    PENDING = "pending"
    WRITTEN = "written"
    REFUSED = "refused"


class Edit(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that was, or should be, changed; ``reason`` says why it is refused, else null."""

    collection: str
    path: str
    state: EditState
    reason: str | None = None


class Resolution(Struct, frozen=True, forbid_unknown_fields=True):
    """What ``resolve`` found in one run."""

    schema_version: Literal[1]
    tool: Tool
    run: Run
    collections: tuple[LinkedCollection, ...]
    http: Http
    links: tuple[ReportedLink, ...]
    remote_only: tuple[RemoteOnly, ...]
    edits: tuple[Edit, ...]

    @property
    def verdicts(self) -> Counter[Verdict]:
        """How often each verdict was given, in all collections together."""
        return count_verdicts(each.verdicts for each in self.collections)

    @property
    def records(self) -> int:
        """How many records the collections have."""
        return sum(collection.records for collection in self.collections)

    @property
    def linked(self) -> int:
        """How many records have their one network."""
        return sum(collection.linked for collection in self.collections)


@dataclass(frozen=True, slots=True)
class CollectionLinks:
    """What a run learned about one collection; ``map_path`` and ``counts`` are of its map file.

    ``complete`` is False if records were left out, or the run was stopped.
    """

    name: str
    links: Sequence[Link]
    unclaimed: Sequence[UnclaimedNetwork] = ()
    complete: bool = True
    map_path: str | None = None
    counts: MapCounts | None = None


def build_resolution(
    collections: Sequence[CollectionLinks], edits: Iterable[Edit], finished: FinishedRun
) -> Resolution:
    """Return the document of a run, its links in the order given."""
    return Resolution(
        schema_version=SCHEMA_VERSION,
        tool=TOOL,
        run=finished.run,
        collections=tuple(_collection(found) for found in collections),
        http=finished.http,
        links=tuple(_links(collections)),
        remote_only=tuple(list_remote_only((each.name, each.unclaimed) for each in collections)),
        edits=tuple(edits),
    )


def render_resolution(resolution: Resolution, stream: TextIO) -> None:
    """Write the document as JSON, one line for each key and each link."""
    write_document(resolution, "links", stream)


def resolution_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document, as in ``resolution.schema.json``."""
    return make_schema(Resolution, "Resolution of ndex-sync")


def _collection(found: CollectionLinks) -> LinkedCollection:
    verdicts = Counter(link.verdict for link in found.links if link.verdict is not None)
    linked = len(found.links) - verdicts.total()
    verdicts[Verdict.REMOTE_ONLY] = len(found.unclaimed)
    return LinkedCollection(
        name=found.name,
        records=len(found.links),
        linked=linked,
        verdicts=occurring(verdicts),
        map=_map(found),
    )


def _map(found: CollectionLinks) -> ReportedMap | None:
    if found.map_path is None or found.counts is None:
        return None
    return ReportedMap(
        path=found.map_path,
        rows=found.counts.rows,
        records=found.counts.records,
        several=dict(found.counts.several.items()),
        shared=dict(found.counts.shared.items()),
        orphans=found.counts.orphans if found.complete else None,
    )


def _links(collections: Iterable[CollectionLinks]) -> Iterator[ReportedLink]:
    for found in collections:
        for link in found.links:
            ranking = link.ranking
            yield ReportedLink(
                record=link.record,
                collection=found.name,
                path=link.path,
                line=link.line,
                verdict=link.verdict,
                network=link.network,
                source=link.source,
                candidates=tuple(map(_candidate, ranking.candidates)) if ranking else (),
                favoured=ranking.favoured if ranking else None,
                messages=link.messages,
            )


def _candidate(candidate: Candidate) -> ReportedCandidate:
    owner = created = modified = None
    state: Literal["there", "absent", "refused", "unanswered"]
    match candidate.sighting:
        case Summary() as summary:
            state, owner = "there", summary.owner
            created, modified = stated_time(summary.created_ms), stated_time(summary.modified_ms)
        case Absent():
            state = "absent"
        case Refused():
            state = "refused"
        case Unanswered():
            state = "unanswered"
    return ReportedCandidate(
        network=candidate.network,
        said_by=candidate.said_by,
        state=state,
        owner=owner,
        created=created,
        modified=modified,
        member=candidate.member,
        genes=candidate.genes,
    )
