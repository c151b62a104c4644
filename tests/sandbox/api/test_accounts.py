"""Accounts beyond what the contract tests ask (contract 2, 8)."""

from __future__ import annotations

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
        ({"userName": "new"}, 500),
        ({"password": "x"}, 500),
        ({"userName": "a:b", "password": "x"}, 500),
        ({"userName": "x" * 101, "password": "x"}, 500),
        ({"userName": ["new"], "password": "x"}, 400),
        ({"userName": "ANN", "password": "x"}, 409),
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
