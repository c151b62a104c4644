"""Build records, genes, networks and summaries of which a test names only what matters to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sync.model import (
    Curie,
    Dialect,
    Gene,
    Layout,
    Network,
    NetworkId,
    Property,
    Record,
    RecordId,
    Seen,
    Summary,
    Visibility,
)

NETWORK = NetworkId("ee8a08e7-de8d-11ea-99da-0ac135e8bacf")
OTHER_NETWORK = NetworkId("ee8a08e7-de8d-11ea-99da-0ac135e8bad0")

FIGURE = Record(
    id=RecordId("PMC1__f1"),
    layout=Layout.PFOCR_EMBEDDED,
    path="_figures/PMC1__f1.md",
    line=9,
    network=NETWORK,
    fields={
        "figid": "PMC1__f1",
        "figtitle": "Chemokines in cancer",
        "number": "Figure 6",
        "figlink": "/pmc/articles/PMC1/figure/F6/",
        "papertitle": "Cells secrete chemokines.",
        "pmcid": "PMC1",
        "year": "2015",
        "reftext": "A. Author, et al. Oncotarget. 2015.",
    },
    genes=(),
)
PATHWAY = Record(
    id=RecordId("WP1"),
    layout=Layout.WIKIPATHWAYS,
    path="pathways/WP1/WP1.md",
    line=4,
    network=NETWORK,
    fields={
        "wpid": "WP1",
        "title": "Statin pathway",
        "organism": "Homo sapiens",
        "description": "Statins inhibit HMG-CoA reductase.",
    },
    genes=(),
    lists_every_gene=False,
)

_PROPERTIES = {
    Layout.PFOCR_EMBEDDED: {
        "pfocrId": "PMC1__f1.jpg",
        "figureTitle": "Chemokines in cancer",
        "figureNumber": "F6",
        "figureLink": "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1/figure/F6",
        "paperTitle": "Cells secrete chemokines.",
        "paperLink": '<a href="https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1">PMC1</a>',
        "pmcId": "PMC1",
        "publicationYear": "2015",
        "reference": "A. Author, et al. Oncotarget. 2015. <b>Cells secrete chemokines.</b> "
        '<a href="https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1">PMC1</a>',
        "organism": "Homo sapiens",
    },
    Layout.WIKIPATHWAYS: {
        "WikipathwaysID": "WP1",
        "title": "Statin pathway",
        "organism": "Homo sapiens",
    },
}
_NAMES = {
    Layout.PFOCR_EMBEDDED: ("Chemokines in cancer", ""),
    Layout.WIKIPATHWAYS: (
        "WP1 - Statin pathway - Homo sapiens",
        "Statins inhibit HMG-CoA reductase.",
    ),
}


def make_gene(symbol: str, *ids: str, **facts: Any) -> Gene:
    """Build a gene; ``ids`` are CURIEs in normal form."""
    return Gene(symbol, frozenset(map(Curie, ids)), **facts)


def make_properties(record: Record, **changes: str | None) -> tuple[Property, ...]:
    """Build the properties that say what the record says; None leaves one out."""
    values = {**_PROPERTIES[record.layout], **changes}
    return tuple(Property(name, value) for name, value in values.items() if value is not None)


BARE_SUMMARY = Summary(
    id=NETWORK,
    name="",
    description="",
    version="",
    created_ms=1,
    modified_ms=2,
    owner="",
    owner_id="",
    visibility=Visibility.PUBLIC,
    read_only=False,
    completed=True,
    error_message=None,
    doi=None,
    certified=False,
    node_count=1,
    edge_count=0,
    size_bytes=1,
    folder=None,
    properties=(),
)
"""The summary of a network that says nothing."""


def make_summary(record: Record, **changes: object) -> Summary:
    """Build the summary of a network that says what the record says."""
    name, description = _NAMES[record.layout]
    summary = replace(
        BARE_SUMMARY,
        name=name,
        description=description,
        owner="wikipathways",
        owner_id="0ac135e8-de8d-11ea-99da-0ac135e8bacf",
        read_only=True,
        node_count=0,
        size_bytes=1000,
        properties=make_properties(record),
    )
    return replace(summary, **changes)  # type: ignore[arg-type]


def make_network(*genes: Gene) -> Network:
    """Build a network of these genes."""
    return Network(Dialect.PFOCR_CYTOSCAPE, genes, node_count=len(genes))


def see(record: Record, *genes: Gene, member: bool | None = None, **changes: object) -> Seen:
    """Observe a network of these genes that otherwise says what the record says."""
    return Seen(make_summary(record, **changes), make_network(*genes), member)
