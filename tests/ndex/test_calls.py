"""Every call as it is sent, what is checked before a write, and what a failed write means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import httpx
import orjson
import pytest

from sync.errors import (
    BadRequest,
    Call,
    Duplicate,
    Forbidden,
    Locked,
    NetworkError,
    NotFound,
    NotValidated,
    QuotaExceeded,
    ReadOnly,
    Redirected,
    ServerBroken,
    ServerError,
    Throttled,
    TooLarge,
    Unauthorized,
    Unreachable,
)
from sync.model import NetworkId, Property, Visibility
from sync.ndex.client import NdexClient, open_client
from sync.ndex.policy import ClientPolicy
from sync.ndex.summaries import decode_summary
from sync.ndex.transport import translate
from sync.ndex.writer import NdexWriter, may_have_happened
from tests.ndex.builders import network_id, summary_v2
from tests.samples import AS_CURATOR
from tests.sandbox.documents import make_cx2

ONE, TWO, PLACE = network_id(1), network_id(2), network_id(99)
CONTENT = make_cx2()
CALL = Call("PUT", "/v3/networks/x")
SEEN = decode_summary(CALL, summary_v2(1))


Ask = Callable[[NdexClient], Awaitable[object]]
Write = Callable[[NdexWriter], Awaitable[object]]


async def send(ask: Ask) -> list[httpx.Request]:
    """Return what is sent to a server that answers nothing of use."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(204, stream=httpx.ByteStream(b""))

    async with open_client(
        "http://127.0.0.1",
        credentials=AS_CURATOR,
        policy=ClientPolicy(),
        transport=httpx.MockTransport(answer),
    ) as client:
        with suppress(ServerBroken):
            await ask(client)
    return sent


async def write(ask: Write) -> list[httpx.Request]:
    """Return what is sent to write something."""
    return await send(lambda client: ask(client.writer))


