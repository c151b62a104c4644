"""Contract 2: who is let in, the status calls, and access keys."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.contract.calls import Account, Server, assert_error, create_cx2
from tests.contract.documents import Json, cx2, unique
from tests.contract.sandboxes import Sandbox, new_user

UNAUTHORIZED = "NDEx_Unauthorized_Operation_Exception"
STATUS_PATHS = ["/v2/admin/status", "/v3/admin/status", "/admin/status"]


def test_basic_login_gives_the_own_user_object(client: httpx.Client, server: Server) -> None:
    """Contract 2 and 8: valid=true is the login check, with quota and e-mail address."""
    user = client.get("/v2/user", params={"valid": "true"}).json()
    assert user["userName"] == server.owner.user.lower()
    assert {"externalId", "emailAddress", "diskQuota", "diskUsed", "isVerified"} <= set(user)
    assert user["isIndividual"] is True
    assert user["isDeleted"] is False


@pytest.mark.parametrize("value", ["false", "1", "yes"])
def test_any_other_value_of_valid_is_500(client: httpx.Client, value: str) -> None:
    """Contract 2."""
    assert_error(client.get("/v2/user", params={"valid": value}), 500, "NDEx_Exception")


@pytest.mark.parametrize("path", ["/v2/user?valid=true", "/user/authenticate"])
def test_the_login_checks_refuse_anonymous_callers(anonymous: httpx.Client, path: str) -> None:
    """Contract 2: they run, but answer 401."""
    assert anonymous.get(path).status_code == 401


def test_the_legacy_login_gives_an_old_style_user(client: httpx.Client, server: Server) -> None:
    """Contract 2."""
    user = client.get("/user/authenticate").json()
    assert user["accountName"] == server.owner.user.lower()
    assert "accountType" in user


def test_the_user_part_is_lower_cased(anonymous: httpx.Client, server: Server) -> None:
    """Contract 2: of Basic credentials; the password keeps its case."""
    name, password = server.owner.user.upper(), server.owner.password
    assert anonymous.get("/user/authenticate", auth=(name, password)).status_code == 200
    assert anonymous.get("/user/authenticate", auth=(name, password.upper())).status_code == 401


def test_the_first_colon_ends_the_user_name(sandbox: Sandbox) -> None:
    """Contract 2: a password may hold colons and, in UTF-8, any letter."""
    account = Account("colons", "a:b:pässwörd β")
    with sandbox.running() as server, server.connect() as anybody:
        assert anybody.post("/v2/user", json=new_user(account)).is_success
        auth = (account.user.encode(), account.password.encode())
        assert anybody.get("/user/authenticate", auth=auth).status_code == 200
        in_latin_1 = (account.user, "a:b:pässwörd".encode("latin-1"))
        assert anybody.get("/user/authenticate", auth=in_latin_1).status_code == 401


@pytest.mark.parametrize("header", ["Bearer not.a.token", "Digest abc"])
def test_bad_tokens_and_other_schemes_are_401(anonymous: httpx.Client, header: str) -> None:
    """Contract 2: also on a call that anonymous callers may make."""
    answer = anonymous.get("/v3/admin/status", headers={"Authorization": header})
    assert answer.status_code == 401


@pytest.mark.parametrize("path", [*STATUS_PATHS, "/v2/search/network", "/v3/networks/{}/summary"])
def test_a_wrong_password_fails_every_endpoint(
    client: httpx.Client, anonymous: httpx.Client, server: Server, path: str
) -> None:
    """Contract 2: public reads and the status too; 401 before the resource runs."""
    public = create_cx2(client, visibility="PUBLIC") if "{}" in path else ""
    method = "POST" if "search" in path else "GET"
    body: Json | None = {"searchString": ""} if method == "POST" else None
    right = anonymous.request(method, path.format(public), json=body)
    wrong = anonymous.request(
        method, path.format(public), json=body, auth=(server.owner.user, "wrong")
    )
    assert (right.status_code, wrong.status_code) == (200, 401)


def test_anybody_reads_what_is_public(client: httpx.Client, anonymous: httpx.Client) -> None:
    """Contract 2: and UNLISTED by its id."""
    for visibility in ("PUBLIC", "UNLISTED"):
        network = create_cx2(client, visibility=visibility)
        for path in (f"/v2/network/{network}", f"/v3/networks/{network}/summary"):
            assert anonymous.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/v2/admin/status", "/v3/admin/status"])
def test_the_status_names_the_server(anonymous: httpx.Client, path: str) -> None:
    """Contract 2 and trap 36: the counts are estimates, possibly -1."""
    status = anonymous.get(path).json()
    assert status["message"] == "Online"
    for count in ("networkCount", "userCount", "groupCount"):
        assert isinstance(status[count], int)
    properties = status["properties"]
    assert properties["ServerResultLimit"] == "10000"
    assert isinstance(properties["ServerVersion"], str)
    assert len(properties["Build"]) == 5
    assert "ImporterExporters" not in properties


def test_the_full_status_is_the_same_from_v2_and_v3(anonymous: httpx.Client) -> None:
    """Contract 2: importers and exporters are listed where there are some."""
    v2, v3 = (
        anonymous.get(f"/{version}/admin/status", params={"format": "full"}).json()
        for version in ("v2", "v3")
    )
    assert isinstance(v2["properties"].get("ImporterExporters", []), list)
    assert v2["properties"] == v3["properties"]


def test_the_legacy_status_says_2_0(anonymous: httpx.Client) -> None:
    """Contract 2: a constant, without a build."""
    properties = anonymous.get("/admin/status").json()["properties"]
    assert properties["ServerVersion"] == "2.0"
    assert "Build" not in properties


@pytest.mark.sandbox_only("only a stand-in has /rest; on other servers it is the proxy's")
def test_a_stand_in_answers_the_path_that_the_stock_client_asks(anonymous: httpx.Client) -> None:
    """Trap 37: ``/rest`` is the public sites' proxy."""
    status = anonymous.get("/rest/admin/status").json()
    assert status["properties"]["ServerVersion"].startswith("2.")


