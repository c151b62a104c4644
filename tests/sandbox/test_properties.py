"""Properties as typed values (contract 3.4) and as attributes to write back (contract 3.5)."""

from __future__ import annotations

from typing import Any

import pytest

from sync.errors import NetworkError
from sync.model import Property
from sync.sandbox.properties import attribute_of, typed_properties
from sync.sandbox.refusals import Refusal


@pytest.mark.parametrize(
    ("data_type", "text", "value"),
    [
        ("string", "5", "5"),
        ("double", "5", 5.0),
        ("double", "1.0E10", 1e10),
        ("float", "1.5", 1.5),
        ("integer", "5", 5),
        ("long", "3000000000", 3_000_000_000),
        ("boolean", "TRUE", True),
        ("boolean", "yes", False),
        ("list_of_integer", "[1,2]", [1, 2]),
        ("list_of_integer", '["1","2"]', [1, 2]),
        ("list_of_string", '["a",1]', ["a", "1"]),
        ("list_of_boolean", "[true]", [True]),
        ("list_of_float", "[1]", [1.0]),
        ("list_of_string", "[]", []),
    ],
)
def test_a_text_becomes_a_value_of_its_type(data_type: str, text: str, value: Any) -> None:
    typed = typed_properties([Property("a", text, data_type)], None)
    assert typed == {"a": {"t": data_type, "v": value}}
    assert type(typed["a"]["v"]) is type(value)


@pytest.mark.parametrize(
    ("data_type", "text"),
    [
        ("integer", "5.0"),
        ("integer", "5.7"),
        ("integer", "3000000000"),
        ("long", "1e5"),
        ("double", "x"),
        ("list_of_integer", "[1.5]"),
    ],
)
def test_a_text_that_is_no_value_of_its_type_is_refused(data_type: str, text: str) -> None:
    with pytest.raises(NetworkError):
        typed_properties([Property("good", "x"), Property("a", text, data_type)], None)


@pytest.mark.parametrize("text", ["1,2", '"a"', "[[]]"])
def test_a_text_that_is_no_list_is_the_plain_400(text: str) -> None:
    """Contract 3.4."""
    with pytest.raises(Refusal) as caught:
        typed_properties([Property("a", text, "list_of_string")], None)
    assert (caught.value.status, caught.value.error_code) == (400, None)


def test_no_number_is_shown_as_its_text() -> None:
    """Contract 3.4."""
    assert typed_properties([Property("a", "NaN", "double")], None)["a"]["v"] == "NaN"


def test_the_refusal_is_what_java_says() -> None:
    with pytest.raises(NetworkError, match=r'^For input string: "5.0"$'):
        typed_properties([Property("a", "5.0", "integer")], None)


def test_names_are_sorted_nulls_dropped_the_last_counts_and_the_version_is_one() -> None:
    properties = [Property("z", "1"), Property("b", "1"), Property("b", "2"), Property("a", None)]
    typed = typed_properties(properties, "7")
    assert list(typed.items()) == [
        ("b", {"t": "string", "v": "2"}),
        ("version", {"t": "string", "v": "7"}),
        ("z", {"t": "string", "v": "1"}),
    ]


def test_a_list_is_written_back_as_texts() -> None:
    attribute = attribute_of(Property("a", "[1,2]", "list_of_integer"))
    assert attribute.element() == {"n": "a", "d": "list_of_integer", "v": ["1", "2"]}


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (Property("a", "x", "list_of_string"), "Property a holds no list"),
        (Property("a", None, "list_of_string"), "Property a holds no list"),
        (Property("a", "x", "text"), "data type text is not supported"),
    ],
    ids=["no list", "no text", "no type"],
)
def test_what_cannot_be_written_back_is_refused(item: Property, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        attribute_of(item)
