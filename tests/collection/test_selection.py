"""What a run about some records of a collection asks the server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sync.collection.listing import Location
from sync.model import Verdict
from sync.ndex.client import open_client
from sync.sandbox.app import create_app
from sync.sandbox.store import Store
from tests.apply.pushing import SET, RecordingTransport, quick_sandbox
from tests.samples import QUICK, Sample, check_sample, figure, network_id

RECORDS = 20
LISTING = f"GET /v2/networkset/{SET}"
SUMMARIES = "POST /v2/batch/network/summary"


SELECTIONS = {
    "one that names its network": ([7], [LISTING, SUMMARIES], Verdict.IN_SYNC),
    "two": ([7, 8], [LISTING, SUMMARIES], Verdict.IN_SYNC),
    "one that names none": ([RECORDS - 1], [LISTING, SUMMARIES], Verdict.RESOLVABLE),
    "none": ([], [], None),
}


@pytest.mark.parametrize(("numbers", "asked", "verdict"), SELECTIONS.values(), ids=SELECTIONS)
async def test_a_selection_costs_what_it_selects(
    tmp_path: Path, numbers: list[int], asked: list[str], verdict: Verdict | None
) -> None:
    """The last record names no network, and one of the set claims it."""
    sample = Sample(tmp_path)
    for number in range(RECORDS):
        sample.add_pair(number)
    sample.add_record(figure(RECORDS - 1))
    sample.add_set(SET, map(network_id, range(RECORDS)))
    chosen = [f"_figures/{figure(number)}.md" for number in numbers]
    whole = sample.collection(place=Location(network_set=SET))
    others = tuple(path for path in whole.paths if path not in chosen)
    selected = replace(whole, paths=tuple(chosen), others=others, complete=False)
    with Store.open(None) as store:
        sample.fill(store)
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
