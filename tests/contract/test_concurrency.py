"""Many clients at once: no wrong answer, no lost write, no 500 that the contract does not have."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.contract.calls import (
    Server,
    content_cx2,
    create_cx2,
    stored_properties,
    summary,
    wait_until_loaded,
)
from tests.contract.documents import Document, aspect, cx2

WRITES = 8
READERS = 200
CONCURRENT = "NDEx_Concurrent_Modification_Exception"


Accepted = tuple[str, int]
"""A write that the server took: the name that it set, and the time that it was given."""


def both(server: Server, write: Callable[[httpx.Client, str], list[Accepted]]) -> list[Accepted]:
    """What two clients of the same account got accepted, writing at the same time."""

    def run(writer: str) -> list[Accepted]:
        with server.connect(server.owner) as own:
            return write(own, writer)

    with ThreadPoolExecutor(2) as pool:
        return [accepted for each in pool.map(run, ("A", "B")) for accepted in each]


def is_locked(answer: httpx.Response) -> bool:
    """The only refusal that two writers may meet (contract 1.3 and 3.2)."""
    if answer.status_code == 200:
        return False
    assert answer.status_code == 500, answer.text
    assert answer.json()["errorCode"] == CONCURRENT, answer.text
    return True


def test_the_last_accepted_content_is_the_content(
    client: httpx.Client, server: Server, network: str
) -> None:
    """Contract 3.2 and 3.3: a replace is taken, or refused by the lock; never half of each."""

    def replace(own: httpx.Client, writer: str) -> list[Accepted]:
        accepted = []
        for number in range(WRITES):
            name = f"{writer}{number}"
            document = cx2(name, genes=(name, f"{name}'"))
            while is_locked(answer := own.put(f"/v3/networks/{network}", json=document)):
                pass
            accepted.append((name, answer.json()["modificationTime"]))
        return accepted

    accepted = both(server, replace)
    assert len(accepted) == 2 * WRITES
    last_ms = max(modified_ms for _, modified_ms in accepted)
    seen = wait_until_loaded(client, network, last_ms)
    assert seen["modificationTime"] == last_ms
    assert (seen["name"], last_ms) in accepted
    genes = {node["v"]["name"] for node in aspect(content_cx2(client, network), "nodes")}
    assert genes == {seen["name"], f"{seen['name']}'"}


def test_property_lists_do_not_mix(client: httpx.Client, server: Server, network: str) -> None:
    """Contract 3.5: each call replaces the whole list, in the summary and in the content."""
    path = f"/v2/network/{network}/properties"

    def write(own: httpx.Client, writer: str) -> list[Accepted]:
        for number in range(WRITES):
            items = [
                {"predicateString": key, "value": f"{writer}{number}"} for key in ("one", "two")
            ]
            while (answer := own.put(path, json=items)).status_code == 500:
                assert "currently locked by another updating process" in answer.text
            assert (answer.status_code, answer.text) == (200, "2")
        return []

    both(server, write)
    stored = stored_properties(client, network)
    assert stored["one"] == stored["two"]
    assert stored["one"] in {f"A{WRITES - 1}", f"B{WRITES - 1}"}
    attributes = aspect(content_cx2(client, network), "networkAttributes")[0]
    assert (attributes["one"], attributes["two"]) == (stored["one"], stored["two"])


def version(number: int) -> Document:
    """Content in which every node names the version that it belongs to."""
    return cx2(f"v{number}", genes=(f"v{number}",) * 50)


def assert_one_version(document: Document) -> None:
    names = {node["v"]["name"] for node in aspect(document, "nodes")}
    assert len(names) == 1
    assert len(aspect(document, "nodes")) == 50
    assert aspect(document, "networkAttributes")[0]["name"] in names


async def test_two_hundred_readers_see_whole_networks(client: httpx.Client, server: Server) -> None:
    """Contract 3.4 and 4: old or new content, or the 404 of a network in the making."""
    network = create_cx2(client, version(0))
    start = asyncio.Event()
    context = httpx.create_ssl_context()

    async def read(own: httpx.AsyncClient) -> int:
        await start.wait()
        whole = await own.get(f"/v3/networks/{network}")
        seen = await own.get(f"/v2/network/{network}/summary")
        listed = await own.post("/v3/batch/networks/summary", json=[network])
        assert (seen.status_code, listed.status_code) == (200, 200)
        assert seen.json()["externalId"] == listed.json()[0]["uuid"] == network
        if whole.status_code == 200:
            assert_one_version(whole.json())
        return whole.status_code

    def write() -> None:
        for number in range(1, 6):
            answer = client.put(f"/v3/networks/{network}", json=version(number))
            assert answer.status_code == 200, answer.text
            wait_until_loaded(client, network, answer.json()["modificationTime"])

    readers = [
        httpx.AsyncClient(
            base_url=server.url,
            auth=(server.owner.user, server.owner.password),
            timeout=120,
            trust_env=False,
            verify=context,
        )
        for _ in range(READERS)
    ]
    try:
        reading = [asyncio.create_task(read(own)) for own in readers]
        start.set()
        await asyncio.gather(asyncio.to_thread(write))
        statuses = await asyncio.gather(*reading)
    finally:
        for own in readers:
            await own.aclose()
    assert set(statuses) <= {200, 404}
    assert 200 in statuses
    assert summary(client, network)["name"] == "v5"
