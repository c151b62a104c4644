"""When a property says what the record says, in the styles that are really stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.match.properties import (
    MANAGED,
    compare_properties,
    describe_record,
    fold_name,
    same_figure,
    same_figure_number,
    same_link,
    same_pathway,
    same_reference,
    same_text,
    state_properties,
)
from sync.model import About, Property, Record, RecordId
from tests.nouns import FIGURE, PATHWAY, make_gene, make_properties, make_summary

SAME: list[tuple[Callable[[str, str], bool], str, str]] = [
    (same_text, " a  title ", "a title"),
    (same_figure, "PMC1__f1.jpg", "PMC1__f1"),
    (same_pathway, "WP4_r120933", "WP4"),
    (same_pathway, "https://www.wikipathways.org/pathways/WP4", "WP4"),
    (same_pathway, "http://identifiers.org/wikipathways/WP4_r12", "WP4"),
    (same_figure_number, "Figure 6", "F6"),
    (same_figure_number, "FIG. 8", "F8"),
    (same_figure_number, "Fig. (1)", "Figure 1"),
    (same_figure_number, "Figure S2", "SF2"),
    (same_figure_number, "F9a", "Figure 9a"),
    (
        same_link,
        "/pmc/articles/PMC1/figure/F6/",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1/figure/F6",
    ),
    (same_link, "https://x.org/a&b", '<a href="https://x.org/a&amp;b" target="_blank">x</a>'),
    (same_reference, "A. 2015 <b>T.</b> <a href='u'>u</a>", "A. 2015 T."),
    (same_reference, "A. 2015 <b>T.</b> https://x.org/1", "A. 2015 <b>T.</b>"),
]
DIFFERENT: list[tuple[Callable[[str, str], bool], str, str]] = [
    (same_text, "a title", "A title"),
    (same_text, "a title.", "a title"),
    (same_figure, "PMC1__f1", "PMC1__f2"),
    (same_figure, "PMC1__f.de_ref2", "PMC1__f"),
    (same_pathway, "WP41_r4", "WP4"),
    (same_pathway, "WP4, WP5", "WP4"),
    (same_pathway, "see WP4", "WP4"),
    (same_figure_number, "F6", "F7"),
    (same_figure_number, "F2", "SF2"),
    (same_figure_number, "F6", "Not found"),
    (same_link, "/pmc/articles/PMC1/figure/F6/", "/pmc/articles/PMC2/figure/F6/"),
    (same_reference, "A. 2015 <b>T.</b>", "A. 2016 <b>T.</b>"),
]


@pytest.mark.parametrize(("same", "one", "other"), SAME)
def test_styles_of_one_value_are_the_same(
    same: Callable[[str, str], bool], one: str, other: str
) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(("same", "one", "other"), DIFFERENT)
def test_other_values_are_not(same: Callable[[str, str], bool], one: str, other: str) -> None:
    assert not same(one, other)
    assert not same(other, one)


@pytest.mark.parametrize(
    "same", [same_text, same_figure, same_figure_number, same_link, same_reference]
)
@given(text=st.text())
def test_every_text_is_the_same_as_itself(same: Callable[[str, str], bool], text: str) -> None:
    assert same(text, text)


@pytest.mark.parametrize("record", [FIGURE, PATHWAY], ids=["figure", "pathway"])
def test_a_network_without_properties_differs_in_each_that_the_record_states(
    record: Record,
) -> None:
    summary = make_summary(record, name="", description="", properties=())
    found = {mismatch.name for mismatch in compare_properties(record, summary)}

    unset = {managed.name for managed in MANAGED[record.layout] if managed.expected(record)}
    assert found == unset


def test_what_the_record_does_not_state_is_not_compared() -> None:
    record = replace(FIGURE, fields={**FIGURE.fields, "year": "", "reftext": " "})
    properties = make_properties(record, publicationYear="1999", reference="anything")

    assert list(compare_properties(record, make_summary(record, properties=properties))) == []


def test_a_summary_without_properties_is_compared_by_its_name_alone() -> None:
    [mismatch] = compare_properties(FIGURE, make_summary(FIGURE, name="x", properties=None))

    assert (mismatch.name, mismatch.local, mismatch.remote) == ("name", "Chemokines in cancer", "x")


def test_of_a_property_that_is_there_twice_the_last_value_counts() -> None:
    properties = (
        *make_properties(FIGURE, publicationYear="1999"),
        *make_properties(FIGURE),
    )

    assert list(compare_properties(FIGURE, make_summary(FIGURE, properties=properties))) == []


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("pfocr_id", "pfocrId"),
        ("figureURL", "figureLink"),
        ("__gpml:name", "title"),
        ("X__gpml.name", "title"),
        ("X.context", "@context"),
    ],
)
def test_spellings_of_a_property_name_are_one(spelling: str, name: str) -> None:
    assert fold_name(spelling) == fold_name(name) != fold_name("name")


def test_the_plain_title_of_a_2021_network_is_not_its_name() -> None:
    properties = (*make_properties(PATHWAY, title=None), Property("__gpml:name", "Statin pathway"))

    assert list(compare_properties(PATHWAY, make_summary(PATHWAY, properties=properties))) == []


def test_the_organism_of_a_figure_is_that_of_its_genes() -> None:
    human = replace(FIGURE, genes=(make_gene("TNF", "ncbigene:7124", organism="9606"),))
    fly = replace(FIGURE, genes=(make_gene("Tor", "ncbigene:47396", organism="7227"),))
    summary = make_summary(FIGURE, properties=make_properties(FIGURE, organism="Mus musculus"))

    assert [found.name for found in compare_properties(human, summary)] == ["organism"]
    assert list(compare_properties(fly, summary)) == []


def test_a_new_network_of_a_figure_says_what_all_of_its_collection_say() -> None:
    fields = {**FIGURE.fields, "caption": 'IL-8 < "TNF".'}
    record = replace(FIGURE, fields=fields, genes=(make_gene("TNF", organism="9606"),))
    stated = state_properties(record)
    properties = tuple(Property(name, value) for name, value in stated.items())
    assert list(compare_properties(record, make_summary(record, properties=properties))) == []
    assert {name: stated[name] for name in ("name", "description", "methods", "networkType")} == {
        "name": "Chemokines in cancer",
        "description": '<p>IL-8 &lt; "TNF".</p>',
        "methods": "OCR",
        "networkType": "pathway",
    }
    assert "CC0" in stated["rights"]


def test_what_a_record_does_not_state_its_new_network_does_not_say() -> None:
    stated = state_properties(replace(FIGURE, fields={}))
    assert set(stated) == {"name", "pfocrId", "methods", "networkType", "rights"}
    assert stated["name"] == FIGURE.id


def test_a_pathway_states_its_managed_properties_only() -> None:
    assert list(state_properties(PATHWAY)) == [each.name for each in MANAGED[PATHWAY.layout]]


def test_a_record_is_described_by_what_people_know_it_by() -> None:
    pathway = replace(PATHWAY, fields={**PATHWAY.fields, "last-edited": "2025-03-01"})

    assert describe_record(FIGURE) == About(
        "Chemokines in cancer",
        "",
        "2015",
        "https://pfocr.wikipathways.org/figures/PMC1__f1.html",
    )
    assert describe_record(pathway) == About(
        "Statin pathway",
        "Homo sapiens",
        "2025",
        "https://www.wikipathways.org/pathways/WP1.html",
    )
    odd = replace(FIGURE, id=RecordId("../x?y#z"))
    assert describe_record(odd).page.endswith("/figures/..%2Fx%3Fy%23z.html")
