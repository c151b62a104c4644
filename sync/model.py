"""The values that the parts of ndex-sync pass to each other: records, networks, verdicts.

Nothing here reads a file, a clock or a socket. Paths are POSIX strings relative to the collection's
root; times are epoch milliseconds, as NDEx writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, NewType

import orjson
from msgspec import Meta, Struct
from msgspec.structs import force_setattr

NetworkId = NewType("NetworkId", str)
"""An NDEx UUID in canonical lower case; the server fails on any other form (contract 4)."""

RecordId = NewType("RecordId", str)
"""The ``figid`` of a PFOCR figure or the ``WP…`` id of a WikiPathways pathway."""

Curie = NewType("Curie", str)
"""A normalised compact identifier such as ``ncbigene:5196``, made by ``sync.match.identifiers``."""


class Layout(StrEnum):
    """How a collection keeps its records (formats 1 to 4)."""

    PFOCR = "pfocr"
    PFOCR_EMBEDDED = "pfocr-embedded"
    WIKIPATHWAYS = "wikipathways"


class Verdict(StrEnum):
    """The result of a check for one record (design: Verdicts)."""

    IN_SYNC = "in_sync"
    ACCEPTED = "accepted"
    DRIFTED = "drifted"
    UNMAPPED = "unmapped"
    RESOLVABLE = "resolvable"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    MISMATCHED = "mismatched"
    DUPLICATE = "duplicate"
    INVALID_RECORD = "invalid_record"
    INVALID_NETWORK = "invalid_network"
    FAILED = "failed"
    NOT_COMPARED = "not_compared"
    REMOTE_ONLY = "remote_only"

    @property
    def incomplete(self) -> bool:
        """Whether the record could not be checked, so that the run exits 3."""
        return self in _INCOMPLETE

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to do: in sync, accepted, or not compared."""
        return self in (Verdict.IN_SYNC, Verdict.ACCEPTED, Verdict.NOT_COMPARED)


_INCOMPLETE = frozenset(
    {Verdict.FAILED, Verdict.INVALID_RECORD, Verdict.INVALID_NETWORK, Verdict.UNREADABLE}
)


class DifferenceKind(StrEnum):
    """One way in which a record and its network differ (design: Differences)."""

    GENE_MISSING = "gene_missing"
    GENE_EXTRA = "gene_extra"
    GENE_RENAMED = "gene_renamed"
    GENE_REIDENTIFIED = "gene_reidentified"
    GENE_ATTRIBUTE = "gene_attribute"
    NODE_MISSING = "node_missing"
    NODE_EXTRA = "node_extra"
    INTERACTION_MISSING = "interaction_missing"
    INTERACTION_EXTRA = "interaction_extra"
    GROUP = "group"
    PROPERTY = "property"
    MEMBERSHIP = "membership"
    STATE = "state"


GENE_KINDS = frozenset(kind for kind in DifferenceKind if kind.startswith("gene_"))
"""The kinds of differences between the gene lists of a record and its network."""

DRAWING_KINDS = (
    DifferenceKind.NODE_MISSING,
    DifferenceKind.NODE_EXTRA,
    DifferenceKind.INTERACTION_MISSING,
    DifferenceKind.INTERACTION_EXTRA,
    DifferenceKind.GROUP,
)
"""The kinds that only a comparison with a drawing finds, besides genes."""

CONTENT_KINDS = GENE_KINDS.union(DRAWING_KINDS)
"""All kinds of differences in the content of a network."""


class Visibility(StrEnum):
    """Who may see a network (contract 3.1)."""

    PUBLIC = "PUBLIC"
    PRIVATE = "PRIVATE"
    UNLISTED = "UNLISTED"


