"""Two other ways of bringing networks up to date, to hold an apply against.

    python -m benchmarks.apply_ways WAY KIND URL COUNT

``bare`` sends all contents, eight at a time, then asks for all summaries by one call until every
network is loaded; it reads nothing before and nothing after. ``stock`` is the ndex2 client, one
network after the other, each until it is loaded. ``KIND`` is ``update`` or ``create``.
"""

from __future__ import annotations

import asyncio
import io
import sys
import time
from collections.abc import Callable, Iterable

import httpx

from benchmarks.pfocr_like import OWNER, SET, figure_name, more_genes_of
from tests.samples import figure_cx2, network_id

AT_ONCE = 8
_BATCH_POLL_S = 0.25
_ONE_POLL_S = 0.05
_JSON = {"Content-Type": "application/json"}
_AUTH = (OWNER["name"], OWNER["password"])


def _content(number: int) -> bytes:
    return figure_cx2(figure_name(number), more_genes_of(number))


async def _send_bare(kind: str, url: str, count: int) -> None:
    contents = [_content(number) for number in range(count)]
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(
        base_url=url, auth=_AUTH, headers=_JSON, timeout=600, limits=limits
    ) as client:
        numbers, sent = iter(range(count)), []

        async def _work() -> None:
            for number in numbers:
                if kind == "update":
                    path, method = f"/v3/networks/{network_id(number)}", client.put
                else:
                    path, method = "/v3/networks?visibility=PUBLIC", client.post
                answer = await method(path, content=contents[number])
                sent.append(answer.raise_for_status().json()["uuid"])

        await asyncio.gather(*(_work() for _ in range(AT_ONCE)))
        await _wait_for_all(client, sent)
        if kind == "create":
            path = f"/v2/networkset/{SET}/members"
            (await client.post(path, json=sent)).raise_for_status()


async def _wait_for_all(client: httpx.AsyncClient, networks: Iterable[str]) -> None:
    waiting = set(networks)
    while waiting:
        await asyncio.sleep(_BATCH_POLL_S)
        asked = sorted(waiting)[:2000]
        answer = await client.post("/v2/batch/network/summary", json=asked)
        waiting -= {
            each["externalId"]
            for each in answer.raise_for_status().json()
            if each["completed"] and each["isValid"]
        }


def _send_stock(kind: str, url: str, count: int) -> None:
    from ndex2.client import Ndex2  # noqa: PLC0415 - slow to import, which is the stock client's

    client = Ndex2(url, *_AUTH, skip_version_check=True)
    contents = [_content(number) for number in range(count)]
    for number, content in enumerate(contents):
        if kind == "update":
            network: str = network_id(number)
            client.get_network_summary(network)
            client.get_network_as_cx2_stream(network).json()
            client.update_cx2_network(io.BytesIO(content), network)
            _wait_for_one(client.get_network_summary, network)
        else:
            made = client.save_cx2_stream_as_new_network(io.BytesIO(content), visibility="PUBLIC")
            network = str(made).rpartition("/")[2]
            _wait_for_one(client.get_network_summary, network)
            client.add_networks_to_networkset(SET, [network])


def _wait_for_one(ask: Callable[[str], dict[str, object]], network: str) -> None:
    while True:
        time.sleep(_ONE_POLL_S)
        summary = ask(network)
        if summary["completed"] and summary["isValid"]:
            return


def main() -> None:
    """Do it one way."""
    way, kind, url, count = sys.argv[1:]
    if way == "bare":
        asyncio.run(_send_bare(kind, url, int(count)))
    else:
        _send_stock(kind, url, int(count))


if __name__ == "__main__":
    main()
