"""What the sandbox makes of documents is what a real server made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from sync.errors import NetworkError, UploadRefused
from sync.sandbox.limits import check_texts
from sync.sandbox.uploads import Loaded, load_cx1, load_cx2
from tests.cx.recorded import Sent, conversions, names_code, refusals, without_null_errors
from tests.cx.uploads import aspects_of

CONVERTED_OTHERWISE = {
    "x_citations": "an old aspect that nobody sends",
    "x_supports": "an old aspect that nobody sends",
    "x_function_terms": "an old aspect that nobody sends",
    "x_old_aspects": "old aspects that nobody sends",
    "x_collection_unnamed": "a collection gets no name",
}
"""What the sandbox makes another document of than the server, each with the reason."""
_IN_ANY_ORDER = {"nodes", "nodeAttributes", "edges", "edgeAttributes", "networkAttributes"}
_LOAD = {"cx1": load_cx1, "cx2": load_cx2}


def _load(document: Sent) -> Loaded | None:
    try:
        loaded = _LOAD[document.format](document.body)
        check_texts(loaded.name, loaded.description, loaded.version, loaded.properties)
    except NetworkError:
        return None
    return loaded


def _aspects(body: bytes | None, version: str) -> dict[str, list[Any]]:
    aspects = aspects_of(body or b"[]")
    if version == "cx2":
        del aspects["metaData"]  # the server lists aspects without elements now and then
    for name in aspects.keys() & _IN_ANY_ORDER:
        aspects[name].sort(key=lambda element: orjson.dumps(element, option=orjson.OPT_SORT_KEYS))
    return aspects


@pytest.mark.parametrize(("version", "number"), [("cx1", 354), ("cx2", 351)])
def test_documents_are_converted_as_a_real_server_converts_them(
    recorded: Path, version: str, number: int
) -> None:
    compared, differing = 0, set()
    for document in conversions(recorded):
        path = recorded / "documents" / "conversion" / f"{document.name}.out.{version}"
        loaded = _load(document) if document.loaded and path.exists() else None
        if loaded is None:
            continue
        compared += 1
        made = loaded.cx1 if version == "cx1" else loaded.cx2
        if _aspects(made, version) != _aspects(path.read_bytes(), version):
            differing.add(document.name)
    assert compared == number
    otherwise = set(CONVERTED_OTHERWISE) - ({"x_collection_unnamed"} if version == "cx2" else set())
    assert differing == otherwise


LOADED_OTHERWISE = {
    "overlong_utf8": "overlong UTF-8 is not decoded",
    "opaque_name_traversal": "the sandbox keeps no files",
    "opaque_name_lone_surrogate": "the sandbox keeps no files",
}
"""What the sandbox loads, or does not load, unlike the server, each with the reason."""


@pytest.mark.parametrize(("version", "number"), [("cx1", 307 + 151), ("cx2", 713 + 210)])
def test_a_document_loads_where_a_real_server_loads_it(
    recorded: Path, version: str, number: int
) -> None:
    documents = [*refusals(recorded), *conversions(recorded)]
    sent = [document for document in documents if document.format == version]
    assert len(sent) == number
    differing = {each.name for each in sent if _is_loaded(each) != each.loaded}
    assert differing == (LOADED_OTHERWISE.keys() if version == "cx2" else set())


def _is_loaded(document: Sent) -> bool:
    loaded = _load(document)
    return loaded is not None and loaded.fault is None


WORDED_OTHERWISE = {
    *("cx1_metadata_no_name", "cx1_metadata_null_entry", "cx1_metadata_null", "cx1_node_id_big"),
    *("cx1_edge_s_null", "cx1_edge_float", "cx1_nat_no_po", "cx1_nat_po_list", "cx1_cm_no_def"),
    *("cx1_cy_bypass_noid", "cx1_sub_noid"),
}
"""Where the server speaks of its own code, or of a number in other words."""


def test_a_refusal_of_cx1_gives_the_server_s_own_words(recorded: Path) -> None:
    compared = 0
    for each in (*refusals(recorded), *conversions(recorded)):
        if each.format == "cx2" or each.answer is None or each.name in WORDED_OTHERWISE:
            continue
        if names_code(each.answer):
            continue
        compared += 1
        try:
            loaded = load_cx1(each.body)
            check_texts(loaded.name, loaded.description, loaded.version, loaded.properties)
            said = loaded.fault or ""
        except NetworkError as refused:
            said = refused.answer if isinstance(refused, UploadRefused) else str(refused)
        assert without_null_errors(said) == without_null_errors(each.answer), each.name
    assert compared == 108
