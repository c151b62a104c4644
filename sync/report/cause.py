"""The report's part on causes: what to look at, most important first."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from sync.model import Verdict
from sync.report.fields import NonNegative, Positive


class LikelyCause(StrEnum):
    """Why results of one pattern are as they are, where the data speaks for it."""

    SYMBOLS_RENAMED = "symbols_renamed"
    RECORD_REMADE = "record_remade"
    UNFINISHED_ON_NDEX = "unfinished_on_ndex"
    EDITED_ON_NDEX = "edited_on_ndex"
    EDITED_HERE = "edited_here"
    OTHER_COPY = "other_copy"


class Detail(Struct, frozen=True, forbid_unknown_fields=True):
    """One shape that a cause takes (a property, a symbol) and in how many records."""

    text: str
    count: Positive


class Example(Struct, frozen=True, forbid_unknown_fields=True):
    """One record, or one network of the server, that has the cause.

    ``id`` and ``path`` are ``""`` for a network that no record claims. ``text`` is what the check
    says of it, or the network's name; ``""`` where an earlier example said the same.
    """

    id: str
    path: str
    line: Positive | None
    network: str | None
    text: str


class Cause(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to look at, which ``count`` records (for ``remote_only``: networks) have.

    ``likely`` is why, null if nothing speaks for a cause, and ``evidence`` what speaks for it:
    sentences that say only what the data shows. ``advice`` is one sentence on what to do.
    ``details`` are the most frequent of the cause's shapes, ``more_details`` counts the others;
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
