"""The node table, oddity by oddity (formats 2)."""

from __future__ import annotations

import pytest

from sync.model import Gene
from sync.records.datanodes import parse_datanodes
from sync.records.notes import RowNotes
from tests.records.writing import NODE_HEAD, node_row, tsv

TOGETHER = "a row with a tab inside its label or comment was repaired"
LEFT_OUT = "a row with too many or too few cells"


def parse(*rows: list[str]) -> tuple[list[Gene], tuple[str, ...]]:
    notes = RowNotes("t.tsv")
    genes = list(parse_datanodes("t.tsv", tsv(NODE_HEAD, rows), "9606", notes))
    return genes, (*notes.sentences(), *notes.left_out())


def parse_one(*rows: list[str]) -> Gene:
    genes, notes = parse(*rows)
    assert notes == ()
    (gene,) = genes
    return gene


def test_rows_of_other_types_are_no_genes() -> None:
    kinds = ("Metabolite", "Pathway", "Rna", "", "geneproduct")

    assert parse(*(node_row("x", kind, "ncbigene:1") for kind in kinds)) == ([], ())


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("PDGF\u00a0B\u00a0", "PDGF B"),
        ('"TUSC2 / Fus1 , Fusion "', "TUSC2 / Fus1 , Fusion"),
        ('"say ""hi"""', 'say "hi"'),
        ('5" leader', '5" leader'),
        ('"', '"'),
        ("TGF-β \x80x", "TGF-β \x80x"),
        ("a" * 200_000, "a" * 200_000),
    ],
)
def test_a_label_is_kept_with_its_blanks_folded(written: str, label: str) -> None:
    gene = parse_one(node_row(written, "GeneProduct", "ncbigene:1"))

    assert (gene.symbol, set(gene.names)) == (label, {label})


@pytest.mark.parametrize(
    ("hgnc", "symbol", "names"),
    [
        ("", "P38", {"P38"}),
        ("hgnc.symbol:AIMP2", "AIMP2", {"AIMP2", "P38"}),
        ("hgnc.symbol:AIMP2;", "AIMP2", {"AIMP2", "P38"}),
        ("hgnc.symbol:AIMP2;hgnc.symbol:EPHB2", "P38", {"AIMP2", "EPHB2", "P38"}),
        ("hgnc:7113", "P38", {"P38"}),
    ],
)
def test_the_one_hgnc_symbol_goes_before_the_label(hgnc: str, symbol: str, names: set[str]) -> None:
    gene = parse_one(node_row("P38", "GeneProduct", "ncbigene:7965", HGNC=hgnc))

    assert (gene.symbol, set(gene.names)) == (symbol, names)


def test_identifiers_of_all_gene_columns_are_taken_and_of_no_other() -> None:
    gene = parse_one(
        node_row(
            "x",
            "Protein",
            "uniprot:P1;:LOC_Os01g63290",
            Ensembl="ensembl:ENSG00000000001;ensembl:ENSG00000000002",
            NCBI_gene="ncbigene:1; ncbigene:2",
            HGNC="hgnc.symbol:A",
            UniProt="uniprot:P1;uniprot:P2",
            Wikidata="wikidata:Q1",
            ChEBI="chebi:1",
        )
    )

    assert {curie.partition(":")[0] for curie in gene.ids} == {
        "uniprot",
        "ensembl",
        "ncbigene",
        "hgnc.symbol",
    }
    assert len(gene.ids) == 7


def test_a_row_that_nothing_names_is_left_out_and_noted() -> None:
    named = [node_row("A", "Protein", ""), node_row(" ", "Protein", "uniprot:P1")]
    genes, notes = parse(node_row("", "Protein", ":x"), *named)

    assert [gene.symbol for gene in genes] == ["A", "uniprot:P1"]
    assert notes == ("t.tsv:2: a row with neither label nor identifier",)


