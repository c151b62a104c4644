"""PFOCR figures in both layouts, with the oddities of formats 3 and 4."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.match.gene_groups import unite_genes
from sync.model import Entity, Gene, Record
from tests.records.writing import (
    FIGURE,
    GENE_HEAD,
    embedded,
    figure,
    gene_row,
    read_bad,
    read_good,
    tsv,
    write,
    write_figure,
)

TABLE = f"_data/{FIGURE}-genes.tsv"
ENTITY_HEAD = ["word", "mesh", "match", "name", "chebi"]


def embedded_gene(**cells: str) -> str:
    default = {
        "word": "IL-8",
        "symbol": "IL-8",
        "source": "hgnc_alias_symbol",
        "hgnc_symbol": "CXCL8",
        "entrez": "'3576'",
    }
    return "\n- " + "\n  ".join(f"{key}: {cell}" for key, cell in (default | cells).items())


def read_embedded(root: Path, genes: str = "[]", **keys: str) -> Record:
    return read_good(root, write(root, f"{FIGURE}.md", embedded(genes, **keys)))


def test_an_embedded_gene_is_read_with_word_source_and_number(tmp_path: Path) -> None:
    record = read_embedded(tmp_path, embedded_gene())

    assert record.genes == (
        Gene(
            symbol="CXCL8",
            ids=frozenset({"ncbigene:3576"}),  # type: ignore[arg-type] # a CURIE written out
            words=frozenset({"IL-8"}),
            sources=frozenset({"hgnc_alias_symbol"}),
            organism="9606",
        ),
    )
    assert record.notes == ()
    assert record.lists_every_gene


@pytest.mark.parametrize("genes", ["[]", "", "null"])
def test_a_figure_may_have_no_genes(tmp_path: Path, genes: str) -> None:
    assert read_embedded(tmp_path, genes).genes == ()


@pytest.mark.parametrize("number", ["''", "NA", "null", "unknown", "'ncbigene:'"])
def test_a_gene_without_a_number_is_known_by_symbol_and_noted(tmp_path: Path, number: str) -> None:
    genes = embedded_gene() + embedded_gene(hgnc_symbol="TNF", entrez=number)
    record = read_embedded(tmp_path, genes)

    assert [(gene.symbol, len(gene.ids)) for gene in record.genes] == [("CXCL8", 1), ("TNF", 0)]
    assert record.notes == (
        f"{FIGURE}.md:10: a gene without an NCBI number is known by its symbol only",
    )


@pytest.mark.parametrize("symbol", ["''", "null", ".na.character", "' '"])
def test_a_gene_without_a_symbol_is_named_by_its_number_and_noted(
    tmp_path: Path, symbol: str
) -> None:
    record = read_embedded(tmp_path, embedded_gene(hgnc_symbol=symbol))

    assert [gene.symbol for gene in record.genes] == ["ncbigene:3576"]
    assert record.notes == (f"{FIGURE}.md:5: a gene without a symbol is named by its NCBI number",)


def test_a_gene_that_nothing_names_is_left_out_and_noted(tmp_path: Path) -> None:
    record = read_embedded(tmp_path, "\n- {word: x}" * 9 + embedded_gene())

    assert [gene.symbol for gene in record.genes] == ["CXCL8"]
    assert record.notes == ()
    assert record.left_out == tuple(
        f"{FIGURE}.md:{line}: a gene with neither symbol nor NCBI number" for line in range(5, 14)
    )


@pytest.mark.parametrize(
    ("genes", "reason"),
    [
        ("{a: b}", "wrong type: 'genes' should be a list and is a map"),
        ("[TNF]", "wrong type: 'genes' should be a list of maps and is a plain text"),
        ("[[TNF]]", "wrong type: 'genes' should be a list of maps and is a list"),
        ("[{word: [a]}]", "wrong type: 'genes: word' should be a plain text and is a list"),
    ],
)
def test_a_malformed_genes_list_is_refused(tmp_path: Path, genes: str, reason: str) -> None:
    refused = read_bad(tmp_path, write(tmp_path, f"{FIGURE}.md", embedded(genes)))

    assert (refused.line, refused.reason) == (4, reason)


@pytest.mark.parametrize(
    ("rows", "others"),
    [
        (1, ""),
        (2, " (also line 6)"),
        (6, " (also line 6, 7, 8, 9, 10)"),
        (7, " (also line 6, 7, 8, 9, 10 and 1 more)"),
    ],
)
def test_a_note_names_the_first_lines(tmp_path: Path, rows: int, others: str) -> None:
    assert read_embedded(tmp_path, "\n- {hgnc_symbol: TNF}" * rows).notes == (
        f"{FIGURE}.md:5: a gene without an NCBI number is known by its symbol only{others}",
    )


def test_embedded_genes_are_human(tmp_path: Path) -> None:
    path = write(tmp_path, f"{FIGURE}.md", embedded(embedded_gene()))
    record = read_good(tmp_path, path, organisms=["Mus musculus"])

    assert record.genes == ()
    assert [gene.symbol for gene in record.other_organisms] == ["CXCL8"]


def test_embedded_chemicals_and_diseases_are_read(tmp_path: Path) -> None:
    record = read_embedded(
        tmp_path,
        chemicals="[{word: bombesin, source: MESH, identifier: D001839}]",
        diseases="[{word: Cancer, source: '', identifier: ''}, {word: ~}]",
    )

    assert record.chemicals == (Entity("bombesin", "MESH", "D001839"),)
    assert record.diseases == (Entity("Cancer", "", ""), Entity("", "", ""))


def test_fields_are_the_texts_as_they_stand(tmp_path: Path) -> None:
    plain = {
        "number": "F9a",
        "figlink": "/pmc/articles/PMC1/figure/F6",
        "pmcid": "PMC1",
        "year": "2001",
        "reftext": "A. Author (NA). 2011;1:4-4.",
        "filename": "fig-1.jpg",
        "organisms": "Homo sapiens, Drosophila melanogaster",
    }
    record = read_embedded(
        tmp_path,
        figtitle="'Ends in a blank '",
        papertitle="'A paper  with two blanks .'",
        caption="A caption\n  of two lines",
        pathway_score="0.95",
        **plain,
    )

    assert record.fields == {
        "figid": FIGURE,
        "figtitle": "Ends in a blank ",
        "papertitle": "A paper  with two blanks .",
        "caption": "A caption of two lines",
        **plain,
    }


@pytest.mark.parametrize(
    ("key", "nothing"),
    [
        ("organisms", "[]"),
        ("organisms", "[NA, NA]"),
        *product(("doi", "year", "number", "organisms"), ("''", "null", "NA", "' '")),
        ("year", ".na.character"),
    ],
)
def test_a_field_that_is_not_stated_is_left_out(tmp_path: Path, key: str, nothing: str) -> None:
    assert read_embedded(tmp_path, **{key: nothing}).fields == {"figid": FIGURE}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("[Mus musculus, Homo sapiens]", "Mus musculus, Homo sapiens"),
        ("[NA, Homo sapiens, NA]", "Homo sapiens"),
        ("['Homo sapiens, Xenopus Oocyte']", "Homo sapiens, Xenopus Oocyte"),
        ("Homo sapiens", "Homo sapiens"),
    ],
)
def test_organisms_are_one_text_joined_by_commas(tmp_path: Path, written: str, text: str) -> None:
    assert read_embedded(tmp_path, organisms=written).fields["organisms"] == text


def test_a_row_of_the_gene_table_is_read_with_word_source_and_number(tmp_path: Path) -> None:
    record = read_good(tmp_path, write_figure(tmp_path, gene_row()))

    (gene,) = record.genes
    assert (gene.symbol, set(gene.ids), gene.organism) == ("CXCL8", {"ncbigene:3576"}, "9606")
    assert (set(gene.words), set(gene.sources)) == ({"IL-8"}, {"ncbigene_synonym"})


def test_columns_are_found_by_their_heads(tmp_path: Path) -> None:
    ten = [head for head in GENE_HEAD if head != "count_synonym"]
    row = [cell for head, cell in zip(GENE_HEAD, gene_row(), strict=True) if head in ten]
    path = write(tmp_path, f"_figures/{FIGURE}.md", figure())
    write(tmp_path, TABLE, tsv(ten, [row]))
    of_ten = read_good(tmp_path, path)
    write(tmp_path, TABLE, tsv(ten[::-1], [row[::-1]]))

    assert of_ten.genes == read_good(tmp_path, path).genes
    assert of_ten.genes[0].symbol == "CXCL8"


def test_without_its_gene_table_a_figure_is_read_and_its_genes_are_unknown(
    tmp_path: Path,
) -> None:
    record = read_good(tmp_path, write(tmp_path, f"_figures/{FIGURE}.md", figure()))

    assert record.genes == ()
    assert record.genes_unknown == (
        f"no gene table: _data/{FIGURE}-genes.tsv is missing, so its genes cannot be compared;"
        " add the table"
    )


@pytest.mark.parametrize(
    ("table", "line", "reason"),
    [
        ("", 1, "wrong columns: the header line lacks organism_id, organism_name, word, "),
        ("a\tb\n", 1, "wrong columns: the header line lacks organism_id"),
        (tsv([*GENE_HEAD, "word"], []), 1, "wrong columns: a column name occurs twice"),
        (
            tsv(GENE_HEAD, [gene_row(), gene_row()[:-1]]),
            3,
            "ragged row: 10 cells, but the header has 11",
        ),
        (tsv(GENE_HEAD, [[*gene_row(), ""]]), 2, "ragged row: 12 cells, but the header has 11"),
        (tsv(GENE_HEAD, [gene_row()])[:-25], 2, "ragged row: "),
    ],
)
def test_a_malformed_gene_table_is_refused_by_its_own_path_and_line(
    tmp_path: Path, table: str, line: int, reason: str
) -> None:
    path = write_figure(tmp_path)
    write(tmp_path, TABLE, table)
    refused = read_bad(tmp_path, path)

    assert (refused.id, refused.path, refused.line) == (FIGURE, TABLE, line)
    assert refused.reason.startswith(reason)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["no mark", "byte order mark"])
def test_line_ends_and_marks_of_a_table_change_nothing(tmp_path: Path, bom: str, end: str) -> None:
    path = write_figure(tmp_path)
    table = tsv(GENE_HEAD, [gene_row(), gene_row(ncbigene_symbol="TNF", ncbigene_id="7124")])
    write(tmp_path, TABLE, bom + table.rstrip("\n").replace("\n", end))

    assert [gene.symbol for gene in read_good(tmp_path, path).genes] == ["CXCL8", "TNF"]


def test_rows_of_other_organisms_are_kept_apart(tmp_path: Path) -> None:
    fly = gene_row(
        organism_id="7227",
        organism_name="Drosophila melanogaster",
        ncbigene_symbol="Tor",
        ncbigene_id="47396",
    )
    path = write_figure(tmp_path, fly, gene_row())
    record = read_good(tmp_path, path, organisms=["Homo sapiens"])

    assert [gene.symbol for gene in record.genes] == ["CXCL8"]
    assert [(gene.symbol, gene.organism) for gene in record.other_organisms] == [("Tor", "7227")]
    assert len(read_good(tmp_path, path).genes) == 2


@pytest.mark.parametrize("symbol", ["NA", "null", "tRNA:Lys-TTT-1-1", '"quoted"'])
def test_odd_symbols_are_symbols(tmp_path: Path, symbol: str) -> None:
    path = write_figure(tmp_path, gene_row(ncbigene_symbol=symbol, count_synonym="NA"))

    assert [gene.symbol for gene in read_good(tmp_path, path).genes] == [symbol]


def test_a_gene_row_without_a_number_is_noted_with_table_and_line(tmp_path: Path) -> None:
    unnamed = gene_row(ncbigene_symbol="", ncbigene_id="NA")
    unnumbered = gene_row(ncbigene_symbol="TNF", ncbigene_id="NA")
    record = read_good(tmp_path, write_figure(tmp_path, unnamed, unnumbered))

    assert record.notes == (
        f"{TABLE}:3: a gene without an NCBI number is known by its symbol only",
    )
    assert record.left_out == (f"{TABLE}:2: a gene with neither symbol nor NCBI number",)


def test_listed_chemicals_and_diseases_are_read(tmp_path: Path) -> None:
    path = write_figure(tmp_path)
    rows = [
        ["[O]", "mesh:D013481", "Superoxides", "superoxide", "chebi:18421"],
        ["Me  Me  Me ", "NA", "NA", "NA", "NA"],
    ]
    write(tmp_path, f"_data/{FIGURE}-chemicals.tsv", tsv(ENTITY_HEAD, rows))
    write(tmp_path, f"_data/{FIGURE}-diseases.tsv", tsv(ENTITY_HEAD[:-1], [rows[0][:-1]]))
    record = read_good(tmp_path, path)

    assert record.chemicals == (Entity("[O]", "MESH", "D013481"), Entity("Me  Me  Me ", "", ""))
    assert record.diseases == (Entity("[O]", "MESH", "D013481"),)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("", "wrong columns: the header line lacks word, mesh"),
        (tsv(ENTITY_HEAD, [["x"]]), "ragged row: 1 cell, but the header has 5"),
        ("\udcff", "not UTF-8: byte 0xff cannot be read"),
    ],
    ids=["no header", "ragged", "no UTF-8"],
)
def test_a_malformed_table_of_chemicals_is_noted_since_nothing_is_compared_with_it(
    tmp_path: Path, table: str, reason: str
) -> None:
    path = write_figure(tmp_path, gene_row())
    write(tmp_path, f"_data/{FIGURE}-chemicals.tsv", table.encode(errors="surrogateescape"))
    record = read_good(tmp_path, path)

    assert record.chemicals == ()
    assert len(record.genes) == 1
    (note,) = record.notes
    assert note.startswith(f"_data/{FIGURE}-chemicals.tsv:")
    assert reason in note
    assert note.endswith("; the figure's chemicals are not shown")


def without_gene_table(root: Path, keywords: str) -> str:
    """A figure of two chemicals, one of them on two rows, and one disease of the same name."""
    path = write(
        root,
        f"_figures/{FIGURE}.md",
        figure(**{"schema-jsonld": f"{{keywords: {keywords}}}"} if keywords else {}),
    )
    rows = [[word, "NA", "NA", "NA", "NA"] for word in ("FAS", "On ", "FAS")]
    write(root, f"_data/{FIGURE}-chemicals.tsv", tsv(ENTITY_HEAD, rows))
    write(root, f"_data/{FIGURE}-diseases.tsv", tsv(ENTITY_HEAD, rows[:1]))
    return path


def test_a_figure_whose_keywords_are_chemicals_and_diseases_has_no_genes(tmp_path: Path) -> None:
    record = read_good(tmp_path, without_gene_table(tmp_path, "[FAS, 'On ', FAS]"))

    assert record.genes == record.other_organisms == ()
    assert record.genes_unknown is None
    assert len(record.chemicals) == 3
    assert record.notes == ("it has no gene table, and all its keywords are chemicals or diseases",)
    path = write(tmp_path, f"a/b/{FIGURE}.md", figure(**{"schema-jsonld": "{keywords: []}"}))
    assert read_good(tmp_path / "a/b", Path(path).name).genes_unknown is None


@pytest.mark.parametrize(
    "keywords",
    [
        "[FAS, 'On ', FAS, TNF]",
        "[FAS, 'On ', FAS, FAS]",
        "[FAS, 'On ']",
        "[FAS, 'On', FAS]",
        "TNF",
        "''",
        "",
    ],
    ids=["a gene", "a gene named so", "too few", "other text", "one text", "blank", "no keywords"],
)
def test_without_a_gene_table_genes_are_unknown_where_the_keywords_leave_one_over(
    tmp_path: Path, keywords: str
) -> None:
    record = read_good(tmp_path, without_gene_table(tmp_path, keywords))

    assert record.genes_unknown is not None


CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\t\n\r"),
    max_size=20,
)
ROWS = st.lists(
    st.tuples(CELLS, CELLS.filter(str.strip), st.integers(1, 10**9)), min_size=1, max_size=20
)


@given(ROWS, st.randoms())
def test_texts_of_a_table_read_back_and_row_order_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, int]],
    random: Random,
) -> None:
    root = tmp_path_factory.getbasetemp() / "law"
    written = [gene_row(word=w, ncbigene_symbol=s, ncbigene_id=str(n)) for w, s, n in rows]
    genes = read_good(root, write_figure(root, *written)).genes
    random.shuffle(written)
    shuffled = read_good(root, write_figure(root, *written)).genes

    assert [gene.ids for gene in genes] == [{f"ncbigene:{n}"} for _, _, n in rows]
    assert [gene.words for gene in genes] == [{w.strip()} - {""} for w, _, _ in rows]
    assert unite_genes(shuffled) == unite_genes(genes)
