"""Contract 3.7: deleting, the trash and coming back from it."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.contract.calls import (
    UNKNOWN,
    assert_error,
    content_cx2,
    create_cx2,
    lock_for_good,
    set_system,
    summary,
)
from tests.contract.documents import aspect
from tests.contract.sandboxes import Sandbox

EXCEPTION = "NDEx_Exception"
NOT_FOUND = "NDEx_Object_Not_Found_Exception"
UNAUTHORIZED = "NDEx_Unauthorized_Operation_Exception"
CONCURRENT = "NDEx_Concurrent_Modification_Exception"
NOT_OWNER = "Only network owner can delete a network."
READS = [
    "/v2/network/{}",
    "/v2/network/{}/summary",
    "/v2/network/{}/aspect",
    "/v3/networks/{}",
    "/v3/networks/{}/summary",
    "/v3/networks/{}/aspects",
]


def delete_v2(client: httpx.Client, network_id: str) -> httpx.Response:
    return client.delete(f"/v2/network/{network_id}")


def delete_v3(client: httpx.Client, network_id: str) -> httpx.Response:
    return client.delete(f"/v3/networks/{network_id}")


def delete_for_ever(client: httpx.Client, network_id: str) -> httpx.Response:
    return client.delete(f"/v3/networks/{network_id}", params={"permanent": "true"})


def restore(client: httpx.Client, network_id: str) -> httpx.Response:
    return client.post("/v3/files/trash/restore", json={"networks": [network_id]})


def trash(client: httpx.Client) -> set[str]:
    """The ids in the own trash."""
    return {item["uuid"] for item in client.get("/v3/files/trash").json()}


FOR_EVER = pytest.mark.sandbox_only(
    "a server does not start again while such a deletion is queued (contract 3.3)"
)
DELETES = pytest.mark.parametrize(
    "delete",
    [delete_v2, delete_v3, pytest.param(delete_for_ever, marks=FOR_EVER)],
    ids=lambda call: getattr(call, "__name__", None),
)


@DELETES
def test_after_any_delete_every_read_is_404(
    client: httpx.Client, network: str, delete: Callable[..., httpx.Response]
) -> None:
    """Contract 3.7: and batch calls drop the id."""
    assert delete(client, network).status_code == 204
    for path in READS:
        assert_error(client.get(path.format(network)), 404, NOT_FOUND)
    for path in ("/v2/batch/network/summary", "/v3/batch/networks/summary"):
        assert client.post(path, json=[network]).json() == []


def test_only_the_v3_delete_goes_to_the_trash(client: httpx.Client) -> None:
    """Contract 3.7 and trap 30."""
    v2, v3 = create_cx2(client), create_cx2(client)
    delete_v2(client, v2)
    delete_v3(client, v3)
    assert trash(client) & {v2, v3} == {v3}


@FOR_EVER
def test_a_permanent_delete_does_not_go_to_the_trash(client: httpx.Client, network: str) -> None:
    """Contract 3.7."""
    delete_for_ever(client, network)
    assert network not in trash(client)


def test_a_trashed_network_comes_back_whole(client: httpx.Client, network: str) -> None:
    """Contract 3.7 and 3.9: with its content, and a new modificationTime."""
    before = summary(client, network)
    assert delete_v3(client, network).status_code == 204
    assert restore(client, network).status_code == 204
    seen = summary(client, network)
    assert seen["name"] == before["name"]
    assert seen["modificationTime"] != before["modificationTime"]
    assert len(aspect(content_cx2(client, network), "nodes")) == 2
    assert network not in trash(client)


def test_restoring_a_v2_deleted_network_gives_a_row_without_files(
    client: httpx.Client, network: str
) -> None:
    """Contract 3.7 and trap 30: the files were erased at once."""
    delete_v2(client, network)
    assert restore(client, network).status_code == 204
    assert summary(client, network)["externalId"] == network
    assert not client.get(f"/v2/network/{network}").is_success


@pytest.mark.parametrize("network_id", [UNKNOWN, "a stranger's"])
def test_a_v2_delete_of_an_unknown_or_foreign_network_is_500(
    client: httpx.Client, stranger: httpx.Client, network_id: str
) -> None:
    """Contract 3.7."""
    if network_id != UNKNOWN:
        network_id = create_cx2(client)
    assert_error(delete_v2(stranger, network_id), 500, EXCEPTION, NOT_OWNER)


@pytest.mark.parametrize("network_id", [UNKNOWN, "a stranger's"])
def test_a_v3_delete_of_an_unknown_or_foreign_network_is_401(
    client: httpx.Client, stranger: httpx.Client, network_id: str
) -> None:
    """Contract 3.7 and trap 10."""
    if network_id != UNKNOWN:
        network_id = create_cx2(client)
    assert_error(delete_v3(stranger, network_id), 401, UNAUTHORIZED)


def test_a_second_v3_delete_is_401(client: httpx.Client, network: str) -> None:
    """Contract 3.7: "already deleted"."""
    assert delete_v3(client, network).status_code == 204
    assert_error(delete_v3(client, network), 401, UNAUTHORIZED)


def test_a_read_only_network_is_not_deleted(client: httpx.Client, network: str) -> None:
    """Contract 3.6 and 3.7."""
    set_system(client, network, readOnly=True)
    for delete in (delete_v2, delete_v3):
        answer = delete(client, network)
        assert_error(answer, 500, EXCEPTION, "Can't delete a read-only network.")


def test_a_locked_network_is_not_deleted(client: httpx.Client, network: str) -> None:
    """Contract 3.7: v3 hides the lock behind NDEx_Exception."""
    lock_for_good(client, network)
    assert_error(delete_v2(client, network), 500, CONCURRENT)
    assert_error(delete_v3(client, network), 500, EXCEPTION)
    assert summary(client, network)["externalId"] == network


def test_restoring_nothing_is_500(client: httpx.Client) -> None:
    """Contract 3.7."""
    body: dict[str, list[str]] = {"networks": [], "folders": [], "shortcuts": []}
    answer = client.post("/v3/files/trash/restore", json=body)
    assert_error(answer, 500, "NDEx_Exception")


@FOR_EVER
def test_one_trashed_network_is_purged(client: httpx.Client, network: str) -> None:
    """Contract 3.7: a missing id is 500."""
    delete_v3(client, network)
    path = f"/v3/files/trash/{network}"
    assert client.delete(path).status_code == 204
    assert network not in trash(client)
    assert client.delete(path).status_code == 500


def test_the_whole_trash_is_purged(sandbox: Sandbox) -> None:
    """Contract 3.7: in a sandbox of its own, the trash of an account is not ours to empty."""
    with sandbox.running() as server, server.connect(server.owner) as client:
        network = create_cx2(client)
        delete_v3(client, network)
        assert client.delete("/v3/files/trash").status_code == 204
        assert trash(client) == set()
        assert client.get(f"/v3/networks/{network}/summary").status_code == 404
