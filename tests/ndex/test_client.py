"""The calls of the client against a server that speaks as the contract says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import httpx
import orjson
import pytest

from sync.errors import BadRequest, ConfigError, NotFound, ServerBroken, ServerError, Unauthorized
from sync.model import Absent, NetworkId, Property, Refused, Summary, Unanswered
from sync.ndex.auth import Credentials, basic
from sync.ndex.client import NdexClient, open_client
from sync.ndex.policy import ClientPolicy
from sync.ndex.responses import FileCounts, ServerStatus, User
from sync.ndex.sightings import see_each
from tests.ndex.builders import connect, network_id, summary_v2, summary_v3
from tests.ndex.faulty_server import (
    Received,
    Script,
    Step,
    in_turn,
    refuse,
    respond,
    respond_json,
    serve,
)

V2_BATCH = "/v2/batch/network/summary"
ONE_TRY = ClientPolicy(max_tries=1)
GONE = refuse(404, "NDEx_Object_Not_Found_Exception", "Network not found in NDEx.")
PRIVATE = refuse(401, "NDEx_Unauthorized_Operation_Exception", "User has no access")


def v2_path(number: int) -> str:
    return f"/v2/network/{network_id(number)}/summary"


def v3_path(number: int) -> str:
    return f"/v3/networks/{network_id(number)}/summary"


def at(answers: Mapping[str, Step]) -> Script:
    """Answer by path."""
    return lambda received: answers[received.path]


async def test_more_than_two_thousand_take_one_call_each_two_thousand() -> None:
    def _script(received: Received) -> Step:
        asked = orjson.loads(received.body)
        return respond_json([summary_v2(int(text[-12:], 16)) for text in asked])

    ids = [network_id(number) for number in range(4500)]
    async with serve(_script) as server, connect(server.url) as client:
        found = await see_each(client, ids)
    assert len(found) == 4500
    assert server.paths == [V2_BATCH] * 3
    assert {len(orjson.loads(one.body)) for one in server.received} == {2000, 500}
    assert server.received[0].headers["content-type"] == "application/json"


async def test_ids_that_a_batch_drops_are_looked_up_one_by_one() -> None:
    script = at(
        {
            V2_BATCH: respond_json([summary_v2(1)]),
            v3_path(2): GONE,
            v3_path(3): PRIVATE,
            v3_path(4): respond_json(summary_v3(4)),
            v2_path(4): respond_json(summary_v2(4)),
            v3_path(5): respond(500, b"<html>"),
            v3_path(6): refuse(403, "NDEx_Forbidden_Operation_Exception", "no"),
            v3_path(7): respond_json(summary_v3(7)),
            v2_path(7): GONE,
        }
    )
    ids = [network_id(number) for number in range(1, 8)]
    async with serve(script) as server, connect(server.url, policy=ONE_TRY) as client:
        found = await see_each(client, ids)
    assert {network: type(sighting) for network, sighting in found.items()} == {
        network_id(1): Summary,
        network_id(2): Absent,
        network_id(3): Refused,
        network_id(4): Summary,
        network_id(5): Unanswered,
        network_id(6): Refused,
        network_id(7): Absent,
    }
    later = found[network_id(4)]
    assert isinstance(later, Summary)
    assert later.properties == (Property("year", "2015", "integer"),)
    assert server.paths[0] == V2_BATCH


@pytest.mark.parametrize(
    ("credentials", "who"),
    [
        (None, "an anonymous caller"),
        (basic("ada", "x", "test"), "the account that is logged in"),
    ],
    ids=["anonymous", "logged in"],
)
async def test_a_network_that_is_refused_is_called_private_and_to_whom(
    credentials: Credentials | None, who: str
) -> None:
    script = at({V2_BATCH: respond_json([]), v3_path(3): PRIVATE})
    async with (
        serve(script) as server,
        connect(server.url, policy=ONE_TRY, credentials=credentials) as client,
    ):
        [refused] = (await see_each(client, [network_id(3)])).values()

    assert isinstance(refused, Refused)
    assert refused.reason.startswith(f"private: {who} may not read it (GET {v3_path(3)}: ")


async def test_one_batch_that_fails_does_not_spoil_the_others() -> None:
    def _script(received: Received) -> Step:
        asked = orjson.loads(received.body)
        if network_id(0) in asked:
            return respond(500)
        return respond_json([summary_v2(int(text[-12:], 16)) for text in asked])

    ids = [network_id(number) for number in range(2010)]
    async with serve(_script) as server, connect(server.url, policy=ONE_TRY) as client:
        found = await see_each(client, ids)
    kinds = [type(found[network]) for network in ids]
    assert kinds == [Unanswered] * 2000 + [Summary] * 10


async def test_rows_that_nobody_asked_for_or_that_come_twice_change_nothing() -> None:
    rows = [
        summary_v2(9),
        summary_v2(1),
        summary_v2(1, name="again"),
        {"externalId": "no uuid"},
        {"name": "no id"},
    ]
    async with serve(at({V2_BATCH: respond_json(rows)})) as server, connect(server.url) as client:
        found = await see_each(client, [network_id(1), network_id(1)])
    assert list(found) == [network_id(1)]
    summary = found[network_id(1)]
    assert isinstance(summary, Summary)
    assert summary.name == "Network 1"


@pytest.mark.parametrize("text", ["x", network_id(10).upper(), "../" + network_id(1), ""])
async def test_what_is_no_id_is_never_sent(text: str) -> None:
    script = at({V2_BATCH: respond_json([summary_v2(1)])})
    async with serve(script) as server, connect(server.url) as client:
        found = await see_each(client, [NetworkId(text), network_id(1)])
        with pytest.raises(BadRequest, match="nothing was sent"):
            await client.fetch_cx2(NetworkId(text))
    assert isinstance(found[NetworkId(text)], Unanswered)
    assert isinstance(found[network_id(1)], Summary)
    assert orjson.loads(server.received[0].body) == [network_id(1)]
    assert len(server.received) == 1


async def test_a_path_in_front_of_the_api_is_kept() -> None:
    async with (
        serve(in_turn(respond_json([1]))) as server,
        connect(f"{server.url}/proxy/ndex/") as client,
    ):
        await client.fetch_cx1(network_id(1))
    assert server.paths == [f"/proxy/ndex/v2/network/{network_id(1)}"]


READ: dict[str, tuple[Callable[[NdexClient], Awaitable[object]], str, object, object]] = {
    "status": (
        lambda client: client.fetch_status(),
        "/v3/admin/status",
        {
            "networkCount": -1,
            "userCount": 5,
            "properties": {"ServerVersion": "3.0.1", "Build": "e4574", "ServerResultLimit": "1"},
            "message": "Online",
        },
        ServerStatus("Online", "3.0.1", "e4574", None),
    ),
    "own user": (
        lambda client: client.fetch_own_user(),
        "/v2/user?valid=true",
        {"externalId": network_id(5), "userName": "ada", "diskQuota": 100, "diskUsed": 7},
        User(network_id(5), "ada", 100, 7),
    ),
    "a user of any signs": (
        lambda client: client.fetch_user("a&b=c ü"),
        "/v2/user?username=a%26b%3Dc+%C3%BC",
        {"externalId": network_id(5), "userName": "a&b=c"},
        User(network_id(5), "a&b=c", None, None),
    ),
    "file counts": (
        lambda client: client.fetch_file_counts(),
        "/v3/files/count",
        {"network": 3, "folder": 2, "shortcut": 1},
        FileCounts(3, 2, 1),
    ),
}


@pytest.mark.parametrize(("ask", "target", "answer", "value"), READ.values(), ids=READ)
async def test_an_answer_is_read(
    ask: Callable[[NdexClient], Awaitable[object]], target: str, answer: object, value: object
) -> None:
    async with serve(in_turn(respond_json(answer))) as server, connect(server.url) as client:
        assert await ask(client) == value
    assert [each.target for each in server.received] == [target]


async def test_an_account_that_is_not_verified_is_not_found() -> None:
    script = in_turn(respond_json({"userName": "new"}))
    async with serve(script) as server, connect(server.url) as client:
        with pytest.raises(NotFound, match="'new' is not verified"):
            await client.fetch_user("new")


SET = network_id(500)
SET_PATH = f"/v2/networkset/{SET}"
LIST_PATH = f"/v3/files/folders/{SET}/list"


async def test_the_members_of_a_set_take_one_call() -> None:
    body = {"externalId": SET, "networks": [network_id(1), network_id(2), network_id(1)]}
    async with serve(at({SET_PATH: respond_json(body)})) as server, connect(server.url) as client:
        assert await client.fetch_set_members(SET) == {network_id(1), network_id(2)}
        assert client.counts.requests == 1


def item(number: int, kind: str = "NETWORK", **attributes: object) -> dict[str, object]:
    return {"uuid": network_id(number), "type": kind, "name": "x", "attributes": attributes}


FOLDER = [
    item(1),
    item(2, "FOLDER"),
    item(3, "SHORTCUT", target=network_id(30), target_type="NETWORK", target_status="ACTIVE"),
    item(4, "SHORTCUT", target=network_id(40), target_type="NETWORK", target_status="IN_TRASH"),
    item(5, "SHORTCUT", target=network_id(50), target_type="FOLDER"),
    item(6, "SHORTCUT", target=network_id(1), target_type="NETWORK"),
    item(7, "SOMETHING NEW"),
    {"uuid": network_id(8), "type": "NETWORK"},
]
HELD = {network_id(1), network_id(30), network_id(8)}


async def test_a_folder_holds_its_networks_and_those_its_shortcuts_lead_to() -> None:
    script = at({LIST_PATH: respond_json(FOLDER)})
    async with serve(script) as server, connect(server.url) as client:
        assert await client.fetch_folder_networks(SET) == HELD
    assert server.received[0].target == f"{LIST_PATH}?format=compact&type=network"


async def test_a_shortcut_to_nowhere_makes_the_folder_unknown_and_not_smaller() -> None:
    script = at({LIST_PATH: respond_json([item(1), item(3, "SHORTCUT")])})
    async with serve(script) as server, connect(server.url) as client:
        with pytest.raises(ServerBroken, match="target"):
            await client.fetch_folder_networks(SET)


async def test_a_set_that_is_a_folder_is_read_as_a_folder() -> None:
    script = at({SET_PATH: respond_json({"networks": []}), LIST_PATH: respond_json(FOLDER)})
    async with serve(script) as server, connect(server.url) as client:
        assert await client.fetch_set_members(SET) == HELD


NO_ROUTE = refuse(500, "NDEx_Exception", "Uncaught exception jakarta.ws.rs.NotFoundException: x")


@pytest.mark.parametrize("no_folder", [GONE, NO_ROUTE], ids=["404", "no route"])
async def test_a_set_that_is_none_but_empty_is_empty(no_folder: Step) -> None:
    script = at({SET_PATH: respond_json({"networks": []}), LIST_PATH: no_folder})
    async with serve(script) as server, connect(server.url) as client:
        assert await client.fetch_set_members(SET) == frozenset()


@pytest.mark.parametrize(
    ("answer", "error"),
    [(respond(500), ServerBroken), (PRIVATE, Unauthorized)],
    ids=["500", "401"],
)
async def test_an_empty_set_whose_folder_cannot_be_read_is_unknown(
    answer: Step, error: type[ServerError]
) -> None:
    script = at({SET_PATH: respond_json({"networks": []}), LIST_PATH: answer})
    async with serve(script) as server, connect(server.url, policy=ONE_TRY) as client:
        with pytest.raises(error):
            await client.fetch_set_members(SET)


async def test_an_account_is_listed_in_one_call_without_what_is_not_its_own() -> None:
    own = network_id(999)
    rows = [
        summary_v2(2),
        summary_v2(1),
        summary_v2(3, ownerUUID=network_id(998)),
        summary_v2(2),
    ]
    path = f"/v2/user/{own}/networksummary"
    async with serve(at({path: respond_json(rows)})) as server, connect(server.url) as client:
        found = await client.fetch_account_networks(own)
    assert [summary.id for summary in found] == [network_id(2), network_id(1)]
    assert server.received[0].target == f"{path}?offset=0&limit=0"


async def test_an_account_listing_has_a_size_limit_of_its_own() -> None:
    rows = [summary_v2(2)]
    policy = ClientPolicy(max_body_bytes=10)
    async with (
        serve(in_turn(respond_json(rows))) as server,
        connect(server.url, policy=policy) as client,
    ):
        assert len(await client.fetch_account_networks(network_id(999))) == 1


async def test_credentials_are_not_sent_in_the_open() -> None:
    login = basic("ada", "geheim", "NDEX_USERNAME")
    with pytest.raises(ConfigError, match="plain http") as caught:
        async with open_client("http://ndex.example", credentials=login, policy=ClientPolicy()):
            pass
    assert "NDEX_USERNAME" in str(caught.value)
    assert "geheim" not in str(caught.value)


async def test_a_server_in_this_process_gets_credentials_whatever_its_address() -> None:
    async def _app(*_call: object) -> None: ...

    async with open_client(
        "http://ndex.example",
        credentials=basic("ada", "x", "test"),
        policy=ClientPolicy(),
        transport=httpx.ASGITransport(_app),
    ) as client:
        assert client.logged_in


async def test_what_is_meant_for_this_machine_goes_through_no_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serve(in_turn()) as proxy, serve(in_turn(respond_json([1]))) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        async with connect(server.url) as client:
            assert await client.fetch_cx2(network_id(1)) == [1]
    assert proxy.received == []


async def test_only_a_few_batches_are_under_way_at_once() -> None:
    """Each answer is several megabytes; thirty at once would be held in memory together."""
    answer = asyncio.Event()

    async def wait(_writer: asyncio.StreamWriter) -> bool:
        await answer.wait()
        return False

    ids = [network_id(number) for number in range(5 * 2000 + 1)]
    async with (
        serve(lambda _: wait) as server,
        connect(server.url, policy=ClientPolicy(concurrency=16, max_tries=1)) as client,
    ):
        asking = asyncio.create_task(see_each(client, ids))
        await server.arrivals(2)
        assert len(server.received) == 2
        answer.set()
        seen = (await asking).values()

    assert {type(each) for each in seen} == {Unanswered}
    assert len(server.received) == 6
