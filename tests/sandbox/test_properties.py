"""Properties beyond what the recorded answers show: lists, and what cannot be written back."""

from __future__ import annotations

import pytest

from sync.errors import NetworkError
from sync.model import Property
from sync.sandbox.properties import attribute_of, typed_properties
from sync.sandbox.refusals import Refusal


@pytest.mark.parametrize("text", ["1,2", '"a"', "[[]]"])
def test_a_text_that_is_no_list_is_the_plain_400(text: str) -> None:
    """Contract 3.4."""
    with pytest.raises(Refusal) as caught:
        typed_properties([Property("a", text, "list_of_string")], None)
    assert (caught.value.status, caught.value.error_code) == (400, None)


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
