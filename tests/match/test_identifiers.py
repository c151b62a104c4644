"""Identifiers fold to one CURIE of a known level, labels to the form in which they are compared."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.match.identifiers import (
    NAMESPACES,
    Level,
    Namespace,
    fold_label,
    label_forms,
    level_of,
    namespace_of,
    normalise_curie,
    normalise_network_id,
    parse_curie,
    read_ids,
    source_of,
)
from sync.model import Curie

PREFIX_NAMES = st.sampled_from(
    ["Entrez Gene", "HGNC", "hgnc.symbol", "Ensembl", "Uniprot-TrEMBL", "MGI", "TAIR"]
)
PREFIXES = PREFIX_NAMES | st.text(max_size=6)
LOCALS = (
    st.text(max_size=8)
    | st.integers(0, 10**6).map(str)
    | st.floats(0, 10**6).map(str)
    | st.builds("{}:{}".format, PREFIXES, st.text(max_size=5))
    | st.sampled_from(["ENSG00000141510", "ENSG00000141510.12", "MGI:97847", "ENSG", "00", "0.0"])
)


@given(PREFIXES, LOCALS)
def test_a_normal_identifier_stays_as_it_is(namespace: str, local: str) -> None:
    curie = normalise_curie(namespace, local)

    if curie is not None:
        assert parse_curie(curie) == curie
        assert namespace_of(curie)


@pytest.mark.parametrize(
    ("namespace", "local", "curie"),
    [
        ("Ensembl", "ENSG00000141510", "ensembl:ENSG00000141510"),
        ("Ensembl", "Ensembl:ENSG00000141510", "ensembl:ENSG00000141510"),
        ("ensembl", "ENSG00000141510.12", "ensembl:ENSG00000141510"),
        ("ensembl", "AT1G16410.1", "ensembl:AT1G16410.1"),
        ("NCBIGene", " 123 ", "ncbigene:123"),
        ("entrez", "00123", "ncbigene:123"),
        ("ncbigene", "123.0", "ncbigene:123"),
        ("NCBI gene", "ncbigene:123", "ncbigene:123"),
        ("ncbigene", "ncbigene:ncbigene:123", "ncbigene:123"),
        ("ncbigene", "0", "ncbigene:0"),
        ("ncbigene", "NA", None),
        ("Ensembl", "null", None),
        ("hgnc.symbol", "NA", "hgnc.symbol:NA"),
        ("HGNC", "TP53", "hgnc.symbol:TP53"),
        ("HGNC", "HGNC:11998", "hgnc:11998"),
        ("HGNC", "11998.0", "hgnc:11998"),
        ("Uniprot-TrEMBL", "P04637", "uniprot:P04637"),
        ("MGI", "MGI:97847", "mgi:97847"),
        (" Entrez   Gene ", "\u00a07157\n", "ncbigene:7157"),
        ("Ensembl:", "ENSG00000141510", "ensembl:ENSG00000141510"),
        ("kegg.genes", "hsa:7157", "kegg.genes:hsa:7157"),
        ("entrezgene/locuslink", "7157", "ncbigene:7157"),
        ("UniProtKB/Swiss-Prot", "P04637", "uniprot:P04637"),
        ("HGNC Accession number", "11998", "hgnc:11998"),
        ("Ensembl Human", "ENSG00000141510", "ensembl:ENSG00000141510"),
        ("tair.locus", "At1g15080", "tair.locus:AT1G15080"),
        ("Gramene Rice", "LOC_Os02g43220.1", "gramene.rice:LOC_OS02G43220"),
        ("HGNC", "HGNC:HGNC:11000", "hgnc:11000"),
        ("hgnc.symbol", "HGNC:11000", "hgnc:11000"),
        ("uniprot", "P04637-12", "uniprot:P04637"),
        ("uniprot", "P04637.4", "uniprot:P04637"),
        ("uniprot", "PRO_0000223233", "uniprot:PRO_0000223233"),
        ("RefSeq", "NM_000546.6", "refseq:NM_000546"),
        ("GenBank", "AB021173.1", "insdc:AB021173"),
        ("Ensembl", "ensmusg00000059552.5", "ensembl:ENSMUSG00000059552"),
        ("Ensembl Plants", "AT1G15080", "ensembl:AT1G15080"),
        ("Entrez Gene", "1e+05", "ncbigene:100000"),
        ("Entrez Gene", "1.01E5", "ncbigene:101000"),
        ("Entrez Gene", "1.5e+00", "ncbigene:1.5e+00"),
        ("Entrez Gene", "2.31e+13", "ncbigene:2.31e+13"),
        ("", "http://identifiers.org/ncbigene/7157", "ncbigene:7157"),
        (
            "Wikidata",
            "https://www.wikidata.org/wiki/Q1",
            "wikidata:https://www.wikidata.org/wiki/Q1",
        ),
    ],
)
def test_data_sources_fold_to_the_prefixes_of_bioregistry(
    namespace: str, local: str, curie: str
) -> None:
    assert normalise_curie(namespace, local) == curie


@pytest.mark.parametrize(
    ("address", "curie"),
    [
        ("https://identifiers.org/ncbigene/7157", "ncbigene:7157"),
        ("http://identifiers.org/ncbigene:7157", "ncbigene:7157"),
        ("https://identifiers.org/hgnc/HGNC:11998", "hgnc:11998"),
        ("https://identifiers.org/HGNC%3A11998", "hgnc:11998"),
        ("http://www.identifiers.org/uniprot/P04637-2/", "uniprot:P04637"),
        ("https://bioregistry.io/ensembl:ENSG00000141510", "ensembl:ENSG00000141510"),
        ("https://example.org/ncbigene/7157", None),
        ("https://identifiers.org/", None),
        ("https://identifiers.org/ncbigene", None),
    ],
)
def test_an_address_of_a_resolver_is_the_identifier_in_it(address: str, curie: str | None) -> None:
    assert parse_curie(address) == curie


@pytest.mark.parametrize(
    ("cell", "namespace", "curies"),
    [
        ("ncbigene:1;ncbigene:2", "", ["ncbigene:1", "ncbigene:2"]),
        ("ncbigene:1 | 2,3", "", ["ncbigene:1", "ncbigene:2", "ncbigene:3"]),
        ("ensembl:ENSRNOG00000019368;", "", ["ensembl:ENSRNOG00000019368"]),
        ("ENSRNOG00000019368;", "Ensembl", ["ensembl:ENSRNOG00000019368"]),
        ("P04637-2|Q53GA5", "Uniprot-TrEMBL", ["uniprot:P04637", "uniprot:Q53GA5"]),
        ("hgnc.symbol:TP53;hgnc:11998", "", ["hgnc.symbol:TP53", "hgnc:11998"]),
        ("TP53;ncbigene:7157", "", ["ncbigene:7157"]),
        ("7157", "Entrez Gene", ["ncbigene:7157"]),
        (";", "Ensembl", []),
        ("", "", []),
    ],
)
def test_a_cell_may_join_identifiers(cell: str, namespace: str, curies: list[str]) -> None:
    assert list(read_ids(cell, namespace)) == curies


KEPT = {
    "eccode": "the records' prefix, which Bioregistry calls ec by now",
    "gramene.rice": "BridgeDb's, not in Bioregistry",
    "insdc": "WikiPathways writes GenBank in drawings and insdc in tables",
}
"""Namespaces in which the table knowingly differs from Bioregistry, and why."""


@pytest.fixture(scope="module")
def bioregistry() -> ModuleType:
    """The registry of prefixes, as the oracle of the table."""
    registry: ModuleType = pytest.importorskip("bioregistry", reason="bioregistry is not installed")
    return registry


@pytest.mark.parametrize("namespace", NAMESPACES, ids=lambda namespace: namespace.prefix)
def test_the_table_agrees_with_bioregistry(namespace: Namespace, bioregistry: ModuleType) -> None:
    prefix = bioregistry.normalize_prefix(namespace.prefix)
    assert namespace.prefix in KEPT or prefix == namespace.prefix

    for spelling in namespace.spellings:
        assert namespace.prefix in KEPT or bioregistry.normalize_prefix(spelling) in (None, prefix)
    if prefix is not None and namespace.level is not Level.OTHER:
        for synonym in bioregistry.get_synonyms(prefix):
            curie = parse_curie(f"{synonym}:0000001")
            assert curie is not None
            assert namespace_of(curie) == namespace.prefix


@pytest.mark.parametrize("namespace", NAMESPACES, ids=lambda namespace: namespace.prefix)
def test_what_is_written_into_a_drawing_is_read_back(namespace: Namespace) -> None:
    curie = normalise_curie(namespace.prefix, "TP53" if namespace.prefix == "hgnc.symbol" else "7")

    assert normalise_curie(source_of(namespace.prefix), (curie or "").partition(":")[2]) == curie


@pytest.mark.parametrize(
    ("drawn", "forms"),
    [
        (" TP53\n", {"TP53"}),
        ("RNase H2\nsubunit A", {"RNase H2 subunit A", "RNase H2subunit A"}),
        ("p53 \nbinding", {"p53 binding"}),
        ("a\u2028b", {"a b", "ab"}),
        (" \n", set()),
    ],
)
def test_line_breaks_of_a_label_are_blanks_or_nothing(drawn: str, forms: set[str]) -> None:
    assert label_forms(drawn) == forms


@pytest.mark.parametrize("text", ["", "TP53", ":LOC_Os02g43220", "ncbigene:", " : ", "ncbigene: "])
def test_half_an_identifier_is_none(text: str) -> None:
    assert parse_curie(text) is None


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("EE8A08E7-DE8D-11EA-99DA-0AC135E8BACF", "ee8a08e7-de8d-11ea-99da-0ac135e8bacf"),
        (" ee8a08e7-de8d-11ea-99da-0ac135e8bacf\n", "ee8a08e7-de8d-11ea-99da-0ac135e8bacf"),
        ("1-2-3-4-5", None),
        ("ee8a08e7de8d11ea99da0ac135e8bacf", None),
        ("ee8a08e7-de8d-11ea-99da-0ac135e8bac", None),
        ("٣٣٣٣٣٣٣٣-de8d-11ea-99da-0ac135e8bacf", None),
        ("", None),
    ],
)
def test_only_a_uuid_in_canonical_form_names_a_network(text: str, network: str | None) -> None:
    assert normalise_network_id(text) == network


@pytest.mark.parametrize(
    ("curie", "level"),
    [
        ("ncbigene:7157", Level.GENE),
        ("ensembl:ENSG00000141510", Level.GENE),
        ("ensembl:YKL001C", Level.GENE),
        ("ensembl:FBgn0045035", Level.GENE),
        ("ensembl:FBtr0083732", Level.PRODUCT),
        ("ensembl:ENSMUSP00000104298", Level.PRODUCT),
        ("hgnc:11998", Level.GENE),
        ("hgnc.symbol:TP53", Level.SYMBOL),
        ("ensembl:ENST00000269305", Level.PRODUCT),
        ("uniprot:P04637", Level.PRODUCT),
        ("eccode:2.7.11.1", Level.PRODUCT),
        ("kegg.genes:K04451", Level.PRODUCT),
        ("chebi:15377", Level.OTHER),
        ("a.namespace.nobody.knows:1", Level.OTHER),
    ],
)
def test_what_an_identifier_identifies(curie: str, level: Level) -> None:
    assert level_of(Curie(curie)) is level


@given(st.text())
def test_a_folded_label_stays_as_it_is(label: str) -> None:
    assert fold_label(fold_label(label)) == fold_label(label)


@pytest.mark.parametrize(
    ("drawn", "folded"),
    [
        ("Collagen\r\nalpha 1", "Collagen alpha 1"),
        ("TGF\u00a0beta", "TGF beta"),
        ("\u200bTP53\ufeff", "TP53"),
        ("PI3K\u00adp85", "PI3Kp85"),
        ("\uff34\uff30\uff15\uff13", "TP53"),
        ("Tp53", "Tp53"),
        ("TGF-\u03b2", "TGF-\u03b2"),
    ],
)
def test_labels_are_compared_without_what_cannot_be_seen(drawn: str, folded: str) -> None:
    assert fold_label(drawn) == folded
