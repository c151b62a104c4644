"""Contract 3.6: what a read-only network refuses and what it still allows."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.calls import (
    assert_error,
    create_cx2,
    make_folder,
    move,
    multipart,
    set_system,
    summary,
    user_id,
)
from tests.contract.documents import cx1, cx2, unique

READ_ONLY = "Can't update readonly network."
UNDELETABLE = "Can't delete a read-only network."
REFUSED: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "v2 multipart": ("PUT", "/v2/network/{}", {"files": multipart(cx1())}, READ_ONLY),
    "properties": ("PUT", "/v2/network/{}/properties", {"json": []}, READ_ONLY),
    "profile": ("PUT", "/v2/network/{}/profile", {"json": {"name": "x"}}, READ_ONLY),
    "summary": ("PUT", "/v2/network/{}/summary", {"json": {"visibility": "PUBLIC"}}, READ_ONLY),
    "v2 delete": ("DELETE", "/v2/network/{}", {}, UNDELETABLE),
    "v3 delete": ("DELETE", "/v3/networks/{}", {}, UNDELETABLE),
}


@pytest.mark.parametrize(("method", "path", "body", "message"), REFUSED.values(), ids=REFUSED)
def test_a_read_only_network_refuses(
    client: httpx.Client, network: str, method: str, path: str, body: dict[str, Any], message: str
) -> None:
    """Contract 3.6: with a 500, and nothing changes; new content has its table in 3.2."""
    set_system(client, network, readOnly=True)
    before = summary(client, network)
    answer = client.request(method, path.format(network), **body)
    assert_error(answer, 500, "NDEx_Exception", message)
    assert summary(client, network) == before


def test_a_refusal_leaves_no_lock(client: httpx.Client, network: str) -> None:
    """Contract 3.6: lifting read-only is all that is needed."""
    set_system(client, network, readOnly=True)
    for method, path, body, _ in REFUSED.values():
        client.request(method, path.format(network), **body)
    set_system(client, network, readOnly=False)
    assert client.put(f"/v3/networks/{network}", json=cx2(unique())).status_code == 200


def test_a_read_only_network_may_be_shared_keyed_moved_and_shown(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 3.6: row "allowed"."""
    set_system(client, network, readOnly=True)
    share = {"userid": user_id(stranger), "permission": "READ"}
    show = {"visibility": "PUBLIC", "files": {network: "NETWORK"}}
    path = f"/v2/network/{network}"
    assert client.put(f"{path}/permission", params=share).status_code == 200
    assert client.put(f"{path}/accesskey", params={"action": "enable"}).status_code == 200
    assert client.post("/v3/batch/files/setvisibility", json=show).status_code == 204
    move(client, make_folder(client), network)
    assert summary(client, network)["isReadOnly"] is True


def test_deleting_the_folder_by_force_deletes_a_read_only_network(client: httpx.Client) -> None:
    """Contract 3.6, 7.2 and trap 28."""
    folder = make_folder(client)
    network = create_cx2(client, folderId=folder)
    set_system(client, network, readOnly=True)
    answer = client.delete(f"/v3/files/folders/{folder}", params={"force": "true"})
    assert answer.status_code == 204
    assert client.get(f"/v3/networks/{network}/summary").status_code == 404
