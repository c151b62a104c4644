"""The law of the quick way to read CX2: it says what reading with all rules says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from sync.cx.decode import Cx2Text, decode_cx2
from sync.cx.typed_nodes import NotPlain, read_typed_nodes
from sync.errors import NetworkError
from sync.model import Network

NAMES = ("name", "represents", "type", "Type", "ncbigene", "word", "XrefId", "GraphId", "n")
TEXTS = st.sampled_from(["", "null", "gene", "TP53", "ncbigene:7157"])
VALUES = st.one_of(
    TEXTS, st.integers(0, 2), st.booleans(), st.floats(0, 2), st.none(), st.lists(TEXTS, max_size=2)
)
TYPES = st.sampled_from(["string", "integer", "boolean", "double", "list_of_string"])
DECLARATIONS = st.dictionaries(
    st.sampled_from(NAMES),
    st.fixed_dictionaries(
        {"d": TYPES}, optional={"a": st.sampled_from(["n", "r", "type"]), "v": VALUES}
    ),
)


@st.composite
def documents(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Networks as servers write them: whatever a node says is declared. Ids may come twice."""
    declared = draw(DECLARATIONS)
    keys = [*declared, *(each["a"] for each in declared.values() if "a" in each)]
    said = st.dictionaries(st.sampled_from(keys), VALUES) if keys else st.just({})
    node = st.fixed_dictionaries({"id": st.integers(0, 5)}, optional={"v": said, "x": st.floats(0)})
    return [
        {"CXVersion": "2.0", "hasFragments": False},
        {"attributeDeclarations": [{"nodes": declared}]},
        *({"nodes": draw(st.lists(node, max_size=4))} for _ in range(draw(st.integers(0, 2)))),
        {"visualProperties": [{}]},
        {"status": [{"success": True}]},
    ]


def read(decode: Any, given: object) -> Network | str:
    try:
        network: Network = decode(given)
    except NetworkError as error:
        return str(error)
    return network


def decode_cx2_text(text: bytes) -> Network:
    return Cx2Text.split(text).decode()


@settings(max_examples=500)
@given(documents())
def test_what_is_read_from_the_text_is_what_is_read_of_the_document(document: object) -> None:
    text = orjson.dumps(document)
    assert read(decode_cx2_text, text) == read(decode_cx2, orjson.loads(text))


TEXT, NUMBER, FLAG = {"d": "string"}, {"d": "integer"}, {"d": "boolean"}
ODD: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "an alias that is the name of another": (
        {"type": TEXT, "other": {"d": "string", "a": "type"}},
        [{"type": "disease"}, {"type": "gene"}],
    ),
    "a name beside its alias": ({"word": {"d": "string", "a": "w"}}, [{"word": "x"}, {"w": "y"}]),
    "a flag and a number": ({"word": FLAG}, [{"word": True}, {"word": 1}]),
    "numbers that are equal": ({"word": NUMBER}, [{"word": 1}, {"word": 1.0}]),
}


@pytest.mark.parametrize(("declared", "said"), ODD.values(), ids=ODD)
def test_odd_words_are_told_apart(declared: dict[str, Any], said: list[dict[str, Any]]) -> None:
    nodes = [{"id": n, "v": {"name": "A", "ncbigene": 1, **each}} for n, each in enumerate(said)]
    document = [
        {"CXVersion": "2.0"},
        {"attributeDeclarations": [{"nodes": {"name": TEXT, "ncbigene": NUMBER, **declared}}]},
        {"nodes": nodes},
        {"status": [{"success": True}]},
    ]
    assert read(decode_cx2_text, orjson.dumps(document)) == read(decode_cx2, document)


@pytest.mark.parametrize(
    "text",
    [b"null", b"[1]", b"[{}]", b'[{"CXVersion":"2.0"}]', b'[{"nodes":1},{"status":[{}]}]'],
)
def test_what_is_no_network_is_refused_in_the_same_words(text: bytes) -> None:
    said = read(decode_cx2_text, text)
    assert isinstance(said, str)
    assert said == read(decode_cx2, orjson.loads(text))


def test_real_networks_are_read_the_quick_way(corpus: Path) -> None:
    for file in sorted((corpus / "networks").glob("*.cx2")):
        fragments = {
            k: orjson.dumps(v) for each in orjson.loads(file.read_bytes()) for k, v in each.items()
        }
        try:
            parts = [Raw(fragments[name]) for name in ("nodes", "attributeDeclarations")]
            found = read_typed_nodes(parts[:1], parts[1:])
        except NotPlain:
            pytest.fail(f"{file.name} is not read the quick way")
        assert found
        assert decode_cx2_text(file.read_bytes()) == decode_cx2(orjson.loads(file.read_bytes()))
