"""What a run puts aside while it works comes back as it was, however much of it there is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.collection.inventory_database import Entered, InventoryDatabase, Sighting
from sync.errors import TemporaryStorageFull
from sync.match.claims import Claim
from sync.model import (
    Absent,
    Entity,
    MapEntry,
    NetworkId,
    Property,
    Record,
    RecordId,
    Refused,
    Summary,
    Unanswered,
)
from sync.state.encoded_record import EncodedRecord
from tests.nouns import FIGURE, NETWORK, OTHER_NETWORK, PATHWAY, make_summary
from tests.samples import network_id

SUMMARY = make_summary(
    FIGURE,
    properties=(Property("pfocrId", "PMC1__f1.jpg"), Property("year", None, "integer", 7)),
)


@pytest.fixture
def database() -> Iterator[InventoryDatabase]:
    with InventoryDatabase() as opened:
        yield opened


def add(database: InventoryDatabase, record: Record, target: NetworkId | None = None) -> int:
    """Enter one record; return its number."""
    [number] = database.add_records([(EncodedRecord.packed(record), target)])
    return number


ODD = {
    "a figure": FIGURE,
    "a pathway": PATHWAY,
    "a path that is no UTF-8": replace(
        FIGURE, path=b"_figures/caf\xe9.md".decode(errors="surrogateescape")
    ),
    "text that is no Unicode": replace(FIGURE, chemicals=(Entity("\ud800", "MESH", "D1"),)),
}


@pytest.mark.parametrize("record", ODD.values(), ids=ODD)
def test_a_record_comes_back_as_it_was(database: InventoryDatabase, record: Record) -> None:
    assert database.find_record(add(database, record)) == record


SIGHTINGS: dict[str, Sighting] = {
    "a summary": SUMMARY,
    "without properties": replace(SUMMARY, properties=None),
    "absent": Absent(),
    "refused": Refused("401: no READ access"),
    "unanswered": Unanswered("timed out"),
}


@pytest.mark.parametrize("sighting", SIGHTINGS.values(), ids=SIGHTINGS)
def test_a_sighting_comes_back_as_it_was(database: InventoryDatabase, sighting: Sighting) -> None:
    assert database.sighting_of(NETWORK) is None
    assert not database.is_seen(NETWORK)
    database.add_sighting(NETWORK, sighting, None)

    assert database.sighting_of(NETWORK) == sighting
    assert database.is_seen(NETWORK)


@given(st.lists(st.integers(0, 1_500), max_size=1_600))
def test_records_come_in_the_order_of_their_paths(numbers: list[int]) -> None:
    with InventoryDatabase() as database:
        for number in numbers:
            path = f"_figures/{number:05}.md"
            add(database, replace(FIGURE, path=path, id=RecordId(str(number))))
        found = list(database.records())

    assert [each.path for each in found] == [
        f"_figures/{number:05}.md" for number in sorted(numbers)
    ]
    assert len({each.number for each in found}) == len(numbers)


def test_only_records_that_are_no_known_network_are_unnamed(database: InventoryDatabase) -> None:
    bare = replace(FIGURE, network=None, path="_figures/bare.md")
    add(database, FIGURE, NETWORK)
    number = add(database, bare)

    assert list(database.unnamed_records()) == [Entered(number, bare.path, bare.id, None)]
    assert database.records_of(NETWORK) == [number - 1]


def test_records_share_a_network_with_others_and_with_rows_of_the_map(
    database: InventoryDatabase,
) -> None:
    alone = replace(FIGURE, path="_figures/alone.md")
    add(database, alone, OTHER_NETWORK)
    database.add_owners([(OTHER_NETWORK, alone.path)])
    number = add(database, FIGURE, NETWORK)
    database.add_owners([(NETWORK, FIGURE.path)])
    assert list(database.sharing_records()) == []
    database.add_owners([(NETWORK, "map.tsv:3")])

    assert list(database.sharing_records()) == [
        Entered(number, FIGURE.path, FIGURE.id, FIGURE.network)
    ]


def test_of_records_that_come_in_those_are_found_whose_network_was_seen(
    database: InventoryDatabase,
) -> None:
    database.add_sighting(NETWORK, SUMMARY, None)
    figure = EncodedRecord.packed(FIGURE)
    other = EncodedRecord.packed(replace(FIGURE, path="_figures/other.md"))
    before = add(database, FIGURE, NETWORK)
    numbers = database.add_records([(figure, NETWORK), (other, OTHER_NETWORK), (other, None)])

    assert database.find_seen(numbers) == [before + 1]
    assert database.find_seen(range(before, before)) == []


def test_a_network_is_taken_once_and_members_first(database: InventoryDatabase) -> None:
    database.use([network_id(1)])
    database.add_members([network_id(2), network_id(3)])
    database.use([network_id(3)])

    assert database.count_unasked() == 3
    assert database.take_unasked_members(1) == [network_id(2)]
    assert database.take_unasked_members(9) == [network_id(3)]
    assert database.take_unasked(9) == [network_id(1)]
    assert database.take_unasked(9) == []


def test_what_was_seen_without_asking_is_not_asked_for(database: InventoryDatabase) -> None:
    database.add_members([NETWORK])
    database.add_sighting(NETWORK, SUMMARY, None)

    assert database.count_unasked() == 0


def test_only_members_claim_records(database: InventoryDatabase) -> None:
    claim = Claim(FIGURE.id, "pfocrId")
    database.add_members([OTHER_NETWORK])
    for network in (NETWORK, OTHER_NETWORK):
        database.add_sighting(network, replace(SUMMARY, id=network), claim)

    assert database.claimants_of(FIGURE.id) == {OTHER_NETWORK: "pfocrId"}


def test_members_that_nobody_accounts_for_are_left_over(database: InventoryDatabase) -> None:
    used, owned, claiming_unread, gone, left = map(network_id, range(1, 6))
    database.add_members([used, owned, claiming_unread, gone, left])
    for network in (used, owned, left):
        database.add_sighting(network, replace(SUMMARY, id=network), Claim(FIGURE.id, "name"))
    unread = Claim(RecordId("PMC2__f2"), "name")
    database.add_sighting(claiming_unread, replace(SUMMARY, id=claiming_unread), unread)
    database.add_sighting(gone, Absent(), None)
    database.use([used])
    database.add_owners([(owned, "_figures/broken.md")])
    database.add_unread(RecordId("PMC2__f2"))

    assert list(database.unused_members()) == [(replace(SUMMARY, id=left), FIGURE.id, None)]


def test_more_members_than_are_read_at_once_are_all_left_over(database: InventoryDatabase) -> None:
    networks = [network_id(number) for number in range(1_201)]
    database.add_members(networks)
    for network in networks:
        database.add_sighting(network, replace(SUMMARY, id=network), None)

    assert [summary.id for summary, *_ in database.unused_members()] == networks


@pytest.mark.parametrize(
    "sighting",
    [
        Unanswered("timed out"),
        replace(SUMMARY, completed=False),
        replace(SUMMARY, name="", node_count=0),
    ],
    ids=["unanswered", "loading", "nothing in it"],
)
def test_a_member_that_may_hide_what_it_claims_is_in_doubt(
    database: InventoryDatabase, sighting: Unanswered | Summary
) -> None:
    database.add_sighting(network_id(1), sighting, None)
    assert database.find_doubtful_member() is None
    database.add_members([network_id(2)])
    database.add_sighting(network_id(2), sighting, None)

    assert database.find_doubtful_member() == (network_id(2), sighting)


def test_a_member_is_in_doubt_until_it_is_believed_or_complete(database: InventoryDatabase) -> None:
    database.add_members(map(network_id, (1, 2, 3)))
    for number in (1, 2, 3):
        loading = replace(SUMMARY, id=network_id(number), completed=False, modified_ms=number)
        database.add_sighting(network_id(number), loading, None)
    assert database.loading_members() == {network_id(number): number for number in (1, 2, 3)}
    database.believe(network_id(1))
    database.add_sighting(network_id(2), replace(SUMMARY, id=network_id(2)), None)

    assert database.loading_members() == {network_id(3): 3}


def test_a_member_that_may_not_be_read_is_in_doubt_unless_it_is_named(
    database: InventoryDatabase,
) -> None:
    database.add_members(map(network_id, (1, 2)))
    for number in (1, 2):
        database.add_sighting(network_id(number), Refused(f"401 {number}"), None)
    database.add_owners([(network_id(1), "_figures/PMC1__f1.md")])

    assert database.find_doubtful_member() is None
    assert database.unnamed_refused_members() == {network_id(2): "401 2"}


def test_map_rows_come_back_in_the_order_of_the_file(database: InventoryDatabase) -> None:
    rows = [
        MapEntry(RecordId(record), NetworkId(network_id(line)), "_data/ndex_map.tsv", line)
        for line, record in enumerate(["PMC2__f2", "PMC1__f1", "PMC2__f2"], start=1)
    ]
    database.add_rows(rows)

    assert database.rows() == tuple(rows)
    assert database.rows_for(RecordId("PMC2__f2")) == [rows[0], rows[2]]


def test_owners_are_told_in_order(database: InventoryDatabase) -> None:
    database.add_owners([(NETWORK, place) for place in ("b.md", "map.tsv:3", "a.md")])

    assert database.owners_of(NETWORK) == ("a.md", "b.md", "map.tsv:3")
    assert database.owners_of(OTHER_NETWORK) == ()


def test_holding_is_told_of_members_alone(database: InventoryDatabase) -> None:
    database.add_members([NETWORK, OTHER_NETWORK])
    database.add_held([NETWORK])

    assert (database.is_held(NETWORK), database.is_held(OTHER_NETWORK)) == (True, False)


def test_a_full_temporary_folder_is_told_in_words(database: InventoryDatabase) -> None:
    database._scratch._db.execute("PRAGMA max_page_count = 20")
    big = replace(FIGURE, fields={"caption": "x" * 200_000})

    with pytest.raises(TemporaryStorageFull, match="SQLITE_TMPDIR") as caught:
        add(database, big)
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