class Gene(Struct, frozen=True, cache_hash=True, gc=False, array_like=True):
    """One gene as one side names it: a row, a list entry, a node, or several of them joined.

    ``symbol`` is the name to show. ``names`` are all its names, ``symbol`` included. There are
    several if rows or nodes differ, or if a drawn label stands next to the official symbol (formats
    2). ``words`` are the texts read from a figure, ``sources`` the parts of the lexicon that
    matched. ``organism`` is an NCBI taxon id, ``""`` if not stated. ``listable`` is False for what
    a WikiPathways node table cannot hold: an ``Rna`` node, or one without an identifier.

    A run makes a million of these, so it is a msgspec struct. A frozen dataclass takes seven times
    as long to make and four times as long to look up. It holds no references to other such objects,
    so the garbage collector need not track it.
    """

    symbol: str
    ids: frozenset[Curie] = frozenset()
    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    organism: str = ""
    listable: bool = True

    def __post_init__(self) -> None:
        if self.symbol not in self.names:
            force_setattr(self, "names", self.names | {self.symbol})


@dataclass(frozen=True, slots=True)
class Entity:
    """A chemical or disease of a PFOCR record; only compared if nodes are."""

    word: str
    source: str
    identifier: str


@dataclass(frozen=True, slots=True)
class Record:
    """A local pathway record that could be read.

    ``path`` and ``line`` are the place to fix. ``line`` is that of the ``ndex`` key, or of the
    record's id if the key is missing. ``network`` is the UUID that the record itself names.
    ``fields`` holds the front matter texts that properties are made from, by their own keys.
    ``genes`` are the genes that count, ``other_organisms`` the rows of organisms that do not, which
    in a figure's table are read without their words.
    ``of_other_organism`` says whether nothing in the record is of an organism that counts.
    ``lists_every_gene`` is False if the source leaves out ``Rna`` nodes and nodes without an
    identifier (a WikiPathways node table without its GPML, formats 2). ``genes_unknown`` says why
    the genes could not be read although the rest could, and what to do; None if they could.
    ``notes`` are oddities that did not stop the reading, for people. ``left_out`` has one text for
    each row of its tables that could not be read: ``path:line: reason``.
    """

    id: RecordId
    layout: Layout
    path: str
    line: int
    network: NetworkId | None
    fields: Mapping[str, str]
    genes: tuple[Gene, ...]
    other_organisms: tuple[Gene, ...] = ()
    of_other_organism: bool = False
    chemicals: tuple[Entity, ...] = ()
    diseases: tuple[Entity, ...] = ()
    lists_every_gene: bool = True
    genes_unknown: str | None = None
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InvalidRecord:
    """A record file that was refused: where, why, and what to do.

    ``id`` is the stem of the record's file, which is the id of a good record. ``path`` is the file
    at fault, which may be a table beside the record. ``reason`` starts with a few words and a
    colon; these words are the same for every record with this fault. ``layout`` is None if it
    should have been detected and could not be.
    """

    id: RecordId
    path: str
    line: int | None
    reason: str
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One row of a map file: line ``line`` of ``path`` maps this record to this network."""

    record: RecordId
    network: NetworkId
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Property:
    """One network property as NDEx stores it; ``value`` is always text, whatever ``data_type`` is.

    ``subnetwork`` is the subnetwork of a Cytoscape collection that the property belongs to; None
    means the network itself.
    """

    name: str
    value: str | None
    data_type: str = "string"
    subnetwork: int | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What NDEx says about a network apart from its content (contract 3.4).

    ``properties`` is None if the format that was asked for does not carry them. ``valid`` is None
    if the format does not say whether the last upload was read. ``error_message`` is the server's
    text about a failed load or index. ``size_bytes`` is the larger of the two file sizes: a rough
    guide, never a fingerprint. ``index_level`` is NONE, META or ALL.
    """

    id: NetworkId
    name: str
    description: str
    version: str
    created_ms: int
    modified_ms: int
    owner: str
    owner_id: str
    visibility: Visibility
    read_only: bool
    completed: bool
    error_message: str | None
    doi: str | None
    certified: bool
    node_count: int
    edge_count: int
    size_bytes: int
    folder: str | None
    properties: tuple[Property, ...] | None
    valid: bool | None = None
    index_level: str = "NONE"

    @property
    def protected(self) -> bool:
        """Whether it has a DOI or is certified, so that nothing in it may change (contract 3.6)."""
        return self.doi is not None or self.certified

    @property
    def out_of_search(self) -> bool:
        """Whether the search does not find the network although it has an index level.

        A metadata write makes this permanent and leaves the network incomplete (contract 3.5). A
        network looks the same while it is being indexed.
        """
        incomplete = not self.completed and self.valid is True and self.error_message is None
        return incomplete and self.index_level != "NONE"


