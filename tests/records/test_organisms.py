"""Which organisms count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ConfigError
from sync.records.organisms import Organisms, taxon_of


@pytest.mark.parametrize(
    ("wanted", "taxon", "name", "counts"),
    [
        (["Homo sapiens"], "9606", "Homo sapiens", True),
        (["Homo sapiens"], "9606", "", True),
        (["Homo sapiens"], "", "Homo sapiens", True),
        (["homo  SAPIENS "], "9606", "Homo sapiens", True),
        (["9606"], "9606", "Homo sapiens", True),
        (["9606"], "", "Homo sapiens", True),
        (["Homo sapiens"], "10090", "Mus musculus", False),
        (["Homo sapiens"], "", "", False),
        (["9606"], "96", "Homo", False),
        (["Homo sapiens", "10090"], "10090", "Mus musculus", True),
        (["Canis familiaris"], "9615", "Canis lupus familiaris", True),
        (["Canis lupus familiaris"], "", "Canis familiaris", True),
        (["Saccharomyces cerevisiae"], "559292", "Saccharomyces cerevisiae S288C", True),
        (["4932"], "559292", "Saccharomyces cerevisiae S288C", True),
        (["559292"], "4932", "Saccharomyces cerevisiae", False),
        (["Bacillus subtilis"], "224308", "Bacillus subtilis subsp. subtilis str. 168", True),
        (["Acetobacterium woodii"], "", "Acetobacterium woodii", True),
        (["Acetobacterium woodii"], "", "Acetobacterium", False),
        (["Mus"], "", "Musa acuminata", False),
        (["123456"], "123456", "Some worm", True),
        (["123456"], "", "Some worm", False),
        ([], "9606", "Homo sapiens", True),
        ([], "", "", True),
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


@pytest.mark.parametrize(
    ("name", "taxon"),
    [("Homo sapiens", "9606"), ("homo sapiens", "9606"), ("Canis familiaris", "9615"), ("x", "")],
)
def test_the_taxon_of_a_name_is_known_or_blank(name: str, taxon: str) -> None:
    assert taxon_of(name) == taxon


NAMES = st.text("abcXYZ ", min_size=1, max_size=8).filter(str.strip)


@given(st.lists(NAMES, min_size=1))
def test_order_repeats_and_case_do_not_matter_and_each_entry_counts(
    names: list[str],
) -> None:
    policy = Organisms.of(names)

    assert policy == Organisms.of([name.upper() for name in reversed(names * 2)])
    assert all(policy.counts("", name) for name in names)