def test_a_comment_may_hold_returns_quotes_and_links() -> None:
    comment = '"one\r two <br> <a href="x">y</a> ""z"" "'

    assert parse_one(node_row("A", "Protein", "uniprot:P1", Comment=comment)).symbol == "A"


def split_label(*parts: str) -> list[str]:
    row = node_row("", "GeneProduct", "ncbigene:5580", HGNC="hgnc.symbol:PRKCD")
    return [*parts, *row[1:]]


def split_comment(*parts: str) -> list[str]:
    row = node_row("PRKCD", "GeneProduct", "ncbigene:5580", HGNC="hgnc.symbol:PRKCD")
    return [*row[:3], *parts, *row[4:]]


@pytest.mark.parametrize(
    "row",
    [
        split_label("", "PRKCD"),
        split_label("PRKCD", ""),
        split_label("PRKCD", "", "", "", ""),
        split_label(*["PRKCD", "", "", "", "", "", ""], *[""] * 5),
        split_comment('"two EC numbers: ', '[EC:4.1.1.28; EC:4.1.1.105]"'),
        split_comment('"', '"'),
        split_comment('"', "", "a", '"', '"'),
        split_comment('"one', "GeneProduct", 'of" two"'),
        [*split_label("PRKCD", "")[:4], '"a', 'b"', *split_label("PRKCD", "")[5:]],
    ],
)
def test_a_row_with_a_tab_in_its_label_or_comment_is_put_together(row: list[str]) -> None:
    assert len(row) > len(NODE_HEAD)
    genes, notes = parse(row)

    assert [(gene.symbol, "ncbigene:5580" in gene.ids) for gene in genes] == [("PRKCD", True)]
    assert notes == (f"t.tsv:2: {TOGETHER}",)


def test_a_label_with_a_tab_reads_as_one_with_a_blank_and_a_metabolite_stays_one() -> None:
    row = ["Insulin", "receptor", *node_row("", "Protein", "uniprot:P1")[1:]]
    genes, notes = parse(row, ["oxo", "", *node_row("", "Metabolite", "chebi:35146")[1:]])

    assert [gene.symbol for gene in genes] == ["Insulin receptor"]
    assert notes == (f"t.tsv:2: {TOGETHER} (also line 3)",)


@pytest.mark.parametrize(
    "row",
    [
        node_row("A", "Protein", "uniprot:P1")[:-1],
        ["A"],
        ["A", *node_row("A", "Enzyme", "uniprot:P1")],
        split_comment("no", "quotes"),
        split_comment('"not closed', "x"),
        split_label("A", "Protein", '"x', '"'),
        [*node_row("A", "Protein", "uniprot:P1"), "", ""],
    ],
    ids=[
        *("too short", "one cell", "no known type", "comment not quoted", "comment not closed"),
        *("two places for the type", "tabs behind the comment"),
    ],
)
def test_a_row_that_could_only_be_guessed_is_left_out_and_noted(row: list[str]) -> None:
    genes, notes = parse(node_row("first", "Protein", "uniprot:P0"), row)

    assert [gene.symbol for gene in genes] == ["first"]
    assert notes == (f"t.tsv:3: {LEFT_OUT}",)


def test_lines_are_split_at_line_feeds_only_and_blank_ones_left_out() -> None:
    notes = RowNotes("t.tsv")
    row = "\t".join(node_row("A\u2028\x85\x0c", "Protein", "uniprot:P1"))
    text = "\t".join(NODE_HEAD) + f"\r\n\r\n{row}\r\n{row}"

    assert len(list(parse_datanodes("t.tsv", text, "", notes))) == 2
    assert notes.sentences() == ()


def test_further_columns_behind_the_known_ones_do_no_harm() -> None:
    notes = RowNotes("t.tsv")
    head = [*NODE_HEAD, "Rhea"]
    row = ["p53", "", *node_row("", "Protein", "ncbigene:7157")[1:], "rhea:1"]
    genes = list(parse_datanodes("t.tsv", tsv(head, [row]), "", notes))

    assert [gene.symbol for gene in genes] == ["p53"]
