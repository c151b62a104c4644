"""What a run about some records of a large collection asks the server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sync.collection.listing import Location
from sync.model import Verdict
from sync.ndex.client import open_client
from sync.sandbox.app import create_app
from sync.sandbox.store import Store
from tests.apply.pushing import SET, RecordingTransport, quick_sandbox
from tests.samples import QUICK, Sample, check_sample, figure, network_id

RECORDS = 2_000
LISTING = f"GET /v2/networkset/{SET}"
SUMMARIES = "POST /v2/batch/network/summary"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sample, Store]]:
    """A set of 2,000 networks; the last record names none, and a network claims it."""
    sample = Sample(tmp_path_factory.mktemp("large"))
    for number in range(RECORDS):
        sample.add_pair(number)
    sample.add_record(figure(RECORDS - 1))
    sample.add_set(SET, map(network_id, range(RECORDS)))
    with Store.open(None) as store:
        sample.fill(store)
        yield sample, store


SELECTIONS = {
    "one that names its network": ([7], [LISTING, SUMMARIES], Verdict.IN_SYNC),
    "two": ([7, 8], [LISTING, SUMMARIES], Verdict.IN_SYNC),
    "one that names none": ([RECORDS - 1], [LISTING, SUMMARIES], Verdict.RESOLVABLE),
    "none": ([], [], None),
}


@pytest.mark.slow
@pytest.mark.parametrize(("numbers", "asked", "verdict"), SELECTIONS.values(), ids=SELECTIONS)
async def test_a_selection_costs_what_it_selects(
    large: tuple[Sample, Store], numbers: list[int], asked: list[str], verdict: Verdict | None
) -> None:
    sample, store = large
    whole = sample.collection(place=Location(network_set=SET))
    chosen = [f"_figures/{figure(number)}.md" for number in numbers]
    selected = replace(
        whole,
        paths=tuple(chosen),
        others=tuple(path for path in whole.paths if path not in chosen),
        complete=False,
    )
    transport = RecordingTransport(create_app(store, settings=quick_sandbox()))
    async with open_client(
        "http://127.0.0.1", credentials=None, policy=QUICK, transport=transport
    ) as client:
        results, _ = await check_sample(client, selected)

    assert {each.verdict for each in results.values()} == ({verdict} if verdict else set())
    contents = len(numbers) if verdict is Verdict.IN_SYNC else 0
    assert transport.calls[: len(asked)] == asked
    assert len(transport.calls) == len(asked) + contents
    assert sum(transport.polled) == (RECORDS if verdict is Verdict.RESOLVABLE else len(numbers))
