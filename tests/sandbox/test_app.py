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


BATCH, PLAIN_400 = "POST /v2/batch/network/summary", "Not able to deserialize data provided."
ANSWERS = {
    "a number that does not convert": (
        "GET /v2/user/5e7c70ab-9fb1-11ea-aaef-0ac135e8bacf/networksets?offset=one",
        b"",
        (500, "jakarta.ws.rs.NotFoundException"),
    ),
    "a byte order mark before JSON": (BATCH, b"\xef\xbb\xbf[]", (200, "[]")),
    "a batch that is an object": (BATCH, b"{}", (400, PLAIN_400)),
    "a batch of lists": (BATCH, b"[[]]", (400, PLAIN_400)),
    "a batch that is cut": (BATCH, b"[[", (400, PLAIN_400)),
    "a list for an object": ("POST /v2/search/network", b"[]", (400, "")),
    "a file search that says nothing": ("POST /v3/search/files", b"{}", (500, "")),
}


@pytest.mark.parametrize(("call", "body", "answered"), ANSWERS.values(), ids=ANSWERS)
async def test_odd_calls_are_answered_as_by_the_server(
    call: str, body: bytes, answered: tuple[int, str]
) -> None:
    method, path = call.split()
    with Store.open(None) as store:
        async with connect(store) as client:
            answer = await client.request(
                method, path, content=body, headers={"content-type": "application/json"}
            )
    assert answer.status_code == answered[0]
    assert answered[1] in answer.text


def test_no_two_operations_answer_the_same_call() -> None:
    calls = [(row.method, row.path) for row, _ in OPERATIONS]
    assert len(calls) == len(set(calls))


def test_what_changes_something_says_so() -> None:
    """Else it would run in a transaction that is meant for reading."""
    silent = {
        row.path for row, _ in OPERATIONS if row.method in ("PUT", "DELETE") and not row.writes
    }
    assert silent == set()
