"""How much the journal grows by with every action of a push."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.state.folder import JOURNAL_NAME
from sync.state.journal import Journal, Outcome
from tests.apply.pushing import ACCOUNT, EVERYTHING, SET, owned, pushing
from tests.samples import Genes, Sample, figure, network_id

GENES: Genes = [(f"GENE{number}", str(number + 1)) for number in range(60)]
"""As many as a large figure has."""

NETWORKS = 12
MOST_BYTES = 4_000


def add_update(sample: Sample, number: int) -> None:
    """Add a record whose read-only network lacks genes, has others and is in no set."""
    remote = [*GENES[4:], ("EXTRA1", "90001"), ("EXTRA2", "90002")]
    sample.add_record(figure(number), network_id(number), GENES)
    sample.add_figure(number, remote, owned(read_only=True), paperTitle="Another paper")


def add_create(sample: Sample, number: int) -> None:
    """Add a record without a network."""
    sample.add_record(figure(number), genes=GENES)


@pytest.mark.parametrize("add", [add_update, add_create])
async def test_an_action_adds_little_to_the_journal(
    tmp_path: Path, add: Callable[[Sample, int], None]
) -> None:
    sample = Sample(tmp_path)
    sample.add_set(SET, [], owner=ACCOUNT)
    for number in range(NETWORKS):
        add(sample, number)
    async with pushing(sample, **EVERYTHING) as push:
        applied = await push.push()
    with Journal.open(tmp_path / "empty"):
        pass

    assert applied.count(Outcome.DONE) == NETWORKS, applied.outcomes
    grown = _size(push.state) - _size(tmp_path / "empty")
    assert grown / NETWORKS <= MOST_BYTES


def _size(state: Path) -> int:
    return (state / JOURNAL_NAME).stat().st_size
