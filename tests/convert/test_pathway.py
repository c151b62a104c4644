"""A drawing with its record and node table: the properties and identifiers of its network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from sync.convert.pathway import convert_drawing, read_pathway_drawing
from sync.errors import RecordError

DRAWING = """<?xml version="1.0" encoding="UTF-8"?>
<Pathway xmlns="http://pathvisio.org/GPML/2013a" Name="Drawn title" Version="WP7_r12"
 Last-Modified="20260204194805" Organism="Homo sapiens"><Comment
 Source="WikiPathways-description">Drawn description</Comment><BiopaxRef>c1</BiopaxRef>
<DataNode TextLabel="DAG" GraphId="n1" Type="Metabolite"><Graphics CenterX="1" CenterY="2"
 Width="3" Height="4"/><Xref Database="HMDB" ID="HMDB1"/></DataNode>
<DataNode TextLabel="EGF" GraphId="n2" Type="GeneProduct"><Graphics CenterX="9" CenterY="2"
 Width="3" Height="4"/><Xref Database="Ensembl" ID="ENSG2"/></DataNode>
<Biopax><bp:PublicationXref xmlns:bp="http://www.biopax.org/release/biopax-level3.owl#"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:id="c1"><bp:ID>123</bp:ID>
 <bp:DB>PubMed</bp:DB><bp:TITLE>On A &amp; B.</bp:TITLE><bp:SOURCE>Cell</bp:SOURCE>
 <bp:YEAR>2001</bp:YEAR></bp:PublicationXref><bp:openControlledVocabulary
 xmlns:bp="http://www.biopax.org/release/biopax-level3.owl#"><bp:TERM>cancer</bp:TERM>
 <bp:ID>DOID:162</bp:ID><bp:Ontology>Disease</bp:Ontology></bp:openControlledVocabulary></Biopax>
</Pathway>"""
RECORD = """---
annotations:
- id: PW:0000703
  type: Pathway Ontology
  value: lung <cancer> pathway
- id: CL:0002328
  type: Cell Type Ontology
  value: epithelial cell
- id: X:1
  type: Other Ontology
  value: other
description: What it is
last-edited: 2026-02-05
ndex: null
organisms:
- Homo sapiens
revision: r13
title: A  title
wpid: WP7
---"""
TABLE = """Label\tType\tIdentifier\tComment\tEnsembl\tChEBI
DAG\tMetabolite\thmdb:HMDB1\t""\t\tchebi:18035;chebi:5
odd\trow
"""


def convert(folder: Path, **files: str) -> dict[str, Any]:
    """Write files next to each other, convert the drawing and return the network's aspects."""
    for suffix, text in files.items():
        name = {"gpml": "WP7.gpml", "md": "WP7.md", "tsv": "WP7-datanodes.tsv"}[suffix]
        (folder / name).write_text(text, encoding="utf-8")
    fragments = orjson.loads(read_pathway_drawing(folder, "WP7.gpml").convert().body)
    return {name: value for fragment in fragments[1:] for name, value in fragment.items()}


def test_a_network_has_the_properties_of_its_record(tmp_path: Path) -> None:
    (attributes,) = convert(tmp_path, gpml=DRAWING, md=RECORD)["networkAttributes"]

    context = orjson.loads(attributes.pop("@context"))
    assert context["Ensembl"] == "http://identifiers.org/ensembl:"
    ols = "https://www.ebi.ac.uk/ols4/ontologies"
    iri = "http://identifiers.org/wikipathways/WP7"
    assert attributes == {
        "name": "WP7 - A title - Homo sapiens",
        "WikipathwaysID": "WP7",
        "title": "A  title",
        "organism": "Homo sapiens",
        "description": "What it is",
        "author": "WikiPathways team",
        "version": "20260205",
        "WikipathwaysVersion": "r13",
        "WikipathwaysIRI": f'<a href="{iri}">{iri}</a>',
        "NetworkType": "pathway",
        "Labels": f'<a href="{ols}/pw/classes?obo_id=PW%3A0000703">lung &lt;cancer&gt; pathway</a>',
        "Cell": f'<a href="{ols}/cl/classes?obo_id=CL%3A0002328">epithelial cell</a>',
        "reference": "On A &amp; B. Cell. 2001. "
        '<a href="https://pubmed.ncbi.nlm.nih.gov/123">PMID:123</a>',
        "rights": "Waiver-No Rights Reserved (CC0)",
        "rightsHolder": "WikiPathways",
        "prov:wasGeneratedBy": "ndex-sync",
    }


def test_a_drawing_without_a_record_names_its_pathway_itself(tmp_path: Path) -> None:
    (attributes,) = convert(tmp_path, gpml=DRAWING)["networkAttributes"]

    said = {key: attributes[key] for key in ("name", "description", "version", "Disease")}
    assert said | {"Disease": "cancer" in said["Disease"]} == {
        "name": "WP7 - Drawn title - Homo sapiens",
        "description": "Drawn description",
        "version": "20260204",
        "Disease": True,
    }
    assert attributes["WikipathwaysVersion"] == "r12"


@pytest.mark.parametrize(
    ("file", "version", "named"),
    [("drawn.gpml", "WP7_r12", "WP7"), ("WP9.gpml", "", "WP9"), ("WP9.gpml", "WP7_r12", "WP7")],
)
def test_a_drawing_is_of_the_pathway_of_its_revision_else_of_its_file_name(
    tmp_path: Path, file: str, version: str, named: str
) -> None:
    (tmp_path / file).write_text(DRAWING.replace("WP7_r12", version), encoding="utf-8")

    body = read_pathway_drawing(tmp_path, file).convert().body

    assert f"{named} - Drawn title".encode() in body


def test_identifiers_come_from_the_node_table_and_from_the_drawing(tmp_path: Path) -> None:
    metabolite, gene = convert(tmp_path, gpml=DRAWING, tsv=TABLE)["nodes"]

    assert metabolite["v"]["ChEBI"] == "CHEBI:18035"
    assert "Ensembl" not in metabolite["v"]
    assert gene["v"]["Ensembl"] == "Ensembl:ENSG2"


def test_a_broken_record_beside_a_drawing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="no front matter") as caught:
        convert(tmp_path, gpml=DRAWING, md="nothing")

    assert caught.value.path == "WP7.md"


def test_a_drawing_in_another_folder_is_converted_with_its_record(tmp_path: Path) -> None:
    convert(tmp_path, gpml=DRAWING, md=RECORD, tsv=TABLE)
    together = convert_drawing(tmp_path, "WP7.gpml", "WP7.md")
    for name, folder in (("WP7.gpml", "_data"), ("WP7-datanodes.tsv", "_data"), ("WP7.md", "_p")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / name).rename(tmp_path / folder / name)

    assert convert_drawing(tmp_path, "_data/WP7.gpml", "_p/WP7.md") == together
