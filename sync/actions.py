"""What a plan is made of: the actions, each with its reason and the state it was planned on.

Frozen values in which the order of every list is that of the texts in it, so that one state of
records and server always gives one plan, and one digest of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sync.model import Curie, Difference, Gene, NetworkId, RecordId, Visibility


@dataclass(frozen=True, slots=True)
class PlannedGene:
    """A gene to be written, in an order that does not change from run to run."""

    symbol: str
    ids: tuple[Curie, ...] = ()
    words: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @classmethod
    def of(cls, gene: Gene) -> PlannedGene:
        """Take over what a network says of a gene."""
        parts = (gene.ids, gene.words, gene.sources)
        ids, words, sources = (tuple(sorted(part)) for part in parts)
        return cls(gene.symbol, tuple(Curie(each) for each in ids), words, sources)

    def to_gene(self) -> Gene:
        """Return the gene to write."""
        return Gene(
            self.symbol,
            frozenset(self.ids),
            words=frozenset(self.words),
            sources=frozenset(self.sources),
        )


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """A managed property to set; ``old`` None where the network has none."""

    name: str
    old: str | None
    new: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The state of a network that an action is planned on.

    ``modified_ms`` is NDEx's modification time, a token that is equal or not (contract 3.9).
    ``digest`` is that of the content, None where it has no CX2. Read-only and visibility are
    here because changing them leaves no trace in the time.
    """

    modified_ms: int
    digest: str | None
    visibility: Visibility
    read_only: bool


@dataclass(frozen=True, slots=True)
class CreateNetwork:
    """Make the network of a record that has none, and write its UUID into the record."""

    record: RecordId
    path: str
    reason: str
    genes: tuple[PlannedGene, ...]
    properties: tuple[PropertyChange, ...]
    visibility: Visibility
    read_only: bool
    network_set: str | None
    folder: str | None
    kind: Literal["create"] = "create"


@dataclass(frozen=True, slots=True)
class UpdateNetwork:
    """Change a network to what its record says.

    ``genes`` are the differences that editing the content takes away, at the cost of
    ``lost_edges`` edges; ``repairs`` say what else is done to the content because the server
    would not take it as it is. ``visibility``, ``read_only``, ``network_set`` (to be added to) and
    ``folder`` (to be moved to) are None where they stay as they are. ``index_lost``: the search
    does not find it, so its index level is sent again.
    ``lost_edges`` edges; ``gene_count`` is how many genes the network has before. ``visibility``,
    ``read_only``, ``network_set`` (to be added to) and ``folder`` (to be moved to) are None where
    they stay as they are.
    """

    record: RecordId
    path: str
    network: NetworkId
    reason: str
    basis: Basis
    genes: tuple[Difference, ...] = ()
    lost_edges: int = 0
    repairs: tuple[str, ...] = ()
    properties: tuple[PropertyChange, ...] = ()
    visibility: Visibility | None = None
    read_only: bool | None = None
    network_set: str | None = None
    folder: str | None = None
    index_lost: bool = False
    gene_count: int = 0
    kind: Literal["update"] = "update"


@dataclass(frozen=True, slots=True)
class DeleteNetwork:
    """Put a network that no record claims into the owner's trash."""

    network: NetworkId
    name: str
    reason: str
    basis: Basis
    kind: Literal["delete"] = "delete"


@dataclass(frozen=True, slots=True)
class RestoreNetwork:
    """Give a network back what run ``run`` overwrote, from that run's backup.

    ``changes`` says for people in what points it differs now.
    """

    network: NetworkId
    record: RecordId | None
    run: str
    reason: str
    basis: Basis
    changes: tuple[str, ...]
    network_set: str | None = None
    kind: Literal["restore"] = "restore"


@dataclass(frozen=True, slots=True)
class UndeleteNetwork:
    """Take a network that run ``run`` deleted out of the trash."""

    network: NetworkId
    run: str
    reason: str
    kind: Literal["undelete"] = "undelete"


Action = CreateNetwork | UpdateNetwork | DeleteNetwork | RestoreNetwork | UndeleteNetwork


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record, or a network, that differs and is left alone, and why.

    ``accepted``: because people agreed to leave it so, and not because something stands in the way.
    ``unknown``: because it could not be looked up.
    """

    record: str
    reason: str
    accepted: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Tripped:
    """A guard that stops a plan: its value, its limit, and the way out, in one message."""

    guard: str
    value: int
    limit: int
    message: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, where. ``records`` counts the records that were read well.

    ``complete`` is False for a selection of a collection's records. ``id`` names this plan alone:
    two plans that say the same are equal, have one digest and different ids. It is also the id of
    the run that applies the plan.
    """

    server: str
    account: str
    collection: str
    records: int
    complete: bool
    actions: tuple[Action, ...]
    skipped: tuple[Skipped, ...] = ()
    tripped: tuple[Tripped, ...] = ()
    id: str = field(kw_only=True, compare=False)

    @property
    def leaves_open(self) -> bool:
        """Whether anything is left alone that a person must look at."""
        return any(not each.accepted for each in self.skipped)

    @property
    def leaves_unknown(self) -> bool:
        """Whether anything is left alone because it could not be looked up."""
        return any(each.unknown for each in self.skipped)
