"""The result of an apply, as a document: what was done, what was left and why, how to undo it."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from msgspec import Struct

from sync.plan.actions import Skipped

VERSION = 1
"""The version of the document. A field may be added to it; none is removed or changed."""


class Ending(StrEnum):
    """How one action ended; the words are those that people read."""

    DONE = "done"
    CONFLICT = "in conflict"
    FAILED = "failed"
    NOT_FINISHED = "not finished"
    NOT_BEGUN = "not begun"


class AppliedAction(Struct, frozen=True, kw_only=True):
    """One action of the plan and how it ended. ``path`` is the record's file.

    ``notable``: it is done, and people should still read its message.
    """

    kind: str
    ending: Ending
    record: str | None = None
    path: str | None = None
    network: str | None = None
    message: str = ""
    notable: bool = False

    @property
    def name(self) -> str:
        """What was done to what: ``update WP4255``."""
        return f"{self.kind} {self.record or self.network}"


class AppliedReport(Struct, frozen=True, kw_only=True):
    """How an apply ended.

    ``left`` are the records that the plan left alone, each with the reason. ``recovered`` says what
    earlier runs had left. ``stopped`` says why the run ended early. ``repeated``: the plan had been
    applied before, so nothing was done. ``undo`` is the whole command that undoes the run.
    """

    version: int = VERSION
    run: str
    server: str
    account: str
    collection: str
    exit_status: int
    actions: tuple[AppliedAction, ...] = ()
    left: tuple[Skipped, ...] = ()
    recovered: tuple[str, ...] = ()
    stopped: str | None = None
    repeated: bool = False
    private_backups: str | None = None
    undo: str | None = None

    @property
    def counts(self) -> dict[Ending, int]:
        """How many actions ended in each way, in the order of ``Ending``."""
        found = Counter(action.ending for action in self.actions)
        return {ending: found[ending] for ending in Ending}

    @property
    def headline(self) -> str:
        """The counts in one line, ``nothing to do`` if there are none."""
        told = ", ".join(f"{count:,} {ending}" for ending, count in self.counts.items() if count)
        return told or "nothing to do"

    @property
    def advice(self) -> str | None:
        """What to do next, None if there is nothing to say."""
        if self.repeated:
            return (
                "This plan was applied before, and nothing was done now; make a new plan to "
                "look at the networks again."
            )
        if self.counts[Ending.CONFLICT]:
            return "A conflict is final for this plan; make a new plan to try again."
        return None
