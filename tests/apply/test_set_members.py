"""What is known of the members of a set while other actions add to it, over a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import orjson
import pytest

from sync.apply.set_members import SetMembers
from sync.errors import ServerBroken
from tests.ndex.builders import connect, network_id
from tests.ndex.faulty_server import Received, Step, refuse, respond_json, serve

SET = network_id(500)
OLD, NEW = network_id(1), network_id(2)


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (lambda members: members.note_added(SET, NEW), [OLD], [OLD, NEW]),
        (lambda members: members.note_removed(SET, NEW), [OLD, NEW], [OLD]),
        (lambda members: members.forget(SET), [OLD], [OLD, NEW]),
    ],
    ids=["added", "removed", "in doubt"],
)
async def test_a_list_that_was_read_during_a_change_is_not_kept(
    change: Callable[[SetMembers], None], before: list[str], after: list[str]
) -> None:
    """The server answers the first read with what the set held before the change."""
    answers = iter([before, after])

    def answer(_: Received) -> Step:
        listed = next(answers)
        if listed is before:
            change(members)
        return respond_json({"externalId": SET, "networks": listed})

    async with serve(answer) as server, connect(server.url) as client:
        members = SetMembers(client)

        assert await members.holds(SET, OLD)
        assert await members.holds(SET, NEW) is (NEW in after)


async def test_a_set_is_read_once_and_kept_up_with_what_is_written() -> None:
    def answer(_: Received) -> Step:
        return respond_json({"externalId": SET, "networks": [OLD]})

    async with serve(answer) as server, connect(server.url) as client:
        members = SetMembers(client)
        assert not await members.holds(SET, NEW)
        members.note_added(SET, NEW)
        assert await members.holds(SET, NEW)
        members.note_removed(SET, OLD)
        assert not await members.holds(SET, OLD)

    assert len(server.paths) == 1


class SetServer:
    """A set of NDEx 3.0, which holds a network as often as it was added."""

    def __init__(self, *refused: str, failures: int = 0) -> None:
        self.members: list[str] = [OLD]
        self.reads = 0
        self.additions: list[list[str]] = []
        self._refused = refused
        self._failures = failures

    def __call__(self, received: Received) -> Step:
        """Answer a list, or an addition."""
        if received.method == "GET":
            self.reads += 1
            return respond_json({"externalId": SET, "networks": self.members})
        added = orjson.loads(received.body)
        self.additions.append(added)
        if set(added) & set(self._refused):
            return refuse(404, "NDEx_Object_Not_Found_Exception", "no such network")
        self.members += added
        if len(self.additions) <= self._failures:
            return refuse(500, "NDEx_Exception", "it was added, and then something failed")
        return respond_json(None)


NETWORKS = [network_id(number) for number in range(10, 20)]


async def test_a_network_that_the_set_holds_is_not_added_again() -> None:
    answer = SetServer()
    async with serve(answer) as server, connect(server.url) as client:
        await SetMembers(client).add(SET, OLD)

    assert answer.additions == []


async def test_an_addition_that_failed_and_was_made_is_not_made_twice() -> None:
    """The list is read again, and shows what was added."""
    answer = SetServer(failures=2)
    async with serve(answer) as server, connect(server.url) as client:
        members = SetMembers(client)
        added = (members.add(SET, each) for each in NETWORKS)
        ended = await asyncio.gather(*added, return_exceptions=True)
        assert all([await members.holds(SET, each) for each in NETWORKS])

    assert [type(each) for each in ended] == [ServerBroken] + [type(None)] * 9
    assert sorted(answer.members) == sorted([OLD, *NETWORKS])


async def test_for_networks_that_were_only_just_made_no_list_is_read() -> None:
    answer = SetServer()
    async with serve(answer) as server, connect(server.url) as client:
        members = SetMembers(client)
        for network in NETWORKS:
            members.note_made(network)
        assert not any([await members.holds(SET, each) for each in NETWORKS])
        await asyncio.gather(*(members.add(SET, each) for each in NETWORKS))
        assert all([await members.holds(SET, each) for each in NETWORKS])

    assert answer.members == [OLD, *NETWORKS]
    assert answer.reads == 0
    assert len(answer.additions) <= 2


async def test_a_new_network_whose_addition_failed_is_looked_for_in_the_list() -> None:
    answer = SetServer(failures=1)
    async with serve(answer) as server, connect(server.url) as client:
        members = SetMembers(client)
        members.note_made(NEW)
        with pytest.raises(ServerBroken):
            await members.add(SET, NEW)
        await members.add(SET, NEW)

    assert answer.members == [OLD, NEW]
    assert answer.reads == 1
