"""What a decision needs: the policy, and what is known about a record or network."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sync.model import (
    CheckResult,
    Difference,
    DifferenceKind,
    Record,
    Summary,
    UnclaimedNetwork,
    Verdict,
    Visibility,
)
from sync.plan.actions import PlannedDrawing, UpdateNetwork


class Subject(StrEnum):
    """What a push may change; the values of ``push`` in the configuration."""

    CREATE = "create"
    GENES = "genes"
    CONTENT = "content"
    PROPERTIES = "properties"
    MEMBERSHIP = "membership"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class ContentFacts:
    """What is known about a network's content besides its genes.

    ``lost_edges`` is what the gene differences would cost, and ``anchored`` are the extra genes
    that cost edges. ``problem`` says why the genes cannot be edited, None if they can. ``repairs``
    say what an upload changes besides (``cx.repair``). ``drawing`` is what the content is to be
    replaced by; ``unchanged``: it is the same already.
    """

    digest: str | None
    lost_edges: int = 0
    anchored: tuple[Difference, ...] = ()
    problem: str | None = None
    repairs: tuple[str, ...] = ()
    drawing: PlannedDrawing | None = None
    unchanged: bool = False


NO_DRAWING = "it has no drawing"
"""Why nothing can be made of a pathway; the same for all, so that they are listed together."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One record with everything that a decision needs.

    ``record`` is None if no network can be made from it, ``summary`` is None if its network was not
    seen. ``unfinished``: the network that claims it was left behind by a create of ours that did
    not finish. ``drawing`` is what a pathway's network would be made from, or says why there is
    none.
    """

    result: CheckResult
    record: Record | None = None
    summary: Summary | None = None
    unfinished: bool = False
    drawing: PlannedDrawing | str = NO_DRAWING


@dataclass(frozen=True, slots=True)
class Draft:
    """An update of content, which depends on the content: see ``finish_update``.

    ``redraws``: the content is to be replaced by that of the record's drawing.
    """

    action: UpdateNetwork
    redraws: bool = False


@dataclass(frozen=True, slots=True)
class Surplus:
    """A network of the collection that no record claims, as it was seen.

    ``problem`` says why its content could not be read, None if it could.
    """

    found: UnclaimedNetwork
    summary: Summary
    digest: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class PushPolicy:
    """What may be changed, where networks belong, and how new ones should be.

    ``account`` is the login in use; networks of others are left alone. ``listed``: the collection's
    networks are all known; without this nothing is created or deleted. ``kinds`` are the
    differences and verdicts that are considered; if empty, all are.
    """

    account: str
    subjects: frozenset[Subject] = frozenset()
    prune: bool = False
    allow_edge_loss: bool = False
    listed: bool = False
    network_set: str | None = None
    folder: str | None = None
    visibility: Visibility | None = None
    read_only: bool | None = None
    layout: str = "keep"
    kinds: frozenset[DifferenceKind | Verdict] = frozenset()
