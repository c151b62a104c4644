"""The digest says whether two contents are the same, however the server wrote them down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cx.content import write_upload
from sync.cx.digest import content_digest
from sync.errors import NetworkError
from sync.model import Dialect, Property
from sync.sandbox.uploads import load_cx2, rewrite_attributes
from tests.cx.drawn import Document, aspects_of, document, networks
from tests.cx.recorded import places_in
from tests.cx.uploads import accepted_cx2

_HOLD_NUL = {"control_characters"}
_FRAME = {"metaData", "attributeDeclarations", "status"}

NODES = [{"id": 1, "x": 0.5, "y": 2.0, "v": {"name": "TNF", "rank": 3}}, {"id": 2, "v": {}}]
DECLARED = {"name": {"d": "string"}, "rank": {"d": "double"}}


def make(
    nodes: list[dict[str, Any]] | None = None,
    declared: dict[str, Any] | None = None,
    *others: dict[str, Any],
) -> Document:
    """A document that differs from the usual one in what is given."""
    return document(
        NODES if nodes is None else nodes,
        DECLARED if declared is None else declared,
        [{"id": 1, "s": 1, "t": 2, "v": {"interaction": "binds"}}],
        {"notes": [{"a": 1, "b": [1, 2]}, {"c": None}]},
        *others,
    )


USUAL = content_digest(make())


def with_first_node(**changes: Any) -> Document:
    return make([{**NODES[0], **changes}, NODES[1]])


def test_a_digest_names_its_method() -> None:
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", USUAL)


def _without(content: Document, name: str) -> Document:
    return [part for part in content if name not in part]


def _sent_and_read(folder: Path, version: str = "cx2") -> Iterator[tuple[str, Document, Document]]:
    """Yield the documents that a real server loaded, with the CX2 that it served of each."""
    summaries = orjson.loads((folder / "summaries.json").read_bytes())
    for name, summary in summaries.items():
        sent, read = folder / f"{name}.in.{version}", folder / f"{name}.out.cx2"
        if sent.exists() and read.exists() and "errorMessage" not in summary:
            yield name, orjson.loads(sent.read_bytes()), orjson.loads(read.read_bytes())


_Path = tuple[str | int, ...]
_SEEN_ELSEWHERE = {"metaData", "attributeDeclarations", "networkAttributes", "status", "CXVersion"}


def _changed_once(content: Document) -> Iterator[tuple[_Path, Document]]:
    """Yield the document with one value changed, or one element left out, in every place."""
    for number, part in enumerate(content):
        if part.keys().isdisjoint(_SEEN_ELSEWHERE):
            for path in places_in(part, (number,)):
                changed = deepcopy(content)
                if _change(changed, path):
                    yield path, changed


def _change(content: Document, path: _Path) -> bool:
    """Change what stands there; say whether a person would see that."""
    *parents, last = path
    holder: Any = content
    for key in parents:
        holder = holder[key]
    value = holder[last]
    match value:
        case None | {} | []:
            return False
        case dict() | list():
            del holder[last]
        case bool():
            holder[last] = not value
        case str():
            holder[last] = value + "!"
        case _ if last == "id" or abs(value) > 1e15:
            return False
        case _:
            holder[last] = value + 1
    return True


@pytest.mark.parametrize(
    "other",
    [
        with_first_node(x=0.6),
        with_first_node(id=3),
        with_first_node(v={"name": "TNF"}),
        make(None, {**DECLARED, "rank": {"d": "integer"}}),
        make(None, {**DECLARED, "rank": {"d": "double", "v": 3}}),
        _without(make(), "edges"),
        [*make()[:-2], {"notes": [{"a": 1, "b": [2, 1]}, {"c": None}]}, make()[-1]],
        [*make()[:-2], {"notes": [{"a": True, "b": [1, 2]}, {"c": None}]}, make()[-1]],
        [*make()[:-2], {"notes": [{"a": "1", "b": [1, 2]}, {"c": None}]}, make()[-1]],
        make(None, None, {"nodeBypasses": [{"id": 1, "v": {"NODE_WIDTH": 40}}]}),
    ],
    ids=[
        *("coordinate", "id", "attribute gone", "type", "default", "edges gone"),
        *("order in a value", "true is not 1", "text", "style of one node"),
    ],
)
def test_other_content_has_another_digest(other: Document) -> None:
    assert content_digest(other) != USUAL


@given(networks() | accepted_cx2().map(orjson.loads))
def test_the_digest_survives_the_server(content: Document) -> None:
    loaded = load_cx2(orjson.dumps(content))
    assert loaded.cx2 is not None
    assert content_digest(orjson.loads(loaded.cx2)) == content_digest(content)


def test_every_document_that_a_real_server_loaded_reads_back_with_the_digest_of_what_was_sent(
    recorded: Path,
) -> None:
    pairs = list(_sent_and_read(recorded / "documents" / "conversion"))
    assert len(pairs) == 206
    assert [
        name for name, sent, read in pairs if content_digest(sent) != content_digest(read)
    ] == []


@pytest.mark.parametrize("version", ["cx1", "cx2"])
def test_an_upload_made_of_a_download_has_its_digest(recorded: Path, version: str) -> None:
    compared = 0
    for _, _, read in _sent_and_read(recorded / "documents" / "conversion", version):
        try:
            upload = write_upload(read)
        except NetworkError:
            continue
        compared += 1
        assert content_digest(orjson.loads(upload)) == content_digest(read)
    assert compared > 130


def test_an_upload_comes_back_from_a_real_server_as_it_was_sent(recorded: Path) -> None:
    for name, _, read in _sent_and_read(recorded / "documents" / "conversion"):
        if name in _HOLD_NUL:
            continue
        upload = aspects_of(orjson.loads(write_upload(read)))
        aspects = aspects_of(read)
        for aspect in (upload.keys() | aspects.keys()) - _FRAME:
            assert upload[aspect] == aspects[aspect], f"{aspect} of {name}"


def test_whatever_is_changed_in_a_download_changes_its_digest(recorded: Path) -> None:
    changes = 0
    for name, _, read in _sent_and_read(recorded / "documents" / "conversion"):
        before = content_digest(read)
        for place, changed in _changed_once(read):
            changes += 1
            assert content_digest(changed) != before, f"{place} of {name}"
    assert changes > 3000


@given(networks((Dialect.PFOCR_CX2,)))
def test_a_change_of_properties_does_not_change_the_digest(content: Document) -> None:
    loaded = load_cx2(orjson.dumps(content))
    properties = (Property("rights", "CC0"),)
    _, cx2 = rewrite_attributes(loaded.cx1, loaded.cx2, "Other", "D", "2", properties)
    assert cx2 is not None
    assert content_digest(orjson.loads(cx2)) == content_digest(content)


@given(st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_has_a_digest(number: float) -> None:
    content = make(None, None, {"odd": [{"x": number}]})
    if isinstance(number, int) and not -(2**63) <= number < 2**64:
        with pytest.raises(NetworkError, match="a value that JSON does not allow"):
            content_digest(content)
    else:
        assert content_digest(content) == content_digest(orjson.loads(orjson.dumps(content)))


@pytest.mark.parametrize(
    "content",
    [None, [], {}, [{"CXVersion": "2.0"}], make()[:-1], make([{"id": 1}, {"id": 1}])],
    ids=["null", "empty", "object", "header only", "cut short", "node twice"],
)
def test_what_is_no_network_has_no_digest(content: object) -> None:
    with pytest.raises(NetworkError):
        content_digest(content)
