"""What a decision of a push is made from: the policy, and what is known of a record or network."""

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
    """What a push may change; the words of ``push`` in the configuration."""

    CREATE = "create"
    GENES = "genes"
    CONTENT = "content"
    PROPERTIES = "properties"
    MEMBERSHIP = "membership"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class ContentFacts:
    """What is known of a network's content beside its genes.

    ``lost_edges`` is what the gene differences would cost, and ``anchored`` are those of them that
    cost any: surplus genes that hold edges. ``problem`` says why the genes cannot be edited, None
    if they can. ``repairs`` say what an upload changes besides (``cx.repair``). ``drawing`` is what
    the content is to be replaced by; ``unchanged``: it is that already.
    """

    digest: str | None
    lost_edges: int = 0
    anchored: tuple[Difference, ...] = ()
    problem: str | None = None
    repairs: tuple[str, ...] = ()
    drawing: PlannedDrawing | None = None
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One record with everything that a decision needs.

    ``record`` is None if no network comes into question to be made of it, ``summary`` where its
    network was not seen. ``unfinished``: the network that claims it was left behind by a create of
    ours that did not come to its end. ``drawing`` is what a pathway's network would be made of, or
    says why there is none.
    """

    result: CheckResult
    record: Record | None = None
    summary: Summary | None = None
    unfinished: bool = False
    drawing: PlannedDrawing | str = "it has no drawing"


@dataclass(frozen=True, slots=True)
class Draft:
    """An update of content, which depends on what is in it: ``finish_update``.

    ``redraws``: the content is to be replaced by what the record's drawing draws.
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

    ``account`` is the login that acts; networks of others are left alone. ``listed``: the
    collection's networks are all known, without which nothing is created or deleted. ``kinds`` are
    the differences and verdicts that are looked at; none: all.
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
