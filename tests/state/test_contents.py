"""Contents that a check puts aside for the push of the same command."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace

import orjson
import pytest

from sync.state.contents import Contents
from tests.plan.test_decide import SUMMARY
from tests.samples import network_id


def nested(levels: int) -> object:
    return orjson.loads(b"[" * levels + b"]" * levels)


@pytest.mark.parametrize(("levels", "kept"), [(100, True), (260, False), (1000, False)])
def test_a_document_that_is_too_deep_to_write_is_not_kept(levels: int, kept: bool) -> None:
    with closing(Contents()) as contents:
        contents.keep(SUMMARY.id, SUMMARY.modified_ms, nested(levels))
        assert (contents.find(SUMMARY) == nested(levels)) is kept


def test_a_full_disk_ends_the_keeping_and_gives_nothing_wrong() -> None:
    contents = Contents()
    assert contents._kept is not None
    contents._kept.connection.execute("PRAGMA max_page_count = 400")
    given = {network_id(number): os.urandom(6000).hex() for number in range(200)}
    for network, document in given.items():
        contents.keep(network, SUMMARY.modified_ms, document)

    found = {network: contents.find(replace(SUMMARY, id=network)) for network in given}

    assert all(document in {None, given[network]} for network, document in found.items())
    assert None in found.values()
    contents.close()
