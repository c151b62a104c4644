"""Rebuilding the map against the sandbox: links, conflicts with their evidence, and doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.collection.listing import Location
from sync.match.links import Link, LinkMap
from sync.model import RecordId, UnclaimedNetwork, Verdict
from sync.resolve import map_collection
from sync.state.cache import Cache
from tests.samples import (
    CHEMOKINES,
    IMPATIENT,
    Sample,
    figure,
    figure_cx2,
    network_id,
    sandbox_client,
)

SET = network_id(0xFFFF)
MAP = "_data/ndex_map.tsv"


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return Sample(tmp_path)


async def map_sample(sample: Sample, **collection: object) -> LinkMap:
    async with sandbox_client(sample) as client:
        with Cache() as cache:
            return await map_collection(sample.collection(**collection), client, IMPATIENT, cache)


async def link(sample: Sample, number: int, **collection: object) -> Link:
    links = (await map_sample(sample, **collection)).links
    return next(found for found in links if found.record == figure(number))


async def test_several_rows_of_a_map_file_are_each_looked_up_and_ranked(sample: Sample) -> None:
    sample.add_record(figure(1))
    sample.add_figure(1, CHEMOKINES[:1])
    sample.add_network(network_id(2), figure_cx2(figure(1), CHEMOKINES))
    rows = "".join(f"{figure(1)}\t{network_id(number)}\n" for number in (1, 2, 3))
    sample.add_file(MAP, rows)
    found = await link(sample, 1, map_path=MAP)

    assert found.verdict is Verdict.AMBIGUOUS
    assert found.network is None
    assert found.ranking is not None
    assert found.ranking.favoured == network_id(2)
    assert [each.network for each in found.ranking.candidates] == [
        network_id(2),
        network_id(1),
        network_id(3),
    ]
    favoured, best, _, worst = found.messages
    assert f"favours {network_id(2)}: its genes are more like the record's" in favoured
    assert "3 of 3 genes shared" in best
    assert f"{MAP}:2" in best
    assert "not on the server" in worst


async def test_what_contradicts_is_a_verdict_and_not_a_guess(sample: Sample) -> None:
    sample.add_record(figure(1), network_id(1))
    sample.add_pair(2, pfocrId=figure(22))
    sample.add_pair(3)
    sample.add_record(figure(4), network_id(3))
    sample.add_record(figure(5))
    sample.add_record(figure(6), "no-uuid")
    sample.add_pair(7)
    sample.add_file(MAP, f"{figure(7)}\t{network_id(8)}\n")
    links = (await map_sample(sample, map_path=MAP)).links

    assert {found.record: found.verdict for found in links} == {
        figure(1): Verdict.MISSING,
        figure(2): Verdict.MISMATCHED,
        figure(3): Verdict.DUPLICATE,
        figure(4): Verdict.DUPLICATE,
        figure(5): Verdict.UNMAPPED,
        figure(6): Verdict.INVALID_RECORD,
        figure(7): None,
    }
    assert figure(22) in links[1].messages[0]
    assert figure(4) in links[2].messages[0]
    assert "no-uuid" in links[5].messages[0]
    assert f"favours {network_id(7)}: the other cannot be read" in links[6].messages[0]
    assert "the record itself" in links[6].messages[1]
    assert f"{MAP}:1" in links[6].messages[2]


async def test_a_record_whose_link_is_dead_is_told_of_the_copy_that_its_map_file_knows(
    sample: Sample,
) -> None:
    sample.add_record(figure(1), network_id(1))
    sample.add_network(network_id(2), figure_cx2(figure(1), CHEMOKINES))
    sample.add_file(MAP, f"{figure(1)}\t{network_id(2)}\n{figure(1)}\t{network_id(1)}\n")
    found = await link(sample, 1, map_path=MAP)

    assert (found.verdict, found.network) == (Verdict.MISSING, network_id(1))
    assert found.ranking is not None
    assert found.ranking.favoured == network_id(2)
    assert f"the evidence favours {network_id(2)}" in found.messages[1]


async def test_a_network_that_no_record_claims_is_listed(sample: Sample) -> None:
    sample.add_pair(1)
    sample.add_network(network_id(2), figure_cx2(figure(9), CHEMOKINES))
    sample.add_set(SET, [network_id(1), network_id(2)])
    place = Location(network_set=SET)

    assert (await map_sample(sample, place=place)).unclaimed == (
        UnclaimedNetwork(network_id(2), f"Title of {figure(9)}", RecordId(figure(9))),
    )
    assert (await map_sample(sample, place=place, complete=False)).unclaimed == ()
