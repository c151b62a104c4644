"""The style in which the WikiPathways app of Cytoscape paints a pathway, as CX2 on the server.

This is the one style of all pathways, and the words for shapes, lines and fonts. They were measured
in networks that the app exported (formats 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sync.records.drawing import Box, Font, Look, Shape

_FONT_FACE = {
    "FONT_FAMILY": "sans-serif",
    "FONT_STYLE": "normal",
    "FONT_WEIGHT": "normal",
    "FONT_NAME": "SansSerif",
}

NODE_SHAPES: Mapping[str, str] = MappingProxyType(
    {
        "Rectangle": "rectangle",
        "Triangle": "triangle",
        "RoundRectangle": "round-rectangle",
        "RoundedRectangle": "round-rectangle",
        "Hexagon": "hexagon",
        "Pentagon": "hexagon",
        "Ellipse": "ellipse",
        "Oval": "ellipse",
        "Octagon": "octagon",
        "Cell": "cell",
        "Nucleus": "nucleus",
        "Organelle": "round-rectangle",
        "Mitochondria": "mitochondria",
        "Sarcoplasmic Reticulum": "sarcoplasmic reticulum",
        "Endoplasmic Reticulum": "endoplasmic reticulum",
        "Golgi Apparatus": "golgi apparatus",
        "Brace": "brace",
        "Arc": "arc",
    }
)
"""The node shape of CX2 by the shape of GPML; other shapes have none."""

_ARROWS = {
    "Arrow": "triangle",
    "Line": "none",
    "TBar": "tee",
    "mim-binding": "arrow",
    "mim-conversion": "triangle",
    "mim-modification": "triangle",
    "mim-catalysis": "open_circle",
    "mim-inhibition": "tee",
    "mim-necessary-stimulation": "cross_open_delta",
    "mim-stimulation": "open_delta",
    "mim-cleavage": "diamond",
    "mim-branching-left": "triangle-cross",
    "mim-branching-right": "cross_open_delta",
    "mim-transcription-translation": "triangle",
    "mim-gap": "triangle",
    "mim-covalent-bond": "triangle-cross",
    # The words of GPML 2021, which the app does not know.
    "Undirected": "none",
    "Directed": "triangle",
    "Conversion": "triangle",
    "Inhibition": "tee",
    "Catalysis": "open_circle",
    "Stimulation": "open_delta",
    "Binding": "arrow",
    "Translocation": "triangle",
    "TranscriptionTranslation": "triangle",
}
_LINE_STYLES = {"Solid": "Solid", "Broken": "Dashed", "Double": "Double"}


def line_style(style: str) -> str:
    """Return the ``LineStyle`` of an edge for the style of a line."""
    return _LINE_STYLES.get(style, "Dashed")


def shape_word(shape: Shape) -> str:
    """Return the shape in which a shape is shown: that of its cell or nucleus, else its own."""
    return shape.component if shape.component in {"Cell", "Nucleus"} else shape.look.shape


def border_width(look: Look) -> float:
    """Return the width of a border, 0 if the shape is ``None``."""
    return 0.0 if look.shape == "None" else look.border_width


def is_transparent(look: Look) -> bool:
    """Return whether nothing is painted inside the border."""
    return look.shape == "None" or not look.fill_color


def font_name(font: Font) -> str:
    """Return the name of a font with its weight and slant, as Java names it on the exporter's
    machine: ``ArialMT``, ``Arial-BoldMT``, ``SansSerif.bold``.
    """
    weight = "Bold" * font.bold + "Italic" * font.italic
    if font.name in _LOGICAL_FONTS:
        return f"{font.name}.{weight.lower() or 'plain'}"
    stem, suffix = _POSTSCRIPT_NAMES.get(font.name, (font.name.replace(" ", ""), ""))
    return f"{stem}-{weight}{suffix}" if weight else f"{stem}{_PLAIN_SUFFIXES.get(font.name, '')}"


_LOGICAL_FONTS = frozenset({"SansSerif", "Serif", "Monospaced", "Dialog", "DialogInput"})
_POSTSCRIPT_NAMES = {
    "Arial": ("Arial", "MT"),
    "Times New Roman": ("TimesNewRomanPS", "MT"),
    "Courier New": ("CourierNewPS", "MT"),
    "Arial Black": ("Arial-Black", ""),
}
_PLAIN_SUFFIXES = {"Arial": "MT", "Times New Roman": "MT", "Courier New": "MT"}


def font_face(font: Font) -> dict[str, str]:
    """Return a font as a visual property."""
    return _FONT_FACE | {"FONT_NAME": font_name(font)}


def _through(attribute: str, data_type: str = "string") -> dict[str, Any]:
    return {"type": "PASSTHROUGH", "definition": {"attribute": attribute, "type": data_type}}


def _by_value(attribute: str, values: Mapping[str, object]) -> dict[str, Any]:
    entries = [{"v": value, "vp": shown} for value, shown in values.items()]
    definition = {"attribute": attribute, "type": "string", "map": entries}
    return {"type": "DISCRETE", "definition": definition}


STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "default": {
            "network": {"NETWORK_BACKGROUND_COLOR": "#FFFFFF"},
            "node": {
                "NODE_BACKGROUND_COLOR": "#FFFFFF",
                "NODE_BACKGROUND_OPACITY": 1.0,
                "NODE_BORDER_COLOR": "#CCCCCC",
                "NODE_BORDER_OPACITY": 1.0,
                "NODE_BORDER_STYLE": "solid",
                "NODE_BORDER_WIDTH": 1.0,
                "NODE_HEIGHT": 35.0,
                "NODE_LABEL_COLOR": "#000000",
                "NODE_LABEL_FONT_FACE": _FONT_FACE,
                "NODE_LABEL_FONT_SIZE": 12,
                "NODE_LABEL_MAX_WIDTH": 200.0,
                "NODE_LABEL_OPACITY": 1.0,
                "NODE_SHAPE": "ellipse",
                "NODE_VISIBILITY": "element",
                "NODE_WIDTH": 75.0,
            },
            "edge": {
                "EDGE_CURVED": True,
                "EDGE_LINE_COLOR": "#404040",
                "EDGE_LINE_STYLE": "solid",
                "EDGE_OPACITY": 1.0,
                "EDGE_SOURCE_ARROW_COLOR": "#404040",
                "EDGE_SOURCE_ARROW_SHAPE": "none",
                "EDGE_SOURCE_ARROW_SIZE": 6.0,
                "EDGE_TARGET_ARROW_COLOR": "#404040",
                "EDGE_TARGET_ARROW_SHAPE": "none",
                "EDGE_TARGET_ARROW_SIZE": 6.0,
                "EDGE_VISIBILITY": "element",
                "EDGE_WIDTH": 2.0,
            },
        },
        "nodeMapping": {
            "NODE_BACKGROUND_COLOR": _through("FillColor"),
            "NODE_BACKGROUND_OPACITY": _by_value("Transparent", {"true": 0.0, "false": 1.0}),
            "NODE_BORDER_COLOR": _through("Color"),
            "NODE_BORDER_WIDTH": _through("BorderThickness", "double"),
            "NODE_HEIGHT": _through("Height", "double"),
            "NODE_LABEL": _through("name"),
            "NODE_LABEL_COLOR": _through("Color"),
            "NODE_LABEL_FONT_FACE": _through("LabelFont"),
            "NODE_LABEL_FONT_SIZE": _through("LabelSize", "double"),
            "NODE_SHAPE": _by_value("Shape", NODE_SHAPES),
            "NODE_WIDTH": _through("Width", "double"),
        },
        "edgeMapping": {
            "EDGE_LINE_COLOR": _through("Color"),
            "EDGE_LINE_STYLE": _by_value(
                "LineStyle",
                {
                    "Solid": "solid",
                    "Dashed": "dashed",
                    "Dots": "dotted",
                    "Double": "parallel_lines",
                },
            ),
            "EDGE_SOURCE_ARROW_COLOR": _through("Color"),
            "EDGE_SOURCE_ARROW_SHAPE": _by_value("StartArrow", _ARROWS),
            "EDGE_TARGET_ARROW_COLOR": _through("Color"),
            "EDGE_TARGET_ARROW_SHAPE": _by_value("EndArrow", _ARROWS),
            "EDGE_TOOLTIP": _by_value(
                "ConnectorType",
                {name: name for name in ("Straight", "Curved", "Elbow", "Segmented")},
            ),
            "EDGE_WIDTH": _through("LineThickness", "double"),
        },
    }
)
"""The style of a pathway: its defaults, and what it takes from the attributes."""

EDITOR: Mapping[str, Any] = MappingProxyType(
    {
        "properties": {
            "nodeSizeLocked": False,
            "arrowColorMatchesEdge": True,
            "nodeCustomGraphicsSizeSync": True,
        }
    }
)
"""Cytoscape's switches: width and height of a node are set separately."""


def box_bypass(box: Box, look: Look) -> dict[str, Any]:
    """Return the visual properties of a node with a box of its own."""
    bypass = {
        "NODE_BORDER_COLOR": look.border_color.upper(),
        "NODE_BORDER_WIDTH": border_width(look),
        "NODE_WIDTH": box.width,
        "NODE_HEIGHT": box.height,
        **label_bypass(look),
        "NODE_BACKGROUND_OPACITY": 0.0 if is_transparent(look) else 1.0,
    }
    if (node_shape := NODE_SHAPES.get(look.shape)) is not None:
        bypass["NODE_SHAPE"] = node_shape
    return bypass


def label_bypass(look: Look) -> dict[str, Any]:
    """Return the visual properties of a node's label."""
    return {
        "NODE_LABEL_COLOR": look.text_color.upper(),
        "NODE_LABEL_FONT_FACE": font_face(look.font),
        "NODE_LABEL_FONT_SIZE": round(look.font.size),
    }


def border_style(style: str) -> str:
    """Return the name of a border that is not solid."""
    return "double" if style == "Double" else "dashed"
