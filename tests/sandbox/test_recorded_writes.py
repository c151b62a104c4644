"""What metadata edits do to the files of a network is what they did to them on a real server."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.calls import JSON_BODY, wait_until_loaded
from tests.contract.sandboxes import running_sandbox

Files = dict[str, Any]

_LABELS = {"predicateString": "labels", "value": '["a","b"]', "dataType": "list_of_string"}
_OTHER = [
    {"predicateString": "organism", "value": "Mus musculus"},
    {"predicateString": "count", "value": "7", "dataType": "integer"},
    _LABELS,
]
_P = {"predicateString": "p", "value": "q"}
_SUMMARY = {"name": "S", "description": "SD", "version": "9", "visibility": "PUBLIC"}
_NEW = {"name": "New name", "description": "New description"}
WRITES: dict[str, tuple[str, Callable[[list[Any]], object]]] = {
    "same_properties": ("properties", lambda own: own),
    "properties": ("properties", lambda _: _OTHER),
    "profile": ("profile", lambda _: _NEW),
    "summary": ("summary", lambda _: {**_SUMMARY, "properties": [_P]}),
    "empty_properties": ("properties", lambda _: []),
}
SEEN_OTHERWISE = {
    ("network_name_only", "same_properties"): "an empty second block of metadata stays",
    **{("numbers_double", write): "the recorded document is another one" for write in WRITES},
}


@pytest.mark.slow
def test_a_metadata_edit_changes_the_files_as_on_a_real_server(recorded: Path) -> None:
    documents = recorded / "documents"
    wanted = json.loads((documents / "metadata-writes.json").read_text())
    differing = set()
    with running_sandbox() as server, server.connect(server.owner) as client:
        for name, writes in wanted.items():
            network = _create(client, documents / "conversion", name)
            for write, real in writes.items():
                if _write(client, network, write) != (real["status"], real["changed"]):
                    differing.add((name, write))
    assert len(wanted) == 40
    assert differing == SEEN_OTHERWISE.keys()


def _create(client: httpx.Client, folder: Path, name: str) -> str:
    is_cx2 = (folder / f"{name}.in.cx2").exists()
    body = (folder / f"{name}.in.{'cx2' if is_cx2 else 'cx1'}").read_bytes()
    path = "/v3/networks" if is_cx2 else "/v2/network"
    network = client.post(path, content=body, headers=JSON_BODY).headers["Location"].rpartition("/")
    wait_until_loaded(client, network[2])
    return network[2]


def _write(client: httpx.Client, network: str, write: str) -> tuple[int, Files]:
    """Send one of the writes; return its status, and what changed in the files."""
    path = f"/v2/network/{network}"
    call, body = WRITES[write]
    own = client.get(f"{path}/summary").json()["properties"]
    before = _files(client, network)
    status = client.put(f"{path}/{call}", json=body(own)).status_code
    return status, dict(_changes(before, _files(client, network)))


def _files(client: httpx.Client, network: str) -> Files:
    found: Files = {}
    for version, path in (("cx1", f"/v2/network/{network}"), ("cx2", f"/v3/networks/{network}")):
        answer = client.get(path)
        if answer.status_code == 200:
            found |= _aspects(version, answer.json())
    return found


def _aspects(version: str, fragments: list[dict[str, Any]]) -> Files:
    found: Files = {f"{version} metaData": [], f"{version} ~order": []}
    for name, value in (pair for part in fragments for pair in part.items()):
        if name in ("CXVersion", "hasFragments"):
            continue
        elements = sorted(json.dumps(item, sort_keys=True, ensure_ascii=False) for item in value)
        blocks = found[f"{version} metaData"]
        is_metadata = name == "metaData"
        found[f"{version} ~order"].append(f"{name}{len(blocks)}" if is_metadata else name)
        if is_metadata:
            blocks.append(elements)
        else:
            found.setdefault(f"{version} {name}", []).extend(elements)
    return found


def _changes(before: Files, after: Files) -> Files:
    changed: Files = {}
    for key in before.keys() | after.keys():
        old, new = before.get(key, "<absent>"), after.get(key, "<absent>")
        if old == new:
            continue
        if key[4:] not in ("metaData", "~order") and "<absent>" not in (old, new):
            both: list[Counter[str]] = [Counter(old), Counter(new)]
            old = sorted((both[0] - both[1]).elements())
            new = sorted((both[1] - both[0]).elements())
        changed[key] = {"before": old, "after": new}
    return changed
