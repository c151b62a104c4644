"""Decide what to do next about one network: from what was seen to one step.

This is pure, so that a table can prove it. The executor looks, asks ``decide``, does one step, and
looks again. Whatever was lost or killed in between, the answer follows from the network as it is
now and from the journal. Nothing is repeated blindly and nobody else's edit is overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sync.apply.states import (
    BUMPING,
    ActionHistory,
    NetworkState,
    Observed,
    Stated,
    Step,
    Target,
)
from sync.cx.property_list import same_list, same_set
from sync.model import Visibility
from sync.ndex.loading import LoadState

_UPLOADS = frozenset({Step.REPLACE, Step.CREATE})
_UNLOCKING = frozenset({Step.LIFT, Step.REPLACE})
"""Steps that leave a network unlocked; a failed load removes read-only too (contract 3.3)."""

GONE = "it is gone"
"""The text for a network that the server does not know."""

CHANGED = "it was changed since the plan was made"
"""What is said of a network that has changed since its plan was made."""

_PROTECTED = "it has a DOI or is certified now"

MAX_TRIES = 3
"""How often a step without effect is done in one run."""

_MAX_LOADS = 2
"""How often new content that the server cannot load is sent before the old one is restored."""


@dataclass(frozen=True, slots=True)
class Do:
    """Do this step, then look again."""

    step: Step


@dataclass(frozen=True, slots=True)
class Wait:
    """The server is still working; look again later."""


@dataclass(frozen=True, slots=True)
class Reached:
    """There is nothing left to do; ``note`` is what people may still want to know."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else changed the network; their change stays."""

    reason: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It does not work. ``spoiled``: the old content is lost and must be restored."""

    reason: str
    spoiled: bool = False


Next = Do | Wait | Reached | Conflict | GiveUp


def decide(
    target: Target, history: ActionHistory, observed: Observed | None, tries: Mapping[Step, int]
) -> Next:
    """Decide what to do next to bring a network to ``target.goal``.

    ``observed`` None: the server says that there is no such network. ``tries`` counts how often
    each step was done in this run without being confirmed; three are enough.
    """
    if observed is None:
        return _decide_absent(target, history, tries)
    if reason := _find_obstacle(target, history, observed):
        return Conflict(reason)
    if observed.failure is not None:
        return _decide_broken(target, history, observed.failure, tries)
    if _is_loading(target, history, observed):
        return Wait()
    if reason := _find_foreign(target, history, observed):
        return Conflict(reason)
    needed = next(_find_needed(target, history, observed), None)
    return Reached() if needed is None else _try(needed, tries)


def awaits_load(target: Target, history: ActionHistory, load: LoadState, modified_ms: int) -> bool:
    """Return whether an upload or an index of ours is still being processed.

    A network that is not completed says nothing by itself (contract 3.3, 10.19).
    """
    if load is not LoadState.UNFINISHED:
        return load is LoadState.LOADING
    if Step.INDEX in history.doubtful:
        return True
    return upload_arrived(target, history, modified_ms)


def is_uploading(history: ActionHistory) -> bool:
    """Return whether an upload was begun that was not yet seen to succeed."""
    return not _UPLOADS.isdisjoint(history.doubtful)


def upload_arrived(target: Target, history: ActionHistory, modified_ms: int) -> bool:
    """Return whether the network has an upload of ours that is not confirmed yet."""
    # The time of a create is that of its answer; any other upload changes it.
    return is_uploading(history) and (target.ours or modified_ms != _expected_ms(target, history))


def foresee(
    step: Step, observed: Observed, goal: NetworkState, history: ActionHistory
) -> Observed | None:
    """Return the network as a step leaves it that was answered with success.

    None if only a look can show it: after everything that is carried out later, or that changes the
    modification time of a network that others may know. A network that this run made is private
    until it is finished, and is looked at before it counts as finished.
    """
    match step:
        case Step.PROPERTIES if Step.CREATE in history.begun:
            stated = replace(observed.state.stated, properties=goal.stated.properties)
            state = replace(observed.state, stated=stated)
        case Step.JOIN:
            state = replace(observed.state, member=True)
        case Step.LIFT:
            state = replace(observed.state, read_only=False)
        case Step.LOCK:
            state = replace(observed.state, read_only=goal.read_only)
        case Step.VISIBILITY:
            state = replace(observed.state, visibility=goal.visibility)
        case Step.MOVE:
            state = replace(observed.state, folder=goal.folder)
        case _:
            return None
    return replace(observed, state=state)


def decide_delete(
    origin: NetworkState,
    origin_ms: int,
    history: ActionHistory,
    observed: Observed | None,
    tries: Mapping[Step, int],
) -> Next:
    """Decide what to do next about a network that is to go to the trash."""
    if observed is None:
        gone = Step.DELETE in history.begun
        return Reached() if gone else Conflict("it is gone already")
    if observed.protected:
        return Conflict(_PROTECTED)
    lifted = Step.LIFT in history.begun and not observed.state.read_only
    same_lock = observed.state.read_only == origin.read_only or lifted
    same_view = observed.state.visibility is origin.visibility
    if observed.modified_ms != origin_ms or not (same_lock and same_view):
        return Conflict(CHANGED)
    return _try(Step.LIFT if observed.state.read_only else Step.DELETE, tries)


def find_closing(target: Target, history: ActionHistory, observed: Observed) -> tuple[Step, ...]:
    """Return what an action that ends short of its goal still owes the network.

    A network that it unlocked is locked again, one that our load hid is shown, and one that our
    writes took out of the search is indexed again. One whose load failed is empty, and stays hidden
    and open until its content is restored. One that has a DOI or is certified now is not touched.
    """
    if observed.failure is not None or observed.protected:
        return ()
    steps = []
    if (
        _hidden_by_us(target, history, observed)
        and observed.state.visibility is not target.origin.visibility
    ):
        steps.append(Step.VISIBILITY)
    if target.origin.read_only and not observed.state.read_only and _unlocked_by_us(history):
        steps.append(Step.LOCK)
    if _owes_index(target, history, observed):
        steps.append(Step.INDEX)
    return tuple(steps)


def _find_obstacle(target: Target, history: ActionHistory, observed: Observed) -> str | None:
    if target.in_trash and Step.UNDELETE not in history.begun:
        return "it is out of the trash already"
    if observed.protected:
        return _PROTECTED
    if not history.begun and observed.modified_ms != target.origin_ms:
        return CHANGED
    return None


def _decide_absent(target: Target, history: ActionHistory, tries: Mapping[Step, int]) -> Next:
    undeleted = Step.UNDELETE in history.begun and Step.UNDELETE not in history.unanswered
    if target.in_trash and not undeleted:
        return _try(Step.UNDELETE, tries)
    return Conflict(GONE)


def _decide_broken(
    target: Target, history: ActionHistory, failure: str, tries: Mapping[Step, int]
) -> Next:
    """Decide after a failed load. It leaves nothing to overwrite, so sending again is safe."""
    if Step.REPLACE not in history.begun and not target.ours:
        return Conflict(f"the server could not load what somebody else sent: {failure}")
    if tries.get(Step.REPLACE, 0) >= (MAX_TRIES if target.ours else _MAX_LOADS):
        return GiveUp(f"the server cannot load the new content: {failure}", spoiled=True)
    return Do(Step.REPLACE)


def _is_loading(target: Target, history: ActionHistory, observed: Observed) -> bool:
    """Return whether to look again later: content cannot be read, or can and may still fail."""
    unread = observed.state.digest is None and target.goal.digest is not None
    return unread or awaits_load(target, history, observed.load, observed.modified_ms)


def _expected_ms(target: Target, history: ActionHistory) -> int:
    return target.origin_ms if history.confirmed_ms is None else history.confirmed_ms


def _find_foreign(target: Target, history: ActionHistory, observed: Observed) -> str | None:
    """Say what is neither as it was nor as we wanted it; None if nothing is."""
    expected_ms = _expected_ms(target, history)
    if observed.modified_ms != expected_ms and BUMPING.isdisjoint(history.doubtful):
        return "somebody else changed it meanwhile"
    wrong = ", ".join(_find_foreign_parts(target, history, observed.state))
    return f"somebody else changed its {wrong}" if wrong else None


def _find_foreign_parts(
    target: Target, history: ActionHistory, state: NetworkState
) -> Iterator[str]:
    origin, goal = target.origin, target.goal
    known = [each for each in (origin.stated, goal.stated, target.uploaded) if each is not None]
    if state.stated.profile not in _mixtures(known):
        yield "name, description or version"
    if not any(same_set(state.stated.properties, each.properties) for each in known):
        yield "properties"
    if state.digest not in (origin.digest, goal.digest):
        yield "content"
    seen = {origin.visibility, goal.visibility}
    if _may_be_hidden(target, history):
        seen.add(Visibility.PRIVATE)
    if state.visibility not in seen:
        yield "visibility"
    if state.read_only and not (origin.read_only or goal.read_only):
        yield "state: it is read-only now"
    if not history.begun and state.read_only != origin.read_only:
        yield "state: it is no longer read-only"
    if state.folder not in (origin.folder, goal.folder):
        yield "folder"


def _mixtures(known: Iterable[Stated]) -> set[tuple[str, str, str]]:
    """Return every profile that our own writes can have produced: each text old or new."""
    names, descriptions, versions = zip(*(each.profile for each in known), strict=True)
    return {(n, d, v) for n in names for d in descriptions for v in versions}


def _find_needed(target: Target, history: ActionHistory, observed: Observed) -> Iterator[Step]:
    state, goal = observed.state, target.goal
    edits = list(_find_edits(target, history, state))
    if edits and state.read_only:
        yield Step.LIFT
    yield from edits
    if _owes_index(target, history, observed):
        yield Step.INDEX
    if goal.member is not None and state.member is not goal.member:
        yield Step.JOIN if goal.member else Step.LEAVE
    if state.folder != goal.folder:
        yield Step.MOVE
    if state.visibility is not goal.visibility or _is_unsearchable(target, history):
        yield Step.VISIBILITY
    if state.read_only is not goal.read_only:
        yield Step.LOCK


def _find_edits(target: Target, history: ActionHistory, state: NetworkState) -> Iterator[Step]:
    goal = target.goal
    if state.digest != goal.digest:
        yield Step.REPLACE
    if state.stated.profile != goal.stated.profile or Step.PROFILE in history.unanswered:
        yield Step.PROFILE
    listed = same_list(state.stated.properties, goal.stated.properties)
    # A failed property write can store the list but not the files, so only a good answer counts.
    if not listed or Step.PROPERTIES in history.unanswered:
        yield Step.PROPERTIES


def _owes_index(target: Target, history: ActionHistory, observed: Observed) -> bool:
    """Return whether to send the network's own index level again, so that the search finds it."""
    if observed.index_level == "NONE" or observed.load is LoadState.LOADING:
        return False
    unsent = Step.INDEX not in history.begun or Step.INDEX in history.unanswered
    return history.unindexed or (target.index_lost and unsent)


def _is_unsearchable(target: Target, history: ActionHistory) -> bool:
    """Return whether the network is back from the trash but not in the search yet.

    Setting its visibility again puts it there, whatever its index level (contract 3.5).
    """
    unset = Step.VISIBILITY not in history.begun or Step.VISIBILITY in history.unanswered
    return target.in_trash and unset


def _may_be_hidden(target: Target, history: ActionHistory) -> bool:
    return Step.REPLACE in history.begun or target.ours


def _hidden_by_us(target: Target, history: ActionHistory, observed: Observed) -> bool:
    return _may_be_hidden(target, history) and observed.state.visibility is Visibility.PRIVATE


def _unlocked_by_us(history: ActionHistory) -> bool:
    return not _UNLOCKING.isdisjoint(history.begun)


def _try(step: Step, tries: Mapping[Step, int]) -> Next:
    if tries.get(step, 0) >= MAX_TRIES:
        return GiveUp(f"“{step}” was tried {MAX_TRIES} times without effect")
    return Do(step)
