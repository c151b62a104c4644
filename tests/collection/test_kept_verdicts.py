"""A verdict of an earlier run is reused as long as everything it depends on is the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.check import Overview, check_collection
from sync.collection import kept_verdicts
from sync.collection.listing import Location
from sync.errors import ServerError
from sync.match.compare import DesiredState
from sync.match.whole import Compared
from sync.model import CheckResult, NetworkId, Property, Verdict, Visibility
from sync.ndex.client import NdexClient, open_client
from sync.records.organisms import Organisms
from sync.sandbox.app import create_app
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from sync.state.cache import Cache, KeptVerdict, Reuse
from tests.samples import (
    AS_CURATOR,
    CHEMOKINES,
    CURATOR,
    IMPATIENT,
    QUICK,
    Sample,
    figure,
    figure_cx2,
    network_id,
)

SET = network_id(0xFFFF)
MAP = "_data/ndex_map.tsv"
KEPT = "this verdict was kept"
COUNT = 3


@dataclass
class World:
    """Three figures, their networks, and a state whose verdicts can be told by a message."""

    sample: Sample
    store: Store
    client: NdexClient
    curator: NdexClient
    settings: dict[str, Any] = field(default_factory=dict)
    server: str = "the sandbox"

    @property
    def state(self) -> Path:
        """The file that earlier runs have left."""
        return self.sample.root / "state" / "cache.db"

    def set_network(self, change: str, number: int = 1) -> None:
        """Change the summary of a network, without moving its modification time."""
        with self.store.writing() as db:
            db.execute(f"UPDATE network SET {change} WHERE id = ?", (network_id(number),))  # noqa: S608

    async def check(self, cache: Cache | None = None) -> tuple[dict[str, CheckResult], Overview]:
        """Check; return the verdicts by path, and what there is to say beside."""
        if cache is None:
            with Cache() as without_file:
                return await self.check(without_file)
        place = Location(network_set=SET)
        found: dict[str, CheckResult] = {}
        collection = self.sample.collection(**{"place": place, "map_path": MAP, **self.settings})

        def _deliver(result: CheckResult) -> None:
            assert result.path not in found
            found[result.path] = result

        overview = await check_collection(collection, self.client, IMPATIENT, _deliver, cache)
        return found, overview

    async def check_with_state(
        self, reuse: Reuse = Reuse.YES
    ) -> tuple[dict[str, CheckResult], Overview]:
        """Check with what earlier runs have left."""
        with Cache(self.state, self.server, reuse) as cache:
            return await self.check(cache)

    async def mark(self) -> None:
        """Add a message to every verdict that is kept."""
        await self.check_with_state()
        with Cache(self.state, self.server) as cache:
            assert rewrite_verdicts(cache, messages=(KEPT,)) == COUNT


def rewrite_verdicts(cache: Cache, **changes: Any) -> int:
    """Change the verdicts that are kept; return how many there are."""
    rows = cache.own.read("SELECT scope, path, grounds, result FROM verdict")
    for scope, path, grounds, result in rows:
        read = replace(kept_verdicts._decode(result), **changes)
        cache.keep_verdict(path.decode(), scope, KeptVerdict(grounds, kept_verdicts._encode(read)))
    return len(rows)


def kept(found: dict[str, CheckResult]) -> list[bool]:
    return [KEPT in found[path].messages for path in sorted(found)]


@asynccontextmanager
async def open_world(root: Path) -> AsyncIterator[World]:
    sample = Sample(root)
    sample.users.append(CURATOR)
    sample.add_file(MAP, "")
    for number in range(1, COUNT + 1):
        sample.add_record(figure(number), network_id(number))
        content = figure_cx2(figure(number), CHEMOKINES[number - 1 :])
        sample.add_network(network_id(number), content, owner="curator")
    members = [network_id(number) for number in range(1, COUNT + 1)]
    sample.network_sets.append({"name": "s", "uuid": SET, "owner": "curator", "networks": members})
    with Store.open(None) as store:
        sample.fill(store)
        app = create_app(store, settings=SandboxSettings(load_delay_s=0, index_delay_s=0))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client, curator = (
            open_client("http://127.0.0.1", credentials=each, policy=QUICK, transport=transport)
            for each in (None, AS_CURATOR)
        )
        async with client as anyone, curator as owner:
            yield World(sample, store, anyone, owner)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        yield opened


async def test_verdicts_are_taken_over_and_nothing_is_fetched_for_them(world: World) -> None:
    before, _ = await world.check()
    assert world.client.counts.requests == 2 + COUNT
    await world.mark()
    asked = world.client.counts.requests
    found, _ = await world.check_with_state()

    assert world.client.counts.requests - asked == 2
    assert kept(found) == [True] * COUNT
    assert {path: replace(each, messages=()) for path, each in found.items()} == {
        path: replace(each, messages=()) for path, each in before.items()
    }


def add_rival(world: World) -> None:
    world.sample.add_record(figure(9), network_id(1))


async def upload_content(world: World) -> None:
    seen = await world.curator.fetch_summary(network_id(1))
    await world.curator.writer.replace_content(seen, figure_cx2(figure(1), CHEMOKINES[1:]))


async def claim_another_record(world: World) -> None:
    claim = [Property("pfocrId", "PMC77__f1.jpg")]
    await world.curator.writer.set_properties(network_id(1), claim)


async def do(change: Callable[[World], Awaitable[None] | object], world: World) -> None:
    doing = change(world)
    if isinstance(doing, Awaitable):
        await doing


CHANGES: dict[str, Callable[[World], Awaitable[None] | object]] = {
    "content": upload_content,
    "claim": claim_another_record,
    "the record": lambda world: world.sample.add_record(figure(1), network_id(1), CHEMOKINES[:2]),
    "the network that it names": lambda world: world.sample.add_record(figure(1), network_id(2)),
    "another record that names it": add_rival,
    "what the map says beside": lambda world: world.sample.add_file(
        MAP, f"{figure(1)}\t{network_id(2)}\n"
    ),
    "taken out of the set": lambda world: world.curator.writer.remove_from_set(
        SET, [NetworkId(network_id(1))]
    ),
    "membership": lambda world: world.settings.update(place=Location(network_set=network_id(8))),
    "no membership": lambda world: world.settings.update(place=Location()),
    "wanted visibility": lambda world: world.settings.update(
        desired=DesiredState(visibility=Visibility.PRIVATE)
    ),
    "wanted read-only": lambda world: world.settings.update(desired=DesiredState(read_only=True)),
    "organisms": lambda world: world.settings.update(organisms=Organisms.of(["Mus musculus"])),
    "compared": lambda world: world.settings.update(compared=frozenset({Compared.GENES})),
    "server": lambda world: setattr(world, "server", "another"),
}
COLUMNS = {
    "modified_ms": "modified_ms + 1",
    "created_ms": "created_ms + 1",
    "visibility": "'UNLISTED'",
    "read_only": "1",
    "completed": "0",
    "error": "'failed'",
    "node_count": "99",
    "edge_count": "99",
    "name": "'PMC7__f7'",
    "description": "'other'",
    "folder_id": f"'{network_id(5)}'",
    "doi": "'10.1/x'",
    "certified": "1",
}
for column, value in COLUMNS.items():
    CHANGES[column] = partial(World.set_network, change=f"{column} = {value}")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_verdict_is_reached_anew_when_anything_that_it_hangs_on_has_changed(
    world: World, change: Callable[[World], Awaitable[None] | object]
) -> None:
    await world.mark()
    await do(change, world)
    found, overview = await world.check_with_state()

    assert not kept(found)[0]
    assert (found, overview) == await fresh_but_for_kept(world, found)


async def fresh_but_for_kept(
    world: World, found: dict[str, CheckResult]
) -> tuple[dict[str, CheckResult], Overview]:
    """Check without state; the message of a verdict that was taken over is put in as well."""
    fresh, overview = await world.check()
    return {
        path: replace(each, messages=(KEPT,)) if KEPT in found[path].messages else each
        for path, each in fresh.items()
    }, overview


async def test_other_code_reaches_its_own_verdicts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.mark()
    monkeypatch.setattr(kept_verdicts, "digest_code", lambda _: "another")
    asked = world.client.counts.requests
    found, _ = await world.check_with_state()

    assert not any(kept(found))
    assert world.client.counts.requests - asked == 3  # contents are kept: one for all summaries


async def test_a_map_row_that_points_elsewhere_is_followed(world: World) -> None:
    world.sample.add_record(figure(1))
    world.sample.add_file(MAP, f"{figure(1)}\t{network_id(1)}\n")
    await world.mark()
    world.sample.add_file(MAP, f"{figure(1)}\t{network_id(2)}\n")
    world.sample.add_record(figure(2), network_id(1))
    found, overview = await world.check_with_state()

    assert kept(found) == [False, False, True]
    assert (found, overview) == await fresh_but_for_kept(world, found)


@pytest.mark.parametrize("damage", [b"", b"[]", b"{}", b"[" * 10_000, b'{"verdict": 1}'])
async def test_a_verdict_that_cannot_be_read_is_reached_anew(world: World, damage: bytes) -> None:
    await world.mark()
    with Cache(world.state, world.server) as cache:
        for scope, path, grounds in cache.own.read("SELECT scope, path, grounds FROM verdict"):
            cache.keep_verdict(path.decode(), scope, KeptVerdict(grounds, damage))
    found, overview = await world.check_with_state()

    assert (found, overview) == await world.check()


async def test_a_refresh_compares_everything_and_names_what_was_kept_otherwise(
    world: World,
) -> None:
    _, quiet = await world.check_with_state(Reuse.REFRESH)
    await world.mark()
    found, overview = await world.check_with_state(Reuse.REFRESH)
    again, healed = await world.check_with_state(Reuse.REFRESH)

    assert not any(kept(found))
    assert found == again == (await world.check())[0]
    [note] = overview.notes
    assert note.startswith("3 kept verdicts had to be corrected")
    assert f"_figures/{figure(1)}.md" in note
    assert quiet.notes == healed.notes == ()


COLUMN_STEPS = (
    *("read_only = 0", "visibility = 'PUBLIC'", "visibility = 'PRIVATE'"),
    *("in_trash = 1", "deleted = 1"),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*CHANGES, *COLUMN_STEPS, "check"]),
        st.integers(1, COUNT),
    ),
    max_size=6,
)


@pytest.mark.slow
@given(STEPS)
def test_kept_verdicts_are_those_that_are_reached_anew(steps: list[tuple[str, int]]) -> None:
    async def _compare(root: Path) -> None:
        async with open_world(root) as world:
            await world.check_with_state()
            for step, number in [*steps, ("check", 1)]:
                if step in CHANGES:
                    with suppress(ServerError):  # a change of what is read-only, or gone
                        await do(CHANGES[step], world)
                elif step != "check":
                    world.set_network(step, number)
                else:
                    assert await world.check_with_state() == await world.check()

    with TemporaryDirectory() as name:
        asyncio.run(_compare(Path(name)))


async def test_only_what_is_beyond_doubt_is_kept(world: World) -> None:
    """One record that is not there, one that is shared, one whose network is being loaded."""
    world.sample.add_record(figure(4))
    add_rival(world)
    world.set_network("completed = 0, valid = 1", 2)
    found, _ = await world.check_with_state()
    with Cache(world.state, world.server) as cache:
        paths = [path.decode() for (path,) in cache.own.read("SELECT path FROM verdict")]

    assert paths == [f"_figures/{figure(3)}.md"]
    assert found[f"_figures/{figure(4)}.md"].verdict is Verdict.UNMAPPED
