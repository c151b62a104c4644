"""What is known of the members of a set while other actions add to it, over a socket."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sync.apply.looking import SetMembers
from tests.ndex.builders import connect, network_id
from tests.ndex.faulty_server import Received, Step, respond_json, serve

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
