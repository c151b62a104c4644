"""Texts and nulls as the stock loader tells them apart, with the same marks and errors."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sync.records.textloader import NULL_TAG, compose_texts

SCALARS = (
    *("", "~", "null", "Null", "NULL", "nULL", "nul", "''", '""', "'null'", '"~"', "'~ '"),
    *("a", "no", "1", "2.5", "2001-12-14", "=", "<<", "null\n  null", "|\n  null\n", ">\n  ~\n"),
)
PIECES = st.lists(
    st.sampled_from(
        [
            *SCALARS,
            *("a: ", "- ", "? ", "-", ":", ",", "[", "]", "{", "}", " ", "  ", "\n", "\n  "),
            *("\t", "\r", "\x85", "\u2028", "\ufeff", '"', "'", "#", "---\n", "...\n"),
        ]
    ),
    max_size=16,
).map("".join)

Told = tuple[object, ...]
"""What of a composed document is looked at, in plain values."""


def stock(text: str) -> yaml.Node | None:
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    return node


def told(node: yaml.Node | None) -> object:
    """Everything of a node but what its tag says beyond text or null."""
    if node is None:
        return None
    value: object = node.value
    if isinstance(node, yaml.MappingNode):
        value = [(told(name), told(each)) for name, each in node.value]
    elif isinstance(node, yaml.SequenceNode):
        value = [told(each) for each in node.value]
    style = getattr(node, "style", getattr(node, "flow_style", None))
    marks = [(mark.index, mark.line, mark.column) for mark in (node.start_mark, node.end_mark)]
    return type(node), node.tag == NULL_TAG, value, style, marks


def outcome(text: str, *, ours: bool) -> Told:
    try:
        return (told(compose_texts(text) if ours else stock(text)),)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return type(error), str(error), mark and mark.index


@pytest.mark.parametrize("written", SCALARS)
@pytest.mark.parametrize("place", ["a: {}", "- {}", "a: [{}]", "{}"])
def test_a_scalar_is_null_where_the_stock_loader_has_a_null(place: str, written: str) -> None:
    text = place.format(written)

    assert outcome(text, ours=True) == outcome(text, ours=False)


@given(PIECES)
def test_any_document_is_what_the_stock_loader_makes_of_it(text: str) -> None:
    assert outcome(text, ours=True) == outcome(text, ours=False)
