"""Links made of a map file alone, what is written back, and what a map file holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.match.claims import Source
from sync.match.links import (
    Link,
    count_map,
    link_by_map_file,
    link_invalid,
    networks_for_map,
    networks_for_records,
)
from sync.model import InvalidRecord, MapEntry, NetworkId, Record, RecordId, Verdict
from tests.nouns import FIGURE, NETWORK, OTHER_NETWORK

BARE = replace(FIGURE, network=None)
OTHER = replace(BARE, id=RecordId("PMC2__f2"), path="_figures/PMC2__f2.md")
THIRD_NETWORK = NetworkId(NETWORK[:-1] + "1")


def row(network: NetworkId, record: Record = FIGURE, line: int = 1) -> MapEntry:
    return MapEntry(record.id, network, "map.tsv", line)


def link(record: Record, *rows: MapEntry) -> Link:
    [found] = link_by_map_file([record], rows, {})
    return found


BY_MAP = {
    "the map names the network of a silent record": (BARE, [NETWORK], None, NETWORK),
    "record and map agree": (FIGURE, [NETWORK], None, NETWORK),
    "the map has the last word": (FIGURE, [OTHER_NETWORK], None, OTHER_NETWORK),
    "a record that the map does not know stays as it is": (FIGURE, [], None, NETWORK),
    "a record that nobody knows": (BARE, [], Verdict.UNMAPPED, None),
    "several networks, none of them the record's": (
        replace(FIGURE, network=THIRD_NETWORK),
        [NETWORK, OTHER_NETWORK],
        Verdict.AMBIGUOUS,
        None,
    ),
    "several networks, one of them the record's": (
        FIGURE,
        [OTHER_NETWORK, NETWORK],
        None,
        NETWORK,
    ),
    "one network, said twice": (BARE, [NETWORK, NETWORK], None, NETWORK),
}


@pytest.mark.parametrize(("record", "networks", "verdict", "network"), BY_MAP.values(), ids=BY_MAP)
def test_a_map_file_alone(
    record: Record,
    networks: list[NetworkId],
    verdict: Verdict | None,
    network: NetworkId | None,
) -> None:
    found = link(record, *(row(each, line=line) for line, each in enumerate(networks, 1)))

    assert (found.verdict, found.network) == (verdict, network)


def test_what_is_replaced_and_what_is_in_question_is_said() -> None:
    assert link(FIGURE, row(OTHER_NETWORK)).messages == (f"replaces {NETWORK}",)
    assert link(FIGURE, row(NETWORK, line=1), row(OTHER_NETWORK, line=2)).messages == (
        f"map.tsv:1 says {NETWORK}",
        f"map.tsv:2 says {OTHER_NETWORK}",
    )
    assert link(BARE, row(NETWORK, line=3), row(OTHER_NETWORK, line=4)).messages == (
        f"map.tsv:3 says {NETWORK}",
        f"map.tsv:4 says {OTHER_NETWORK}",
    )


@pytest.mark.parametrize(
    ("other", "rows", "owners", "rival"),
    [
        ([OTHER], [row(NETWORK), row(NETWORK, OTHER)], {}, OTHER.path),
        ([replace(OTHER, network=NETWORK)], [row(NETWORK)], {}, OTHER.path),
        ([], [row(NETWORK)], {NETWORK: ["_figures/other.md"]}, "_figures/other.md"),
    ],
    ids=["by the map", "by the record itself", "by a file outside the run"],
)
def test_a_network_of_two_records_goes_to_none(
    other: list[Record], rows: list[MapEntry], owners: dict[NetworkId, list[str]], rival: str
) -> None:
    links = link_by_map_file([BARE, *other], rows, owners)

    assert {found.verdict for found in links} == {Verdict.DUPLICATE}
    assert rival in links[0].messages[0]
    assert networks_for_records(links) == networks_for_map(links, []) == {}


def make_link(verdict: Verdict | None, source: Source | None, network: str | None) -> Link:
    return Link(
        FIGURE.id, FIGURE.path, 9, verdict, None if network is None else NetworkId(network), source
    )


WRITTEN = {
    "found on the server": (Verdict.RESOLVABLE, Source.SERVER, True, True),
    "from the map file": (None, Source.MAP_FILE, True, True),
    "from the record": (None, Source.FRONT_MATTER, False, True),
    **{
        f"{verdict.value}": (verdict, Source.MAP_FILE, False, False)
        for verdict in Verdict
        if verdict is not Verdict.RESOLVABLE
    },
}


@pytest.mark.parametrize(
    ("verdict", "source", "in_record", "in_map"), WRITTEN.values(), ids=WRITTEN
)
def test_only_links_without_a_conflict_are_written(
    verdict: Verdict | None, source: Source, in_record: bool, in_map: bool
) -> None:
    links = [make_link(verdict, source, NETWORK)]

    assert networks_for_records(links) == ({FIGURE.path: NETWORK} if in_record else {})
    assert networks_for_map(links, []) == ({FIGURE.id: NETWORK} if in_map else {})


def test_a_row_that_is_there_is_never_written_over() -> None:
    links = [make_link(None, Source.FRONT_MATTER, NETWORK)]

    assert networks_for_map(links, [row(OTHER_NETWORK)]) == {}


def test_an_invalid_record_keeps_its_place_and_reason() -> None:
    invalid = InvalidRecord(FIGURE.id, FIGURE.path, 3, "no id")

    assert link_invalid(invalid) == Link(
        FIGURE.id, FIGURE.path, 3, Verdict.INVALID_RECORD, messages=("no id",)
    )


def test_a_map_file_is_counted_and_its_clashes_are_named() -> None:
    entries = [row(NETWORK), row(OTHER_NETWORK), row(NETWORK, OTHER), row(OTHER_NETWORK)]
    counts = count_map(entries, {FIGURE.id})

    assert (counts.rows, counts.records) == (4, 2)
    assert counts.several == {FIGURE.id: (NETWORK, OTHER_NETWORK)}
    assert counts.shared == {
        NETWORK: (FIGURE.id, OTHER.id),
    }
    assert counts.orphans == (OTHER.id,)
