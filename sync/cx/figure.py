"""Make a figure's network from scratch, in the CX2 dialect of the converter of 2025 (formats 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sync.cx.content import Element, OpenContent
from sync.cx.free_places import grid_places
from sync.cx.gene_nodes import FIGURE_SIBLINGS, declare_columns, state_gene
from sync.cx.validate_cx2 import NETWORK_ATTRIBUTES
from sync.errors import NetworkError
from sync.match.gene_groups import unite_genes
from sync.model import Dialect, Gene

_STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "default": {
            "network": {"NETWORK_BACKGROUND_COLOR": "#FFFFFF"},
            "node": {
                "NODE_SHAPE": "round-rectangle",
                "NODE_WIDTH": 75,
                "NODE_HEIGHT": 35,
                "NODE_BACKGROUND_COLOR": "#FFFFFF",
                "NODE_BORDER_COLOR": "#CCCCCC",
                "NODE_BORDER_WIDTH": 1,
                "NODE_LABEL_COLOR": "#000000",
                "NODE_LABEL_FONT_SIZE": 12,
            },
        },
        "nodeMapping": {
            "NODE_LABEL": {
                "type": "PASSTHROUGH",
                "definition": {"attribute": "name", "type": "string"},
            }
        },
    }
)


def write_figure_network(genes: Sequence[Gene], attributes: Mapping[str, str]) -> bytes:
    """Return an upload with one node for each gene and these network attributes, all of them texts.

    A gene that occurs several times gets one node, with the first of its words. The nodes form a
    square grid and are labelled with their names.

    Raises:
        NetworkError: there are no genes, or the server's loader would refuse the upload.
    """
    content = OpenContent(
        cx_version="2.0",
        declarations={NETWORK_ATTRIBUTES: {name: {"d": "string"} for name in attributes}},
        aspects={NETWORK_ATTRIBUTES: [dict(attributes)], "visualProperties": [dict(_STYLE)]},
    )
    declare_columns(content, Dialect.PFOCR_CX2)
    united = unite_genes(genes)
    if not united:
        raise NetworkError("a figure without genes gets no network")
    for number, (gene, (x, y)) in enumerate(zip(united, grid_places(len(united)), strict=True)):
        node: Element = {"id": number, "x": x, "y": y, "v": {}}
        state_gene(content, node, FIGURE_SIBLINGS, gene)
        content.nodes.append(node)
    return content.to_upload()
