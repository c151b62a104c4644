"""The writing calls, over a socket against a faulty server; pushes show them on the sandbox."""

from __future__ import annotations

import orjson
import pytest

from sync.errors import ServerBroken, ServerError
from sync.model import Property, Visibility
from sync.ndex.writer import may_have_happened
from tests.ndex.builders import connect, network_id
from tests.ndex.faulty_server import Step, in_turn, refuse, reset, respond, respond_json, serve
from tests.ndex.refusals import LOCKED, LOCKED_WORDS
from tests.ndex.test_calls import CONTENT, ONE, WRITES, Write


@pytest.mark.parametrize(
    "write", [write for write, _, _ in WRITES], ids=[line for _, line, _ in WRITES]
)
@pytest.mark.parametrize(
    ("fault", "uncertain"),
    [
        (reset(), True),
        (respond(503), True),
        (respond(200, b"<html>a login page</html>"), True),
        (refuse(500, LOCKED, LOCKED_WORDS), False),  # the lock may stay
        (refuse(401, "NDEx_Unauthorized_Operation_Exception", "no"), False),
    ],
    ids=["reset", "503", "login page", "locked", "401"],
)
async def test_a_write_that_fails_is_sent_once_and_may_have_happened_or_not(
    write: Write, fault: Step, uncertain: bool
) -> None:
    async with serve(in_turn(fault)) as server, connect(server.url) as client:
        with pytest.raises(ServerError) as failed:
            await write(client.writer)
    assert len(server.received) == 1
    assert may_have_happened(failed.value) is uncertain


@pytest.mark.parametrize(
    "answer",
    [{}, {"uuid": "x", "modificationTime": 7}, {"uuid": ONE}, [], "https://x/v3/networks/1"],
    ids=["nothing", "no uuid", "no time", "list", "text"],
)
async def test_an_acceptance_that_does_not_say_what_it_accepted_is_a_fault(answer: object) -> None:
    async with serve(in_turn(respond_json(answer, 201))) as server, connect(server.url) as client:
        with pytest.raises(ServerBroken) as failed:
            await client.writer.create_network(CONTENT, Visibility.PUBLIC)
    assert may_have_happened(failed.value)


async def test_the_plain_text_that_a_set_answers_is_no_fault() -> None:
    url = f"https://www.ndexbio.org/v2/networkset/{network_id(9)}/members"
    plain = {"Content-Type": "text/plain;charset=UTF-8"}
    script = in_turn(respond(201, url.encode(), plain))
    async with serve(script) as server, connect(server.url) as client:
        await client.writer.add_to_set(network_id(9), [ONE])
    assert orjson.loads(server.received[0].body) == [ONE]


@pytest.mark.parametrize("stored", [0, 3])
async def test_a_list_of_which_another_number_was_stored_is_a_fault(stored: int) -> None:
    items = [Property("a", "1"), Property("b", "2")]
    script = in_turn(respond_json(2), respond_json(stored))
    async with serve(script) as server, connect(server.url) as client:
        await client.writer.set_properties(ONE, items)
        with pytest.raises(ServerBroken, match=f"stored {stored} of 2 properties"):
            await client.writer.set_properties(ONE, items)


async def test_a_profile_without_a_change_is_a_mistake() -> None:
    async with serve(in_turn()) as server, connect(server.url) as client:
        with pytest.raises(ValueError, match="at least one of"):
            await client.writer.set_profile(ONE)
    assert server.received == []