class Dialect(StrEnum):
    """Which program wrote a network's nodes; this says where its genes are (formats 5 and 6)."""

    PFOCR_CYTOSCAPE = "pfocr-cytoscape"
    PFOCR_CX2 = "pfocr-cx2"
    WIKIPATHWAYS = "wikipathways"
    NODE_NAMES = "node-names"


@dataclass(frozen=True, slots=True)
class Network:
    """A network's decoded content: its genes and the attributes it carries.

    ``attributes`` are the network attributes inside the content, as text. ``genes_unknown`` says
    why the genes cannot be found among its nodes; None if they can.
    """

    dialect: Dialect
    genes: tuple[Gene, ...]
    node_count: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    genes_unknown: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The network was read.

    ``member`` says whether the collection's set or folder holds it. It is None if none is
    configured, or if its list could not be read; then ``doubt`` says why. ``index_failed``: the
    search index failed when the content was uploaded, which hides a network (contract 3.3).
    ``text`` is the CX2 as the server sent it, None if it was not read whole.
    """

    summary: Summary
    network: Network
    member: bool | None = None
    doubt: str | None = None
    index_failed: bool = False
    text: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def document(self) -> object:
        """The CX2, parsed at each call; None if there is none, or it cannot be parsed."""
        try:
            return None if self.text is None else orjson.loads(self.text)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Absent:
    """The server says that the network does not exist, or no longer exists.

    ``in_trash``: it is in the trash of the account that is logged in.
    """

    in_trash: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The server has the network but does not let us read it."""

    reason: str


NOT_LISTED = "the collection's networks could not be listed"
UNREAD_MEMBER = "a network of the collection may not be read"
"""How the reason begins if a record's verdict needs the collection's list and it is incomplete."""

IN_TRASH = "the network is in your trash on NDEx"
"""How the reason begins if the network's owner can take it out of the trash."""

HIDDEN_BY_INDEX = (
    "NDEx made the network PRIVATE, and not read-only, when its search index failed after an"
    " upload: show it again, or set `visibility` in the configuration"
)

LOAD_FAILED = "NDEx could not load the network"
STILL_LOADING = "NDEx is still processing the network"
NO_CONTENT = "NDEx lists the network and has no content for it"


@dataclass(frozen=True, slots=True)
class Broken:
    """The server says that the network failed to load or is unfinished, or its content is not CX.

    The reason begins with ``LOAD_FAILED``, ``STILL_LOADING`` or ``NO_CONTENT`` if the server itself
    says so.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No reliable answer, even after retries: nothing is known about the network."""

    reason: str


Observation = Seen | Absent | Refused | Broken | Unanswered
"""What could be learned about one network. *Unanswered* never means *Absent*."""


