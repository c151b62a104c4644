"""Contract 3.9: what moves ``modificationTime`` and what does not."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import pytest

from tests.contract.calls import (
    create_cx2,
    make_folder,
    move,
    put_properties,
    replace_cx2,
    set_system,
    summary,
    summary_v3,
)
from tests.contract.documents import cx1, cx2, unique

Action = Callable[[httpx.Client, str], object]


def soft_delete_and_restore(client: httpx.Client, network_id: str) -> None:
    client.delete(f"/v3/networks/{network_id}")
    client.post("/v3/files/trash/restore", json={"networks": [network_id]})


def set_visibility(client: httpx.Client, network_id: str) -> None:
    body = {"visibility": "PUBLIC", "files": {network_id: "NETWORK"}}
    client.post("/v3/batch/files/setvisibility", json=body)


def move_to_folder(client: httpx.Client, network_id: str) -> None:
    move(client, make_folder(client), network_id)


def make_shortcut(client: httpx.Client, network_id: str) -> None:
    body = {"name": unique(), "target": network_id, "targetType": "NETWORK"}
    assert client.post("/v3/files/shortcuts", json=body).status_code == 201


def add_to_set(client: httpx.Client, network_id: str) -> None:
    folder = make_folder(client)
    assert client.post(f"/v2/networkset/{folder}/members", json=[network_id]).is_success


MOVING: dict[str, Action] = {
    "v3 content": lambda client, network: replace_cx2(client, network, cx2(unique())),
    "v2 content": lambda client, network: client.put(f"/v2/network/{network}", json=cx1()),
    "properties": lambda client, network: put_properties(client, network, []),
    "profile": lambda client, network: client.put(
        f"/v2/network/{network}/profile", json={"version": "2"}
    ),
    "summary": lambda client, network: client.put(
        f"/v2/network/{network}/summary", json={"visibility": "PRIVATE"}
    ),
    "delete and restore": soft_delete_and_restore,
}
NOT_MOVING: dict[str, Action] = {
    "readOnly": lambda client, network: set_system(client, network, readOnly=True),
    "visibility": lambda client, network: set_system(client, network, visibility="PUBLIC"),
    "index level": lambda client, network: set_system(client, network, index_level="ALL"),
    "setvisibility": set_visibility,
    "move to folder": move_to_folder,
    "shortcut": make_shortcut,
    "network set": add_to_set,
    "access key": lambda client, network: client.put(
        f"/v2/network/{network}/accesskey", params={"action": "enable"}
    ),
    "empty profile": lambda client, network: client.put(f"/v2/network/{network}/profile", json={}),
}


def tick(since_ms: int) -> None:
    """Let the clock go on by more than the wire's resolution."""
    while time.time() * 1000 <= since_ms + 2:
        time.sleep(0.001)


@pytest.mark.parametrize("action", MOVING.values(), ids=MOVING.keys())
def test_the_time_moves(client: httpx.Client, network: str, action: Action) -> None:
    """Contract 3.9: even if nothing differs."""
    before = summary(client, network)["modificationTime"]
    tick(before)
    action(client, network)
    assert summary(client, network)["modificationTime"] != before


@pytest.mark.parametrize("action", NOT_MOVING.values(), ids=NOT_MOVING.keys())
def test_the_time_stays(client: httpx.Client, network: str, action: Action) -> None:
    """Contract 3.9, traps 16 and 26: compare those fields themselves."""
    before = summary(client, network)["modificationTime"]
    tick(before)
    action(client, network)
    assert summary(client, network)["modificationTime"] == before


def test_creation_time_stays(client: httpx.Client, network: str) -> None:
    """Contract 3.9."""
    before = summary(client, network)["creationTime"]
    replace_cx2(client, network, cx2(unique()))
    assert summary(client, network)["creationTime"] == before


def test_a_cx1_replace_moves_the_network_home(client: httpx.Client) -> None:
    """Contract 7.2 and trap 21: a CX2 replace keeps the folder."""
    folder = make_folder(client)
    network = create_cx2(client, folderId=folder)
    replace_cx2(client, network, cx2(unique()))
    assert summary_v3(client, network)["folderId"] == folder
    assert client.put(f"/v2/network/{network}", json=cx1(unique())).status_code == 204
    assert "folderId" not in summary(client, network)
