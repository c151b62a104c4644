"""Contract 1.3: every row of the table from exception to status, errorCode and body."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest

from tests.contract.calls import (
    JSON_BODY,
    UNKNOWN,
    Server,
    assert_error,
    assert_plain_error,
    create_cx2,
    lock_for_good,
    multipart,
    set_system,
)
from tests.contract.documents import cx2, unique
from tests.contract.sandboxes import HOUR_S, Sandbox, new_user

EXCEPTION = "NDEx_Exception"
UNCAUGHT = "Uncaught exception jakarta.ws.rs"
BAD_REQUEST = "NDEx_Bad_Request_Exception"
NOT_FOUND = "NDEx_Object_Not_Found_Exception"


BAD = (400, BAD_REQUEST, "")
FORBIDDEN = (403, "NDEx_Forbidden_Operation_Exception", "")
MISSING = (404, NOT_FOUND, "")
FAULT = (500, EXCEPTION, "")
NO_ROUTE = (500, EXCEPTION, UNCAUGHT)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request, and the status, errorCode and part of the message that refuse it."""

    name: str
    call: str
    error: tuple[int, str, str]
    body: object = None


TOO_MANY = [UNKNOWN] * 2001
REFUSALS = [
    Refusal("blank folder name", "POST /v3/files/folders", FAULT, {"name": " "}),
    Refusal("nothing to move", "POST /v3/batch/networks/move", BAD, {"networks": []}),
    Refusal("nothing to restore", "POST /v3/files/trash/restore", FAULT, {"networks": []}),
    Refusal("v3 user without a name", "GET /v3/users", BAD),
    Refusal("v2 summary of an unknown id", f"GET /v2/network/{UNKNOWN}/summary", MISSING),
    Refusal("v3 summary of an unknown id", f"GET /v3/networks/{UNKNOWN}/summary", MISSING),
    Refusal("v2 content of an unknown id", f"GET /v2/network/{UNKNOWN}", MISSING),
    Refusal("unknown user", "GET /v2/user?username=nobody-of-that-name", MISSING),
    Refusal("many permissions", "POST /v2/batch/network/permission", FORBIDDEN, TOO_MANY),
    Refusal("many v2 summaries", "POST /v2/batch/network/summary", FAULT, TOO_MANY),
    Refusal("many v3 summaries", "POST /v3/batch/networks/summary", FAULT, TOO_MANY),
    Refusal("unknown route", "GET /v3/no-such-thing", NO_ROUTE),
    Refusal("unknown root", "GET /v4/networks", NO_ROUTE),
    Refusal("wrong method", f"PATCH /v3/networks/{UNKNOWN}", NO_ROUTE),
    Refusal("wrong method on v2", "DELETE /v2/network", NO_ROUTE),
    Refusal("bad UUID in a v2 path", "GET /v2/network/not-a-uuid/summary", FAULT),
    Refusal("bad UUID in a v2 content path", "GET /v2/network/not-a-uuid", FAULT),
    Refusal("bad v2 visibility", "POST /v2/network?visibility=public", FAULT, []),
    Refusal("bad v3 visibility", "POST /v3/networks?visibility=public", FAULT, []),
    Refusal("database, v2 batch", "POST /v2/batch/network/summary", FAULT, ["nonsense"]),
    Refusal("database, v3 batch", "POST /v3/batch/networks/summary", FAULT, ["nonsense"]),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_a_refused_call_has_the_status_and_code_of_the_table(
    client: httpx.Client, refusal: Refusal
) -> None:
    """Contract 1.3 and trap 9: a 404 or 405 is a 500, and a 500 is not the server's fault."""
    method, _, path = refusal.call.partition(" ")
    assert_error(client.request(method, path, json=refusal.body), *refusal.error)


def test_the_v3_summary_answers_400_to_what_it_cannot_parse(
    client: httpx.Client, network: str
) -> None:
    """Contract 1.3 and 3.4: a bad UUID or enum; everywhere else that is a 500."""
    assert client.get("/v3/networks/not-a-uuid/summary").status_code == 400
    assert client.get(f"/v3/networks/{network}/summary?format=SMALL").status_code == 400


UNREADABLE: dict[str, tuple[str, bytes]] = {
    "syntax": ("/v2/batch/network/summary", b'["'),
    "an object for an array": ("/v3/batch/networks/summary", b'{"a": 1}'),
    "a bad UUID in a typed list": (
        "/v3/batch/networks/move",
        b'{"targetFolder": null, "networks": ["nonsense"]}',
    ),
    "an unknown field of a strict class": ("/v3/batch/networks/move", b'{"target_folder": null}'),
    "an unknown enum": (
        "/v3/batch/files/setvisibility",
        b'{"visibility": "public", "files": {}}',
    ),
}


@pytest.mark.parametrize(("path", "body"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_is_not_the_expected_json_is_a_plain_400(
    client: httpx.Client, path: str, body: bytes
) -> None:
    """Contract 1.3 and trap 33: the body is a short plain message, no NDEx object."""
    assert_plain_error(client.post(path, content=body, headers=JSON_BODY))


def test_a_login_call_without_login_is_401(anonymous: httpx.Client) -> None:
    """Contract 1.3 and 2."""
    assert_error(
        anonymous.get("/v3/files/count"),
        401,
        "NDEx_Unauthorized_Operation_Exception",
        "Attempted to access resource requiring authentication.",
    )


def test_a_network_without_permission_is_401(anonymous: httpx.Client, network: str) -> None:
    """Contract 1.3 and 3.4: never 403."""
    answer = anonymous.get(f"/v3/networks/{network}/summary")
    assert_error(answer, 401, "NDEx_Unauthorized_Operation_Exception")


def test_a_wrong_password_is_401(server: Server) -> None:
    """Contract 1.3."""
    with server.connect() as client:
        answer = client.get("/v3/files/count", auth=(server.owner.user, "wrong"))
    assert_error(answer, 401, "NDEx_Unauthorized_Operation_Exception")


def test_an_unknown_account_is_401_with_the_code_of_not_found(server: Server) -> None:
    """Contract 1.3 and 2."""
    with server.connect() as client:
        answer = client.get("/v3/files/count", auth=("nobody-of-that-name", "wrong"))
    assert_error(answer, 401, NOT_FOUND)


def test_a_read_only_network_is_403_for_new_content(client: httpx.Client, network: str) -> None:
    """Contract 1.3 and 3.2."""
    set_system(client, network, readOnly=True)
    answer = client.put(f"/v3/networks/{network}", json=cx2(unique()))
    assert_error(
        answer,
        403,
        "NDEx_Forbidden_Operation_Exception",
        "Error: Unable to update a read-only network.",
    )


def test_a_duplicate_user_name_is_409(client: httpx.Client, server: Server) -> None:
    """Contract 1.3."""
    answer = client.post("/v2/user", json=new_user(server.owner))
    assert_error(answer, 409, "NDEx_Duplicate_Object_Exception")


def test_a_multipart_upload_without_its_part_is_400(client: httpx.Client) -> None:
    """Contract 1.3 and 3.1: the part must be called CXNetworkStream."""
    files = {"other": multipart(cx2())["CXNetworkStream"]}
    for path in ("/v2/network", "/v3/networks"):
        assert_error(client.post(path, files=files), 400, BAD_REQUEST)


def test_a_locked_network_is_500(client: httpx.Client, network: str) -> None:
    """Contract 1.3: no status of its own, only the errorCode tells."""
    lock_for_good(client, network)
    for answer in (
        client.put(f"/v3/networks/{network}", json=cx2(unique())),
        client.put(f"/v2/network/{network}/profile", json={"name": unique()}),
    ):
        assert_error(answer, 500, "NDEx_Concurrent_Modification_Exception")


def test_a_network_that_is_not_validated_yet_is_500(sandbox: Sandbox) -> None:
    """Contract 1.3: system properties need no lock, but a validated network (section 11)."""
    with sandbox.running(load_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        network = client.post("/v3/networks", json=cx2(unique())).json()["uuid"]
        answer = client.put(f"/v2/network/{network}/systemproperty", json={"readOnly": True})
        assert_error(answer, 500, "NDEx_Modify_Invalid_Network_Exception")


def test_a_read_only_network_is_500_in_v2(client: httpx.Client, network: str) -> None:
    """Contract 1.3: any other NDEx error."""
    set_system(client, network, readOnly=True)
    answer = client.put(f"/v2/network/{network}/profile", json={"name": unique()})
    assert_error(answer, 500, EXCEPTION, "Can't update readonly network.")


@pytest.mark.parametrize(
    ("path", "challenged"),
    [("/v2/network/{}/summary", True), ("/v3/networks/{}/summary", False)],
    ids=["v2", "v3"],
)
def test_only_v2_resources_challenge(
    client: httpx.Client, anonymous: httpx.Client, path: str, challenged: bool
) -> None:
    """Contract 1.3: ``WWW-Authenticate: Basic`` is added inside v2 resources alone."""
    answer = anonymous.get(path.format(create_cx2(client)))
    assert answer.status_code == 401
    assert answer.headers.get("WWW-Authenticate", "").startswith("Basic") == challenged


def test_the_login_filter_does_not_challenge(anonymous: httpx.Client, server: Server) -> None:
    """Contract 1.3: send credentials unasked."""
    for answer in (
        anonymous.get("/v3/files/count"),
        anonymous.get("/v2/admin/status", auth=(server.owner.user, "wrong")),
    ):
        assert answer.status_code == 401
        assert "WWW-Authenticate" not in answer.headers
