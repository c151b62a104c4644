"""How much of a collection stays in memory while it is checked."""

from __future__ import annotations

from dataclasses import replace

from sync.collection.load import HeldRecords
from tests.nouns import FIGURE


def test_records_without_genes_take_room_as_well() -> None:
    bare = replace(FIGURE, fields={}, genes=())
    held = HeldRecords(100_000)
    assert 10 < sum(held.add(number, bare) for number in range(1_000)) < 100
