"""The loading queue under a clock in the test's hand (contract 3.3)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.sandbox.app import create_app
from sync.sandbox.fill import load_into
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


async def order(client: httpx.AsyncClient, rules: str) -> None:
    assert (await client.post("/_sandbox/faults", json={"rules": rules})).is_success


async def found(client: httpx.AsyncClient, word: str) -> int:
    answer = await client.post("/v2/search/network", json={"searchString": word})
    return int(answer.json()["numFound"])


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


async def test_a_cx2_create_is_complete_before_it_can_be_found_and_is_found_until_deleted(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    made = (await upload(client, "POST", "/v3/networks?visibility=PUBLIC", make_cx2("new"))).json()
    clock.now_s = 1010.0
    assert state(await summary(client, made["uuid"])) == SETTLED
    assert await found(client, "new") == 0
    clock.now_s = 1015.0
    assert await found(client, "new") == 1
    await client.delete(f"/v3/networks/{made['uuid']}?permanent=true")
    assert await found(client, "new") == 0


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


async def test_a_network_is_locked_until_it_is_converted(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    path = f"/v3/networks/{UUID}"
    await upload(client, "PUT", path, make_cx2("new"))
    properties = await client.put(f"/v2/network/{UUID}/properties", json=[])
    assert (properties.status_code, properties.json()["errorCode"]) == (500, "NDEx_Exception")
    codes = []
    for now_s in (1000.0, 1009.9, 1010.0):
        clock.now_s = now_s
        answer = await client.put(path, json=[])
        codes.append(answer.json().get("errorCode"))
    assert codes == ["NDEx_Concurrent_Modification_Exception"] * 2 + [None]


async def test_the_index_job_of_an_earlier_upload_says_complete_too_early(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    """Contract 3.3: the modification time is the new one, and there is no content yet."""
    path = f"/v3/networks/{UUID}"
    await upload(client, "PUT", path, make_cx2("old"))
    clock.now_s = 1010.0
    accepted = (await upload(client, "PUT", path, make_cx2("new"))).json()["modificationTime"]
    states = []
    for now_s in (1010.0, 1015.0, 1020.0, 1025.0, 1030.0):
        clock.now_s = now_s
        seen = await summary(client)
        states.append(state(seen))
        assert seen["modificationTime"] == accepted
    assert states == [QUEUED, (False, True, None), PARSED, PARSED, SETTLED]


async def test_complete_too_early_can_be_ordered(client: httpx.AsyncClient, clock: Clock) -> None:
    await order(client, "PUT * early")
    await upload(client, "PUT", f"/v3/networks/{UUID}", make_cx2("new"))
    assert state(await summary(client)) == (False, True, None)
    assert (await client.get(f"/v3/networks/{UUID}")).status_code == 404
    clock.now_s = 1015.0
    assert state(await summary(client)) == SETTLED


async def test_an_index_job_waits_behind_the_loads_that_came_before_it(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await upload(client, "PUT", f"/v3/networks/{UUID}", make_cx2("new"))
    await upload(client, "POST", "/v3/networks", make_cx2("other"))
    states = []
    for now_s in (1015.0, 1020.0, 1025.0):
        clock.now_s = now_s
        states.append(state(await summary(client)))
    assert states == [PARSED, PARSED, SETTLED]


async def test_a_big_upload_loads_longer(client: httpx.AsyncClient, clock: Clock) -> None:
    big = make_cx2("new") + b" " * 2_000_000
    await upload(client, "PUT", f"/v3/networks/{UUID}", big)
    clock.now_s = 1029.0
    assert (await client.get(f"/v2/network/{UUID}")).status_code == 500
    clock.now_s = 1030.0
    assert (await client.get(f"/v2/network/{UUID}")).status_code == 200


async def test_loading_a_file_forgets_the_upload_that_waits(
    client: httpx.AsyncClient, clock: Clock, store: Store, tmp_path: Path
) -> None:
    await upload(client, "PUT", f"/v3/networks/{UUID}", make_cx2("waiting"))
    (tmp_path / "new.cx2").write_bytes(make_cx2("new"))
    load_into(store, [tmp_path], uuid=UUID, owner=OWNER[0], clock=clock)
    clock.now_s = 9999.0
    assert state(await summary(client)) == SETTLED


async def test_a_load_that_does_not_convert_leaves_the_new_name_and_half_a_file(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    """Contract 3.3: the other shape of a failed load."""
    await order(client, "PUT * convert message='Font size is wrong'")
    await upload(client, "PUT", f"/v3/networks/{UUID}?visibility=PUBLIC", make_cx2("new"))
    clock.now_s = 1010.0
    seen = await summary(client)
    assert state(seen) == SETTLED
    assert (seen["errorMessage"], seen["visibility"]) == ("Font size is wrong", "PRIVATE")
    cx2, cx1 = [await client.get(f"/{part}/{UUID}") for part in ("v3/networks", "v2/network")]
    assert (cx2.status_code, cx1.status_code) == (200, 200)
    assert cx2.json()
    with pytest.raises(ValueError, match=r"JSON|Unterminated|Expecting"):
        cx1.json()


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_a_search_engine_that_is_down_hides_what_is_replaced(
    client: httpx.AsyncClient, clock: Clock, method: str
) -> None:
    """Contract 3.3: the content is good; a create is complete and never found."""
    await order(client, f"{method} /v3/* search-down")
    path = "/v3/networks" if method == "POST" else f"/v3/networks/{UUID}"
    made = await upload(client, method, f"{path}?visibility=PUBLIC", make_cx2("new"))
    clock.now_s = 1020.0
    network = made.json()["uuid"]
    seen = await summary(client, network)
    assert state(seen) == SETTLED
    assert (await client.get(f"/v3/networks/{network}")).status_code == 200
    assert await found(client, "new") == 0
    if method == "POST":
        assert (seen["visibility"], "errorMessage" in seen) == ("PUBLIC", False)
    else:
        assert (seen["visibility"], seen["isReadOnly"]) == ("PRIVATE", False)
        assert seen["errorMessage"].startswith("Server refused connection at: ")


async def test_the_index_that_a_search_engine_missed_is_made_again(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    """Contract 3.3: the old message survives all but a content PUT."""
    await order(client, "PUT * search-down times=1")
    await upload(client, "PUT", f"/v3/networks/{UUID}", make_cx2("new"))
    clock.now_s = 1010.0
    system = {"index_level": "META", "visibility": "PUBLIC"}
    await client.put(f"/v2/network/{UUID}/systemproperty", json=system)
    clock.now_s = 1015.0
    seen = await summary(client)
    assert (seen["completed"], seen["visibility"]) == (True, "PUBLIC")
    assert seen["errorMessage"]
    assert await found(client, "new") == 1
    await upload(client, "PUT", f"/v3/networks/{UUID}", make_cx2("newer"))
    clock.now_s = 1030.0
    seen = await summary(client)
    assert (seen["completed"], "errorMessage" in seen) == (True, False)


async def test_an_index_job_that_dies_leaves_a_network_incomplete_until_a_write_heals_it(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    """Contract 3.3, 10.19."""
    await order(client, "PUT * index-dies times=1")
    await upload(client, "PUT", f"/v3/networks/{UUID}", make_cx2("new"))
    clock.now_s = 9999.0
    assert state(await summary(client)) == PARSED
    assert await found(client, "new") == 0
    assert (await client.put(f"/v2/network/{UUID}/profile", json={"version": "2"})).is_success
    assert state(await summary(client)) == SETTLED


async def test_an_account_over_its_quota_uploads_nothing(client: httpx.AsyncClient) -> None:
    """Contract 1.1: only what is used already counts."""
    await client.put(f"/v2/network/{UUID}/profile", json={"version": "1"})
    account = (await client.get("/v2/user?valid=true")).json()
    assert 0 < account["diskUsed"] < account["diskQuota"]
    await order(client, "* quota bytes=1")
    assert (await client.get("/v2/user?valid=true")).json()["diskQuota"] == 1
    for method, path in (("POST", "/v3/networks"), ("PUT", f"/v3/networks/{UUID}")):
        answer = await client.request(method, path, json=[])
        assert (answer.status_code, answer.json()["errorCode"]) == (
            403,
            "NDEx_Forbidden_Operation_Exception",
        )
    assert (await summary(client))["version"] == "1"


async def test_a_write_in_the_same_instant_still_gets_a_later_time(
    client: httpx.AsyncClient,
) -> None:
    times = []
    for name in ("one", "two", "three"):
        await client.put(f"/v2/network/{UUID}/profile", json={"name": name})
        times.append((await summary(client))["modificationTime"])
    assert times == sorted(set(times))
