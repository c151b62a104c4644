"""Contract 3.8: permissions on networks."""

from __future__ import annotations

import httpx

from tests.contract.calls import assert_error, create_cx2, put_properties, summary, user_id
from tests.contract.documents import cx2, unique


def grant(client: httpx.Client, network_id: str, user: str, permission: str) -> httpx.Response:
    params = {"userid": user, "permission": permission}
    return client.put(f"/v2/network/{network_id}/permission", params=params)


def permissions(client: httpx.Client, network_id: str, **params: str) -> httpx.Response:
    path = f"/v2/network/{network_id}/permission"
    return client.get(path, params={"type": "user", **params})


def test_a_grant_counts_its_changes(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 3.8: 1, in any case and when repeated; the map names who holds what."""
    user = user_id(stranger)
    first, again = (grant(client, network, user, kind) for kind in ("READ", "read"))
    assert (first.status_code, first.json()) == (200, 1)
    assert (again.status_code, again.json()) == (200, 1)
    assert permissions(client, network).json()[user] == "READ"


def test_a_revoke_takes_the_right_away(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 3.8."""
    user = user_id(stranger)
    grant(client, network, user, "READ")
    assert stranger.get(f"/v3/networks/{network}").status_code == 200
    path = f"/v2/network/{network}/permission"
    answer = client.delete(path, params={"userid": user})
    assert (answer.status_code, answer.json()) == (200, 1)
    assert user not in permissions(client, network).json()
    assert stranger.get(f"/v3/networks/{network}").status_code == 401


def test_reading_is_not_writing(client: httpx.Client, stranger: httpx.Client, network: str) -> None:
    """Contract 3.8."""
    user = user_id(stranger)
    grant(client, network, user, "READ")
    assert stranger.put(f"/v3/networks/{network}", json=cx2(unique())).status_code == 401
    grant(client, network, user, "WRITE")
    assert put_properties(stranger, network, []).status_code == 200
    assert stranger.put(f"/v3/networks/{network}", json=cx2(unique())).status_code == 200


def test_permissions_are_for_the_owner_to_see(stranger: httpx.Client, network: str) -> None:
    """Contract 3.8."""
    assert permissions(stranger, network).status_code == 401


def test_permissions_without_a_type_are_500(client: httpx.Client, network: str) -> None:
    """Contract 3.8."""
    assert_error(client.get(f"/v2/network/{network}/permission"), 500, "NDEx_Exception")


def test_permissions_page_by_page_number(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 3.8: ``start`` counts pages; a filter picks one kind."""
    grant(client, network, user_id(stranger), "WRITE")
    whole = permissions(client, network).json()
    assert permissions(client, network, start="0", size="1").json().items() <= whole.items()
    assert permissions(client, network, start="5", size="100").json() == {}
    only = permissions(client, network, permission="WRITE").json()
    assert only == {user_id(stranger): "WRITE"}


def test_admin_hands_the_network_over(client: httpx.Client, stranger: httpx.Client) -> None:
    """Contract 3.8 and 3.9: the old owner keeps WRITE, mtime does not move."""
    network = create_cx2(client)
    before = summary(client, network)
    assert grant(client, network, user_id(stranger), "ADMIN").status_code == 200
    after = summary(stranger, network)
    assert after["ownerUUID"] == user_id(stranger)
    assert after["modificationTime"] == before["modificationTime"]
    assert permissions(stranger, network).json()[user_id(client)] == "WRITE"
    assert stranger.delete(f"/v2/network/{network}").status_code == 204


def test_an_unknown_permission_is_500(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 1.3: a bad enum in a query parameter."""
    answer = grant(client, network, user_id(stranger), "NONE")
    assert_error(answer, 500, "NDEx_Exception")