class Difference(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """One difference between a record and its network.

    ``symbol`` and ``ids`` name the gene, ``name`` the gene's attribute, the property or the state.
    ``local`` and ``remote`` hold the value of each side (``{"word": "IL-8"}``, ``{"value":
    "2015"}``), null if a side has none. ``name`` is the label of a node, ``A → B`` for an
    interaction, and the members of a group; ``element`` on a side is the element's id in the
    drawing. If an extra gene is one that a row of several genes in the record lists, ``local`` is
    ``{"family": "CALM"}``, the name of that row.
    """

    # A struct as genes are: plans hold hundreds of thousands, and are files.
    kind: DifferenceKind
    symbol: str = ""
    ids: tuple[Curie, ...] = ()
    name: str = ""
    local: Mapping[str, str] | None = None
    remote: Mapping[str, str] | None = None


class Accepted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was accepted for a record: one ``difference``, or the ``verdict`` as a whole.

    The other one is null. ``until`` is the last day, in UTC, on which it is accepted.
    """

    difference: Difference | None = None
    verdict: Verdict | None = None
    reason: str
    until: date


class NetworkTimes(Struct, frozen=True, forbid_unknown_fields=True):
    """When a network was made and last changed on NDEx (contract 3.9)."""

    created: Annotated[datetime, Meta(tz=True)]
    modified: Annotated[datetime, Meta(tz=True)]


class Revisions(Struct, frozen=True, forbid_unknown_fields=True):
    """The revision of a pathway that the record is, and the one that its network was made from.

    ``record`` and ``network`` are numbers, ``142399`` for ``r142399``. ``last_edited`` is the day
    that the record states, ``exported`` the day of the release that the network was made from. Each
    is null if its side does not state it.
    """

    record: Annotated[int, Meta(ge=0)] | None = None
    last_edited: date | None = None
    network: Annotated[int, Meta(ge=0)] | None = None
    exported: date | None = None


class GeneCounts(Struct, frozen=True, forbid_unknown_fields=True):
    """How many genes the record and its network have, and how many they share."""

    local: Annotated[int, Meta(ge=0)]
    remote: Annotated[int, Meta(ge=0)]
    shared: Annotated[int, Meta(ge=0)]


class About(Struct, frozen=True, forbid_unknown_fields=True):
    """What a record is about, and its public page; ``""`` if it does not say."""

    title: str
    organism: str
    year: str
    page: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The verdict on one record, with its reasons.

    ``path`` is ``""`` for a ``remote_only`` network. ``genes`` is None if no comparison was made.
    ``messages`` are sentences for people, most important first. ``about`` is None if the record
    could not be read. ``shared_genes`` are the symbols that both sides of a drifted record have,
    apart from those in ``differences``. ``times`` are those of its network, ``revisions`` those of
    both sides of a drifted pathway.

    ``accepted`` is what would be in ``differences`` or ``verdict`` if it had not been accepted.
    ``whole``: nodes, interactions or groups were compared too. ``claims`` is the record that a
    mismatched network says it belongs to. ``candidates`` are the networks that an ambiguous record
    could be linked to. ``doubt`` says what could not be found out about a record that was compared;
    None means nothing. ``left_out`` are the rows of the record's tables that could not be read
    (``Record``).
    """

    id: RecordId
    path: str
    line: int | None
    network: NetworkId | None
    verdict: Verdict
    genes: GeneCounts | None = None
    differences: tuple[Difference, ...] = ()
    messages: tuple[str, ...] = ()
    about: About | None = None
    shared_genes: tuple[str, ...] = ()
    times: NetworkTimes | None = None
    revisions: Revisions | None = None
    accepted: tuple[Accepted, ...] = ()
    claims: RecordId | None = None
    candidates: tuple[NetworkId, ...] = ()
    doubt: str | None = None
    left_out: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class ListedBeside:
    """The number of ``records`` for which the map file lists other networks besides the record's
    own.

    For ``newer`` of them, one was made after the record's own.
    """

    records: int = 0
    newer: int = 0


NOTHING_BESIDE = ListedBeside()


@dataclass(frozen=True, slots=True)
class UnclaimedNetwork:
    """A network of the collection that no record names; ``claims`` is the record it claims.

    ``instead`` is the network that this record names, None if there is no such record; ``newer``
    says whether this one was made later. ``accepted`` is set if people agreed to leave it so.
    """

    network: NetworkId
    name: str
    claims: RecordId | None
    accepted: Accepted | None = None
    instead: NetworkId | None = None
    newer: bool = False
