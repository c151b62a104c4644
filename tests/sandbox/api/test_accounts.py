"""Accounts beyond what a real server was asked (contract 2, 8)."""

from __future__ import annotations

from typing import Any

import httpx

from sync.sandbox import accounts
from sync.sandbox.app import create_app
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.sandbox.documents import OWNER, UUID, make_cx2


async def test_a_name_is_a_text(anonymous: httpx.AsyncClient) -> None:
    body = {"userName": ["new"], "password": "x", "emailAddress": "a@b"}
    answer = await anonymous.post("/v2/user", json=body, headers={"accept": "*/*"})
    assert answer.status_code == 400


async def test_the_first_colon_ends_the_user_name(anonymous: httpx.AsyncClient) -> None:
    """Contract 2: a password may hold colons and, in UTF-8, any letter."""
    password = "a:b:pässwörd"
    body = {"userName": "colons", "password": password, "emailAddress": "a@b"}
    await anonymous.post("/v2/user", json=body, headers={"accept": "*/*"})
    for encoding, status in (("utf-8", 200), ("latin-1", 401)):
        auth = (b"colons", password.encode(encoding))
        assert (await anonymous.get("/user/authenticate", auth=auth)).status_code == status


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
