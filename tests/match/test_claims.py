"""Which network a record is: authority, conflicts, and never a guess."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.match.claims import (
    Ambiguous,
    Claim,
    Listed,
    Listing,
    ListingFailed,
    Mapped,
    NotListed,
    Resolution,
    Resolvable,
    Source,
    Unknown,
    Unmapped,
    accounts_for,
    find_rivals,
    read_claim,
    resolve_record,
)
from sync.model import MapEntry, NetworkId, Property, Record, RecordId, Summary
from tests.nouns import FIGURE, NETWORK, OTHER_NETWORK, PATHWAY, make_summary

BARE = replace(FIGURE, network=None)


def row(network: NetworkId, line: int = 1) -> MapEntry:
    return MapEntry(FIGURE.id, network, "_data/ndex_map.tsv", line)


def resolve(record: Record, *rows: MapEntry, listing: Listing | None = None) -> Resolution:
    return resolve_record(record.network, rows, listing or NotListed())


def test_the_record_itself_has_the_first_word() -> None:
    assert resolve(FIGURE, row(NETWORK)) == Mapped(NETWORK, Source.FRONT_MATTER)


def test_a_map_file_that_disagrees_with_the_record_is_named() -> None:
    resolution = resolve(FIGURE, row(OTHER_NETWORK, 7))

    assert isinstance(resolution, Mapped)
    assert resolution.network == NETWORK
    assert resolution.notes == (f"_data/ndex_map.tsv:7 names another network, {OTHER_NETWORK}",)


def test_a_map_file_that_lists_the_records_own_network_among_others_agrees() -> None:
    resolution = resolve(FIGURE, row(OTHER_NETWORK, 7), row(NETWORK, 8))

    assert isinstance(resolution, Mapped)
    assert (resolution.network, resolution.notes) == (NETWORK, ())


def test_the_map_file_speaks_where_the_record_is_silent() -> None:
    resolution = resolve(BARE, row(NETWORK, 3), row(NETWORK, 4))

    assert isinstance(resolution, Mapped)
    assert (resolution.network, resolution.source) == (NETWORK, Source.MAP_FILE)
    assert "_data/ndex_map.tsv:3" in resolution.notes[0]


def test_several_networks_in_the_map_file_are_ambiguous_and_all_listed() -> None:
    resolution = resolve(BARE, row(NETWORK, 1), row(OTHER_NETWORK, 2))

    assert isinstance(resolution, Ambiguous)
    assert resolution.said_by == {
        NETWORK: ("_data/ndex_map.tsv:1",),
        OTHER_NETWORK: ("_data/ndex_map.tsv:2",),
    }


def test_one_claim_on_the_server_makes_the_record_resolvable() -> None:
    listing = Listed({NETWORK: "pfocrId"})

    assert resolve(BARE, listing=listing) == Resolvable(NETWORK, "pfocrId")


def test_two_claims_on_the_server_are_ambiguous() -> None:
    listing = Listed({NETWORK: "pfocrId", OTHER_NETWORK: "pfocrId"})
    resolution = resolve(BARE, listing=listing)

    assert isinstance(resolution, Ambiguous)
    assert resolution.said_by == {NETWORK: ("its pfocrId",), OTHER_NETWORK: ("its pfocrId",)}


def test_no_claim_on_the_server_leaves_the_record_unmapped() -> None:
    assert resolve(BARE, listing=Listed()) == Unmapped()


def test_a_network_that_may_not_be_read_could_claim_what_nothing_else_claims() -> None:
    doubt = f"network {OTHER_NETWORK} of the collection may not be read"

    assert resolve(BARE, listing=Listed(doubt=doubt)) == Unknown(doubt)
    assert isinstance(resolve(BARE, listing=Listed({NETWORK: "name"}, doubt)), Resolvable)


def test_a_failed_listing_never_makes_a_record_unmapped() -> None:
    resolution = resolve(BARE, listing=ListingFailed("timed out"))

    assert isinstance(resolution, Unknown)
    assert "timed out" in resolution.reason


def test_without_a_place_to_look_in_it_says_so() -> None:
    resolution = resolve(BARE)

    assert isinstance(resolution, Unmapped)
    assert "no network set" in resolution.notes[0]


def test_whoever_else_names_a_records_network_is_its_rival() -> None:
    mapped = Mapped(NETWORK, Source.FRONT_MATTER)
    owners = (FIGURE.path, "_figures/broken.md", "_figures/copy.md")

    assert find_rivals(FIGURE.path, mapped, owners) == owners[1:]
    assert find_rivals(FIGURE.path, mapped, (FIGURE.path,)) == ()


def test_a_network_that_claims_a_record_and_is_named_by_another_has_a_rival() -> None:
    claimed = Resolvable(NETWORK, "pfocrId")

    assert find_rivals(BARE.path, claimed, ("_figures/other.md",)) == ("_figures/other.md",)
    assert find_rivals(BARE.path, claimed, ()) == ()


@pytest.mark.parametrize(
    ("resolution", "networks"),
    [
        (Mapped(NETWORK, Source.FRONT_MATTER), (NETWORK,)),
        (Resolvable(NETWORK, "name"), (NETWORK,)),
        (Ambiguous({NETWORK: (), OTHER_NETWORK: ()}), (NETWORK, OTHER_NETWORK)),
        (Unmapped(), ()),
        (Unknown("timed out"), ()),
    ],
)
def test_a_record_accounts_for_what_it_is_or_may_be(
    resolution: Resolution, networks: tuple[NetworkId, ...]
) -> None:
    assert accounts_for(resolution) == networks


def summary_with(name: str = "", **properties: str) -> Summary:
    return make_summary(
        PATHWAY,
        name=name,
        properties=tuple(Property(key, value) for key, value in properties.items()),
    )


CLAIMS = {
    "property with the image's extension": (
        summary_with("a title", pfocrId="PMC1__f1.jpg"),
        Claim(RecordId("PMC1__f1"), "pfocrId"),
    ),
    "older spelling": (summary_with(pfocr_id="PMC1__f1"), Claim(RecordId("PMC1__f1"), "pfocrId")),
    "oldest spelling": (summary_with(pfocrID="PMC1__f1"), Claim(RecordId("PMC1__f1"), "pfocrId")),
    "a dot that is no extension": (
        summary_with(pfocrId="PMC2864807__09_173_.de_ref2"),
        Claim(RecordId("PMC2864807__09_173_.de_ref2"), "pfocrId"),
    ),
    "pathway property with a revision": (
        summary_with("a title", WikipathwaysID="WP1_r120933"),
        Claim(RecordId("WP1"), "WikipathwaysID"),
    ),
    "pathway property as an IRI": (
        summary_with("a title", wikipathwaysID="https://www.wikipathways.org/pathways/WP1"),
        Claim(RecordId("WP1"), "WikipathwaysID"),
    ),
    "pathway property": (
        summary_with("WP2 - other - Homo sapiens", WikipathwaysID="WP1"),
        Claim(RecordId("WP1"), "WikipathwaysID"),
    ),
    "pathway property of 2021": (
        summary_with(wikipathwaysID="WP1"),
        Claim(RecordId("WP1"), "WikipathwaysID"),
    ),
    "label": (summary_with(labels="WP554"), Claim(RecordId("WP554"), "labels")),
    "a label that is no pathway id": (summary_with(Labels="<a>lung cancer</a>"), None),
    "pathway name": (
        summary_with("WP554 - ACE inhibitor pathway - Homo sapiens"),
        Claim(RecordId("WP554"), "name"),
    ),
    "bare figure id as name": (
        summary_with("PMC1__f1.jpg"),
        Claim(RecordId("PMC1__f1"), "name"),
    ),
    "a title that begins like a pathway": (summary_with("WP40 protein of maize"), None),
    "nothing": (summary_with("Chemokines in cancer"), None),
}


@pytest.mark.parametrize(("summary", "expected"), CLAIMS.values(), ids=CLAIMS)
def test_what_a_network_says_of_itself(summary: Summary, expected: Claim | None) -> None:
    assert read_claim(summary) == expected
