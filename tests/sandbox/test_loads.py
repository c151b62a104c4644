"""The loading queue under a clock in the test's hand (contract 3.3)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.sandbox.app import create_app
from sync.sandbox.faults import parse_rules
from sync.sandbox.load import load_into
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.sandbox.documents import OWNER, UUID, add_network, make_cx1, make_cx2

HUNDRED = tuple(f"G{number}" for number in range(100))


class Clock:
    """Epoch seconds that stand still until the test moves them."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None) as store:
        add_network(store)
        yield store


@pytest.fixture
async def client(store: Store, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    settings = SandboxSettings(load_delay_s=10, index_delay_s=5, lock_tries=0, clock=clock)
    transport = httpx.ASGITransport(app=create_app(store, settings=settings))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox", auth=OWNER
    ) as client:
        yield client


async def upload(client: httpx.AsyncClient, method: str, path: str, body: bytes) -> httpx.Response:
    answer = await client.request(
        method, path, content=body, headers={"content-type": "application/json"}
    )
    assert answer.is_success, answer.text
    return answer


async def summary(client: httpx.AsyncClient, network_id: str = UUID) -> dict[str, Any]:
    seen: dict[str, Any] = (await client.get(f"/v2/network/{network_id}/summary")).json()
    return seen


def state(seen: dict[str, Any]) -> tuple[bool, bool, str | None]:
    return seen["isValid"], seen["completed"], seen.get("name")


QUEUED = (False, False, None)
PARSED = (True, False, "new")
SETTLED = (True, True, "new")


@pytest.mark.parametrize(
    ("path", "body", "states"),
    [
        (f"/v3/networks/{UUID}", make_cx2("new"), [QUEUED, PARSED, PARSED, SETTLED]),
        (f"/v2/network/{UUID}", make_cx1("new"), [QUEUED, PARSED, SETTLED, SETTLED]),
        (f"/v2/network/{UUID}", make_cx1("new", HUNDRED), [QUEUED, PARSED, PARSED, SETTLED]),
    ],
    ids=["CX2", "small CX1", "CX1 of 100 nodes"],
)
async def test_an_update_is_seen_queued_parsed_converted_and_indexed(
    client: httpx.AsyncClient,
    clock: Clock,
    path: str,
    body: bytes,
    states: list[tuple[bool, bool, str | None]],
) -> None:
    await upload(client, "PUT", path, body)
    seen = []
    for now_s in (1004.0, 1005.0, 1010.0, 1015.0):
        clock.now_s = now_s
        seen.append(state(await summary(client)))
    assert seen == states


async def test_a_cx2_create_is_complete_before_it_can_be_found(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    made = (await upload(client, "POST", "/v3/networks?visibility=PUBLIC", make_cx2("new"))).json()
    clock.now_s = 1010.0
    assert state(await summary(client, made["uuid"])) == SETTLED
    search = {"searchString": "new"}
    assert (await client.post("/v2/search/network", json=search)).json()["numFound"] == 0
    clock.now_s = 1015.0
    assert (await client.post("/v2/search/network", json=search)).json()["numFound"] == 1


async def test_loads_wait_for_each_other(client: httpx.AsyncClient, clock: Clock) -> None:
    made = [
        (await upload(client, "POST", "/v3/networks", make_cx2("new"))).json()["uuid"]
        for _ in range(3)
    ]
    seen = []
    for now_s in (1010.0, 1020.0, 1030.0):
        clock.now_s = now_s
        seen.append([(await summary(client, each))["completed"] for each in made])
    assert seen == [[True, False, False], [True, True, False], [True, True, True]]


async def test_many_loads_that_are_due_at_once_are_all_done(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    made = [
        (await upload(client, "POST", "/v3/networks", make_cx2("new"))).json()["uuid"]
        for _ in range(5)
    ]
    clock.now_s = 9999.0
    assert [state(await summary(client, each)) for each in made] == [SETTLED] * 5


async def test_a_network_is_locked_until_it_is_converted(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    path = f"/v3/networks/{UUID}"
    await upload(client, "PUT", path, make_cx2("new"))
    codes = []
    for now_s in (1000.0, 1009.9, 1010.0):
        clock.now_s = now_s
        answer = await client.put(path, json=[])
        codes.append(answer.json().get("errorCode"))
    assert codes == ["NDEx_Concurrent_Modification_Exception"] * 2 + [None]


async def test_a_new_upload_forgets_the_index_job_of_the_last(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    path = f"/v3/networks/{UUID}"
    await upload(client, "PUT", path, make_cx2("old"))
    clock.now_s = 1010.0
    await upload(client, "PUT", path, make_cx2("new"))
    clock.now_s = 1015.0
    assert state(await summary(client)) == PARSED


async def test_loading_a_file_forgets_the_upload_that_waits(
    client: httpx.AsyncClient, clock: Clock, store: Store, tmp_path: Path
) -> None:
    await upload(client, "PUT", f"/v3/networks/{UUID}", make_cx2("waiting"))
    (tmp_path / "new.cx2").write_bytes(make_cx2("new"))
    load_into(store, [tmp_path], uuid=UUID, owner=OWNER[0], clock=clock)
    clock.now_s = 9999.0
    assert state(await summary(client)) == SETTLED


async def test_a_failed_load_hides_and_empties(client: httpx.AsyncClient, clock: Clock) -> None:
    await client.put(f"/v2/network/{UUID}/systemproperty", json={"readOnly": False})
    await upload(client, "PUT", f"/v3/networks/{UUID}?visibility=PUBLIC", b"[]")
    clock.now_s = 1005.0
    seen = await summary(client)
    assert state(seen) == (True, True, None)
    assert (seen["visibility"], seen["nodeCount"]) == ("PRIVATE", 0)
    assert seen["errorMessage"]
    assert (await client.get(f"/v3/networks/{UUID}")).status_code == 404


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("x" * 501, r"varying(500)"), ("nul\x00", "0x00")],
    ids=["too long", "NUL"],
)
async def test_a_text_that_the_database_refuses_fails_the_load(
    client: httpx.AsyncClient, clock: Clock, name: str, complaint: str
) -> None:
    await upload(client, "PUT", f"/v3/networks/{UUID}", make_cx2(name))
    clock.now_s = 1005.0
    message = (await summary(client))["errorMessage"]
    assert message.startswith("DB error when saving network summary")
    assert complaint in message


async def test_a_longer_load_holds_up_those_behind_it(store: Store, clock: Clock) -> None:
    settings = SandboxSettings(
        load_delay_s=10, faults=parse_rules("PUT * load seconds=50"), clock=clock
    )
    transport = httpx.ASGITransport(app=create_app(store, settings=settings))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox", auth=OWNER
    ) as client:
        await upload(client, "PUT", f"/v3/networks/{UUID}", make_cx2("new"))
        made = (await upload(client, "POST", "/v3/networks", make_cx2("new"))).json()
        clock.now_s = 1069.0
        assert (await summary(client, made["uuid"]))["completed"] is False
        clock.now_s = 1070.0
        assert (await summary(client, made["uuid"]))["completed"] is True


async def test_a_write_in_the_same_instant_still_gets_a_later_time(
    client: httpx.AsyncClient,
) -> None:
    times = []
    for name in ("one", "two", "three"):
        await client.put(f"/v2/network/{UUID}/profile", json={"name": name})
        times.append((await summary(client))["modificationTime"])
    assert times == sorted(set(times))
