"""A check says the same with state on, off, and with the state of other contents."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.check import check_collection
from sync.collection.listing import Location
from sync.match.compare import DesiredState
from sync.model import CheckResult, UnclaimedNetwork, Verdict, Visibility
from sync.ndex.client import NdexClient, open_client
from sync.sandbox.app import create_app
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from sync.state.cache import Cache
from tests.samples import (
    CHEMOKINES,
    CURATOR,
    IMPATIENT,
    QUICK,
    Genes,
    Sample,
    figure,
    figure_cx2,
    network_id,
)

SET = network_id(0xFFFF)
TNF = ("TNF", "7124")
COUNT = 4
STRICT = DesiredState(visibility=Visibility.PUBLIC, read_only=False)
LOGIN = (CURATOR["name"], CURATOR["password"])

Outcome = tuple[list[CheckResult], tuple[UnclaimedNetwork, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happens between two checks, to one network or its record."""

    kind: str
    number: int
    genes: Genes

    async def happen(self, sample: Sample, http: httpx.AsyncClient) -> None:
        """Do it, and wait for its end."""
        network = network_id(self.number)
        match self.kind:
            case "record":
                sample.add_record(figure(self.number), network, self.genes)
            case "content":
                document = orjson.loads(figure_cx2(figure(self.number), self.genes))
                answer = await http.put(f"/v3/networks/{network}", json=document)
                if answer.is_success:
                    await wait_until_loaded(http, network)
            case "claim":
                items = [{"predicateString": "pfocrId", "value": "PMC77__f1.jpg"}]
                await http.put(f"/v2/network/{network}/properties", json=items)
            case "out of the set":
                path = f"/v2/networkset/{SET}/members"
                await http.request("DELETE", path, json=[network])
            case "delete":
                await http.delete(f"/v2/network/{network}")
            case _:
                name, value = self.kind.split("=")
                body = {name: value if name == "visibility" else value == "true"}
                await http.put(f"/v2/network/{network}/systemproperty", json=body)


KINDS = [
    "record",
    "content",
    "content",
    "claim",
    "out of the set",
    "delete",
    "visibility=PRIVATE",
    "visibility=PUBLIC",
    "readOnly=true",
    "readOnly=false",
]
CHANGES = st.lists(
    st.builds(
        Change,
        kind=st.sampled_from(KINDS),
        number=st.integers(1, COUNT),
        genes=st.sampled_from([CHEMOKINES, CHEMOKINES[1:], (*CHEMOKINES[1:], TNF)]),
    ),
    max_size=6,
)


def make_sample(root: Path) -> Sample:
    sample = Sample(root)
    sample.users.append(CURATOR)
    for number in range(1, COUNT + 1):
        sample.add_pair(number, CHEMOKINES, {"owner": "curator"})
    sample.add_set(SET, [network_id(number) for number in range(1, COUNT + 1)], owner="curator")
    return sample


async def wait_until_loaded(http: httpx.AsyncClient, network: str) -> None:
    async with asyncio.timeout(30):
        completed = False
        while not completed:
            answer = await http.get(f"/v2/network/{network}/summary")
            completed = answer.json()["completed"]


async def check(sample: Sample, client: NdexClient, cache: Cache) -> Outcome:
    results: list[CheckResult] = []
    collection = sample.collection(place=Location(network_set=SET), desired=STRICT)
    found = await check_collection(collection, client, IMPATIENT, results.append, cache)
    return sorted(results, key=lambda result: result.path), found.unclaimed or ()


async def check_with_file(sample: Sample, client: NdexClient) -> Outcome:
    with Cache(sample.root / "state" / "cache.db", "the sandbox") as cache:
        return await check(sample, client, cache)


async def check_before_and_after(
    root: Path, changes: Sequence[Change]
) -> tuple[Outcome, Outcome, Outcome, int, int]:
    """Return the outcome after the changes, by stale state, none and fresh; requests of the
    last two.
    """
    sample = make_sample(root)
    with Store.open(None) as store:
        sample.fill(store)
        app = create_app(store, settings=SandboxSettings(load_delay_s=0, index_delay_s=0))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://ndex", auth=LOGIN) as http,
            open_client(
                "http://127.0.0.1", credentials=None, policy=QUICK, transport=transport
            ) as client,
        ):
            await check_with_file(sample, client)
            for change in changes:
                await change.happen(sample, http)
            stale = await check_with_file(sample, client)
            cold_from = client.counts.requests
            with Cache() as cache:
                without = await check(sample, client, cache)
            warm_from = client.counts.requests
            fresh = await check_with_file(sample, client)
            counts = client.counts.requests
    return stale, without, fresh, warm_from - cold_from, counts - warm_from


@pytest.mark.slow
@given(CHANGES)
def test_the_state_of_earlier_contents_changes_no_verdict(changes: list[Change]) -> None:
    with TemporaryDirectory() as name:
        stale, without, fresh, *_ = asyncio.run(check_before_and_after(Path(name), changes))

    assert stale == without
    assert fresh == without


async def test_a_second_check_fetches_no_content(tmp_path: Path) -> None:
    stale, _, _, cold, warm = await check_before_and_after(tmp_path, [])

    assert [result.verdict for result in stale[0]] == [Verdict.IN_SYNC] * COUNT
    assert (cold, warm) == (2 + COUNT, 2)


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        ("content", Verdict.DRIFTED),
        ("record", Verdict.DRIFTED),
        ("claim", Verdict.MISMATCHED),
        ("out of the set", Verdict.DRIFTED),
        ("delete", Verdict.MISSING),
        ("visibility=PRIVATE", Verdict.UNREADABLE),
        ("readOnly=true", Verdict.DRIFTED),
    ],
)
async def test_what_has_changed_is_seen_past_the_state(
    tmp_path: Path, kind: str, verdict: Verdict
) -> None:
    change = Change(kind, 2, (*CHEMOKINES[1:], TNF))
    stale, *_ = await check_before_and_after(tmp_path, [change])

    assert [result.verdict for result in stale[0]] == [
        Verdict.IN_SYNC,
        verdict,
        Verdict.IN_SYNC,
        Verdict.IN_SYNC,
    ]
