"""What may be written is checked before it is sent, and what a failed write means."""

from __future__ import annotations

from collections.abc import Callable

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
from sync.ndex import write_requests
from sync.ndex.requests import Request
from sync.ndex.transport import translate
from tests.ndex.builders import network_id
from tests.sandbox.documents import make_cx2

ONE, TWO, PLACE = network_id(1), network_id(2), network_id(99)
CONTENT = make_cx2()
CALL = Call("PUT", "/v3/networks/x")


@pytest.mark.parametrize(
    ("request_", "line", "body"),
    [
        (
            write_requests.build_replace(ONE, CONTENT),
            f"PUT /v3/networks/{ONE}",
            orjson.loads(CONTENT),
        ),
        (
            write_requests.build_properties(ONE, [Property("year", "2015", "integer", 62)]),
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
        (write_requests.build_properties(ONE, []), f"PUT /v2/network/{ONE}/properties", []),
        (
            write_requests.build_profile(ONE, {"name": "Chemokines"}),
            f"PUT /v2/network/{ONE}/profile",
            {"name": "Chemokines"},
        ),
        (
            write_requests.build_read_only(ONE, False),
            f"PUT /v2/network/{ONE}/systemproperty",
            {"readOnly": False},
        ),
        (
            write_requests.build_index_level(ONE, "ALL"),
            f"PUT /v2/network/{ONE}/systemproperty",
            {"index_level": "ALL"},
        ),
        (
            write_requests.build_visibility([ONE, TWO], Visibility.UNLISTED),
            "POST /v3/batch/files/setvisibility",
            {"visibility": "UNLISTED", "files": {ONE: "NETWORK", TWO: "NETWORK"}},
        ),
        (
            write_requests.build_set_addition(PLACE, [ONE]),
            f"POST /v2/networkset/{PLACE}/members",
            [ONE],
        ),
        (
            write_requests.build_set_removal(PLACE, [ONE]),
            f"DELETE /v2/networkset/{PLACE}/members",
            [ONE],
        ),
        (
            write_requests.build_move(PLACE, [ONE]),
            "POST /v3/batch/networks/move",
            {"targetFolder": PLACE, "networks": [ONE]},
        ),
        (
            write_requests.build_move(None, [ONE]),
            "POST /v3/batch/networks/move",
            {"targetFolder": None, "networks": [ONE]},
        ),
        (
            write_requests.build_restore([ONE]),
            "POST /v3/files/trash/restore",
            {"networks": [ONE], "folders": [], "shortcuts": []},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_write_is_spelled_as_the_contract_says_and_never_sent_twice(
    request_: Request, line: str, body: object
) -> None:
    assert str(request_.call) == line
    assert request_.body is not None
    assert orjson.loads(request_.body) == body
    assert not request_.repeatable


def test_a_create_names_the_visibility() -> None:
    request = write_requests.build_create(CONTENT, Visibility.PUBLIC)
    assert str(request.call) == "POST /v3/networks"
    assert request.query == (("visibility", "PUBLIC"),)
    assert request.body == CONTENT
    assert not request.repeatable


def test_a_delete_goes_to_the_trash() -> None:
    request = write_requests.build_delete(ONE)
    assert str(request.call) == f"DELETE /v3/networks/{ONE}"
    assert (request.query, request.body, request.repeatable) == ((), None, False)


BAD = NetworkId("2DEE1F6D-8B66-11EB-9E72-0AC135E8BACF")
PATH = NetworkId("../../admin")


@pytest.mark.parametrize(
    "build",
    [
        lambda bad: write_requests.build_replace(bad, CONTENT),
        lambda bad: write_requests.build_properties(bad, []),
        lambda bad: write_requests.build_profile(bad, {"name": "n"}),
        lambda bad: write_requests.build_read_only(bad, True),
        lambda bad: write_requests.build_visibility([ONE, bad], Visibility.PUBLIC),
        lambda bad: write_requests.build_set_addition(PLACE, [bad]),
        lambda bad: write_requests.build_set_addition(bad, [ONE]),
        lambda bad: write_requests.build_set_removal(bad, [ONE]),
        lambda bad: write_requests.build_move(bad, [ONE]),
        lambda bad: write_requests.build_move(None, [ONE, bad]),
        write_requests.build_delete,
        lambda bad: write_requests.build_restore([bad]),
    ],
)
@pytest.mark.parametrize("bad", [BAD, PATH, NetworkId("")])
def test_what_is_no_lower_case_uuid_gets_into_no_write(
    build: Callable[[NetworkId], Request], bad: NetworkId
) -> None:
    with pytest.raises(BadRequest, match="no lower-case UUID; nothing was sent"):
        build(bad)


@pytest.mark.parametrize(
    "build",
    [
        lambda: write_requests.build_visibility([], Visibility.PUBLIC),
        lambda: write_requests.build_set_addition(PLACE, []),
        lambda: write_requests.build_move(None, []),
        lambda: write_requests.build_restore([]),
    ],
)
def test_a_write_about_no_network_is_refused(build: Callable[[], Request]) -> None:
    with pytest.raises(BadRequest, match="no network is named; nothing was sent"):
        build()


@pytest.mark.parametrize("body", [b"", b" \n"], ids=["none", "blank"])
def test_an_empty_body_is_refused_because_the_server_would_wipe_the_network(body: bytes) -> None:
    with pytest.raises(NetworkError, match="would wipe the network"):
        write_requests.build_replace(ONE, body)
    with pytest.raises(NetworkError, match="would wipe the network"):
        write_requests.build_create(body, Visibility.PRIVATE)


def test_content_that_the_server_would_fail_to_load_is_refused() -> None:
    with pytest.raises(NetworkError, match="status"):
        write_requests.build_replace(ONE, CONTENT.replace(b'"status"', b'"stratus"'))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("n" * 501, "The name is longer than 500 characters"),
        ("a\0b", "the upload holds a NUL"),
    ],
)
def test_content_whose_name_the_database_refuses_is_refused(name: str, reason: str) -> None:
    with pytest.raises(NetworkError, match=reason):
        write_requests.build_create(make_cx2(name), Visibility.PUBLIC)
    assert write_requests.build_create(make_cx2("n" * 500), Visibility.PUBLIC).body


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (Property("name", "x"), "'name' is set by the profile"),
        (Property("description", "x"), "'description' is set by the profile"),
        (Property("version", "x"), "'version' is set by the profile"),
        (Property("year", None), "'year' has no value"),
        (Property("year", "2015", "number"), "no known type: 'number'"),
        (Property("year", "2015", ""), "no known type: ''"),
        (Property("year", "5.0", "integer"), "the value of property 'year' is not of type integer"),
        (Property("year", "3000000000", "integer"), "is not of type integer"),
        (Property("score", "high", "double"), "is not of type double"),
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
def test_a_property_that_the_server_would_choke_on_is_refused(item: Property, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason) as refused:
        write_requests.build_properties(ONE, [Property("organism", "Homo sapiens"), item])
    assert str(refused.value).endswith("nothing was sent")


def test_a_property_that_comes_twice_is_refused() -> None:
    with pytest.raises(BadRequest, match="property 'year' is there 2 times"):
        write_requests.build_properties(ONE, [Property("year", "2015"), Property("year", "2015")])


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
def test_a_property_as_the_server_shows_it_can_be_sent_back(item: Property) -> None:
    body = write_requests.build_properties(ONE, [item]).body
    assert body is not None
    assert orjson.loads(body)[0]["value"] == item.value


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "n" * 501}, "the name is longer than 500 characters"),
        ({"version": "v" * 101}, "the version is longer than 100 characters"),
        ({"description": "a\0b"}, "the description holds a NUL"),
    ],
)
def test_a_profile_that_the_database_refuses_is_refused(
    changes: dict[str, str], reason: str
) -> None:
    with pytest.raises(BadRequest, match=reason):
        write_requests.build_profile(ONE, changes)
    assert write_requests.build_profile(ONE, {"name": "n" * 500, "description": "d" * 10_000}).body


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
    assert write_requests.may_have_happened(error) is uncertain
