"""Whether an upload has been loaded, by what the summary says (contract 3.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.errors import Call, NotFound
from sync.model import Summary
from sync.ndex.loading import (
    LoadingPolicy,
    LoadState,
    load_failure,
    read_load_state,
    wait_until_loaded,
)
from sync.ndex.summaries import decode_state, decode_summary
from tests.ndex.builders import FakeTime, connect, network_id, summary_v2, summary_v3
from tests.ndex.faulty_server import Step, in_turn, refuse, respond_json, serve

NETWORK = network_id(1)
CALL = Call("GET", "/")
SUMMARY = f"/v2/network/{NETWORK}/summary"
POLICY = LoadingPolicy(first_wait_s=1, longest_wait_s=2, deadline_s=6, confirm_s=3)
NO_SOLR = "Server refused connection at: http://localhost:8983/solr"


def v2(**changes: object) -> Step:
    return respond_json(summary_v2(1, **changes))


LOADING = v2(completed=False, isValid=False)
FAILED = v2(errorMessage="Nodes aspect is missing.")

V2_STATES: dict[str, tuple[dict[str, object], LoadState]] = {
    "waiting": ({"completed": False, "isValid": False}, LoadState.LOADING),
    "completed early": ({"completed": True, "isValid": False}, LoadState.LOADING),
    "converting": ({"completed": False}, LoadState.UNFINISHED),
    "loaded": ({}, LoadState.LOADED),
    "search down": ({"errorMessage": NO_SOLR, "visibility": "PRIVATE"}, LoadState.UNINDEXED),
    "index refused": (
        {"errorMessage": "Failed to create Index on network", "completed": False},
        LoadState.UNINDEXED,
    ),
    "failed": ({"errorMessage": "Nodes aspect is missing."}, LoadState.FAILED),
}


@pytest.mark.parametrize(("changes", "state"), V2_STATES.values(), ids=V2_STATES)
def test_a_v2_summary_says_how_far_a_load_is(changes: dict[str, object], state: LoadState) -> None:
    summary = decode_summary(CALL, summary_v2(1, **changes))

    assert read_load_state(summary) is state
    assert (load_failure(summary) is None) is (state is not LoadState.FAILED)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, LoadState.LOADED),
        ({"completed": False, "name": None, "nodeCount": 0}, LoadState.LOADING),
        ({"completed": False}, LoadState.UNFINISHED),
    ],
    ids=["loaded", "nameless and empty", "left incomplete"],
)
def test_a_v3_summary_says_it_by_what_it_shows(
    changes: dict[str, object], state: LoadState
) -> None:
    assert read_load_state(decode_state(CALL, summary_v3(1, **changes))) is state


async def wait(*answers: Step) -> tuple[Summary, list[float], list[str]]:
    """Wait on a server that answers so in turn; return the summary, the waits and the paths."""
    time = FakeTime()
    async with serve(in_turn(*answers)) as server, connect(server.url) as client:
        summary = await wait_until_loaded(client, NETWORK, POLICY, time.clock)
    return summary, time.slept, server.paths


async def test_a_loaded_network_is_not_waited_for() -> None:
    summary, slept, paths = await wait(v2())

    assert (summary.completed, slept, paths) == (True, [], [SUMMARY])


async def test_the_summary_is_watched_with_growing_waits() -> None:
    summary, slept, paths = await wait(LOADING, v2(isValid=False), v2(completed=False), v2())

    assert summary.completed
    assert slept == [1, 1.5, 2]
    assert paths == [SUMMARY] * 4


@pytest.mark.parametrize(
    ("took_s", "wait_s"), [(0.0, 0.2), (0.3, 0.2), (1.6, 0.4), (2.4, 0.6), (60.0, 1.0)]
)
async def test_uploads_beside_others_are_looked_at_by_how_long_they_take(
    took_s: float, wait_s: float
) -> None:
    """They are polled by one call, and done one after the other."""
    alone, beside = LoadingPolicy(), LoadingPolicy().beside_others(took_s)

    assert beside.next_wait_s(0) == pytest.approx(wait_s)
    assert beside.growth < alone.growth
    assert beside.deadline_s == alone.deadline_s


async def test_a_failure_is_read_twice_some_seconds_apart() -> None:
    summary, slept, paths = await wait(LOADING, FAILED, FAILED)

    assert load_failure(summary) == "Nodes aspect is missing."
    assert slept == [1, POLICY.confirm_s]
    assert paths == [SUMMARY] * 3


async def test_a_failure_that_is_gone_when_read_again_is_none() -> None:
    summary, _, _ = await wait(FAILED, v2())

    assert load_failure(summary) is None


async def test_a_failed_index_ends_the_wait_even_when_it_stays_incomplete() -> None:
    summary, slept, _ = await wait(v2(completed=False, errorMessage=NO_SOLR))

    assert (load_failure(summary), slept) == (None, [])


async def test_what_is_still_incomplete_at_the_deadline_is_returned_as_it_is() -> None:
    time = FakeTime()
    async with serve(lambda _received: LOADING) as server, connect(server.url) as client:
        summary = await wait_until_loaded(client, NETWORK, POLICY, time.clock)
    assert not summary.completed
    assert time.now_s <= POLICY.deadline_s


async def test_a_network_that_goes_away_meanwhile_is_not_found() -> None:
    gone = refuse(404, "NDEx_Object_Not_Found_Exception", "gone")
    with pytest.raises(NotFound):
        await wait(LOADING, gone)


def test_a_failure_of_the_index_is_told_by_how_its_message_begins() -> None:
    summary = decode_summary(CALL, summary_v2(1))
    quoting = replace(summary, error_message=f"Bad node name: {NO_SOLR}")

    assert read_load_state(quoting) is LoadState.FAILED
