"""The journal of one action: its own lines, and what they say about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from sync.apply.states import ActionHistory, Step
from sync.model import NetworkId
from sync.state.journal import Entry, Journal, Moment


@dataclass(frozen=True, slots=True)
class ActionLog:
    """Writes and reads the lines of action number ``action`` of a run; ``now_ms`` is our clock.

    ``sync`` waits for the disk, together with other actions of the run.
    """

    journal: Journal
    run: str
    action: int
    now_ms: Callable[[], int]
    sync: Callable[[], Awaitable[None]]

    async def begin(self, step: Step, network: NetworkId | None = None, note: str = "") -> None:
        """Write that a step is about to be done; the line is on disk when this returns."""
        self.enter(Moment.BEGUN, step, network, note=note)
        await self.sync()

    def enter(
        self,
        moment: Moment,
        step: Step | None,
        network: NetworkId | None = None,
        modified_ms: int | None = None,
        note: str = "",
    ) -> None:
        """Write one line; ``step`` None: all steps so far."""
        name = "" if step is None else step.value
        entry = Entry(self.action, moment, name, network, modified_ms, note, self.now_ms())
        self.journal.enter(self.run, entry)

    def read(self) -> list[Entry]:
        """Return the lines of this action, oldest first."""
        return self.journal.read_entries(self.run, self.action)

    @property
    def history(self) -> ActionHistory:
        """The history that the lines describe."""
        return read_history(self.read())


def read_history(entries: Iterable[Entry]) -> ActionHistory:
    """Combine an action's lines into its history."""
    history = ActionHistory()
    for entry in entries:
        match entry.moment:
            case Moment.BEGUN:
                history = history.after_begin(Step(entry.step))
            case Moment.DONE:
                history = history.after_done(Step(entry.step))
            case Moment.REFUSED:
                history = history.after_refused(Step(entry.step))
            case Moment.SEEN:
                history = history.after_seen(entry.modified_ms or 0)
            case Moment.LOST:
                pass
    return history


_OWED: Mapping[str, frozenset[Step]] = {
    Step.LIFT: frozenset({Step.LOCK}),
    Step.REPLACE: frozenset({Step.LOCK, Step.VISIBILITY}),
    Step.PROFILE: frozenset({Step.INDEX}),
    Step.PROPERTIES: frozenset({Step.INDEX}),
}
"""What each step takes from a network, by the step that restores it (contract 3.3, 3.5)."""


SHOWN = "shown"
"""The note of a line that the network was seen loaded, and as visible as before the run."""


def find_owed(entries: Iterable[Entry]) -> frozenset[Step]:
    """Return the steps that may be needed to leave a network as open as it was."""
    owed: frozenset[Step] = frozenset()
    for entry in entries:
        if entry.moment is Moment.BEGUN:
            owed |= _OWED.get(entry.step, frozenset())
        elif entry.moment is Moment.DONE and entry.step:
            owed -= {Step(entry.step)}
        elif entry.moment is Moment.SEEN and entry.note == SHOWN:
            # If it is hidden after this, that was intended.
            owed -= {Step.VISIBILITY}
    return owed
