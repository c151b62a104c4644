"""The check before an upload, held against what a real server made of 1,020 odd documents."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cx.digest import content_digest
from sync.cx.parse_json import is_plain_json
from sync.cx.validate_cx2 import check_conversion, read_cx2, validate_cx2
from sync.errors import NetworkError, UploadRefused
from sync.sandbox.uploads import Loaded, load_cx1, load_cx2
from tests.cx.recorded import (
    Sent,
    conversions,
    names_code,
    places_in,
    refusals,
    without_null_errors,
)

_WIPES = "an empty body wipes the network"
_NUL = "a NUL can lock the network for good"
_NOT_PLAIN = "only the server's own parser reads it; what it stores is not what was sent"
_PATH = "a slash in the name of an aspect writes outside of the network's folder"

STRICTER = {
    **dict.fromkeys(["empty_body", "blank_body"], _WIPES),
    **dict.fromkeys(
        ["nul_escape_node", "nul_in_attr_name", "nul_in_network_list", "nul_in_opaque"], _NUL
    ),
    **dict.fromkeys(["trailing_garbage", "trailing_array", "trailing_nul"], _NOT_PLAIN),
    **dict.fromkeys(["utf16le_bom", "utf16be_no_bom", "utf32"], _NOT_PLAIN),
    **dict.fromkeys(["overlong_utf8", "cesu8_surrogates_raw"], _NOT_PLAIN),
    **dict.fromkeys(
        ["lone_surrogate_escape", "lone_low_surrogate_escape", "lone_surrogate_key"], _NOT_PLAIN
    ),
    "lone_surrogate_network_name": _NOT_PLAIN,
    **dict.fromkeys(["1e400", "opaque_1e400", "node_x_1e400"], _NOT_PLAIN),
    "node_x_int_400digits": _NOT_PLAIN,
    "opaque_name_traversal": _PATH,
    "control_characters": _NUL,
}
"""What the server loads and we do not send, each with the reason."""

READ_OTHERWISE = {
    "overlong_utf8": "overlong UTF-8 is not decoded",
    "opaque_name_traversal": "the sandbox keeps no files",
    "opaque_name_lone_surrogate": "the sandbox keeps no files",
    **dict.fromkeys(
        ["nul_escape_network_name", "nul_in_network_attr_value", "nul_in_network_attr_name"],
        "the database refuses them, which comes after reading",
    ),
}
"""What ``read_cx2`` and ``check_conversion`` take differently from the server, with the reason."""

WORDED_OTHERWISE = {*READ_OTHERWISE, "fragment_two_members", "opaque_name_nul"}


@pytest.fixture(scope="module")
def sent(recorded: Path) -> tuple[Sent, ...]:
    found = [*refusals(recorded), *conversions(recorded)]
    return tuple(document for document in found if document.format == "cx2")


def _is_sent(document: Sent) -> bool:
    try:
        validate_cx2(document.body)
    except NetworkError:
        return False
    return True


def _load(document: Sent) -> tuple[bool, bool]:
    """Return whether the document is read, and whether it is converted too."""
    try:
        network = read_cx2(document.body)
    except UploadRefused:
        return False, False
    try:
        check_conversion(network)
    except UploadRefused:
        return True, False
    return True, True


def test_nothing_is_sent_that_the_server_refuses(sent: tuple[Sent, ...]) -> None:
    assert len(sent) == 713 + 210
    assert [each.name for each in sent if not each.loaded and _is_sent(each)] == []


def test_what_the_server_loads_is_sent_but_for_a_list_with_reasons(sent: tuple[Sent, ...]) -> None:
    assert {each.name for each in sent if each.loaded and not _is_sent(each)} == STRICTER.keys()


def test_a_document_is_read_and_converted_where_the_server_does(sent: tuple[Sent, ...]) -> None:
    differing = {each.name for each in sent if _load(each) != (each.read, each.loaded)}
    assert differing == READ_OTHERWISE.keys()


def test_a_refusal_gives_the_server_s_own_words_where_they_name_nothing_of_its_code(
    sent: tuple[Sent, ...],
) -> None:
    compared = 0
    for each in sent:
        if each.answer is None or each.name in WORDED_OTHERWISE or names_code(each.answer):
            continue
        compared += 1
        with pytest.raises(UploadRefused) as refused:
            check_conversion(read_cx2(each.body))
        said = without_null_errors(refused.value.answer)
        assert said == without_null_errors(each.answer), each.name
    assert compared > 150


_ODD: list[Any] = [None, "x", "", "NaN", "1,2,3", "name", 5, 1.5, True, 2**63, [], {}, ["a"]]
_ODD += [[None], {"a": 1}, {"v": None}]


@given(data=st.data())
def test_a_changed_document_is_refused_or_loads_as_it_was_sent(
    recorded: Path, data: st.DataObject
) -> None:
    """Nothing but our own errors is raised, and what is sent reads back with its digest."""
    document = data.draw(st.sampled_from(_small_documents(recorded)))
    content = orjson.loads(document.body)
    places = list(places_in(content))
    *parents, last = data.draw(st.sampled_from(places))
    holder = content
    for key in parents:
        holder = holder[key]
    holder[last] = data.draw(st.sampled_from(_ODD))
    body = orjson.dumps(content)
    loaded = _load_into_sandbox(document.format, body)
    if document.format == "cx1":
        return  # We send CX2 only.
    try:
        validate_cx2(body)
    except NetworkError:
        return
    assert loaded is not None
    assert loaded.fault is None
    try:
        digest = content_digest(content)
    except NetworkError:
        return  # The server takes a default of any shape, the client reads texts only.
    assert content_digest(orjson.loads(loaded.cx2 or b"")) == digest


@cache
def _small_documents(recorded: Path) -> list[Sent]:
    return [each for each in (*refusals(recorded), *conversions(recorded)) if _is_small(each)]


def _is_small(document: Sent) -> bool:
    plain = is_plain_json(document.body) and document.body.startswith(b"[{")
    return plain and len(document.body) < 5000 and "deep" not in document.name


def _load_into_sandbox(version: str, body: bytes) -> Loaded | None:
    try:
        return load_cx1(body) if version == "cx1" else load_cx2(body)
    except NetworkError:
        return None
