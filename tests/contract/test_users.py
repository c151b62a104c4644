"""Contract 8: users and the listing of an account."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.calls import Server, assert_error, create_cx2, make_folder, user_id
from tests.contract.documents import unique

EXCEPTION = "NDEx_Exception"
NOT_FOUND = "NDEx_Object_Not_Found_Exception"


def owned(client: httpx.Client, **params: str) -> list[dict[str, Any]]:
    """The account's own listing."""
    answer = client.get(f"/v2/user/{user_id(client)}/networksummary", params=params)
    assert answer.status_code == 200, answer.text
    summaries: list[dict[str, Any]] = answer.json()
    return summaries


@pytest.mark.parametrize("path", ["/v2/user", "/v3/users"])
def test_a_user_is_found_by_name(anonymous: httpx.Client, server: Server, path: str) -> None:
    """Contract 8: without e-mail address and quota."""
    user = anonymous.get(path, params={"username": server.owner.user}).json()
    assert {"externalId", "userName", "isIndividual", "isVerified", "creationTime"} <= set(user)
    assert not {"emailAddress", "diskQuota", "diskUsed", "password"} & set(user)


def test_a_name_is_lower_cased_for_v2(anonymous: httpx.Client, server: Server) -> None:
    """Contract 8."""
    answer = anonymous.get("/v2/user", params={"username": server.owner.user.upper()})
    assert answer.json()["userName"] == server.owner.user.lower()


def test_a_user_is_found_by_id(anonymous: httpx.Client, client: httpx.Client) -> None:
    """Contract 8."""
    user = anonymous.get(f"/v2/user/{user_id(client)}").json()
    assert user["externalId"] == user_id(client)


def test_a_user_is_found_by_email(client: httpx.Client, anonymous: httpx.Client) -> None:
    """Contract 8."""
    own = client.get("/v2/user", params={"valid": "true"}).json()
    user = anonymous.get("/v2/user", params={"email": own["emailAddress"]}).json()
    assert user["externalId"] == own["externalId"]


def test_unknown_and_unnamed_users(anonymous: httpx.Client) -> None:
    """Contract 8: unknown 404; no name is 500 in v2 and 400 in v3."""
    answer = anonymous.get("/v2/user", params={"username": "nobody-of-that-name"})
    assert_error(answer, 404, NOT_FOUND)
    assert_error(anonymous.get("/v2/user"), 500, EXCEPTION)
    assert anonymous.get("/v3/users").status_code == 400


def test_the_listing_is_unlimited_and_newest_first(client: httpx.Client) -> None:
    """Contract 8: all owned, in any folder, as v2 summaries."""
    hidden = create_cx2(client, folderId=make_folder(client))
    newest = create_cx2(client)
    found = owned(client)
    assert {hidden, newest} <= {each["externalId"] for each in found}
    times = [each["modificationTime"] for each in found]
    assert times == sorted(times, reverse=True)
    assert owned(client, offset="0", limit="0") == found
    assert {"externalId", "isValid", "properties", "ownerUUID"} <= set(found[0])


def test_the_listing_holds_what_is_shared(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 8: so filter by ownerUUID."""
    assert network not in {each["externalId"] for each in owned(stranger)}
    share = {"userid": user_id(stranger), "permission": "READ"}
    client.put(f"/v2/network/{network}/permission", params=share)
    found = {each["externalId"]: each for each in owned(stranger)}
    assert found[network]["ownerUUID"] == user_id(client)


def test_a_shared_network_in_the_trash_is_still_listed(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 8: though nobody can read it."""
    share = {"userid": user_id(stranger), "permission": "READ"}
    client.put(f"/v2/network/{network}/permission", params=share)
    client.delete(f"/v3/networks/{network}")
    assert network in {each["externalId"] for each in owned(stranger)}
    assert network not in {each["externalId"] for each in owned(client)}
    assert stranger.get(f"/v2/network/{network}/summary").status_code == 404


def test_the_listing_repeats_shortcut_targets_on_every_page(client: httpx.Client) -> None:
    """Contract 8 and trap 27: a page never becomes empty, and exceeds its limit."""
    linked = create_cx2(client)
    body = {"name": unique(), "target": linked, "targetType": "NETWORK"}
    shortcut = client.post("/v3/files/shortcuts", json=body).json()["uuid"]
    newest = create_cx2(client)
    first = [each["externalId"] for each in owned(client, offset="0", limit="1")]
    beyond = [each["externalId"] for each in owned(client, offset="1000000", limit="1")]
    assert first[0] == newest
    assert linked in first[1:]
    assert linked in beyond
    client.delete(f"/v3/files/shortcuts/{shortcut}")


def test_the_listing_is_private(
    client: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
) -> None:
    """Contract 8: 401 for anybody else."""
    for route in ("networksummary", "networkcount"):
        for reader in (stranger, anonymous):
            assert reader.get(f"/v2/user/{user_id(client)}/{route}").status_code == 401


def test_networks_are_counted(client: httpx.Client) -> None:
    """Contract 8."""
    path = f"/v2/user/{user_id(client)}/networkcount"
    before = client.get(path).json()
    create_cx2(client)
    after = client.get(path).json()
    assert set(after) == {"networkCount", "networkSetCount"}
    assert after["networkCount"] == before["networkCount"] + 1


def test_home_shows_others_only_what_is_public(
    client: httpx.Client, anonymous: httpx.Client
) -> None:
    """Contract 8: the own view has all; UNLISTED is never shown to others."""
    made = {
        visibility: create_cx2(client, visibility=visibility)
        for visibility in ("PUBLIC", "UNLISTED", "PRIVATE")
    }
    path = f"/v3/users/{user_id(client)}/home"
    own = {item["uuid"] for item in client.get(path).json()}
    others = {item["uuid"] for item in anonymous.get(path).json()}
    assert set(made.values()) <= own
    assert set(made.values()) & others == {made["PUBLIC"]}
