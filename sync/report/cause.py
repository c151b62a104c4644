"""The report's part on causes: what to look at, most important first."""

from __future__ import annotations

from enum import StrEnum

from pydantic import NonNegativeInt, PositiveInt
from pydantic.dataclasses import dataclass

from sync.model import Verdict
from sync.report.fields import STRICT, Text


class LikelyCause(StrEnum):
    """Why results of one pattern are as they are, where the data speaks for it."""

    SYMBOLS_RENAMED = "symbols_renamed"
    RECORD_REMADE = "record_remade"
    UNFINISHED_ON_NDEX = "unfinished_on_ndex"
    EDITED_ON_NDEX = "edited_on_ndex"
    EDITED_HERE = "edited_here"
    OTHER_COPY = "other_copy"


@dataclass(frozen=True, slots=True, config=STRICT)
class Detail:
    """One shape that a cause takes (a property, a symbol) and in how many records."""

    text: Text
    count: PositiveInt


@dataclass(frozen=True, slots=True, config=STRICT)
class Example:
    """One record, or one network of the server, that has the cause.

    ``id`` and ``path`` are ``""`` for a network that no record claims. ``text`` is what the check
    says of it, or the network's name; ``""`` where an earlier example said the same.
    """

    id: Text
    path: Text
    line: PositiveInt | None
    network: Text | None
    text: Text


@dataclass(frozen=True, slots=True, config=STRICT)
class Cause:
    """One thing to look at, which ``count`` records (for ``remote_only``: networks) have.

    ``likely`` is why, null where nothing speaks for a cause, and ``evidence`` what speaks for it:
    sentences that say only what the data shows. ``advice`` is one sentence on what to do.
    ``details`` are the most frequent of the cause's shapes, ``more_details`` counts the others;
    ``examples`` are the first few of its records.
    """

    verdict: Verdict
    title: Text
    likely: LikelyCause | None
    evidence: tuple[Text, ...]
    advice: Text
    count: PositiveInt
    details: tuple[Detail, ...]
    more_details: NonNegativeInt
    examples: tuple[Example, ...]
