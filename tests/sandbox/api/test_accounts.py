"""Accounts beyond what the contract tests ask (contract 2, 8)."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from sync.sandbox import accounts
from sync.sandbox.app import create_app
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.sandbox.documents import OWNER, UUID, make_cx2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"userName": "new", "emailAddress": "a@b"}, 500),
        ({"password": "x", "emailAddress": "a@b"}, 500),
        ({"userName": "new", "password": "x"}, 500),
        ({"userName": "a:b", "password": "x", "emailAddress": "a@b"}, 500),
        ({"userName": "x" * 101, "password": "x", "emailAddress": "a@b"}, 500),
        ({"userName": ["new"], "password": "x", "emailAddress": "a@b"}, 400),
        ({"userName": "ANN", "password": "x", "emailAddress": "a@b"}, 409),
    ],
)
async def test_an_account_that_cannot_be_made(
    anonymous: httpx.AsyncClient, body: dict[str, object], code: int
) -> None:
    answer = await anonymous.post("/v2/user", json=body, headers={"accept": "*/*"})
    assert answer.status_code == code


async def test_an_account_is_found_by_its_mail_address(anonymous: httpx.AsyncClient) -> None:
    body = {"userName": "New", "password": "x", "emailAddress": "New@Example.org"}
    await anonymous.post("/v2/user", json=body, headers={"accept": "*/*"})
    seen = await anonymous.get("/v2/user", params={"email": "nEW@example.org"})
    assert seen.json()["userName"] == "new"
    assert "emailAddress" not in seen.json()


async def test_a_mail_address_belongs_to_one_account(anonymous: httpx.AsyncClient) -> None:
    body = {"password": "x", "emailAddress": "new@example.org"}
    headers = {"accept": "*/*"}
    codes = [
        (await anonymous.post("/v2/user", json={**body, "userName": name}, headers=headers))
        for name in ("one", "two")
    ]
    assert [answer.status_code for answer in codes] == [201, 500]


async def test_an_account_changes_itself_and_goes(
    owner: httpx.AsyncClient, stranger: httpx.AsyncClient, stranger_id: str
) -> None:
    """Contract 8: what is left out is cleared, the name stays."""
    path = f"/v2/user/{stranger_id}"
    body = {"externalId": stranger_id, "userName": "x", "emailAddress": "b@c", "firstName": "B"}
    assert (await owner.put(path, json=body)).status_code == 500
    assert (await stranger.put(path, json={**body, "externalId": UUID})).status_code == 500
    assert (await stranger.put(path, json=body)).status_code == 204
    seen = (await stranger.get("/v2/user?valid=true")).json()
    assert (seen["userName"], seen["firstName"], seen["emailAddress"]) == ("bob", "B", "b@c")
    assert "lastName" not in seen
    assert (await owner.delete(path)).status_code == 500
    assert (await stranger.delete(path)).status_code == 204
    assert (await owner.get(path)).status_code == 404
    own = (await owner.get("/v2/user?valid=true")).json()["externalId"]
    assert (await owner.delete(f"/v2/user/{own}")).json()["message"] == "Cannot orphan networks"


async def test_accounts_are_found_by_their_names(anonymous: httpx.AsyncClient) -> None:
    path = "/v2/search/user"
    found = (await anonymous.post(path, json={"searchString": "BO zzzz"})).json()
    assert [item["userName"] for item in found["resultList"]] == ["bob"]
    assert (found["numFound"], found["start"]) == (1, 0)
    assert (await anonymous.post(path, json={})).status_code == 500


async def test_many_accounts_are_asked_for_at_once(
    anonymous: httpx.AsyncClient, stranger_id: str
) -> None:
    """Contract 6: in the order of the ids, and one unknown id fails the whole call."""
    path = "/v2/batch/user"
    answer = await anonymous.post(path, json=[stranger_id, stranger_id])
    assert [item["userName"] for item in answer.json()] == ["bob", "bob"]
    assert (await anonymous.post(path, json=[stranger_id, UUID])).status_code == 404
    assert (await anonymous.post(path, json=[UUID] * 2001)).status_code == 500
    assert (await anonymous.post(path, json=None)).status_code == 403


async def test_a_token_in_the_query_opens_whole_contents_alone(
    owner: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    """Contract 2."""
    private = {"visibility": "PRIVATE"}
    await owner.put(f"/v2/network/{UUID}/systemproperty", json=private)
    good = base64.b64encode(":".join(OWNER).encode()).decode()
    bad = base64.b64encode(f"{OWNER[0]}:wrong".encode()).decode()

    async def status(path: str, token: str) -> int:
        return (await anonymous.get(path, params={"auth_token": token})).status_code

    for path in (f"/v2/network/{UUID}", f"/v3/networks/{UUID}"):
        assert [await status(path, token) for token in (good, bad, "abc")] == [200, 401, 401]
        assert await status(f"{path}/summary", good) == 401
        assert (await anonymous.get(path, params={"id_token": "x"})).status_code == 401


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("Bearer x", "Google OAuth is not enabled"),
        ("Digest x", "Invalid password for user ."),
        ("Basic !!!", "Illegal base64 character 21"),
        ("Basic YQ==", "Invalid password for user ."),
        ("", "Invalid password for user ."),
    ],
)
async def test_a_bad_authorization_fails_public_calls_too(
    anonymous: httpx.AsyncClient, header: str, message: str
) -> None:
    answer = await anonymous.get("/v3/admin/status", headers={"Authorization": header})
    assert answer.status_code == 401
    assert message in answer.json()["message"]


async def test_counting_networks_is_for_oneself(owner: httpx.AsyncClient, stranger_id: str) -> None:
    own = (await owner.get("/v2/user?valid=true")).json()["externalId"]
    counts = (await owner.get(f"/v2/user/{own}/networkcount")).json()
    assert counts == {"networkCount": 1, "networkSetCount": 0}
    assert (await owner.get(f"/v2/user/{stranger_id}/networkcount")).status_code == 401


async def test_a_full_disk_refuses_uploads(owner: httpx.AsyncClient, store: Store) -> None:
    upload: dict[str, Any] = {
        "content": make_cx2(),
        "headers": {"content-type": "application/json"},
    }
    settings = SandboxSettings(disk_quota=10)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=create_app(store, settings=settings)),
        base_url="http://sandbox",
        auth=OWNER,
    ) as client:
        # A fresh CX2 upload counts as nothing, until an edit corrects its size.
        assert (await client.post("/v3/networks", **upload)).status_code == 201
        await owner.put(f"/v2/network/{UUID}/profile", json={"name": "counted now"})
        assert (await client.post("/v3/networks", **upload)).status_code == 403


def test_an_account_does_not_show_its_password_hash(store: Store) -> None:
    with store.reading() as db:
        account = accounts.find_by_name(db, "ann")
    assert account is not None
    assert account.password is not None
    assert account.password not in repr(account)


async def test_paging_the_own_networks_repeats_the_targets_of_shortcuts(
    owner: httpx.AsyncClient,
) -> None:
    body = {"name": "s", "target": UUID, "targetType": "NETWORK"}
    await owner.post("/v3/files/shortcuts", json=body)
    own = (await owner.get("/v2/user?valid=true")).json()["externalId"]
    path = f"/v2/user/{own}/networksummary"
    for offset in (0, 1, 50):
        page = (await owner.get(path, params={"offset": offset, "limit": 1})).json()
        assert [item["externalId"] for item in page] == [UUID]
