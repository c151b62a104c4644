"""The parts of a plan: the actions, each with its reason and the state it was planned on.

Values are frozen, and every list is in the order of its texts, so that one state of records and
server always gives one plan with one digest. A plan file holds the values as they are, so they are
structs; a field that the file leaves out has its default.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.json import Encoder

from sync.model import Curie, Difference, Gene, NetworkId, RecordId, Visibility

ACTIONS: Final = b'"actions":['
"""The end of the line in a plan file after which each action has a line."""

_encode = Encoder().encode


class PlannedGene(Struct, frozen=True, gc=False, array_like=True):
    """A gene to write, in an order that does not change from run to run."""

    symbol: str
    ids: tuple[Curie, ...] = ()
    words: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @classmethod
    def of(cls, gene: Gene) -> PlannedGene:
        """Take what a network says about a gene."""
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


class PropertyChange(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A managed property to set; ``old`` None if the network has none."""

    name: str
    old: str | None
    new: str


class PlannedDrawing(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The drawing that a network's content is made from.

    ``path`` is the file. ``digest`` is that of the network which ``convert`` makes from it; another
    one is not uploaded. ``layout`` says where positions and styles come from.
    """

    path: str
    digest: str
    layout: str


class Basis(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The state of a network that an action is planned on.

    ``modified_ms`` is NDEx's modification time, a token that is equal or not (contract 3.9).
    ``digest`` is that of the content, None if it has no CX2. Read-only and visibility are here
    because changing them does not change the time.
    """

    modified_ms: int
    digest: str | None
    visibility: Visibility
    read_only: bool


def _kind_of(name: str) -> str:
    return name.removesuffix("Network").lower()


class _Action(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag=_kind_of,
):
    """What all actions have: their ``kind``, by which a plan file distinguishes them."""

    @property
    def kind(self) -> str:
        """The word for what is done: create, update, delete, restore or undelete."""
        return str(self.__struct_config__.tag)


class CreateNetwork(_Action, frozen=True):
    """Make the network of a record that has none, and write its UUID into the record.

    ``properties`` are the texts of its managed properties, by name. A pathway's network is made
    from its ``drawing``, a figure's from its genes.
    """

    record: RecordId
    path: str
    reason: str
    genes: tuple[PlannedGene, ...]
    properties: dict[str, str]
    visibility: Visibility
    read_only: bool
    network_set: str | None
    folder: str | None
    drawing: PlannedDrawing | None = None


class UpdateNetwork(_Action, frozen=True):
    """Change a network to what its record says.

    ``genes`` are the differences that editing the content removes, at the cost of ``lost_edges``
    edges. With a ``drawing`` the content is replaced by that of the drawing, which also removes the
    differences ``drawn``. ``repairs`` say what else is changed in the content because the server
    would not accept it unchanged; ``gene_count`` is how many genes the network has before, with a
    drawing ``edge_count`` how many edges. ``visibility``, ``read_only``, ``network_set`` (to be
    added to) and ``folder`` (to be moved to) are None if they stay unchanged. ``index_lost``: the
    search does not find it, so its index level is sent again.
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
    edge_count: int = 0
    drawing: PlannedDrawing | None = None
    drawn: tuple[Difference, ...] = ()

    @property
    def edits_content(self) -> bool:
        """Whether the content is uploaded again."""
        return bool(self.genes) or self.drawing is not None


class DeleteNetwork(_Action, frozen=True):
    """Put a network that no record claims into the owner's trash."""

    network: NetworkId
    name: str
    reason: str
    basis: Basis


class RestoreNetwork(_Action, frozen=True):
    """Restore what run ``run`` overwrote in a network, from that run's backup.

    ``changes`` says for people in which points it differs now.
    """

    network: NetworkId
    record: RecordId | None
    run: str
    reason: str
    basis: Basis
    changes: tuple[str, ...]
    network_set: str | None = None


class UndeleteNetwork(_Action, frozen=True):
    """Take a network that run ``run`` deleted out of the trash."""

    network: NetworkId
    run: str
    reason: str


Action = CreateNetwork | UpdateNetwork | DeleteNetwork | RestoreNetwork | UndeleteNetwork


class Skipped(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A record or network that differs and is left alone, and why.

    ``accepted``: because people agreed to leave it, and not because something prevents a push.
    ``unknown``: because it could not be looked up.
    """

    record: str
    reason: str
    accepted: bool = False
    unknown: bool = False


class Tripped(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A guard that stops a plan: its value, its limit, and what to do, in one message."""

    guard: str
    value: int
    limit: int
    message: str


class PlanHead(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a plan says apart from its actions: what it is for, and what it leaves alone.

    ``records`` counts the records that could be read. ``complete`` is False for a selection of a
    collection's records. ``kinds`` are those that it was limited to; if empty, it was not limited.
    """

    server: str
    account: str
    collection: str
    records: int
    complete: bool
    kinds: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    tripped: tuple[Tripped, ...] = ()


class Plan(PlanHead, frozen=True, kw_only=True):
    """What would be done, and where.

    ``id`` names this plan alone; it is also the id of the run that applies the plan. Two plans that
    say the same have the same digest and different ids.
    """

    actions: tuple[Action, ...]
    id: str

    @property
    def head(self) -> dict[str, object]:
        """Everything but the actions and the id; ``kinds`` only if there are any."""
        head = {name: getattr(self, name) for name in PlanHead.__struct_fields__}
        if not self.kinds:
            del head["kinds"]  # earlier plans have none, and their digest must stay
        return head

    @property
    def digest(self) -> str:
        """``sha256:…`` of everything that the plan says, without its id."""
        digest = hashlib.sha256()
        for piece in self.encode():
            digest.update(piece)
        return f"sha256:{digest.hexdigest()}"

    def encode(self) -> Iterator[bytes]:
        """Yield what the plan says, without its id, as JSON in pieces: one for each action."""
        yield _encode(self.head).removesuffix(b"}") + b"," + ACTIONS
        separator = b"\n"
        for action in self.actions:
            yield separator + _encode(action)
            separator = b",\n"
        yield b"]}"

    @property
    def leaves_open(self) -> bool:
        """Whether anything is left alone that a person must look at."""
        return any(not each.accepted for each in self.skipped)

    @property
    def leaves_unknown(self) -> bool:
        """Whether anything is left alone because it could not be looked up."""
        return any(each.unknown for each in self.skipped)
