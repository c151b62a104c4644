"""The shards of a run together say what the run says in one piece."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sync.check import check_collection
from sync.collection.select import ALL, Selection, open_collections
from sync.collection.shards import Shard, find_index
from sync.config import CONFIG_NAME, read_config
from sync.model import CheckResult, NetworkId, UnclaimedNetwork, Verdict
from sync.ndex.client import NdexClient, open_client
from sync.sandbox.app import create_app
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from sync.state.cache import Cache
from tests.samples import (
    AS_CURATOR,
    CHEMOKINES,
    CURATOR,
    IMPATIENT,
    QUICK,
    Sample,
    figure,
    figure_cx2,
    figure_text,
    network_id,
    sandbox_client,
)

SET = network_id(0xFFFF)
MAP = 'map = "map.tsv"\n'
CONFIG = f"""\
[[collection]]
name = "figures"
records = "_figures/*.md"
{MAP}network_set = "{SET}"
"""
CLAIMS = {1: 1, 2: 2, 3: 3, 4: 1, 5: None, 6: None, 7: 99, 8: 4}
"""The networks of the server, each with the figure that it claims; the last is not in the set."""

Outcome = tuple[list[CheckResult], list[UnclaimedNetwork]]

KINDS = {
    "bare": lambda text: text,
    "named": lambda text: text,
    "key in quotes": lambda text: text.replace("\nndex:", '\n"ndex":'),
    "refused": lambda text: text.replace("\ngenes:", "\ngenes: ["),
    "only in the body": lambda text: text + f"ndex: {network_id(5)}\n",
}
RECORDS = st.dictionaries(
    st.integers(1, 6),
    st.tuples(st.sampled_from(sorted(KINDS)), st.none() | st.integers(1, 8)),
    min_size=1,
)
ROWS = st.lists(st.tuples(st.integers(1, 7), st.integers(1, 8)), max_size=5)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with TemporaryDirectory() as folder, Store.open(None) as store:
        sample = Sample(Path(folder))
        for number, claimed in CLAIMS.items():
            name = None if claimed is None else f"{figure(claimed)}.jpg"
            sample.add_figure(number, CHEMOKINES[: number % 3], pfocrId=name)
        sample.add_set(SET, [network_id(number) for number in range(1, 8)])
        sample.fill(store)
        yield store


def client_of(store: Store) -> AbstractAsyncContextManager[NdexClient]:
    transport = httpx.ASGITransport(
        create_app(store, settings=SandboxSettings()), raise_app_exceptions=False
    )
    return open_client("http://127.0.0.1", credentials=None, policy=QUICK, transport=transport)


async def check(root: Path, client: NdexClient, selection: Selection = ALL) -> Outcome:
    results: list[CheckResult] = []
    unclaimed: list[UnclaimedNetwork] = []
    for _, collection in open_collections(read_config(root / CONFIG_NAME), root, (), selection):
        with Cache() as cache:
            found = await check_collection(collection, client, IMPATIENT, results.append, cache)
        unclaimed += found.unclaimed or ()
    return sorted(results, key=lambda result: result.path), unclaimed


async def check_in_shards(
    root: Path, client: NdexClient, of: int, patterns: Sequence[str] = ()
) -> Outcome:
    results: list[CheckResult] = []
    unclaimed: list[UnclaimedNetwork] = []
    for index in range(1, of + 1):
        selection = Selection(patterns, shard=Shard(index, of, "run"))
        found, left = await check(root, client, selection)
        results += found
        unclaimed += left
    return sorted(results, key=lambda result: result.path), unclaimed


def write(
    root: Path, records: Mapping[int, tuple[str, int | None]], rows: Sequence[tuple[int, int]]
) -> None:
    sample = Sample(root)
    sample.add_file(CONFIG_NAME, CONFIG)
    lines = (f"{figure(record)}\t{network_id(network)}\n" for record, network in rows)
    sample.add_file("map.tsv", "".join(lines))
    for number, (kind, network) in records.items():
        names = "''" if network is None or kind == "bare" else network_id(network)
        text = figure_text(figure(number), CHEMOKINES, names)
        sample.add_file(f"_figures/{figure(number)}.md", KINDS[kind](text))


@given(
    records=RECORDS,
    rows=ROWS,
    of=st.integers(1, 5),
    chosen=st.just(set()) | st.sets(st.integers(1, 6)),
)
@example(records={2: ("bare", None)}, rows=[(2, 5), (2, 6)], of=5, chosen=set())
@example(records={1: ("refused", 2), 2: ("named", 2)}, rows=[], of=5, chosen=set())
@example(records={1: ("named", 2), 3: ("named", 3)}, rows=[(1, 3)], of=5, chosen=set())
@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_collection_in_shards_gets_the_verdicts_that_it_gets_in_one_piece(
    store: Store,
    records: Mapping[int, tuple[str, int | None]],
    rows: Sequence[tuple[int, int]],
    of: int,
    chosen: AbstractSet[int],
) -> None:
    patterns = [figure(number) for number in chosen & records.keys()]

    async def run(root: Path) -> tuple[Outcome, Outcome]:
        async with client_of(store) as client:
            whole = await check(root, client, Selection(patterns))
            return whole, await check_in_shards(root, client, of, patterns)

    with TemporaryDirectory() as folder:
        write(Path(folder), records, rows)
        whole, parts = asyncio.run(run(Path(folder)))

    assert parts[0] == whole[0]
    assert sorted(parts[1], key=lambda left: left.network) == whole[1]


@pytest.mark.parametrize(
    ("refused", "loading", "verdict"),
    [
        (5, None, Verdict.UNMAPPED),
        (9, None, Verdict.FAILED),
        (None, 2, Verdict.FAILED),
    ],
    ids=["refused and named", "refused and named by none", "loading"],
)
@pytest.mark.parametrize("of", [2, 4])
async def test_a_member_in_doubt_means_the_same_in_every_shard(
    tmp_path: Path, refused: int | None, loading: int | None, verdict: Verdict, of: int
) -> None:
    """Figures 5 to 8, of which the first names its network, are in several shards."""
    sample = Sample(tmp_path, users=[CURATOR, {"name": "somebody", "password": "other"}])
    sample.add_file(CONFIG_NAME, CONFIG.replace("network_set", "folder").replace(MAP, ""))
    sample.add_record(figure(5), network_id(5))
    for number in range(6, 9):
        sample.add_record(figure(number))
    for number in (2, 5, 9):
        owner = "somebody" if number == refused else "curator"
        visibility = "PRIVATE" if number == refused else "PUBLIC"
        sample.add_figure(number, CHEMOKINES, {"owner": owner, "visibility": visibility})
    sample.add_set(SET, [network_id(number) for number in (2, 5, 9)])
    sample.network_sets[0]["owner"] = "curator"
    async with sandbox_client(sample, SandboxSettings(load_delay_s=600), AS_CURATOR) as client:
        if loading is not None:
            seen = await client.fetch_summary(NetworkId(network_id(loading)))
            await client.writer.replace_content(seen, figure_cx2(figure(loading), CHEMOKINES))
        whole = await check(tmp_path, client)
        parts = await check_in_shards(tmp_path, client, of)

    assert {each.verdict for each in whole[0] if each.network is None} == {verdict}
    assert parts[0] == whole[0]
    assert sorted(parts[1], key=lambda left: left.network) == whole[1]


def test_a_shard_reads_of_the_others_only_what_its_verdicts_hang_on(
    store: Store, tmp_path: Path
) -> None:
    """Told by the cache, which keeps each record that was read."""
    write(tmp_path, {1: ("named", 1), 2: ("named", 2), 3: ("named", 1), 4: ("named", 8)}, [])
    read = {}

    async def run(shard: Shard, cache: Cache) -> None:
        [(_, collection)] = open_collections(
            read_config(tmp_path / CONFIG_NAME), tmp_path, (), Selection(shard=shard)
        )
        async with client_of(store) as client:
            await check_collection(collection, client, IMPATIENT, lambda _: None, cache)

    for index in range(1, 5):
        path = tmp_path / str(index) / "cache.db"
        with Cache(path) as cache:
            asyncio.run(run(Shard(index, 4, "run"), cache))
        with closing(sqlite3.connect(path)) as db:
            read[index] = {bytes(name) for (name,) in db.execute("SELECT path FROM record")}

    assert len({find_index(figure(1), 4), find_index(figure(3), 4)}) == 2
    for index, paths in read.items():
        own = {number for number in range(1, 5) if find_index(figure(number), 4) == index}
        rivals = {1, 3} if own & {1, 3} else set()
        assert paths == {f"_figures/{figure(number)}.md".encode() for number in own | rivals}
