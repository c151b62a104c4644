"""Identifiers fold to one CURIE of a known level, labels to the form in which they are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.identifiers import (
    Level,
    fold_label,
    level_of,
    namespace_of,
    normalise_curie,
    normalise_network_id,
    parse_curie,
)
from sync.model import Curie

PREFIX_NAMES = st.sampled_from(
    [
        "ncbigene",
        "Entrez Gene",
        "NCBI gene",
        "HGNC",
        "hgnc.symbol",
        "HGNC Accession number",
        "Ensembl",
        "Uniprot-TrEMBL",
        "MGI",
        "KEGG Genes",
        "miRBase Sequence",
        "TAIR",
    ]
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
    "text",
    [
        "ncbigene:123",
        "NCBIGene:123",
        "Entrez Gene:123",
        "entrez: 123 ",
        "ncbigene:00123",
        "ncbigene:123.0",
        "NCBI gene:ncbigene:123",
        "ncbigene:ncbigene:ncbigene:123",
    ],
)
def test_an_ncbi_number_is_one_id_however_it_is_written(text: str) -> None:
    assert parse_curie(text) == "ncbigene:123"


@pytest.mark.parametrize(
    ("namespace", "local", "curie"),
    [
        ("Ensembl", "ENSG00000141510", "ensembl:ENSG00000141510"),
        ("Ensembl", "Ensembl:ENSG00000141510", "ensembl:ENSG00000141510"),
        ("ensembl", "ENSG00000141510.12", "ensembl:ENSG00000141510"),
        ("ensembl", "AT1G16410.1", "ensembl:AT1G16410.1"),
        ("HGNC", "TP53", "hgnc.symbol:TP53"),
        ("HGNC", "hgnc.symbol:TP53", "hgnc.symbol:TP53"),
        ("HGNC", "11998", "hgnc:11998"),
        ("HGNC", "HGNC:11998", "hgnc:11998"),
        ("HGNC", "11998.0", "hgnc:11998"),
        ("HGNC Symbol", "TP53", "hgnc.symbol:TP53"),
        ("HGNC Accession number", "HGNC:11998", "hgnc:11998"),
        ("Uniprot-TrEMBL", "P04637", "uniprot:P04637"),
        ("Uniprot-SwissProt", "P04637", "uniprot:P04637"),
        ("MGI", "MGI:97847", "mgi:97847"),
        ("Enzyme Nomenclature", "2.7.11.1", "eccode:2.7.11.1"),
        ("KEGG Genes", "K13401", "kegg.genes:K13401"),
        ("miRBase mature sequence", "MIMAT0000437", "mirbase.mature:MIMAT0000437"),
        ("TAIR", "AT1G15080", "tair.locus:AT1G15080"),
        (" Entrez   Gene ", "\u00a07157\n", "ncbigene:7157"),
        ("Gramene Rice", "LOC_OS02G43220", "gramene.rice:LOC_OS02G43220"),
        ("ncbigene", "LOC1", "ncbigene:LOC1"),
        ("Ensembl:", "ENSG00000141510", "ensembl:ENSG00000141510"),
        ("kegg.genes", "hsa:7157", "kegg.genes:hsa:7157"),
    ],
)
def test_data_sources_fold_to_the_prefixes_of_bioregistry(
    namespace: str, local: str, curie: str
) -> None:
    assert normalise_curie(namespace, local) == curie


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
        ("{ee8a08e7-de8d-11ea-99da-0ac135e8bacf}", None),
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
        ("ensembl:ENSMUSG00000059552", Level.GENE),
        ("ensembl:WBGene00000418", Level.GENE),
        ("ensembl:YKL001C", Level.GENE),
        ("ensembl:FBgn0045035", Level.GENE),
        ("hgnc:11998", Level.GENE),
        ("mgi:97847", Level.GENE),
        ("mirbase:MI0000077", Level.GENE),
        ("hgnc.symbol:TP53", Level.SYMBOL),
        ("ensembl:ENST00000269305", Level.PRODUCT),
        ("ensembl:ENSMUSP00000104298", Level.PRODUCT),
        ("ensembl:FBtr0083732", Level.PRODUCT),
        ("uniprot:P04637", Level.PRODUCT),
        ("refseq:NP_000537", Level.PRODUCT),
        ("eccode:2.7.11.1", Level.PRODUCT),
        ("kegg.genes:K04451", Level.PRODUCT),
        ("mirbase.mature:MIMAT0000437", Level.PRODUCT),
        ("chebi:15377", Level.OTHER),
        ("kegg.compound:C00001", Level.OTHER),
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
        ("TP53", "TP53"),
        ("NFKB1\n", "NFKB1"),
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