@pytest.mark.parametrize(
    ("ask", "line"),
    [
        (lambda c: c.fetch_status(), "GET /v3/admin/status"),
        (lambda c: c.fetch_own_user(), "GET /v2/user?valid=true"),
        (lambda c: c.fetch_summary_batch([ONE]), "POST /v2/batch/network/summary"),
        (lambda c: c.fetch_summary(ONE), f"GET /v2/network/{ONE}/summary"),
        (lambda c: c.fetch_state(ONE), f"GET /v3/networks/{ONE}/summary?format=COMPACT"),
        (lambda c: c.fetch_cx2(ONE), f"GET /v3/networks/{ONE}"),
        (lambda c: c.fetch_cx2_aspect(ONE, "nodes"), f"GET /v3/networks/{ONE}/aspects/nodes"),
        (lambda c: c.fetch_cx1(ONE), f"GET /v2/network/{ONE}"),
        (lambda c: c.fetch_set_members(PLACE), f"GET /v2/networkset/{PLACE}"),
        (
            lambda c: c.fetch_folder_networks(PLACE),
            f"GET /v3/files/folders/{PLACE}/list?format=compact&type=network",
        ),
        (
            lambda c: c.fetch_account_networks(ONE),
            f"GET /v2/user/{ONE}/networksummary?offset=0&limit=0",
        ),
        (lambda c: c.fetch_trash(), "GET /v3/files/trash"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_question_is_spelled_as_the_contract_says(ask: Ask, line: str) -> None:
    [sent] = await send(ask)
    assert f"{sent.method} {sent.url.raw_path.decode()}" == line
    assert ("Authorization" in sent.headers) == (line != "GET /v3/admin/status")


@pytest.mark.parametrize("name", ["../nodes", "", "nodes/x", "a?b", "."])
async def test_an_aspect_name_cannot_lead_elsewhere(name: str) -> None:
    with pytest.raises(ValueError, match="is not an aspect name"):
        await send(lambda client: client.fetch_cx2_aspect(ONE, name))


async def test_a_batch_above_the_servers_limit_is_not_sent() -> None:
    ids = [network_id(number) for number in range(2001)]
    with pytest.raises(ValueError, match="2001 ids"):
        await send(lambda client: client.fetch_summary_batch(ids))


WRITES: list[tuple[Write, str, object]] = [
    (
        lambda w: w.create_network(CONTENT, Visibility.PUBLIC),
        "POST /v3/networks?visibility=PUBLIC",
        orjson.loads(CONTENT),
    ),
    (
        lambda w: w.replace_content(SEEN, CONTENT),
        f"PUT /v3/networks/{ONE}",
        orjson.loads(CONTENT),
    ),
    (
        lambda w: w.set_properties(ONE, [Property("year", "2015", "integer", 62)]),
        f"PUT /v2/network/{ONE}/properties",
        [
            {
                "predicateString": "year",
                "value": "2015",
                "dataType": "integer",
                "subNetworkId": 62,
            }
        ],
    ),
    (lambda w: w.set_properties(ONE, []), f"PUT /v2/network/{ONE}/properties", []),
    (
        lambda w: w.set_profile(ONE, name="Chemokines"),
        f"PUT /v2/network/{ONE}/profile",
        {"name": "Chemokines"},
    ),
    (
        lambda w: w.set_read_only(ONE, read_only=False),
        f"PUT /v2/network/{ONE}/systemproperty",
        {"readOnly": False},
    ),
    (
        lambda w: w.set_index_level(ONE, "ALL"),
        f"PUT /v2/network/{ONE}/systemproperty",
        {"index_level": "ALL"},
    ),
    (
        lambda w: w.set_visibility([ONE, TWO], Visibility.UNLISTED),
        "POST /v3/batch/files/setvisibility",
        {"visibility": "UNLISTED", "files": {ONE: "NETWORK", TWO: "NETWORK"}},
    ),
    (lambda w: w.add_to_set(PLACE, [ONE]), f"POST /v2/networkset/{PLACE}/members", [ONE]),
    (
        lambda w: w.remove_from_set(PLACE, [ONE]),
        f"DELETE /v2/networkset/{PLACE}/members",
        [ONE],
    ),
    (
        lambda w: w.move_to_folder(PLACE, [ONE]),
        "POST /v3/batch/networks/move",
        {"targetFolder": PLACE, "networks": [ONE]},
    ),
    (
        lambda w: w.move_to_folder(None, [ONE]),
        "POST /v3/batch/networks/move",
        {"targetFolder": None, "networks": [ONE]},
    ),
    (lambda w: w.delete_network(ONE), f"DELETE /v3/networks/{ONE}", None),
    (
        lambda w: w.restore_from_trash([ONE]),
        "POST /v3/files/trash/restore",
        {"networks": [ONE], "folders": [], "shortcuts": []},
    ),
]


@pytest.mark.parametrize(
    ("ask", "line", "body"), WRITES, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_a_write_is_spelled_as_the_contract_says(ask: Write, line: str, body: object) -> None:
    [sent] = await write(ask)
    assert f"{sent.method} {sent.url.raw_path.decode()}" == line
    assert (orjson.loads(sent.content) if sent.content else None) == body


BAD = NetworkId("2DEE1F6D-8B66-11EB-9E72-0AC135E8BACF")
PATH = NetworkId("../../admin")


@pytest.mark.parametrize(
    "ask",
    [
        lambda w, bad: w.replace_content(replace(SEEN, id=bad), CONTENT),
        lambda w, bad: w.set_properties(bad, []),
        lambda w, bad: w.set_profile(bad, name="n"),
        lambda w, bad: w.set_read_only(bad, read_only=True),
        lambda w, bad: w.set_visibility([ONE, bad], Visibility.PUBLIC),
        lambda w, bad: w.add_to_set(PLACE, [bad]),
        lambda w, bad: w.add_to_set(bad, [ONE]),
        lambda w, bad: w.remove_from_set(bad, [ONE]),
        lambda w, bad: w.move_to_folder(bad, [ONE]),
        lambda w, bad: w.move_to_folder(None, [ONE, bad]),
        lambda w, bad: w.delete_network(bad),
        lambda w, bad: w.restore_from_trash([bad]),
    ],
)
@pytest.mark.parametrize("bad", [BAD, PATH, NetworkId("")])
async def test_what_is_no_lower_case_uuid_gets_into_no_write(
    ask: Callable[[NdexWriter, NetworkId], Awaitable[object]], bad: NetworkId
) -> None:
    with pytest.raises(BadRequest, match="is not a lower-case UUID; nothing was sent"):
        await write(lambda writer: ask(writer, bad))


@pytest.mark.parametrize(
    "ask",
    [
        lambda w: w.set_visibility([], Visibility.PUBLIC),
        lambda w: w.add_to_set(PLACE, []),
        lambda w: w.move_to_folder(None, []),
        lambda w: w.restore_from_trash([]),
    ],
)
async def test_a_write_about_no_network_is_refused(ask: Write) -> None:
    with pytest.raises(BadRequest, match="no networks are named; nothing was sent"):
        await write(ask)


@pytest.mark.parametrize("body", [b"", b" \n"], ids=["none", "blank"])
async def test_an_empty_body_that_would_wipe_the_network_is_refused(
    body: bytes,
) -> None:
    with pytest.raises(NetworkError, match="would wipe the network"):
        await write(lambda w: w.replace_content(SEEN, body))
    with pytest.raises(NetworkError, match="would wipe the network"):
        await write(lambda w: w.create_network(body, Visibility.PRIVATE))


async def test_content_that_the_server_would_fail_to_load_is_refused() -> None:
    with pytest.raises(NetworkError, match="status"):
        await write(lambda w: w.replace_content(SEEN, CONTENT.replace(b'"status"', b'"stratus"')))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("n" * 501, "The name is longer than 500 characters"),
        ("a\0b", "the upload holds a NUL"),
    ],
)
async def test_content_whose_name_the_database_refuses_is_refused(name: str, reason: str) -> None:
    with pytest.raises(NetworkError, match=reason):
        await write(lambda w: w.create_network(make_cx2(name), Visibility.PUBLIC))
    assert await write(lambda w: w.create_network(make_cx2("n" * 500), Visibility.PUBLIC))


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (Property("name", "x"), "'name' is set by the profile"),
        (Property("year", None), "'year' has no value"),
        (Property("year", "2015", "number"), "no known type: 'number'"),
        (Property("year", "5.0", "integer"), "the value of property 'year' is not of type integer"),
        (Property("score", "nan", "double"), "is not of type double"),
        (Property("seen", "perhaps", "boolean"), "is not of type boolean"),
        (Property("sourceformat", "x"), "the server drops"),
        (Property("labels", "a, b", "list_of_string"), "is not of type list_of_string"),
        (Property("labels", '{"a": 1}', "list_of_string"), "is not of type list_of_string"),
        (Property("labels", '[["a"]]', "list_of_string"), "is not of type list_of_string"),
        (Property("labels", '["a", null]', "list_of_string"), "is not of type list_of_string"),
        (Property("years", '["x"]', "list_of_integer"), "is not of type list_of_integer"),
        (Property("rights", "a\0b"), "the value of property 'rights' holds a NUL"),
        (Property("ri\0ghts", "a"), "the name of a property holds a NUL"),
        (Property("rights", "a\ud800"), "holds half of a character pair"),
    ],
)
async def test_a_property_that_the_server_would_choke_on_is_refused(
    item: Property, reason: str
) -> None:
    with pytest.raises(BadRequest, match=reason) as refused:
        await write(lambda w: w.set_properties(ONE, [Property("organism", "Homo sapiens"), item]))
    assert str(refused.value).endswith("nothing was sent")


