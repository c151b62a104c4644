"""Which network a record is: authority, conflicts, and never a guess."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.match.claims import (
    Ambiguous,
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
from sync.model import MapEntry, NetworkId, Property, Record, Summary
from tests.nouns import FIGURE, NETWORK, OTHER_NETWORK, PATHWAY, make_summary

BARE = replace(FIGURE, network=None)


def row(network: NetworkId, line: int = 1) -> MapEntry:
    return MapEntry(FIGURE.id, network, "_data/ndex_map.tsv", line)


ON_LINE_7 = {OTHER_NETWORK: ("_data/ndex_map.tsv:7",)}
SAID_THERE = f"_data/ndex_map.tsv:7 names another network, {OTHER_NETWORK}"
RESOLUTIONS: dict[str, tuple[Record, list[MapEntry], Listing, Resolution]] = {
    "the record itself has the first word": (
        *(FIGURE, [row(NETWORK)], NotListed()),
        Mapped(NETWORK, Source.FRONT_MATTER),
    ),
    "a map file that disagrees with the record is named": (
        *(FIGURE, [row(OTHER_NETWORK, 7)], NotListed()),
        Mapped(NETWORK, Source.FRONT_MATTER, (SAID_THERE,), ON_LINE_7),
    ),
    "a map file that lists the record's own network among others agrees": (
        *(FIGURE, [row(OTHER_NETWORK, 7), row(NETWORK, 8)], NotListed()),
        Mapped(NETWORK, Source.FRONT_MATTER, others=ON_LINE_7),
    ),
    "the map file speaks where the record is silent": (
        *(BARE, [row(NETWORK, 3), row(NETWORK, 4)], NotListed()),
        Mapped(
            NETWORK,
            Source.MAP_FILE,
            ("the record names no network; _data/ndex_map.tsv:3 does",),
        ),
    ),
    "several networks in the map file are all listed": (
        *(BARE, [row(NETWORK, 1), row(OTHER_NETWORK, 2)], NotListed()),
        Ambiguous({NETWORK: ("_data/ndex_map.tsv:1",), OTHER_NETWORK: ("_data/ndex_map.tsv:2",)}),
    ),
    "one claim on the server": (
        *(BARE, [], Listed({NETWORK: "pfocrId"})),
        Resolvable(NETWORK, "pfocrId"),
    ),
    "two claims on the server": (
        *(BARE, [], Listed({NETWORK: "pfocrId", OTHER_NETWORK: "pfocrId"})),
        Ambiguous({NETWORK: ("its pfocrId",), OTHER_NETWORK: ("its pfocrId",)}),
    ),
    "no claim on the server": (BARE, [], Listed(), Unmapped()),
    "one that may not be read could claim it": (BARE, [], Listed(doubt="x"), Unknown("x")),
    "a claim counts beside one that may not be read": (
        *(BARE, [], Listed({NETWORK: "name"}, "x")),
        Resolvable(NETWORK, "name"),
    ),
    "a failed listing": (
        BARE,
        [],
        ListingFailed("timed out"),
        Unknown("the collection's networks could not be listed: timed out"),
    ),
    "no place to look in": (
        BARE,
        [],
        NotListed(),
        Unmapped(("no network set, folder or account is configured to look in",)),
    ),
}


@pytest.mark.parametrize(
    ("record", "rows", "listing", "expected"), RESOLUTIONS.values(), ids=RESOLUTIONS
)
def test_which_network_a_record_is(
    record: Record, rows: list[MapEntry], listing: Listing, expected: Resolution
) -> None:
    assert resolve_record(record.network, rows, listing) == expected


def test_whoever_else_names_a_records_network_is_its_rival() -> None:
    mapped = Mapped(NETWORK, Source.FRONT_MATTER)
    owners = (FIGURE.path, "_figures/broken.md", "_figures/copy.md")

    assert find_rivals(FIGURE.path, mapped, owners) == owners[1:]
    assert find_rivals(FIGURE.path, mapped, (FIGURE.path,)) == ()
    assert find_rivals(BARE.path, Resolvable(NETWORK, "pfocrId"), ("_figures/other.md",)) == (
        "_figures/other.md",
    )


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
        "PMC1__f1 by pfocrId",
    ),
    "older spelling": (summary_with(pfocr_id="PMC1__f1"), "PMC1__f1 by pfocrId"),
    "a dot that is no extension": (
        summary_with(pfocrId="PMC2864807__09_173_.de_ref2"),
        "PMC2864807__09_173_.de_ref2 by pfocrId",
    ),
    "pathway property with a revision": (
        summary_with("a title", WikipathwaysID="WP1_r120933"),
        "WP1 by WikipathwaysID",
    ),
    "pathway property": (
        summary_with("WP2 - other - Homo sapiens", WikipathwaysID="WP1"),
        "WP1 by WikipathwaysID",
    ),
    "label": (summary_with(labels="WP554"), "WP554 by labels"),
    "a label that is no pathway id": (summary_with(Labels="<a>lung cancer</a>"), None),
    "pathway name": (
        summary_with("WP554 - ACE inhibitor pathway - Homo sapiens"),
        "WP554 by name",
    ),
    "bare figure id as name": (
        summary_with("PMC1__f1.jpg"),
        "PMC1__f1 by name",
    ),
    "a title that begins like a pathway": (summary_with("WP40 protein of maize"), None),
    "nothing": (summary_with("Chemokines in cancer"), None),
}


@pytest.mark.parametrize(("summary", "expected"), CLAIMS.values(), ids=CLAIMS)
def test_what_a_network_says_of_itself(summary: Summary, expected: str | None) -> None:
    claim = read_claim(summary)

    assert (claim and f"{claim.record} by {claim.by}") == expected
