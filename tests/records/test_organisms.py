"""Which organisms count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ConfigError
from sync.model import Gene, Layout, Record, RecordId
from sync.records.organisms import Organisms, count_organisms, find_unseen


@pytest.mark.parametrize(
    ("wanted", "taxon", "name", "counts"),
    [
        (["Homo sapiens"], "9606", "", True),
        (["Homo sapiens"], "", "Homo sapiens", True),
        (["homo  SAPIENS "], "9606", "Homo sapiens", True),
        (["9606"], "", "Homo sapiens", True),
        (["Homo sapiens"], "10090", "Mus musculus", False),
        (["Homo sapiens"], "", "", False),
        (["9606"], "96", "Homo", False),
        (["Homo sapiens", "10090"], "10090", "Mus musculus", True),
        (["Canis lupus familiaris"], "", "Canis familiaris", True),
        (["4932"], "559292", "Saccharomyces cerevisiae S288C", True),
        (["559292"], "4932", "Saccharomyces cerevisiae", False),
        (["Acetobacterium woodii"], "", "Acetobacterium woodii", True),
        (["Acetobacterium woodii"], "", "Acetobacterium", False),
        (["Mus"], "", "Musa acuminata", False),
        (["123456"], "123456", "Some worm", True),
        (["123456"], "", "Some worm", False),
        (["human"], "9606", "", True),
        (["taxonomy: 10090"], "", "Mus musculus", True),
        (["NCBITaxon_10090"], "10090", "", True),
        (["mouse"], "10366", "Mouse cytomegalovirus", False),
        (["yeast"], "559292", "Saccharomyces cerevisiae S288C", True),
        ([], "NA", "vectors", True),
    ],
)
def test_an_organism_counts_by_name_or_taxon(
    wanted: list[str], taxon: str, name: str, counts: bool
) -> None:
    assert Organisms.of(wanted).counts(taxon, name) is counts


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_entry_is_refused(blank: str) -> None:
    with pytest.raises(ConfigError, match="organisms: an entry is blank"):
        Organisms.of(["Homo sapiens", blank])


def pathway(organism: str, *genes: str) -> Record:
    fields = {"organism": organism} if organism else {}
    return Record(
        RecordId("WP1"),
        Layout.WIKIPATHWAYS,
        "WP1.md",
        1,
        None,
        fields,
        tuple(Gene("x", organism=taxon) for taxon in genes),
        tuple(Gene("y", organism="7227") for _ in fields),
    )


@pytest.mark.parametrize(
    ("wanted", "records", "unseen"),
    [
        (["human", "9606"], [pathway("", "9606")], ()),
        (["Homo sapien"], [pathway("Homo sapiens")], ("Homo sapien",)),
        (["human", "mouse"], [pathway("Homo sapiens", "9606")], ("mouse",)),
        (["Acetobacterium woodii"], [pathway("Acetobacterium woodii", "")], ()),
        (["Some worm", "human"], [pathway("", "9606")], ("Some worm",)),
        (["123456"], [pathway("", "123456")], ()),
    ],
)
def test_organisms_that_nothing_is_of_are_found(
    wanted: list[str], records: list[Record], unseen: tuple[str, ...]
) -> None:
    assert find_unseen(wanted, records) == unseen


def test_organisms_are_counted_by_name_once_a_record() -> None:
    counts = count_organisms(
        [pathway("Mus musculus", "10090", "10090"), pathway("", "9606", "9606", "123456")]
    )

    assert counts == {"Mus musculus": 1, "Homo sapiens": 1, "123456": 1}


NAMES = st.text("abcXYZ ", min_size=1, max_size=8).filter(str.strip)


@given(st.lists(NAMES, min_size=1))
def test_order_repeats_and_case_do_not_matter_and_each_entry_counts(
    names: list[str],
) -> None:
    policy = Organisms.of(names)

    assert policy == Organisms.of([name.upper() for name in reversed(names * 2)])
    assert all(policy.counts("", name) for name in names)