async def test_a_property_that_comes_twice_is_refused() -> None:
    with pytest.raises(BadRequest, match="property 'year' occurs 2 times"):
        await write(
            lambda w: w.set_properties(ONE, [Property("year", "2015"), Property("year", "2015")])
        )


@pytest.mark.parametrize(
    "item",
    [
        Property("year", "2015", "integer"),
        Property("score", "1.0E10", "float"),
        Property("seen", "true", "boolean"),
        Property("labels", '["a","b"]', "list_of_string"),
        Property("years", "[1,2]", "list_of_integer"),
        Property("years", '["1","2"]', "list_of_integer"),
        Property("text", ""),
        Property("markup", "<b>&amp;</b>"),
    ],
    ids=str,
)
async def test_a_property_as_the_server_shows_it_can_be_sent_back(item: Property) -> None:
    [sent] = await write(lambda w: w.set_properties(ONE, [item]))
    assert orjson.loads(sent.content)[0]["value"] == item.value


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "n" * 501}, "the name is longer than 500 characters"),
        ({"version": "v" * 101}, "the version is longer than 100 characters"),
        ({"description": "a\0b"}, "the description holds a NUL"),
    ],
)
async def test_a_profile_that_the_database_refuses_is_refused(
    changes: dict[str, str], reason: str
) -> None:
    with pytest.raises(BadRequest, match=reason):
        await write(lambda w: w.set_profile(ONE, **changes))
    assert await write(lambda w: w.set_profile(ONE, name="n" * 500, description="d" * 10_000))


@pytest.mark.parametrize(
    ("error", "uncertain"),
    [
        (Unreachable(CALL, "no answer"), True),
        (ServerBroken(CALL, "ERROR: duplicate names", status=500), True),
        (TooLarge(CALL, "too large", status=200), True),
        (Redirected(CALL, "elsewhere", status=302), True),
        (Throttled(CALL, "a proxy gave up", status=503), True),
        (Throttled(CALL, "slow down", status=429), False),
        (Locked(CALL, "locked", status=500), False),
        (ReadOnly(CALL, "read-only", status=500), False),
        (NotValidated(CALL, "invalid", status=500), False),
        (NotFound(CALL, "not there", status=404), False),
        (Unauthorized(CALL, "not yours", status=401), False),
        (Forbidden(CALL, "no", status=403), False),
        (QuotaExceeded(CALL, "full", status=403), False),
        (BadRequest(CALL, "malformed", status=400), False),
        (Duplicate(CALL, "there", status=409), False),
        (translate(httpx.ReadTimeout("slow"), CALL), True),
        (translate(httpx.RemoteProtocolError("cut"), CALL), True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ServerError) else "",
)
def test_only_a_refusal_proves_that_a_write_was_not_carried_out(
    error: ServerError, uncertain: bool
) -> None:
    assert may_have_happened(error) is uncertain
