"""What an apply pays, once a run, to learn which records the account's networks claim.

    python -m benchmarks.apply_account

A sandbox in a process of its own holds 30,000 networks with a dozen properties each, as those of
PFOCR have. The list is read as an apply reads it before its first create, and as whole summaries.
What counts is this process's processor time, the best of three rounds in turns.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from benchmarks.counted_sandbox import Manners, counted_sandbox
from benchmarks.pfocr_like import OWNER, figure_name, make_sandbox
from sync.apply.lost_create import index_claims
from sync.ndex.auth import basic
from sync.ndex.client import NdexClient, open_client
from sync.ndex.policy import ClientPolicy
from sync.sandbox import accounts, networks
from sync.sandbox.store import Store
from tests.samples import network_id

NETWORKS = 30_000
ROUNDS = 3
_TEXTS = ("figureTitle", "paperTitle", "paperLink", "figureLink", "pmcId", "organism", "author")
_MORE = ("networkType", "reference", "rights", "rightsHolder")


def main() -> None:
    """Measure and print a table."""
    with TemporaryDirectory() as name:
        sandbox = Path(name) / "sandbox.db"
        make_sandbox(sandbox, Path(name) / "networks", 0)
        _fill(sandbox)
        with counted_sandbox(sandbox, Manners()) as served:
            best = asyncio.run(_measure(served.url))
    print("| what | CPU |\n|---|---:|")
    for what, cpu_s in best.items():
        print(f"| {what} | {cpu_s:.2f} s |")


def _fill(sandbox: Path) -> None:
    print(f"making {NETWORKS:,} networks ...", file=sys.stderr)
    with Store.open(sandbox) as store, store.writing() as db:
        owner = accounts.find_by_name(db, OWNER["name"])
        assert owner is not None
        for number in range(NETWORKS):
            figure = figure_name(number)
            stated = {"pfocrId": f"{figure}.jpg"}
            stated |= dict.fromkeys(_TEXTS + _MORE, f"what {figure} says of it, in some words")
            properties = [
                {"predicateString": each, "dataType": "string", "value": text}
                for each, text in stated.items()
            ]
            networks.insert(db, network_id(number), owner.id, number)
            networks.update(
                db,
                network_id(number),
                name=f"Title of {figure}",
                properties=orjson.dumps(properties).decode(),
                node_count=20,
                completed=1,
                valid=1,
            )


async def _measure(url: str) -> dict[str, float]:
    best: dict[str, float] = {}
    login = basic(OWNER["name"], OWNER["password"], "the benchmark")
    async with open_client(url, credentials=login, policy=ClientPolicy()) as client:
        user = (await client.fetch_own_user()).id
        for _ in range(ROUNDS):
            for what, read in _WAYS.items():
                started_s = time.process_time()
                await read(client, user)
                took_s = time.process_time() - started_s
                best[what] = min(took_s, best.get(what, took_s))
    return best


async def _index(client: NdexClient, user: str) -> None:
    claims, _ = index_claims(await client.list_account_networks(user))
    assert len(claims) == NETWORKS


async def _read_whole(client: NdexClient, user: str) -> None:
    assert len(await client.fetch_account_networks(user)) == NETWORKS


_WAYS: dict[str, Callable[[NdexClient, str], Awaitable[None]]] = {
    "claims, as an apply reads them": _index,
    "whole summaries": _read_whole,
}


if __name__ == "__main__":
    main()
