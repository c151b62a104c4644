"""What a run puts aside while it works comes back as it was, however much of it there is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.collection.inventory_database import Entered, Ledger, Sighting
from sync.errors import ScratchFull
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
from sync.state.encoded_record import Parcel
from tests.nouns import FIGURE, NETWORK, OTHER_NETWORK, PATHWAY, make_summary
from tests.samples import network_id

SUMMARY = make_summary(
    FIGURE,
    properties=(Property("pfocrId", "PMC1__f1.jpg"), Property("year", None, "integer", 7)),
)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with Ledger() as opened:
        yield opened


def add(ledger: Ledger, record: Record, target: NetworkId | None = None) -> int:
    """Enter one record; return its number."""
    [number] = ledger.add_records([(Parcel.packed(record), target)])
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
def test_a_record_comes_back_as_it_was(ledger: Ledger, record: Record) -> None:
    assert ledger.find_record(add(ledger, record)) == record


SIGHTINGS: dict[str, Sighting] = {
    "a summary": SUMMARY,
    "without properties": replace(SUMMARY, properties=None),
    "absent": Absent(),
    "refused": Refused("401: no READ access"),
    "unanswered": Unanswered("timed out"),
}


@pytest.mark.parametrize("sighting", SIGHTINGS.values(), ids=SIGHTINGS)
def test_a_sighting_comes_back_as_it_was(ledger: Ledger, sighting: Sighting) -> None:
    assert ledger.sighting_of(NETWORK) is None
    assert not ledger.is_seen(NETWORK)
    ledger.add_sighting(NETWORK, sighting, None)

    assert ledger.sighting_of(NETWORK) == sighting
    assert ledger.is_seen(NETWORK)


@given(st.lists(st.integers(0, 1_500), max_size=1_600))
def test_records_come_in_the_order_of_their_paths(numbers: list[int]) -> None:
    with Ledger() as ledger:
        for number in numbers:
            path = f"_figures/{number:05}.md"
            add(ledger, replace(FIGURE, path=path, id=RecordId(str(number))))
        found = list(ledger.records())

    assert [each.path for each in found] == [
        f"_figures/{number:05}.md" for number in sorted(numbers)
    ]
    assert len({each.number for each in found}) == len(numbers)


def test_only_records_that_are_no_known_network_are_unnamed(ledger: Ledger) -> None:
    bare = replace(FIGURE, network=None, path="_figures/bare.md")
    add(ledger, FIGURE, NETWORK)
    number = add(ledger, bare)

    assert list(ledger.unnamed_records()) == [Entered(number, bare.path, bare.id, None)]
    assert ledger.records_of(NETWORK) == [number - 1]


def test_records_share_a_network_with_others_and_with_rows_of_the_map(ledger: Ledger) -> None:
    alone = replace(FIGURE, path="_figures/alone.md")
    add(ledger, alone, OTHER_NETWORK)
    ledger.add_owners([(OTHER_NETWORK, alone.path)])
    number = add(ledger, FIGURE, NETWORK)
    ledger.add_owners([(NETWORK, FIGURE.path)])
    assert list(ledger.sharing_records()) == []
    ledger.add_owners([(NETWORK, "map.tsv:3")])

    assert list(ledger.sharing_records()) == [
        Entered(number, FIGURE.path, FIGURE.id, FIGURE.network)
    ]


def test_of_records_that_come_in_those_are_found_whose_network_was_seen(ledger: Ledger) -> None:
    ledger.add_sighting(NETWORK, SUMMARY, None)
    figure = Parcel.packed(FIGURE)
    other = Parcel.packed(replace(FIGURE, path="_figures/other.md"))
    before = add(ledger, FIGURE, NETWORK)
    numbers = ledger.add_records([(figure, NETWORK), (other, OTHER_NETWORK), (other, None)])

    assert ledger.find_seen(numbers) == [before + 1]
    assert ledger.find_seen(range(before, before)) == []


def test_a_network_is_taken_once_and_members_first(ledger: Ledger) -> None:
    ledger.use([network_id(1)])
    ledger.add_members([network_id(2), network_id(3)])
    ledger.use([network_id(3)])

    assert ledger.count_unasked() == 3
    assert ledger.take_unasked_members(1) == [network_id(2)]
    assert ledger.take_unasked_members(9) == [network_id(3)]
    assert ledger.take_unasked(9) == [network_id(1)]
    assert ledger.take_unasked(9) == []


def test_what_was_seen_without_asking_is_not_asked_for(ledger: Ledger) -> None:
    ledger.add_members([NETWORK])
    ledger.add_sighting(NETWORK, SUMMARY, None)

    assert ledger.count_unasked() == 0


def test_only_members_claim_records(ledger: Ledger) -> None:
    claim = Claim(FIGURE.id, "pfocrId")
    ledger.add_members([OTHER_NETWORK])
    for network in (NETWORK, OTHER_NETWORK):
        ledger.add_sighting(network, replace(SUMMARY, id=network), claim)

    assert ledger.claimants_of(FIGURE.id) == {OTHER_NETWORK: "pfocrId"}


def test_members_that_nobody_accounts_for_are_left_over(ledger: Ledger) -> None:
    used, owned, claiming_unread, gone, left = map(network_id, range(1, 6))
    ledger.add_members([used, owned, claiming_unread, gone, left])
    for network in (used, owned, left):
        ledger.add_sighting(network, replace(SUMMARY, id=network), Claim(FIGURE.id, "name"))
    unread = Claim(RecordId("PMC2__f2"), "name")
    ledger.add_sighting(claiming_unread, replace(SUMMARY, id=claiming_unread), unread)
    ledger.add_sighting(gone, Absent(), None)
    ledger.use([used])
    ledger.add_owners([(owned, "_figures/broken.md")])
    ledger.add_unread(RecordId("PMC2__f2"))

    assert list(ledger.unused_members()) == [(replace(SUMMARY, id=left), FIGURE.id, None)]


def test_more_members_than_are_read_at_once_are_all_left_over(ledger: Ledger) -> None:
    networks = [network_id(number) for number in range(1_201)]
    ledger.add_members(networks)
    for network in networks:
        ledger.add_sighting(network, replace(SUMMARY, id=network), None)

    assert [summary.id for summary, *_ in ledger.unused_members()] == networks


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
    ledger: Ledger, sighting: Unanswered | Summary
) -> None:
    ledger.add_sighting(network_id(1), sighting, None)
    assert ledger.find_doubtful_member() is None
    ledger.add_members([network_id(2)])
    ledger.add_sighting(network_id(2), sighting, None)

    assert ledger.find_doubtful_member() == (network_id(2), sighting)


def test_a_member_is_in_doubt_until_it_is_believed_or_complete(ledger: Ledger) -> None:
    ledger.add_members(map(network_id, (1, 2, 3)))
    for number in (1, 2, 3):
        loading = replace(SUMMARY, id=network_id(number), completed=False, modified_ms=number)
        ledger.add_sighting(network_id(number), loading, None)
    assert ledger.loading_members() == {network_id(number): number for number in (1, 2, 3)}
    ledger.believe(network_id(1))
    ledger.add_sighting(network_id(2), replace(SUMMARY, id=network_id(2)), None)

    assert ledger.loading_members() == {network_id(3): 3}


def test_a_member_that_may_not_be_read_is_in_doubt_unless_it_is_named(ledger: Ledger) -> None:
    ledger.add_members(map(network_id, (1, 2)))
    for number in (1, 2):
        ledger.add_sighting(network_id(number), Refused(f"401 {number}"), None)
    ledger.add_owners([(network_id(1), "_figures/PMC1__f1.md")])

    assert ledger.find_doubtful_member() is None
    assert ledger.unnamed_refused_members() == {network_id(2): "401 2"}


def test_map_rows_come_back_in_the_order_of_the_file(ledger: Ledger) -> None:
    rows = [
        MapEntry(RecordId(record), NetworkId(network_id(line)), "_data/ndex_map.tsv", line)
        for line, record in enumerate(["PMC2__f2", "PMC1__f1", "PMC2__f2"], start=1)
    ]
    ledger.add_rows(rows)

    assert ledger.rows() == tuple(rows)
    assert ledger.rows_for(RecordId("PMC2__f2")) == [rows[0], rows[2]]


def test_owners_are_told_in_order(ledger: Ledger) -> None:
    ledger.add_owners([(NETWORK, place) for place in ("b.md", "map.tsv:3", "a.md")])

    assert ledger.owners_of(NETWORK) == ("a.md", "b.md", "map.tsv:3")
    assert ledger.owners_of(OTHER_NETWORK) == ()


def test_holding_is_told_of_members_alone(ledger: Ledger) -> None:
    ledger.add_members([NETWORK, OTHER_NETWORK])
    ledger.add_held([NETWORK])

    assert (ledger.is_held(NETWORK), ledger.is_held(OTHER_NETWORK)) == (True, False)


def test_a_full_temporary_folder_is_told_in_words(ledger: Ledger) -> None:
    ledger._scratch._db.execute("PRAGMA max_page_count = 20")
    big = replace(FIGURE, fields={"caption": "x" * 200_000})

    with pytest.raises(ScratchFull, match="SQLITE_TMPDIR") as caught:
        add(ledger, big)
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
