"""WikiPathways records: front matter, node table and drawing together (formats 1 and 2)."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.match.gene_groups import unite_genes
from tests.records.writing import (
    NODE_HEAD,
    node_row,
    pathway,
    read_bad,
    read_good,
    tsv,
    write,
    write_pathway,
)

TABLE = "pathways/WP1/WP1-datanodes.tsv"
LISTED = f"{TABLE} lists genes that pathways/WP1/WP1.gpml does not draw: "
DRAWN = f"pathways/WP1/WP1.gpml draws genes that {TABLE} does not list: "
TP53 = node_row(
    "p53",
    "Protein",
    "uniprot:P04637",
    Ensembl="ensembl:ENSG00000141510",
    NCBI_gene="ncbigene:7157",
    HGNC="hgnc.symbol:TP53",
    UniProt="uniprot:P04637;uniprot:K7PPA8",
)


def gpml(*nodes: tuple[str, str, str, str]) -> str:
    """A drawing of data nodes given as label, type, database and identifier."""
    drawn = "".join(
        f'<DataNode TextLabel="{label}" Type="{kind}"><Graphics /><Xref Database="{database}" '
        f'ID="{identifier}" /></DataNode>\r\n'
        for label, kind, database, identifier in nodes
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\r\n<Pathway '
        f'xmlns="http://pathvisio.org/GPML/2013a" Name="x">\r\n{drawn}</Pathway>\r\n'
    )


def test_fields_are_the_texts_as_they_stand(tmp_path: Path) -> None:
    path = write_pathway(
        tmp_path,
        title="'Two  blanks: / * ? and one behind '",
        description="'<p>HTML</p>\ttab'",
        revision="r142399",
        **{"last-edited": "2026-02-05"},
        annotations="[{id: CL:0000182, type: Cell Type Ontology}]",
        authors="['', '%(^', a, a]",
        citedin="''",
    )
    record = read_good(tmp_path, path)

    assert record.fields == {
        "wpid": "WP1",
        "title": "Two  blanks: / * ? and one behind ",
        "organism": "Homo sapiens",
        "description": "<p>HTML</p>\ttab",
        "revision": "r142399",
        "last-edited": "2026-02-05",
    }


@pytest.mark.parametrize("organisms", ["[]", "[Homo sapiens, Mus musculus]", "''", "null", "[NA]"])
def test_a_pathway_without_exactly_one_organism_is_refused(tmp_path: Path, organisms: str) -> None:
    refused = read_bad(tmp_path, write_pathway(tmp_path, organisms=organisms))

    assert refused.line == 3
    assert refused.reason.startswith("not one organism: organisms has ")


def test_a_pathway_that_names_no_organism_at_all_is_refused_at_its_id(tmp_path: Path) -> None:
    refused = read_bad(tmp_path, write(tmp_path, "WP1.md", "---\ntitle: x\nwpid: WP1\n---"))

    assert refused.line == 3
    assert refused.reason.startswith("not one organism: organisms has 0;")


@pytest.mark.parametrize(
    ("named", "taxon"),
    [("Mus musculus", "10090"), ("Canis familiaris", "9615"), ("Acetobacterium woodii", "")],
)
def test_the_organism_is_that_of_every_gene(tmp_path: Path, named: str, taxon: str) -> None:
    path = write_pathway(tmp_path, TP53, organisms=f"[{named}]")

    assert [gene.organism for gene in read_good(tmp_path, path).genes] == [taxon]


def test_a_pathway_of_another_organism_has_no_genes_to_compare(tmp_path: Path) -> None:
    path = write_pathway(
        tmp_path, TP53, gpml=gpml(("X", "Rna", "", "")), organisms="[Acetobacterium woodii]"
    )
    record = read_good(tmp_path, path, organisms=["Homo sapiens"])

    assert record.genes == ()
    assert [gene.symbol for gene in record.other_organisms] == ["TP53", "X"]
    assert record.of_other_organism


def test_a_missing_node_table_is_refused_with_advice(tmp_path: Path) -> None:
    refused = read_bad(tmp_path, write(tmp_path, "WP1.md", pathway()))

    assert refused.line == 4
    assert refused.reason == (
        "no node table: WP1-datanodes.tsv is missing, so the pathway's genes are unknown; "
        "add the table or leave the record out"
    )


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("", "wrong columns: the header line lacks Label, Type, Identifier, Comment, Ensembl"),
        (
            tsv([head for head in NODE_HEAD if head != "HGNC"], []),
            "wrong columns: the header line lacks HGNC; regenerate the table",
        ),
        (
            tsv(NODE_HEAD[::-1], []),
            "wrong columns: the header line should start with Label, Type, Identifier, Comment",
        ),
    ],
)
def test_other_columns_are_refused(tmp_path: Path, table: str, reason: str) -> None:
    path = write_pathway(tmp_path)
    write(tmp_path, TABLE, table)
    refused = read_bad(tmp_path, path)

    assert (refused.id, refused.path, refused.line) == ("WP1", TABLE, 1)
    assert refused.reason.startswith(reason)


def test_a_drawing_adds_the_genes_that_the_table_leaves_out(tmp_path: Path) -> None:
    path = write_pathway(
        tmp_path,
        TP53,
        gpml=gpml(
            ("p53 again", "GeneProduct", "Entrez Gene", "7157"),
            ("MIR21", "Rna", "Ensembl", "ENSG00000284190"),
            ("MIR22", "RNA", "", ""),
            ("no id", "Protein", "", ""),
            ("not listed", "GeneProduct", "Ensembl", "ENSG00000000001"),
            ("", "Protein", "Uniprot-TrEMBL", "Q9UGI6"),
            ("", "GeneProduct", "", ""),
            ("DAG", "Metabolite", "ChEBI", "18035"),
            ("Apoptosis", "Pathway", "WikiPathways", "WP254"),
            ("a complex", "Complex", "", ""),
        ),
    )
    record = read_good(tmp_path, path)

    assert [(gene.symbol, set(gene.ids), gene.listable) for gene in record.genes[1:]] == [
        ("MIR21", {"ensembl:ENSG00000284190"}, False),
        ("MIR22", set(), False),
        ("no id", set(), False),
        ("not listed", {"ensembl:ENSG00000000001"}, True),
        ("uniprot:Q9UGI6", {"uniprot:Q9UGI6"}, True),
    ]
    assert {gene.organism for gene in record.genes} == {"9606"}
    assert record.lists_every_gene
    assert record.notes == (f"{DRAWN}not listed (ensembl:ENSG00000000001), uniprot:Q9UGI6",)


@pytest.mark.parametrize(
    ("rows", "drawn", "notes"),
    [
        pytest.param(
            [("TLR4", "ncbigene:7099")],
            [("TLR4", "7100")],
            [
                f"{LISTED}TLR4 (ncbigene:7099)",
                f"{DRAWN}TLR4 (ncbigene:7100)",
            ],
            id="one-label-with-two-identifiers",
        ),
        pytest.param(
            [(f"A{number}", f"ncbigene:{number}") for number in range(1, 23)],
            [],
            [
                LISTED
                + ", ".join(f"A{number} (ncbigene:{number})" for number in range(1, 21))
                + " and 2 more"
            ],
            id="many",
        ),
        pytest.param(
            [("TLR4", "ncbigene:7099"), ("LOC_OS1", ":LOC_OS1")],
            [("Toll", "7099"), ("LOC_OS1", "1")],
            [],
            id="a-row-without-a-readable-identifier-is-known-by-its-label",
        ),
    ],
)
def test_a_table_and_a_drawing_that_disagree_are_named_with_what_each_has(
    tmp_path: Path, rows: list[tuple[str, str]], drawn: list[tuple[str, str]], notes: list[str]
) -> None:
    path = write_pathway(
        tmp_path,
        *(node_row(label, "GeneProduct", curie) for label, curie in rows),
        gpml=gpml(*((label, "GeneProduct", "Entrez Gene", number) for label, number in drawn)),
    )

    assert list(read_good(tmp_path, path).notes) == notes


@pytest.mark.parametrize("kind", ["GeneProduct", "Metabolite"])
def test_a_label_drawn_over_two_lines_takes_no_official_symbol_away(
    tmp_path: Path, kind: str
) -> None:
    official = node_row("p53", "Protein", "ncbigene:7157", HGNC="hgnc.symbol:TP53")
    drawn = gpml(("TP&#xA;53", kind, "Entrez Gene", "1"))
    record = read_good(tmp_path, write_pathway(tmp_path, official, gpml=drawn))

    assert "TP53" in {gene.symbol for gene in record.genes}


def test_rows_that_cannot_be_read_are_listed_each_with_its_line(tmp_path: Path) -> None:
    ragged = [*TP53, "one cell too many"]
    record = read_good(tmp_path, write_pathway(tmp_path, ragged, TP53, TP53[:4]))

    assert [gene.symbol for gene in record.genes] == ["TP53"]
    assert record.notes == ()
    assert record.left_out == (
        f"{TABLE}:2: a row with too many or too few cells",
        f"{TABLE}:4: a row with too many or too few cells",
    )


@pytest.mark.parametrize(
    ("drawing", "note"),
    [
        ("<Pathway", "pathways/WP1/WP1.gpml:1: not XML: unclosed token; export the drawing again"),
        (
            '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "b">]>\n<Pathway />',
            "pathways/WP1/WP1.gpml:2: document type: GPML has no <!DOCTYPE; delete it",
        ),
    ],
)
def test_a_drawing_that_cannot_be_read_is_noted_and_the_table_stands(
    tmp_path: Path, drawing: str, note: str
) -> None:
    record = read_good(tmp_path, write_pathway(tmp_path, TP53, gpml=drawing))

    assert [gene.symbol for gene in record.genes] == ["TP53"]
    assert not record.lists_every_gene
    assert record.notes == (f"{note}; its Rna nodes and nodes without identifier are not compared",)


def test_a_drawing_that_leads_out_of_the_root_is_not_read(tmp_path: Path) -> None:
    path = write_pathway(tmp_path / "root", TP53)
    write(tmp_path, "secret.gpml", gpml(("SECRET", "Rna", "", "")))
    (tmp_path / "root/pathways/WP1/WP1.gpml").symlink_to(tmp_path / "secret.gpml")
    record = read_good(tmp_path / "root", path)

    assert [gene.symbol for gene in record.genes] == ["TP53"]
    assert "outside the collection" in record.notes[0]


LABELS = st.text(
    st.characters(codec="utf-8", exclude_characters='\t\n\r"'), min_size=1, max_size=20
).filter(str.strip)
ROWS = st.lists(
    st.tuples(LABELS, st.integers(1, 50), st.sampled_from(["GeneProduct", "Protein"])),
    max_size=20,
)


@given(ROWS, st.randoms())
def test_labels_read_back_folded_and_row_order_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int, str]], random: Random
) -> None:
    root = tmp_path_factory.getbasetemp() / "law"
    written = [node_row(label, kind, f"ncbigene:{number}") for label, number, kind in rows]
    genes = read_good(root, write_pathway(root, *written)).genes
    random.shuffle(written)
    shuffled = read_good(root, write_pathway(root, *written)).genes

    assert [(gene.symbol, set(gene.ids)) for gene in genes] == [
        (" ".join(label.split()), {f"ncbigene:{number}"}) for label, number, _ in rows
    ]
    assert unite_genes(shuffled) == unite_genes(genes)
