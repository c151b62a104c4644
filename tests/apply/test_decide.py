"""The machine of one action: a table of what was seen and what follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from sync.apply.action_log import find_owed, read_history
from sync.apply.decide import (
    MAX_TRIES,
    Conflict,
    Do,
    GiveUp,
    Next,
    Reached,
    Wait,
    decide,
    decide_delete,
    find_closing,
)
from sync.apply.states import ActionHistory, NetworkState, Observed, Stated, Step, Target
from sync.model import Property, Visibility
from sync.ndex.loading import LoadState
from sync.state.journal import Entry, Moment

THEIRS = Property("curator", "A")
OLD = Stated("Old", "", "1", (THEIRS, Property("title", "old")))
NEW = Stated("New", "", "1", (THEIRS, Property("title", "new")))
ORIGIN = NetworkState(OLD, "d1", Visibility.PUBLIC, read_only=True, folder=None, member=False)
GOAL = NetworkState(NEW, "d2", Visibility.PUBLIC, read_only=True, folder=None, member=True)
TARGET = Target(ORIGIN, 100, GOAL, uploaded=OLD)
UNTOUCHED = Observed(ORIGIN, 100)
NOTHING: Mapping[Step, int] = Counter()


def seen(modified_ms: int = 100, *, state: NetworkState = ORIGIN, **facts: Any) -> Observed:
    return replace(Observed(state, modified_ms), **facts)


def history(
    *begun: Step, confirmed_ms: int | None = 100, doubtful: tuple[Step, ...] = ()
) -> ActionHistory:
    """Return the trail of steps that were done, of which the last ones were not confirmed."""
    return ActionHistory(
        confirmed_ms, frozenset(doubtful), frozenset(doubtful), frozenset({*begun, *doubtful})
    )


UNLOCKED = replace(ORIGIN, read_only=False)
LIFTED = history(Step.LIFT)
REPLACED = replace(UNLOCKED, digest="d2")
DESCRIBED = replace(REPLACED, stated=NEW)
JOINED = replace(DESCRIBED, member=True)

TABLE: dict[str, tuple[ActionHistory, Observed | None, Next]] = {
    "nothing done yet": (ActionHistory(), UNTOUCHED, Do(Step.LIFT)),
    "changed since the plan": (
        ActionHistory(),
        seen(101),
        Conflict("it was changed since the plan was made"),
    ),
    "unlocked since the plan": (
        ActionHistory(),
        seen(state=UNLOCKED),
        Conflict("somebody else changed its state: it is no longer read-only"),
    ),
    "hidden since the plan": (
        ActionHistory(),
        seen(state=replace(ORIGIN, visibility=Visibility.PRIVATE)),
        Conflict("somebody else changed its visibility"),
    ),
    "gone": (ActionHistory(), None, Conflict("it is gone")),
    "with a DOI": (
        ActionHistory(),
        seen(protected=True),
        Conflict("it has a DOI or is certified now"),
    ),
    "could not be loaded since": (
        ActionHistory(),
        seen(failure="bad"),
        Conflict("the server could not load what somebody else sent: bad"),
    ),
    "lifting was lost": (history(doubtful=(Step.LIFT,)), UNTOUCHED, Do(Step.LIFT)),
    "lifted": (LIFTED, seen(state=UNLOCKED), Do(Step.REPLACE)),
    "replacing was lost before it": (
        history(Step.LIFT, doubtful=(Step.REPLACE,)),
        seen(state=UNLOCKED),
        Do(Step.REPLACE),
    ),
    "replacing was lost and is being loaded": (
        history(Step.LIFT, doubtful=(Step.REPLACE,)),
        seen(105, state=replace(UNLOCKED, digest=None), load=LoadState.LOADING),
        Wait(),
    ),
    "replaced and not indexed yet": (
        history(Step.LIFT, doubtful=(Step.REPLACE,)),
        seen(105, state=REPLACED, load=LoadState.UNFINISHED),
        Wait(),
    ),
    "left incomplete by somebody else": (
        LIFTED,
        seen(state=UNLOCKED, load=LoadState.UNFINISHED),
        Do(Step.REPLACE),
    ),
    "replaced and hidden, since the search is down": (
        history(Step.LIFT, doubtful=(Step.REPLACE,)),
        seen(105, state=replace(JOINED, visibility=Visibility.PRIVATE), load=LoadState.UNINDEXED),
        Do(Step.VISIBILITY),
    ),
    "described, with an index level": (
        replace(history(Step.REPLACE, doubtful=(Step.PROFILE,)), unindexed=True),
        seen(106, state=DESCRIBED, load=LoadState.UNFINISHED, index_level="ALL"),
        Do(Step.PROFILE),
    ),
    "out of the search": (
        replace(history(Step.PROFILE), unindexed=True),
        seen(state=DESCRIBED, load=LoadState.UNFINISHED, index_level="ALL"),
        Do(Step.INDEX),
    ),
    "never in the search": (
        replace(history(Step.PROFILE), unindexed=True),
        seen(state=DESCRIBED),
        Do(Step.JOIN),
    ),
    "being indexed again": (
        history(Step.PROFILE, doubtful=(Step.INDEX,)),
        seen(state=DESCRIBED, load=LoadState.UNFINISHED, index_level="ALL"),
        Wait(),
    ),
    "indexed again": (
        history(Step.PROFILE, Step.INDEX),
        seen(state=DESCRIBED, index_level="ALL"),
        Do(Step.JOIN),
    ),
    "replacing was lost after it": (
        history(Step.LIFT, doubtful=(Step.REPLACE,)),
        seen(105, state=REPLACED),
        Do(Step.PROFILE),
    ),
    "replaced and could not be loaded": (
        history(Step.LIFT, doubtful=(Step.REPLACE,)),
        seen(105, state=replace(UNLOCKED, visibility=Visibility.PRIVATE), failure="bad"),
        Do(Step.REPLACE),
    ),
    "replaced, and others then changed the name": (
        history(Step.LIFT, doubtful=(Step.REPLACE,)),
        seen(106, state=replace(REPLACED, stated=replace(OLD, name="Theirs"))),
        Conflict("somebody else changed its name, description or version"),
    ),
    "replaced, and others then changed the content": (
        history(Step.LIFT, doubtful=(Step.REPLACE,)),
        seen(106, state=replace(REPLACED, digest="d3")),
        Conflict("somebody else changed its content"),
    ),
    "changed by others while nothing of ours was under way": (
        history(Step.LIFT, Step.REPLACE, confirmed_ms=105),
        seen(106, state=REPLACED),
        Conflict("somebody else changed it meanwhile"),
    ),
    "an upload of properties in another order": (
        history(Step.LIFT, doubtful=(Step.REPLACE,)),
        seen(105, state=replace(DESCRIBED, stated=replace(NEW, properties=NEW.properties[::-1]))),
        Do(Step.PROPERTIES),
    ),
    "properties answered badly": (
        history(Step.REPLACE, confirmed_ms=105, doubtful=(Step.PROPERTIES,)),
        seen(107, state=DESCRIBED),
        Do(Step.PROPERTIES),
    ),
    "described": (history(Step.REPLACE), seen(state=DESCRIBED), Do(Step.JOIN)),
    "a member": (history(Step.REPLACE), seen(state=JOINED), Do(Step.LOCK)),
    "hidden by a load that failed": (
        history(Step.REPLACE),
        seen(state=replace(JOINED, visibility=Visibility.PRIVATE)),
        Do(Step.VISIBILITY),
    ),
    "locked by others": (
        history(Step.REPLACE),
        seen(state=replace(DESCRIBED, folder="elsewhere")),
        Conflict("somebody else changed its folder"),
    ),
    "done": (history(Step.REPLACE), seen(state=GOAL), Reached()),
}


@pytest.mark.parametrize(("so_far", "observed", "following"), TABLE.values(), ids=TABLE)
def test_the_next_step_follows_from_what_is_seen(
    so_far: ActionHistory, observed: Observed | None, following: Next
) -> None:
    assert decide(TARGET, so_far, observed, NOTHING) == following


def test_a_new_network_is_waited_for_though_its_time_does_not_move() -> None:
    """Its summary can be from before the load and its content from after it."""
    empty = replace(UNLOCKED, stated=Stated("", "", "", ()))
    target = replace(TARGET, goal=replace(GOAL, digest="d1"), ours=True)

    following = decide(
        target,
        history(doubtful=(Step.CREATE,)),
        seen(state=empty, load=LoadState.UNFINISHED),
        NOTHING,
    )

    assert following == Wait()


def test_what_others_lock_is_a_conflict() -> None:
    target = replace(TARGET, origin=UNLOCKED, goal=replace(GOAL, read_only=False))

    following = decide(target, history(Step.REPLACE), seen(state=ORIGIN), NOTHING)

    assert following == Conflict("somebody else changed its state: it is read-only now")


def test_a_step_that_does_not_take_is_given_up() -> None:
    following = decide(TARGET, ActionHistory(), UNTOUCHED, {Step.LIFT: MAX_TRIES})

    assert following == GiveUp(f"“lift read-only” was tried {MAX_TRIES} times without effect")


def test_content_that_never_loads_is_given_up_and_has_to_be_put_back() -> None:
    broken = seen(105, failure="bad")

    following = decide(TARGET, history(doubtful=(Step.REPLACE,)), broken, {Step.REPLACE: MAX_TRIES})

    assert isinstance(following, GiveUp)
    assert following.spoiled


IN_TRASH = replace(TARGET, goal=ORIGIN, uploaded=None, in_trash=True)
UNBURYING: dict[str, tuple[ActionHistory, Observed | None, Next]] = {
    "in the trash": (ActionHistory(), None, Do(Step.UNDELETE)),
    "out of it already": (ActionHistory(), UNTOUCHED, Conflict("it is out of the trash already")),
    "asked for and lost": (history(doubtful=(Step.UNDELETE,)), None, Do(Step.UNDELETE)),
    "asked for and gone again": (history(Step.UNDELETE), None, Conflict("it is gone")),
    "out and not in the search": (
        history(doubtful=(Step.UNDELETE,)),
        seen(120, state=UNLOCKED),
        Do(Step.VISIBILITY),
    ),
    "out": (
        history(Step.VISIBILITY, doubtful=(Step.UNDELETE,)),
        seen(120, state=UNLOCKED),
        Do(Step.LOCK),
    ),
}


@pytest.mark.parametrize(("so_far", "observed", "following"), UNBURYING.values(), ids=UNBURYING)
def test_a_network_is_taken_out_of_the_trash_once(
    so_far: ActionHistory, observed: Observed | None, following: Next
) -> None:
    assert decide(IN_TRASH, so_far, observed, NOTHING) == following


CHANGED = Conflict("it was changed since the plan was made")
DELETING: dict[str, tuple[ActionHistory, Observed | None, Next]] = {
    "locked": (ActionHistory(), UNTOUCHED, Do(Step.LIFT)),
    "unlocked by us": (LIFTED, seen(state=UNLOCKED), Do(Step.DELETE)),
    "unlocked by others": (ActionHistory(), seen(state=UNLOCKED), CHANGED),
    "changed by others": (LIFTED, seen(101, state=UNLOCKED), CHANGED),
    "shown by others": (
        ActionHistory(),
        seen(state=replace(ORIGIN, visibility=Visibility.UNLISTED)),
        CHANGED,
    ),
    "given a DOI": (
        ActionHistory(),
        seen(protected=True),
        Conflict("it has a DOI or is certified now"),
    ),
    "gone before": (ActionHistory(), None, Conflict("it is gone already")),
    "gone by us": (history(doubtful=(Step.DELETE,)), None, Reached()),
    "asked for and lost": (history(doubtful=(Step.DELETE,)), UNTOUCHED, Do(Step.LIFT)),
}


@pytest.mark.parametrize(("so_far", "observed", "following"), DELETING.values(), ids=DELETING)
def test_a_network_is_deleted_as_it_was_planned_on(
    so_far: ActionHistory, observed: Observed | None, following: Next
) -> None:
    assert decide_delete(ORIGIN, 100, so_far, observed, NOTHING) == following


@pytest.mark.parametrize(
    ("so_far", "state", "owed"),
    [
        (ActionHistory(), UNLOCKED, ()),
        (LIFTED, UNLOCKED, (Step.LOCK,)),
        (LIFTED, ORIGIN, ()),
        (
            history(Step.REPLACE),
            replace(UNLOCKED, visibility=Visibility.PRIVATE),
            (Step.VISIBILITY, Step.LOCK),
        ),
        (LIFTED, replace(ORIGIN, visibility=Visibility.PRIVATE), ()),
    ],
    ids=["not ours", "unlocked", "locked", "hidden by a failed load", "hidden by others"],
)
def test_an_action_that_ends_early_owes_what_it_opened(
    so_far: ActionHistory, state: NetworkState, owed: tuple[Step, ...]
) -> None:
    assert find_closing(TARGET, so_far, seen(state=state)) == owed
    assert find_closing(TARGET, so_far, seen(state=state, protected=True)) == ()


def entry(moment: Moment, step: Step | None = None, modified_ms: int | None = None) -> Entry:
    return Entry(0, moment, "" if step is None else step.value, modified_ms=modified_ms)


def test_a_trail_is_read_from_the_journal() -> None:
    lines = [
        entry(Moment.SEEN, modified_ms=100),
        entry(Moment.BEGUN, Step.LIFT),
        entry(Moment.DONE, Step.LIFT),
        entry(Moment.SEEN, modified_ms=100),
        entry(Moment.BEGUN, Step.REPLACE),
        entry(Moment.LOST, Step.REPLACE),
        entry(Moment.BEGUN, Step.PROFILE),
        entry(Moment.REFUSED, Step.PROFILE),
    ]

    assert read_history(lines) == ActionHistory(
        confirmed_ms=100,
        doubtful=frozenset({Step.REPLACE}),
        unanswered=frozenset({Step.REPLACE, Step.PROFILE}),
        begun=frozenset({Step.LIFT, Step.REPLACE, Step.PROFILE}),
        unindexed=True,
    )


@pytest.mark.parametrize(
    ("lines", "unindexed"),
    [
        ([entry(Moment.BEGUN, Step.REPLACE)], False),
        ([entry(Moment.BEGUN, Step.PROPERTIES)], True),
        ([entry(Moment.BEGUN, Step.PROFILE), entry(Moment.BEGUN, Step.INDEX)], True),
        ([entry(Moment.BEGUN, Step.PROFILE), entry(Moment.DONE, Step.INDEX)], False),
        ([entry(Moment.DONE, Step.INDEX), entry(Moment.BEGUN, Step.PROFILE)], True),
    ],
    ids=["content", "properties", "indexing in doubt", "indexed", "written afterwards"],
)
def test_the_journal_tells_what_may_be_out_of_the_search(
    lines: list[Entry], unindexed: bool
) -> None:
    assert read_history(lines).unindexed is unindexed


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ([], False),
        ([entry(Moment.BEGUN, Step.LIFT)], True),
        ([entry(Moment.BEGUN, Step.LIFT), entry(Moment.BEGUN, Step.LOCK)], True),
        ([entry(Moment.BEGUN, Step.LIFT), entry(Moment.DONE, Step.LOCK)], False),
        ([entry(Moment.DONE, Step.LOCK), entry(Moment.BEGUN, Step.REPLACE)], True),
    ],
    ids=["nothing", "lifted", "locking in doubt", "locked", "replaced afterwards"],
)
def test_the_journal_tells_what_may_be_open(lines: list[Entry], left: bool) -> None:
    assert (Step.LOCK in find_owed(lines)) is left
