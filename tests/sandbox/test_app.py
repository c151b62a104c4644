"""What the application does around every operation (contract 1)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sync.sandbox.api.routes import OPERATIONS
from sync.sandbox.app import create_app
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store


def connect(store: Store, **settings: Any) -> httpx.AsyncClient:
    app = create_app(store, settings=SandboxSettings(**settings))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
        base_url="http://sandbox",
    )


async def test_a_fault_of_the_sandbox_looks_like_one_of_the_server() -> None:
    with Store.open(None) as store:
        client = connect(store)
    async with client:
        answer = await client.get("/v3/admin/status")
    assert answer.status_code == 500
    assert answer.json()["errorCode"] == "NDEx_Exception"


async def test_a_link_leads_to_where_the_settings_say() -> None:
    body = {"userName": "ann", "password": "pw", "emailAddress": "ann@example.org"}
    with Store.open(None) as store:
        async with connect(store, host_uri="https://ndex.example.org", rest_prefix="/v2") as client:
            answer = await client.post("/v2/user", json=body, headers={"accept": "*/*"})
    assert answer.headers["location"].startswith("https://ndex.example.org/v2/user/")


async def test_a_number_that_does_not_convert_makes_the_call_an_unknown_one() -> None:
    with Store.open(None) as store:
        async with connect(store) as client:
            answer = await client.get(
                "/v2/user/5e7c70ab-9fb1-11ea-aaef-0ac135e8bacf/networksets?offset=one"
            )
    assert answer.status_code == 500
    assert "jakarta.ws.rs.NotFoundException" in answer.json()["message"]


async def test_a_byte_order_mark_before_json_is_passed_over() -> None:
    """Recorded in ``transport``."""
    with Store.open(None) as store:
        async with connect(store) as client:
            answer = await client.post(
                "/v2/batch/network/summary",
                content=b"\xef\xbb\xbf[]",
                headers={"content-type": "application/json"},
            )
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize("body", [b"{}", b"[[]]", b"[["], ids=["object", "list", "cut"])
async def test_a_batch_that_is_no_list_of_texts_is_a_plain_400(body: bytes) -> None:
    with Store.open(None) as store:
        async with connect(store) as client:
            answer = await client.post(
                "/v2/batch/network/summary",
                content=body,
                headers={"content-type": "application/json"},
            )
    assert (answer.status_code, answer.text) == (400, "Not able to deserialize data provided.")


async def test_an_object_is_expected_where_a_list_comes() -> None:
    with Store.open(None) as store:
        async with connect(store) as client:
            answer = await client.post("/v2/search/network", json=[])
    assert answer.status_code == 400


async def test_a_file_search_that_says_nothing_is_500() -> None:
    with Store.open(None) as store:
        async with connect(store) as client:
            answer = await client.post("/v3/search/files", json={})
    assert answer.status_code == 500


def test_no_two_operations_answer_the_same_call() -> None:
    calls = [(row.method, row.path) for row, _ in OPERATIONS]
    assert len(calls) == len(set(calls))


def test_what_changes_something_says_so() -> None:
    """Else it would run in a transaction that is meant for reading."""
    silent = {
        row.path for row, _ in OPERATIONS if row.method in ("PUT", "DELETE") and not row.writes
    }
    assert silent == set()
