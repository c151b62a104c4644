"""A network is edited to the genes of its record, and everything else of it stays."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from sync.cx.content import open_cx2
from sync.cx.decode import decode_cx2
from sync.cx.dialects import detect_dialect, gene_nodes
from sync.cx.digest import content_digest
from sync.cx.edit import EditedContent, edit_genes, find_anchored
from sync.cx.validate_cx2 import validate_cx2
from sync.errors import NetworkError
from sync.match.gene_differences import compare_genes
from sync.model import Curie, Dialect, Difference, DifferenceKind, Gene
from tests.cx.drawn import (
    FIGURE_DIALECTS,
    FIGURE_GENES,
    SOUND_MENTIONS,
    Document,
    aspects_of,
    document,
    networks,
    said_by_nodes,
    values_of,
)
from tests.cx.uploads import hostile_json
from tests.nouns import FIGURE, make_gene

CXCL8 = make_gene("CXCL8", "ncbigene:3576", words=frozenset({"IL-8"}))
TNF = make_gene("TNF", "ncbigene:7124", words=frozenset({"TNFa"}))
AKT1 = make_gene("AKT1", "ncbigene:207", words=frozenset({"Akt"}))

GENE_EXTRA = DifferenceKind.GENE_EXTRA
OURS = {
    *("name", "represents", "symbol", "source", "word", "type", "shared name"),
    *("hgnc.symbol", "hgnc_symbol", "ncbigene", "entrez", "Type", "XrefId", "XrefDatasource"),
}


def differences_of(content: object, genes: list[Gene]) -> tuple[Difference, ...]:
    """What a check finds between these genes and a network."""
    return compare_genes(replace(FIGURE, genes=tuple(genes)), decode_cx2(content)).differences


def edit_to(content: object, *genes: Gene) -> tuple[EditedContent, Document]:
    """Edit a network to exactly these genes."""
    edited = edit_genes(content, differences_of(content, list(genes)))
    return edited, orjson.loads(edited.body)


def count_changes(before: Document, after: Document) -> tuple[int, int, int]:
    """How many nodes were added, removed and changed."""
    old, new = said_by_nodes(before), said_by_nodes(after)
    changed = sum(old[node] != new[node] for node in old.keys() & new.keys())
    return len(new.keys() - old.keys()), len(old.keys() - new.keys()), changed


def network_of(dialect: Dialect, *genes: Gene, **more: Any) -> Document:
    """A network with a node for each gene, linked in a row."""
    nodes: list[dict[str, Any]] = [
        {"id": n, "x": 100.0 * n, "y": 0.0, "v": {**values_of(gene, dialect), **more}}
        for n, gene in enumerate(genes)
    ]
    declared = {name: {"d": "string"} for node in nodes for name in node["v"]}
    if "ncbigene" in declared:
        declared["ncbigene"] = {"d": "integer"}
    edges = [{"id": n, "s": n, "t": n + 1} for n in range(len(genes) - 1)]
    return document(nodes, declared, edges)


@given(networks(FIGURE_DIALECTS, SOUND_MENTIONS), FIGURE_GENES)
def test_after_an_edit_a_check_finds_no_difference(content: Document, genes: list[Gene]) -> None:
    edited, after = edit_to(content, *genes)
    assert differences_of(after, genes) == ()
    assert decode_cx2(after).dialect is decode_cx2(content).dialect
    assert validate_cx2(edited.body).node_count == len(aspects_of(after)["nodes"])


@given(networks((Dialect.NODE_NAMES, Dialect.WIKIPATHWAYS), SOUND_MENTIONS), FIGURE_GENES)
def test_edits_of_other_dialects_settle_too(content: Document, genes: list[Gene]) -> None:
    _, after = edit_to(content, *genes)
    _, settled = edit_to(after, *genes)
    assert differences_of(settled, genes) == ()


@given(networks())
def test_a_network_that_has_its_genes_is_not_changed(content: Document) -> None:
    edited = edit_genes(content, ())
    assert content_digest(orjson.loads(edited.body)) == content_digest(content)
    assert edited.lost_edges == 0


@given(networks(), FIGURE_GENES)
def test_what_is_not_ours_is_the_same_after_an_edit(content: Document, genes: list[Gene]) -> None:
    edited, after = edit_to(content, *genes)
    old, new = aspects_of(content), aspects_of(after)
    for name in ("networkAttributes", "visualProperties", "cyHiddenAttributes"):
        assert new[name] == old[name]
    kept = {node["id"] for node in new["nodes"]} & {node["id"] for node in old["nodes"]}
    assert len(new["edges"]) == len(old["edges"]) - edited.lost_edges
    assert all(edge in old["edges"] for edge in new["edges"])
    assert all(bypass in old["nodeBypasses"] for bypass in new["nodeBypasses"])
    assert {bypass["id"] for bypass in new["nodeBypasses"]} == kept & {
        bypass["id"] for bypass in old["nodeBypasses"]
    }
    said_before, said_after = said_by_nodes(content), said_by_nodes(after)
    for node in kept:
        assert _not_ours(said_after[node]) == _not_ours(said_before[node])
    assert _places(new, kept) == _places(old, kept)


@given(networks(), FIGURE_GENES)
def test_nodes_that_agree_with_the_record_are_not_touched(
    content: Document, genes: list[Gene]
) -> None:
    _, after = edit_to(content, *genes)
    before, now = said_by_nodes(content), said_by_nodes(after)
    differences = differences_of(content, genes)
    named: set[str] = {text for each in differences for text in (*each.ids, each.symbol)}
    nodes = open_cx2(content).read_nodes()
    found = [(n.id, gene.ids | gene.names) for n, gene in gene_nodes(nodes, detect_dialect(nodes))]
    # What shares a name or an identifier with a named one, also through others, may be one gene.
    while grown := {t for _, said in found if said & named for t in said} - named:
        named |= grown
    assert all(now[node] == before[node] for node, said in found if not said & named)


@given(networks(FIGURE_DIALECTS), FIGURE_GENES)
def test_an_edit_gives_the_same_bytes_every_time(content: Document, genes: list[Gene]) -> None:
    pristine = orjson.dumps(content)
    first, _ = edit_to(content, *genes)
    second, _ = edit_to(orjson.loads(pristine), *genes)
    assert first == second
    assert orjson.dumps(content) == pristine


@given(networks(FIGURE_DIALECTS))
def test_what_was_added_can_be_taken_out_again_without_a_trace(content: Document) -> None:
    own = list(decode_cx2(content).genes)
    new = make_gene("NEW1", "ncbigene:4711", words=frozenset({"new"}))
    _, more = edit_to(content, *own, new)
    assert count_changes(content, more) == (1, 0, 0)
    _, back = edit_to(more, *own)
    assert content_digest(back) == content_digest(content)


def _not_ours(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in OURS}


def _places(aspects: dict[str, list[Any]], ids: set[int]) -> dict[int, tuple[Any, Any]]:
    return {n["id"]: (n.get("x"), n.get("y")) for n in aspects["nodes"] if n["id"] in ids}


@pytest.mark.parametrize("dialect", Dialect)
def test_a_missing_gene_is_added_in_the_dialect_of_the_others(dialect: Dialect) -> None:
    content = network_of(dialect, CXCL8, TNF)
    _, after = edit_to(content, CXCL8, TNF, AKT1)
    said = {name: value for name, value in values_of(AKT1, dialect).items() if name != "GraphID"}
    assert count_changes(content, after) == (1, 0, 0)
    assert aspects_of(after)["nodes"][:2] == aspects_of(content)["nodes"]
    assert aspects_of(after)["nodes"][2] == {"id": 2, "x": 0.0, "y": 100.0, "v": said}


def test_a_new_node_gets_an_id_above_all_others_and_a_free_place() -> None:
    content = network_of(Dialect.PFOCR_CX2, CXCL8, TNF)
    aspects_of(content)["nodes"][1] |= {"id": 40, "x": -20, "y": 250.5}
    aspects_of(content)["edges"].clear()
    content[1] = {"metaData": []}
    _, after = edit_to(content, CXCL8, TNF, AKT1)
    new = aspects_of(after)["nodes"][2]
    assert (new["id"], new["x"], new["y"]) == (41, 80.0, 250.5)


def test_an_extra_gene_goes_with_its_edges_and_bypasses() -> None:
    content = network_of(Dialect.PFOCR_CX2, CXCL8, TNF, AKT1)
    content[-1:-1] = [
        {"nodeBypasses": [{"id": n, "v": {"NODE_WIDTH": 9}} for n in range(3)]},
        {"edgeBypasses": [{"id": n, "v": {"EDGE_WIDTH": 9}} for n in range(2)]},
    ]
    edited, after = edit_to(content, CXCL8, TNF)
    assert (count_changes(content, after), edited.lost_edges) == ((0, 1, 0), 1)
    aspects = aspects_of(after)
    assert [node["id"] for node in aspects["nodes"]] == [0, 1]
    assert [edge["id"] for edge in aspects["edges"]] == [0]
    assert [bypass["id"] for bypass in aspects["nodeBypasses"]] == [0, 1]
    assert [bypass["id"] for bypass in aspects["edgeBypasses"]] == [0]
    assert validate_cx2(edited.body).edge_count == 1


def test_surplus_genes_that_hold_edges_are_known_one_by_one() -> None:
    content = network_of(Dialect.PFOCR_CX2, CXCL8, TNF, AKT1)
    del aspects_of(content)["edges"][1:]

    extra = [each for each in differences_of(content, []) if each.kind is GENE_EXTRA]
    anchored = find_anchored(content, [*extra, *differences_of(content, [CXCL8, TNF])])

    assert sorted(each.symbol for each in extra) == ["AKT1", "CXCL8", "TNF"]
    assert [each.symbol for each in anchored] == ["CXCL8", "TNF"]


@pytest.mark.parametrize("dialect", Dialect)
def test_a_renamed_gene_gets_the_symbol_of_the_record(dialect: Dialect) -> None:
    old = structs.replace(CXCL8, symbol="IL8", names=frozenset({"IL8"}))
    bare = structs.replace(old, ids=frozenset())
    content = network_of(dialect, old, TNF, bare, **{"shared name": "IL8"})
    _, after = edit_to(content, CXCL8, TNF)
    assert count_changes(content, after) == (0, 0, 2)
    assert differences_of(after, [CXCL8, TNF]) == ()
    expected = {**values_of(CXCL8, dialect), "shared name": "CXCL8"}
    if dialect is Dialect.PFOCR_CYTOSCAPE:
        expected["symbol"] = "IL8"  # the lexicon's entry, not the gene's symbol (formats 3)
    assert said_by_nodes(after)[0] == expected
    assert said_by_nodes(after)[1] == said_by_nodes(content)[1]


def test_a_rename_leaves_a_node_alone_that_is_another_gene_of_the_record() -> None:
    """Read alone, the network has one gene on both nodes; the record says that there are two."""
    said = [
        pathway_node("ERK", "5594", "Entrez Gene"),
        pathway_node("ERK", "P27361", "Uniprot-TrEMBL"),
    ]
    nodes = [{"id": number, "v": values} for number, values in enumerate(said)]
    content = document(nodes, {name: {"d": "string"} for name in said[0]}, [])
    record = [
        make_gene("MAPK1", "ncbigene:5594", "ensembl:ENSG00000100030"),
        make_gene("ERK", "uniprot:P27361", "ensembl:ENSG00000102882"),
    ]
    _, after = edit_to(content, *record)

    assert [each["name"] for each in said_by_nodes(after).values()] == ["MAPK1", "ERK"]
    assert differences_of(after, record) == ()


def one_node(node: dict[str, Any], **declared: Any) -> Document:
    """A network of one node, whose attributes are texts unless it is said how they are declared."""
    texts = {name: {"d": "string"} for name in node}
    return document([{"id": 0, "v": node}], {**texts, **declared}, [])


def pathway_node(name: str, identifier: str, source: str) -> dict[str, Any]:
    return {"name": name, "Type": "GeneProduct", "XrefId": identifier, "XrefDatasource": source}


@pytest.mark.parametrize("dialect", Dialect)
def test_a_gene_with_another_identifier_gets_that_of_the_record(dialect: Dialect) -> None:
    wrong = structs.replace(CXCL8, ids=frozenset({Curie("ncbigene:1")}))
    content = network_of(dialect, wrong, TNF, note="mine")
    _, after = edit_to(content, CXCL8, TNF)
    assert count_changes(content, after) == (0, 0, 1)
    assert said_by_nodes(after)[0] == {**values_of(CXCL8, dialect), "note": "mine"}


GPML_NODE = {
    "name": "CXCL8",
    "__gpml:Type": "GeneProduct",
    "__gpml:XrefId": "ENSG1",
    "__gpml:XrefDatasource": "Ensembl",
    "__gpml:GraphID": "a1",
}
C5AR = pathway_node("C5aR", "ENSG1", "Ensembl")
TWICE = {"n": "IL8", "name": "old", "Entrez": "3576", "word": "a", "Word": "b"}
CORRECTED: dict[str, tuple[Document, Gene, dict[str, Any]]] = {
    "identifiers that contradict the record are forgotten": (
        one_node({**GPML_NODE, "Ensembl": "Ensembl:ENSG1"}, Ensembl={"d": "string", "v": "E"}),
        make_gene("CXCL8", "ensembl:ENSG00000169429", "ncbigene:3576"),
        {**GPML_NODE, "__gpml:XrefId": "ENSG00000169429"},
    ),
    "a wrong identifier under another of the record's names": (
        one_node(C5AR),
        make_gene("C5AR1", "ensembl:ENSG2", names=frozenset({"C5aR"})),
        {**C5AR, "XrefId": "ENSG2"},
    ),
    "an attribute that is not there is not brought in": (
        one_node({"name": "IL8", "entrez": "3576"}),
        CXCL8,
        {"name": "CXCL8", "entrez": "3576"},
    ),
    "a name that is said twice": (
        one_node(TWICE, name={"d": "string", "a": "n"}),
        structs.replace(CXCL8, words=frozenset({"c"})),
        {"name": "CXCL8", "Entrez": "3576", "word": "c"},
    ),
}


@pytest.mark.parametrize(("content", "gene", "said"), CORRECTED.values(), ids=CORRECTED)
def test_a_node_is_corrected(content: Document, gene: Gene, said: dict[str, Any]) -> None:
    _, after = edit_to(content, gene)
    assert count_changes(content, after) == (0, 0, 1)
    assert differences_of(after, [gene]) == ()
    assert said_by_nodes(after)[0] == said


def pathway_2021(name: str, label: str, **more: str) -> dict[str, Any]:
    """Return what a node of the uploader of 2021 says, as R spells it."""
    ensembl = more.pop("Ensembl", "ENSG00000067225")
    return {
        "name": name,
        "shared.name": label,
        "X__gpml.textlabel": label,
        "Type": "GeneProduct",
        "HGNC": name,
        "Ensembl": ensembl,
        "__gpml:XrefId": ensembl,
        "__gpml:XrefDatasource": "Ensembl",
        **more,
    }


@pytest.mark.parametrize(
    "more",
    [
        {"represents": "OLD"},
        {"represents": "HGNC:OLD"},
        {"represents": "https://identifiers.org/hgnc.symbol/OLD"},
        {"__gpml:XrefId": "OLD", "__gpml:XrefDatasource": "HGNC"},
        {"shared.name": "OLD"},
        {"represents": "ensembl:ENSG00000067225"},
    ],
    ids=str,
)
def test_a_rename_in_a_pathway_of_2021_changes_each_column_with_the_symbol_but_the_label(
    more: dict[str, str],
) -> None:
    gene = make_gene("PKM", "ensembl:ENSG00000067225", "hgnc.symbol:PKM")
    node = pathway_2021("OLD", "Pyruvate\nkinase", **more)

    _, after = edit_to(one_node(node), gene)

    renamed = {key: value.replace("OLD", "PKM") for key, value in node.items()}
    assert said_by_nodes(after)[0] == renamed


@pytest.mark.parametrize("label", ["shared.name", "X__gpml.textlabel"])
def test_a_drawn_label_that_was_the_old_symbol_stays(label: str) -> None:
    difference = of_kind(DifferenceKind.GENE_RENAMED, make_gene("PKM", "ensembl:ENSG00000067225"))
    edited = edit_genes(one_node(pathway_2021("OLD", "OLD")), [difference])

    said = said_by_nodes(orjson.loads(edited.body))[0]
    assert (said["name"], said["HGNC"], said[label]) == ("PKM", "PKM", "OLD")


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ({}, {"HGNC": "GAPDH", "Ensembl": "ENSG00000111640"}),
        (
            {"Ensembl": "Ensembl:ENSG00000067225", "HGNC": "HGNC:9021"},
            {"HGNC": "HGNC:4141", "Ensembl": "Ensembl:ENSG00000111640"},
        ),
        ({"represents": "PKM"}, {"represents": "GAPDH"}),
        ({"represents": "HGNC:PKM"}, {"represents": "HGNC:GAPDH"}),
        ({"represents": "ncbigene:5315"}, {"represents": "ncbigene:2597"}),
        ({"represents": "ENSG00000067225"}, {"represents": "ENSG00000111640"}),
        ({"NCBI gene": "5315"}, {"NCBI gene": "2597"}),
        ({"UniProt": "P14618"}, {"UniProt": "P04406; V9HVZ4"}),
        ({"HGNC": ""}, {"HGNC": None}),
    ],
    ids=str,
)
def test_a_new_node_carries_the_identifiers_that_its_siblings_have_columns_for(
    node: dict[str, str], said: dict[str, str | None]
) -> None:
    old = pathway_2021("PKM", "PKM") | node
    gene = make_gene(
        "GAPDH",
        *("ensembl:ENSG00000111640", "hgnc.symbol:GAPDH", "hgnc:4141", "ncbigene:2597"),
        *("uniprot:P04406", "uniprot:V9HVZ4"),
    )

    after = orjson.loads(edit_genes(one_node(old), [missing(gene)]).body)

    new = said_by_nodes(after)[1]
    assert {name: new.get(name) for name in said} == said
    assert new["name"] == "GAPDH"
    assert new["__gpml:XrefId"] == "ENSG00000111640"
    assert set(new) <= set(old)
    [pkm] = [each for each in decode_cx2(after).genes if "PKM" not in each.names]
    assert "GAPDH" in pkm.names


def test_a_new_node_has_a_word_only_where_the_network_has_a_column_for_it() -> None:
    content = one_node({"name": "CXCL8", "entrez": "3576"})

    after = orjson.loads(edit_genes(content, [missing(TNF)]).body)

    assert "word" not in said_by_nodes(after)[1]


@pytest.mark.parametrize(
    ("data_type", "before", "after"),
    [
        ("string", ["IL8", "1L-8"], ["IL8", "IL-8"]),
        ("list_of_string", [["1L-8", "IL8"], ["IL-8"]], [["IL8"], ["IL-8"]]),
    ],
)
def test_only_wrong_words_are_corrected(
    data_type: str, before: list[Any], after: list[Any]
) -> None:
    content = network_of(Dialect.PFOCR_CX2, CXCL8, CXCL8)
    aspects_of(content)["attributeDeclarations"][0]["nodes"]["word"] = {"d": data_type}
    for node, word in zip(aspects_of(content)["nodes"], before, strict=True):
        node["v"]["word"] = word
    _, now = edit_to(content, structs.replace(CXCL8, words=frozenset({"IL-8", "IL8"})))
    assert count_changes(content, now) == (0, 0, 1)
    assert [said["word"] for said in said_by_nodes(now).values()] == after


def test_a_word_goes_where_the_record_has_none() -> None:
    difference = Difference(
        DifferenceKind.GENE_ATTRIBUTE, "CXCL8", tuple(CXCL8.ids), "word", local={}
    )
    edited = edit_genes(network_of(Dialect.PFOCR_CX2, CXCL8, TNF), [difference])
    said = said_by_nodes(orjson.loads(edited.body))
    assert "word" not in said[0]
    assert said[1]["word"] == "TNFa"


def test_of_two_genes_without_identifiers_the_extra_one_goes() -> None:
    content = network_of(Dialect.NODE_NAMES, make_gene("A"), make_gene("B"))
    _, after = edit_to(content, make_gene("B"))
    assert [said["name"] for said in said_by_nodes(after).values()] == ["B"]


def test_a_node_that_could_be_either_of_two_genes_is_neither_and_goes() -> None:
    first, second = make_gene("TNF", "ncbigene:1"), make_gene("TNF", "ncbigene:2")
    content = network_of(Dialect.PFOCR_CX2, make_gene("TNF"), first, second)
    _, after = edit_to(content, first, make_gene("AKT1", "ncbigene:207"))
    assert set(said_by_nodes(after)) == {1, 3}


def test_in_a_pathway_whose_nodes_have_no_type_a_new_one_has_none() -> None:
    content = network_of(Dialect.WIKIPATHWAYS, CXCL8, TNF)
    for node in aspects_of(content)["nodes"]:
        del node["v"]["Type"]
    gene = make_gene("AKT1", "eccode:2.7.11.1", "ensembl:ENSG00000142208")
    _, after = edit_to(content, CXCL8, TNF, gene)
    assert differences_of(after, [CXCL8, TNF, gene]) == ()
    assert said_by_nodes(after)[2] == {
        "name": "AKT1",
        "XrefId": "ENSG00000142208",
        "XrefDatasource": "Ensembl",
    }


def test_an_upload_says_that_it_is_one_document() -> None:
    _, after = edit_to(network_of(Dialect.PFOCR_CX2, CXCL8), CXCL8)
    assert after[0] == {"CXVersion": "2.0", "hasFragments": False}
    assert after[-1] == {"status": [{"success": True}]}


def test_a_name_that_stands_for_two_genes_gets_a_node_for_each() -> None:
    content = network_of(Dialect.PFOCR_CX2, make_gene("TNF", "ncbigene:9"))
    genes = [make_gene("TNF", "ncbigene:1"), make_gene("TNF", "ncbigene:2")]
    _, after = edit_to(content, *genes)
    assert count_changes(content, after) == (1, 0, 1)
    assert [said["ncbigene"] for said in said_by_nodes(after).values()] == [1, 2]


def test_what_nodes_say_by_default_is_not_said_by_a_new_node() -> None:
    content = network_of(Dialect.PFOCR_CX2, CXCL8, TNF)
    declared = aspects_of(content)["attributeDeclarations"][0]["nodes"]
    declared |= {
        "word": {"d": "string", "v": "IL-8", "a": "w"},
        "checked": {"d": "boolean", "v": True},
        "type": {"d": "string", "v": "gene"},
    }
    del aspects_of(content)["nodes"][0]["v"]["word"]
    wordless = structs.replace(AKT1, words=frozenset())
    _, after = edit_to(content, CXCL8, TNF, wordless)
    before, now = said_by_nodes(content), said_by_nodes(after)
    assert {node: now[node] for node in before} == before
    assert now[2] == values_of(wordless, Dialect.PFOCR_CX2)


def test_a_node_is_written_by_alias_and_in_the_declared_type() -> None:
    content = network_of(Dialect.PFOCR_CX2, structs.replace(CXCL8, symbol="IL8", names=frozenset()))
    declared = aspects_of(content)["attributeDeclarations"][0]["nodes"]
    declared["name"] = {"d": "string", "a": "n"}
    declared["ncbigene"] = {"d": "string"}
    declared["word"] = {"d": "list_of_string"}
    values = aspects_of(content)["nodes"][0]["v"]
    values |= {"n": values.pop("name"), "ncbigene": "3576", "word": ["IL-8"]}
    _, after = edit_to(content, CXCL8, structs.replace(TNF, words=frozenset({"TNF-a", "TNFa"})))
    old, new = (node["v"] for node in aspects_of(after)["nodes"])
    assert (old["n"], "name" in old) == ("CXCL8", False)
    assert (new["n"], "name" in new) == ("TNF", False)
    assert new["ncbigene"] == "7124"
    assert new["word"] == ["TNF-a", "TNFa"]


def test_declarations_get_the_data_type_that_the_server_needs() -> None:
    content = network_of(Dialect.PFOCR_CX2, CXCL8)
    aspects_of(content)["attributeDeclarations"][0]["nodes"]["word"] = {}
    _, after = edit_to(content, CXCL8)
    assert aspects_of(after)["attributeDeclarations"][0]["nodes"]["word"] == {"d": "string"}


def test_network_attributes_that_are_declared_and_not_there_are_no_obstacle() -> None:
    content = network_of(Dialect.PFOCR_CX2, CXCL8)
    del content[3]
    _, after = edit_to(content, CXCL8, TNF)
    assert "networkAttributes" not in aspects_of(after)["attributeDeclarations"][0]
    assert "networkAttributes" not in aspects_of(after)


def missing(gene: Gene) -> Difference:
    return Difference(
        DifferenceKind.GENE_MISSING, symbol=gene.symbol, ids=tuple(gene.ids), local={}
    )


def of_kind(kind: DifferenceKind, gene: Gene, **facts: Any) -> Difference:
    return Difference(kind, symbol=gene.symbol, ids=tuple(gene.ids), **facts)


@pytest.mark.parametrize(
    ("difference", "reason"),
    [
        (missing(CXCL8), "the network has 'CXCL8' now"),
        (of_kind(DifferenceKind.GENE_EXTRA, AKT1), "the network has no gene 'AKT1'"),
        (
            of_kind(DifferenceKind.GENE_EXTRA, structs.replace(CXCL8, ids=frozenset())),
            "the network has no gene 'CXCL8'",
        ),
        (of_kind(DifferenceKind.GENE_RENAMED, AKT1), "the network has no gene 'AKT1'"),
        (
            of_kind(DifferenceKind.GENE_REIDENTIFIED, TNF, remote={"ids": "ncbigene:9"}),
            "the network has no gene 'TNF'",
        ),
        (
            of_kind(
                DifferenceKind.GENE_REIDENTIFIED,
                make_gene("CXCL8", "ensembl:ENSG1"),
                remote={"ids": "ncbigene:3576"},
            ),
            "the identifiers of 'CXCL8' cannot be written",
        ),
        (
            of_kind(DifferenceKind.GENE_ATTRIBUTE, AKT1, name="word", local={"word": "x"}),
            "the network has no gene 'AKT1'",
        ),
        (of_kind(DifferenceKind.GENE_EXTRA, CXCL8), "no node would be left"),
    ],
)
def test_a_difference_that_is_no_longer_there_is_refused(
    difference: Difference, reason: str
) -> None:
    with pytest.raises(NetworkError, match=reason):
        edit_genes(network_of(Dialect.PFOCR_CX2, CXCL8), [difference])


def test_differences_that_are_not_about_genes_are_passed_over() -> None:
    content = network_of(Dialect.PFOCR_CX2, CXCL8)
    differences = [
        Difference(kind, name="x")
        for kind in (DifferenceKind.PROPERTY, DifferenceKind.MEMBERSHIP, DifferenceKind.STATE)
    ]
    assert edit_genes(content, differences) == edit_genes(content, [])


def with_part(*parts: dict[str, Any], **declared: Any) -> Document:
    """A network of one gene with other parts, or other declarations of its nodes."""
    content = network_of(Dialect.PFOCR_CX2, structs.replace(CXCL8, words=frozenset()))
    content[1:1] = parts
    aspects_of(content)["attributeDeclarations"][0]["nodes"] |= declared
    return content


def nested(depth: int) -> object:
    return [nested(depth - 1)] if depth else {}


TEXT = {"d": "string"}
REFUSED = {
    "genes that cannot be read": (one_node({"name": "A"}), "neither a type nor an identifier"),
    "an attribute that is declared twice": (
        with_part({"attributeDeclarations": [{"nodes": {"name": TEXT}}]}),
        "'name' is declared twice",
    ),
    "what the server would not load": (
        with_part(tags={"d": "string", "v": 5}),
        "Attribute tags, declared as string, cannot be 5",
    ),
    "nesting": (with_part({"odd": [{"x": nested(400)}]}), "a value that JSON does not allow"),
    "no place for its identifier": (
        with_part(word=TEXT, ncbigene={"d": "boolean"}, symbol={"d": "integer"}),
        "cannot say 'TNF'",
    ),
    "an alias that is a name": (
        with_part(word=TEXT, other={"d": "string", "a": "word"}),
        "another one has its name as an alias",
    ),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_network_that_cannot_take_a_gene_is_refused(content: Document, reason: str) -> None:
    with pytest.raises(NetworkError, match=reason):
        edit_genes(content, [Difference(DifferenceKind.GENE_MISSING, "TNF", local={"word": "w"})])


JSON = hostile_json("id", "v", "x", "y", "s", "t", "d", "a", "nodes", "name", "word")
ASPECTS = st.sampled_from(
    [
        *("nodes", "edges", "attributeDeclarations", "networkAttributes", "nodeBypasses"),
        *("edgeBypasses", "metaData", "visualProperties", "status"),
    ]
)


@given(networks(), ASPECTS, JSON, FIGURE_GENES, st.booleans())
def test_a_hostile_document_is_edited_or_refused_and_nothing_else(
    content: Document, aspect: str, held: object, genes: list[Gene], add: bool
) -> None:
    part = next(n for n, part in enumerate(content) if aspect in part or "status" in part)
    content[part] = {aspect: [*content[part].get(aspect, []), held] if add else held}
    with suppress(NetworkError):
        differences = differences_of(content, genes)
        body = edit_genes(content, differences).body
        assert differences_of(orjson.loads(body), genes) is not None
        assert content_digest(orjson.loads(body))


@given(JSON)
def test_what_is_no_network_is_refused_in_words(held: object) -> None:
    for content in (held, [held], [{"CXVersion": "2.0"}, {"nodes": held}]):
        with pytest.raises(NetworkError):
            edit_genes(content, ())
