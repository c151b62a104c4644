"""Make the network attributes of a pathway, as in real networks (formats 5)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import orjson

from sync.match.properties import state_properties
from sync.match.whole import MADE_BY, MAKER
from sync.model import Record
from sync.records.drawing import Citation, Drawing

_ONTOLOGIES = {
    "Pathway Ontology": ("Labels", "pw"),
    "Cell Type Ontology": ("Cell", "cl"),
    "Disease Ontology": ("Disease", "doid"),
    "Cell Type": ("Cell", "cl"),
    "Disease": ("Disease", "doid"),
}
_CONTEXT = {
    "signor": "http://signor.uniroma2.it/relation_result.php?id=",
    "BTO": "http://identifiers.org/bto/BTO:",
    "uniprot": "http://identifiers.org/uniprot/",
    "pubmed": "http://identifiers.org/pubmed/",
    "CID": "http://identifiers.org/pubchem.compound/",
    "SID": "http://identifiers.org/pubchem.substance/",
    "chebi": "http://identifiers.org/chebi/CHEBI:",
    "hgnc.symbol": "http://identifiers.org/hgnc.symbol/",
    "Ensembl": "http://identifiers.org/ensembl:",
}
_NOT_DIGITS = re.compile(r"\D")
_DAY_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Tag:
    """An ontology term that a pathway is tagged with: ``DOID:1324``, its name, its ontology."""

    id: str
    name: str
    ontology: str


def pathway_attributes(drawing: Drawing, record: Record, tags: Sequence[Tag]) -> dict[str, str]:
    """Return the attributes of the network of a drawing.

    ``version`` is the day of the last edit, ``WikipathwaysVersion`` the revision. What neither
    record nor drawing states is left out.
    """
    edited = record.fields.get("last-edited") or drawing.modified
    iri = f"http://identifiers.org/wikipathways/{record.id}"
    attributes = {
        **state_properties(record),
        "author": "WikiPathways team",
        "version": _NOT_DIGITS.sub("", edited)[:_DAY_DIGITS],
        "WikipathwaysVersion": record.fields.get("revision", ""),
        "WikipathwaysIRI": f'<a href="{iri}">{iri}</a>',
        "NetworkType": "pathway",
        **_by_ontology(tags),
        "reference": _references(drawing),
        "rights": "Waiver-No Rights Reserved (CC0)",
        "rightsHolder": "WikiPathways",
        MADE_BY: MAKER,
        "@context": orjson.dumps(_CONTEXT).decode(),
    }
    return {name: value for name, value in attributes.items() if value}


def _by_ontology(tags: Iterable[Tag]) -> Mapping[str, str]:
    links: dict[str, list[str]] = {}
    for tag in tags:
        if (known := _ONTOLOGIES.get(tag.ontology)) is not None:
            address = f"https://www.ebi.ac.uk/ols4/ontologies/{known[1]}/classes?obo_id="
            link = f'<a href="{address}{quote(tag.id, safe="")}">{html.escape(tag.name)}</a>'
            links.setdefault(known[0], []).append(link)
    return {name: ", ".join(listed) for name, listed in links.items()}


def _references(drawing: Drawing) -> str:
    """Return the publications that the pathway as a whole cites."""
    by_key = {citation.key: citation for citation in drawing.citations}
    cited = (by_key[key] for key in dict.fromkeys(drawing.cited) if key in by_key)
    return "<br>".join(filter(None, map(_reference, cited)))


def _reference(citation: Citation) -> str:
    words = [citation.title.rstrip("."), citation.source.rstrip("."), citation.year]
    text = ". ".join(html.escape(word, quote=False) for word in words if word)
    address, name = _publication(citation)
    link = f'<a href="{html.escape(address)}">{html.escape(name)}</a>' if address else ""
    return " ".join(part for part in (f"{text}." if text else "", link) if part)


def _publication(citation: Citation) -> tuple[str, str]:
    """Return the address of a publication and its link text."""
    source, identifier = citation.xref.source.lower(), citation.xref.id
    if source == "pubmed" and identifier.isdecimal():
        return f"https://pubmed.ncbi.nlm.nih.gov/{identifier}", f"PMID:{identifier}"
    if source == "doi" and identifier.startswith("10."):
        return f"https://doi.org/{quote(identifier, safe='/')}", f"doi:{identifier}"
    return "", ""