def key_of(client: httpx.Client, network: str) -> str:
    """The network's access key, switched on."""
    answer = client.put(f"/v2/network/{network}/accesskey", params={"action": "enable"})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["accessKey"])


def test_an_access_key_is_switched_on_and_off(client: httpx.Client, network: str) -> None:
    """Contract 2: 64 hex digits, 204 when off; switching on again gives the old key."""
    path = f"/v2/network/{network}/accesskey"
    assert client.get(path).status_code == 204
    key = key_of(client, network)
    assert re.fullmatch("[0-9a-f]{64}", key)
    assert client.get(path).json() == {"accessKey": key}
    assert client.put(path, params={"action": "disable"}).status_code == 204
    assert client.get(path).status_code == 204
    assert key_of(client, network) == key


def test_an_access_key_call_without_action_is_500(client: httpx.Client, network: str) -> None:
    """Contract 2."""
    assert_error(client.put(f"/v2/network/{network}/accesskey"), 500, "NDEx_Exception")


def test_only_the_owner_sees_the_access_key(stranger: httpx.Client, network: str) -> None:
    """Contract 2."""
    assert stranger.get(f"/v2/network/{network}/accesskey").status_code == 401


KEYED = [
    "/v2/network/{}",
    "/v2/network/{}/summary",
    "/v2/network/{}/aspect",
    "/v3/networks/{}",
    "/v3/networks/{}/summary",
    "/v3/networks/{}/aspects",
    "/v3/networks/{}/aspects/nodes",
    "/v3/networks/{}/export?type=node&nodeattributes=name",
]


@pytest.mark.parametrize("path", KEYED)
def test_an_access_key_opens_a_private_network(
    client: httpx.Client, anonymous: httpx.Client, network: str, path: str
) -> None:
    """Contract 2: as a query parameter, for anonymous callers too; a wrong key opens nothing."""
    url = httpx.URL(path.format(network))
    key = key_of(client, network)
    assert anonymous.get(url).status_code == 401
    assert anonymous.get(url.copy_add_param("accesskey", "0" * 64)).status_code == 401
    assert anonymous.get(url.copy_add_param("accesskey", key)).status_code == 200


@pytest.mark.parametrize("path", ["/v2/batch/network/summary", "/v3/batch/networks/summary"])
def test_an_access_key_opens_batch_summaries(
    client: httpx.Client, anonymous: httpx.Client, network: str, path: str
) -> None:
    """Contract 2."""
    key = key_of(client, network)
    assert anonymous.post(path, json=[network]).json() == []
    assert len(anonymous.post(path, params={"accesskey": key}, json=[network]).json()) == 1


def test_an_access_key_does_not_open_single_v2_aspects(
    client: httpx.Client, anonymous: httpx.Client, network: str
) -> None:
    """Contract 2 and 4."""
    params = {"accesskey": key_of(client, network)}
    answer = anonymous.get(f"/v2/network/{network}/aspect/nodes", params=params)
    assert_error(answer, 401, UNAUTHORIZED)


def test_an_access_key_never_grants_writing(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 2."""
    params = {"accesskey": key_of(client, network)}
    answer = stranger.put(f"/v3/networks/{network}", params=params, json=cx2(unique()))
    assert_error(answer, 401, UNAUTHORIZED)
