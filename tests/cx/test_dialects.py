"""Each dialect says in its own way which nodes are genes and what they are called."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sync.cx.decode import decode_cx1, decode_cx2, decode_cx2_aspects
from sync.model import Dialect, Gene, Network
from tests.cx.documents import cx1, cx1_node_attributes, cx2, cx2_declarations, cx2_nodes
from tests.nouns import make_gene


def network_of(*nodes: Mapping[str, object]) -> Network:
    """The network with these nodes, each given by its CX2 values."""
    return decode_cx2(cx2(cx2_nodes(*nodes)))


def gene_of(*nodes: Mapping[str, object]) -> Gene:
    """The only gene among these nodes."""
    (gene,) = network_of(*nodes).genes
    return gene


DATA_NODE = {
    "name": "p53",
    "GraphID": "ffc98",
    "Type": "GeneProduct",
    "XrefId": "ENSG00000141510",
    "XrefDatasource": "Ensembl",
}
FIGURE_NODE_2020 = {
    "name": "CXCL8",
    "word": "IL-8",
    "symbol": "IL8",
    "source": "hgnc_prev_symbol",
    "hgnc_symbol": "CXCL8",
    "entrez": "3576",
}
FIGURE_NODE_2025 = {
    "name": "IRS1",
    "represents": "ncbigene:3667",
    "word": "IRS",
    "symbol": "IRS",
    "source": "famplex_relations",
    "hgnc.symbol": "IRS1",
    "ncbigene": 3667,
    "type": "gene",
}


TOLD = {
    "figure of 2020, ids only": ({"name": "CXCL8", "entrez": "3576"}, Dialect.PFOCR_CYTOSCAPE),
    "figure of 2025": (FIGURE_NODE_2025, Dialect.PFOCR_CX2),
    "pathway of 2025": (DATA_NODE, Dialect.WIKIPATHWAYS),
    "pathway of 2021": (
        {"name": "p53", "__gpml:XrefId": "ENSG00000141510", "Type": "Protein"},
        Dialect.WIKIPATHWAYS,
    ),
    "pathway with labels only": (
        {"name": "p53", "graphid": "ffc98", "XrefDatasource": "ChEBI", "XrefId": "15377"},
        Dialect.WIKIPATHWAYS,
    ),
    "pathway with a mapped column": ({**DATA_NODE, "entrez": "7157"}, Dialect.WIKIPATHWAYS),
    "names": ({"name": "TP53", "type": "protein"}, Dialect.NODE_NAMES),
    "names and represents": (
        {"name": "TP53", "represents": "ncbigene:7157"},
        Dialect.NODE_NAMES,
    ),
    "empty column": (
        {"name": "TP53", "word": "p53", "entrez": "", "type": "gene"},
        Dialect.NODE_NAMES,
    ),
}


@pytest.mark.parametrize(("node", "dialect"), TOLD.values(), ids=TOLD)
def test_the_attributes_of_nodes_tell_the_dialect(
    node: Mapping[str, object], dialect: Dialect
) -> None:
    network = network_of({"name": "bare"}, node)

    assert (network.dialect, network.genes_unknown) == (dialect, None)


CXCL8 = make_gene(
    "CXCL8",
    "ncbigene:3576",
    words=frozenset({"IL-8"}),
    sources=frozenset({"hgnc_prev_symbol"}),
)
IRS1 = make_gene(
    "IRS1",
    "ncbigene:3667",
    words=frozenset({"IRS"}),
    sources=frozenset({"famplex_relations"}),
)
P53 = "ensembl:ENSG00000141510"
BOTH = frozenset({"TP53", "p53"})


def lacking(name: str) -> dict[str, object]:
    return {key: value for key, value in FIGURE_NODE_2025.items() if key != name}


def as_of_2021(label: str) -> dict[str, object]:
    """A node of 2021, which has the drawn label under this name."""
    return {
        "name": "TP53",
        "__gpml:name": "a title",
        label: "p53\n",
        "__gpml:GraphID": "ffc98",
        "__gpml:XrefId": "7157",
        "__gpml:XrefDatasource": "Entrez Gene",
        "HGNC": "TP53",
        "Ensembl": "ENSG00000141510",
        "Type": "Protein",
    }


READ: dict[str, tuple[Mapping[str, object], Gene]] = {
    "a figure of 2020": (FIGURE_NODE_2020, CXCL8),
    "with another name than its HGNC symbol": ({**FIGURE_NODE_2020, "name": "IL8"}, CXCL8),
    "with empty cells": (
        {**FIGURE_NODE_2020, "word": "", "source": ""},
        make_gene("CXCL8", "ncbigene:3576"),
    ),
    "without HGNC symbol": (
        {"name": "CXCL8", "entrez": "3576"},
        make_gene("CXCL8", "ncbigene:3576"),
    ),
    "with an id and no name": ({"entrez": "3576"}, make_gene("ncbigene:3576", "ncbigene:3576")),
    "a figure of 2025": (FIGURE_NODE_2025, IRS1),
    **{
        f"without {name}": (lacking(name), IRS1)
        for name in ("ncbigene", "represents", "type", "hgnc.symbol", "name")
    },
    "that represents no gene": ({**FIGURE_NODE_2025, "represents": "chebi:15377"}, IRS1),
    "a data node": (DATA_NODE, make_gene("p53", P53)),
    **{
        f"of 2021 with its label in {name}": (
            as_of_2021(name),
            make_gene("TP53", "ncbigene:7157", "hgnc.symbol:TP53", P53, names=BOTH),
        )
        for name in ("__gpml:textlabel", "X__gpml.textlabel", "TextLabel")
    },
    "with an HGNC reference": (
        {**DATA_NODE, "XrefDatasource": "HGNC", "XrefId": "TP53"},
        make_gene("p53", "hgnc.symbol:TP53", names=BOTH),
    ),
    "without a label": (
        {**DATA_NODE, "name": None, "HGNC": "TP53"},
        make_gene("TP53", P53, "hgnc.symbol:TP53"),
    ),
    "without any name": ({**DATA_NODE, "name": None}, make_gene(P53, P53)),
    "with a line break in its label": (
        {**DATA_NODE, "name": "RNase H2\nsubunit A"},
        make_gene(
            "RNase H2 subunit A",
            P53,
            names=frozenset({"RNase H2 subunit A", "RNase H2subunit A"}),
        ),
    ),
}


@pytest.mark.parametrize(("node", "gene"), READ.values(), ids=READ)
def test_a_node_is_read_as_its_dialect_says(node: Mapping[str, object], gene: Gene) -> None:
    assert gene_of(node) == gene


def test_the_server_may_name_attributes_by_alias_and_leave_out_defaults() -> None:
    declared = cx2_declarations(
        {
            "name": {"d": "string", "a": "n"},
            "word": {"d": "string", "a": "w"},
            "source": {"d": "string", "v": "hgnc_symbol"},
            "entrez": {"d": "string"},
        }
    )
    nodes = cx2_nodes(
        {"n": "CXCL8", "w": "IL-8", "entrez": "3576"},
        {"n": "TNF", "word": "TNFa", "source": None, "entrez": "7124"},
    )

    cxcl8, tnf = decode_cx2_aspects(nodes, declared).genes

    il_8, tnf_a = frozenset({"IL-8"}), frozenset({"TNFa"})
    source = frozenset({"hgnc_symbol"})
    assert cxcl8 == make_gene("CXCL8", "ncbigene:3576", words=il_8, sources=source)
    assert tnf == make_gene("TNF", "ncbigene:7124", words=tnf_a)


def test_the_alias_goes_before_the_name_where_a_node_has_both() -> None:
    declared = cx2_declarations({"name": {"d": "string", "a": "n"}})
    for values in (
        {"n": "TP53", "name": "old", "type": "gene"},
        {"type": "gene", "name": "old", "n": "TP53"},
    ):
        (gene,) = decode_cx2_aspects(cx2_nodes(values), declared).genes

        assert gene.names == {"TP53"}


def test_names_and_represents_have_defaults_too() -> None:
    declared = cx2_declarations({"name": {"v": "TP53"}, "represents": {"v": "ncbigene:7157"}})

    (gene,) = decode_cx2_aspects(cx2_nodes({}), declared).genes

    assert gene == make_gene("TP53", "ncbigene:7157")


@pytest.mark.parametrize(
    "entrez",
    ["3576", 3576, 3576.0, "3576.0", " 3576 ", "03576", "ncbigene:3576", ["3576"]],
    ids=["text", "integer", "double", "double-text", "blanks", "zero", "curie", "list"],
)
def test_a_number_of_ncbi_is_one_id_however_it_is_written(entrez: object) -> None:
    assert gene_of({**FIGURE_NODE_2020, "entrez": entrez}).ids == {"ncbigene:3576"}


def test_a_figure_node_that_names_nothing_is_no_gene() -> None:
    network = network_of(FIGURE_NODE_2020, {"word": "IL-8"}, {"name": " "})
    assert (network.node_count, len(network.genes)) == (3, 1)


def test_the_symbol_na_is_a_gene_and_the_text_null_is_none() -> None:
    na, nameless = network_of(
        {"name": "NA", "entrez": "32640"},
        {"name": "null", "hgnc_symbol": "null", "entrez": "1", "word": "null"},
    ).genes

    assert na.symbol == "NA"
    assert nameless == make_gene("ncbigene:1", "ncbigene:1")


@pytest.mark.parametrize("node_type", ["GeneProduct", "Protein", "Rna", "RNA", "geneproduct"])
def test_gene_products_proteins_and_rna_are_genes(node_type: str) -> None:
    assert gene_of({**DATA_NODE, "Type": node_type}).symbol == "p53"


NO_GENE: dict[str, Mapping[str, object]] = {
    **{
        kind: {**DATA_NODE, "Type": kind}
        for kind in ("Metabolite", "Pathway", "Complex", "Unknown", "Group")
    },
    "without type": {key: value for key, value in DATA_NODE.items() if key != "Type"},
    "shape as text": {**DATA_NODE, "IsGPMLShape": "true"},
    "shape as boolean": {**DATA_NODE, "IsGPMLShape": True},
    "shape": {"name": "Mitochondria", "GraphID": "fa767", "IsGPMLShape": "true"},
    "state": {"name": "P", "ptm": "p", "parentid": "P42229", "parentsymbol": "STAT5A"},
    "bare state": {"name": "P"},
    "label": {"name": "Legend", "GraphID": "d3484"},
    "anchor": {},
    "nameless": {"GraphID": "d3484", "Type": "GeneProduct"},
}


@pytest.mark.parametrize("other", NO_GENE.values(), ids=NO_GENE)
def test_what_else_is_drawn_is_no_gene(other: Mapping[str, object]) -> None:
    egfr = {**DATA_NODE, "name": "EGFR"}

    assert [gene.symbol for gene in network_of(other, egfr).genes] == ["EGFR"]


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("NFKB1\n", "NFKB1"),
        (" p53 \nbinding", "p53 binding"),
        ("GLUT\u00a01", "GLUT 1"),
        ("HDAC1/HDAC2", "HDAC1/HDAC2"),
    ],
    ids=["line-feed", "two-lines", "no-break-space", "family"],
)
def test_a_label_is_read_in_one_line(name: str, symbol: str) -> None:
    assert gene_of({**DATA_NODE, "name": name}).names == {symbol}


@pytest.mark.parametrize(
    ("xref", "ids"),
    [
        ({"XrefDatasource": "Ensembl", "XrefId": "ENSG00000141510"}, {"ensembl:ENSG00000141510"}),
        ({"XrefDatasource": "HGNC", "XrefId": "TP53"}, {"hgnc.symbol:TP53"}),
        ({"XrefDatasource": "", "XrefId": "TP53"}, set()),
        ({"XrefDatasource": "Ensembl", "XrefId": ""}, set()),
        ({"xrefdatasource": "Ensembl", "xrefid": "ENSG01"}, {"ensembl:ENSG01"}),
        ({"__gpml:XrefDatasource": "Ensembl", "__gpml:XrefId": "ENSG01"}, {"ensembl:ENSG01"}),
        ({"X__gpml.XrefDatasource": "Ensembl", "X__gpml.XrefId": "ENSG01"}, {"ensembl:ENSG01"}),
        ({"Ensembl": "Ensembl:ENSG01; Ensembl:ENSG02"}, {"ensembl:ENSG01", "ensembl:ENSG02"}),
        ({"Ensembl": "ENSG01,ENSG02"}, {"ensembl:ENSG01", "ensembl:ENSG02"}),
        ({"Ensembl": ["Ensembl:ENSG01", "ENSG02"]}, {"ensembl:ENSG01", "ensembl:ENSG02"}),
        ({"HGNC": "TP53"}, {"hgnc.symbol:TP53"}),
        ({"NCBI gene": "ncbigene:7157"}, {"ncbigene:7157"}),
        ({"Entrez Gene": 7157}, {"ncbigene:7157"}),
        ({"UniProt": "P04637;Q53GA5"}, {"uniprot:P04637", "uniprot:Q53GA5"}),
        ({"ChEBI": "CHEBI:16469"}, set()),
        ({"Ensembl": "null", "HGNC": "null"}, set()),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_identifiers_come_from_the_reference_and_the_id_columns(
    xref: Mapping[str, object], ids: set[str]
) -> None:
    node = {"name": "TP53", "GraphID": "ffc98", "Type": "GeneProduct", **xref}

    assert gene_of(node).ids == ids


@pytest.mark.parametrize(
    ("change", "listable"),
    [
        ({}, True),
        ({"Type": "Rna"}, False),
        ({"XrefId": ""}, False),
        ({"XrefId": "", "Ensembl": "ENSG00000141510"}, True),
    ],
    ids=["gene", "rna", "without-id", "column-id-only"],
)
def test_a_node_table_can_hold_neither_rna_nor_nodes_without_identifier(
    change: Mapping[str, object], listable: bool
) -> None:
    assert gene_of({**DATA_NODE, **change}).listable is listable


@pytest.mark.parametrize(
    ("datasource", "xref", "listable"),
    [
        ("Ensembl", "ENSG00000141510", [True]),
        ("HGNC", "TP53", [True]),
        ("Uniprot-TrEMBL", "P04637", [True]),
        ("miRBase Sequence", "MI0000001", [False]),
        ("ChEBI", "CHEBI:15377", []),
        ("WikiPathways", "WP179", []),
        ("", "", []),
    ],
    ids=["ensembl", "hgnc", "uniprot", "mirna", "chebi", "pathway", "none"],
)
def test_where_no_node_has_a_type_the_database_tells_the_genes(
    datasource: str, xref: str, listable: list[bool]
) -> None:
    # An Ensembl or HGNC column was mapped onto metabolites too and proves nothing.
    node = {"name": "a", "XrefDatasource": datasource, "XrefId": xref, "HGNC": "A"}

    genes = network_of({"name": "label", "GraphID": "d3484"}, node).genes

    assert [gene.listable for gene in genes] == listable


@pytest.mark.parametrize(
    "kind",
    [
        *("small molecule", "smallmolecule", "chemical", "phenotype", "disease", "process"),
        *("complex", "protein family", "proteinfamily", "family", "Biological_Process", "pathway"),
    ],
)
@pytest.mark.parametrize(
    "gene",
    [
        FIGURE_NODE_2020,
        FIGURE_NODE_2025,
        DATA_NODE,
        {"name": "TP53", "type": "protein", "represents": "uniprot:P04637"},
    ],
    ids=["figure-2020", "figure-2025", "pathway", "names"],
)
def test_a_node_whose_type_says_that_it_is_no_gene_is_none(
    gene: Mapping[str, object], kind: str
) -> None:
    other = {**gene, "name": "other", "Type" if "Type" in gene else "type": kind}

    network = network_of(gene, other)

    assert network.genes == (gene_of(gene),)


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        ({"v": 1}, "no names"),
        ({"type": "protein"}, "no names"),
        ({"GraphID": "ffc98", "Type": "GeneProduct"}, "no names"),
        ({"name": "TP53"}, "neither a type nor an identifier"),
        ({"name": "TP53", "represents": "TP53"}, "neither a type nor an identifier"),
        ({"name": "water", "represents": "chebi:15377"}, "neither a type nor an identifier"),
        ({"name": "TP53", "GraphID": "ffc98", "XrefId": "7157"}, "neither a type"),
    ],
    ids=str,
)
def test_a_network_whose_genes_cannot_be_read_says_why(
    node: Mapping[str, object], reason: str
) -> None:
    network = network_of(node, {"name": None})

    assert network.genes == ()
    assert reason in (network.genes_unknown or "")


@pytest.mark.parametrize("represents", ["ensembl:ENSG00000141510", "ncbigene:7157"])
def test_a_pathway_node_has_the_identifier_that_it_represents(represents: str) -> None:
    assert represents in gene_of({**DATA_NODE, "represents": represents}).ids


def test_a_network_in_no_dialect_has_a_gene_for_each_name() -> None:
    network = network_of(
        {"name": "TP53", "represents": "ncbigene:7157"},
        {"name": " EGFR\n", "represents": "EGFR"},
        {"name": "water", "represents": "chebi:15377"},
        {"represents": "hgnc:KRAS"},
        {"name": ""},
        {},
    )

    assert network.genes == (
        make_gene("TP53", "ncbigene:7157"),
        make_gene("EGFR"),
        make_gene("water"),
        make_gene("hgnc:KRAS", "hgnc.symbol:KRAS"),
    )


def test_cx1_has_names_and_identifiers_on_the_node_itself_or_as_attributes() -> None:
    attributes = cx1_node_attributes(1, {"name": "TP53", "represents": "ncbigene:7157"})

    for network in (
        cx1([{"@id": 1, "n": "TP53", "r": "ncbigene:7157"}]),
        cx1([{"@id": 1}], attributes),
    ):
        assert decode_cx1(network).genes == (make_gene("TP53", "ncbigene:7157"),)


def test_a_node_may_say_very_much_under_one_name_and_under_many() -> None:
    words = [{"po": 1, "n": "word", "v": f"word{number}"} for number in range(50_000)]
    others = cx1_node_attributes(1, {f"other{number}": "x" for number in range(50_000)})
    entrez = cx1_node_attributes(1, {"entrez": "7124"})

    (gene,) = decode_cx1(cx1([{"@id": 1, "n": "TNF"}], [*words, *others, *entrez])).genes

    assert len(gene.words) == 50_000
