"""What an action knows about its network: the states before, seen and wanted, and the steps so far.

Pure values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from sync.model import Property, Summary, Visibility
from sync.ndex.loading import LoadState


class Step(StrEnum):
    """One write."""

    CREATE = "create"
    UNDELETE = "undelete"
    LIFT = "lift read-only"
    REPLACE = "replace content"
    PROFILE = "set profile"
    PROPERTIES = "set properties"
    JOIN = "add to set"
    LEAVE = "remove from set"
    MOVE = "move to folder"
    INDEX = "index again"
    VISIBILITY = "set visibility"
    LOCK = "set read-only"
    DELETE = "delete"


BUMPING = frozenset({Step.REPLACE, Step.PROFILE, Step.PROPERTIES, Step.CREATE, Step.UNDELETE})
"""The steps that change the modification time (contract 3.9)."""

METADATA = frozenset({Step.PROFILE, Step.PROPERTIES})
"""The steps that take an indexed network out of the search for good (contract 3.5)."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a network says about itself, in the summary or in an upload."""

    name: str
    description: str
    version: str
    properties: tuple[Property, ...]

    @property
    def profile(self) -> tuple[str, str, str]:
        """The texts that ``PROFILE`` names."""
        return self.name, self.description, self.version


@dataclass(frozen=True, slots=True)
class NetworkState:
    """Everything in a network that an action may change.

    ``digest`` is that of its content, None if it has no CX2, or none now. ``member`` says whether
    the network set in question holds it, None if there is no such set.
    """

    stated: Stated
    digest: str | None
    visibility: Visibility
    read_only: bool
    folder: str | None
    member: bool | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The state that a network starts from, and the state to bring it to.

    ``uploaded`` is what the body of an upload states, None if none is sent. ``ours``: the action
    made or spoiled the network, so whatever happened to its content is ours to fix. ``in_trash``:
    the network starts in the trash. ``index_lost``: the search does not find it at the start.
    """

    origin: NetworkState
    origin_ms: int
    goal: NetworkState
    uploaded: Stated | None = None
    ours: bool = False
    in_trash: bool = False
    index_lost: bool = False


@dataclass(frozen=True, slots=True)
class ActionHistory:
    """What the journal says about an action.

    ``confirmed_ms`` is the modification time when the network was last found correct, None before
    the first time. ``doubtful`` are the steps begun since then, ``unanswered`` those whose last try
    was not answered with success, ``begun`` all that were ever begun. ``unindexed``: a write took
    the network out of the search, and that was not repaired yet.
    """

    confirmed_ms: int | None = None
    doubtful: frozenset[Step] = frozenset()
    unanswered: frozenset[Step] = frozenset()
    begun: frozenset[Step] = frozenset()
    unindexed: bool = False

    def after_begin(self, step: Step) -> ActionHistory:
        """Return the history when a step is about to be done."""
        one = {step}
        return ActionHistory(
            self.confirmed_ms,
            self.doubtful | one,
            self.unanswered | one,
            self.begun | one,
            self.unindexed or step in METADATA,
        )

    def after_done(self, step: Step) -> ActionHistory:
        """Return the history when the server said that a step is done."""
        unindexed = self.unindexed and step is not Step.INDEX
        return replace(self, unanswered=self.unanswered - {step}, unindexed=unindexed)

    def after_refused(self, step: Step) -> ActionHistory:
        """Return the history when the server said that a step was not done."""
        return replace(self, doubtful=self.doubtful - {step})

    def after_seen(self, modified_ms: int) -> ActionHistory:
        """Return the history when the network was found correct."""
        return replace(self, confirmed_ms=modified_ms, doubtful=frozenset())


@dataclass(frozen=True, slots=True)
class Observed:
    """A network as it was seen. ``failure`` is the server's text about a failed load.

    ``summary`` is what was read; content is only sent to a network that has one.
    """

    state: NetworkState
    modified_ms: int
    load: LoadState = LoadState.LOADED
    failure: str | None = None
    protected: bool = False
    index_level: str = "NONE"
    summary: Summary | None = None
