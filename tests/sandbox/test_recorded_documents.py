"""What the sandbox makes of documents is what a real server made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.errors import NetworkError
from sync.sandbox.limits import check_texts
from sync.sandbox.uploads import Loaded, load_cx1, load_cx2
from tests.cx.recorded import Sent, conversions, refusals
from tests.cx.uploads import aspects_of

_VISUAL = (
    *("visualProperties", "nodeBypasses", "edgeBypasses", "visualEditorProperties"),
    "cyVisualProperties",
)
_LOAD = {"cx1": load_cx1, "cx2": load_cx2}


def _load(document: Sent) -> Loaded | None:
    try:
        loaded = _LOAD[document.format](document.body)
        check_texts(loaded.name, loaded.description, loaded.version, loaded.properties)
    except NetworkError:
        return None
    return loaded


@pytest.mark.parametrize("version", ["cx1", "cx2"])
def test_styles_are_converted_as_a_real_server_converts_them(recorded: Path, version: str) -> None:
    compared = 0
    for document in conversions(recorded):
        path = recorded / "documents" / "conversion" / f"{document.name}.out.{version}"
        loaded = _load(document) if document.loaded and path.exists() else None
        if loaded is None:
            continue
        body = loaded.cx1 if version == "cx1" else loaded.cx2
        made, wanted = aspects_of(body or b"[]"), aspects_of(path.read_bytes())
        for aspect in _VISUAL:
            compared += aspect in wanted
            assert made.get(aspect) == wanted.get(aspect), f"{aspect} of {document.name}"
    assert compared > 200


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
