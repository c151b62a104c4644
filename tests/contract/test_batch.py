"""Contract 6: the batch calls."""

from __future__ import annotations

import httpx
import pytest

from tests.contract.calls import (
    JSON_BODY,
    UNKNOWN,
    assert_error,
    assert_plain_error,
    create_cx2,
    make_folder,
    summary,
    summary_v3,
    user_id,
)
from tests.contract.documents import Json, cx2, unique

EXCEPTION = "NDEx_Exception"
SUMMARIES = {
    "v2": ("/v2/batch/network/summary", "externalId"),
    "v3": ("/v3/batch/networks/summary", "uuid"),
}
EACH_SUMMARY = pytest.mark.parametrize(("path", "key"), SUMMARIES.values(), ids=SUMMARIES.keys())


@EACH_SUMMARY
def test_a_batch_gives_the_single_summaries(client: httpx.Client, path: str, key: str) -> None:
    """Contract 6: in any order, v2 with externalId and v3 with uuid."""
    ids = [create_cx2(client) for _ in range(3)]
    single = summary if key == "externalId" else summary_v3
    found = {each[key]: each for each in client.post(path, json=ids).json()}
    assert found == {network: single(client, network) for network in ids}


@EACH_SUMMARY
def test_a_batch_drops_what_it_cannot_show(
    client: httpx.Client, stranger: httpx.Client, path: str, key: str
) -> None:
    """Contract 6 and trap 11: unknown, deleted and unreadable ids, silently."""
    private, deleted = create_cx2(client), create_cx2(client)
    public = create_cx2(client, visibility="PUBLIC")
    client.delete(f"/v3/networks/{deleted}")
    answer = stranger.post(path, json=[private, deleted, public, UNKNOWN])
    assert [each[key] for each in answer.json()] == [public]


@EACH_SUMMARY
def test_a_repeated_id_comes_back_once(
    client: httpx.Client, network: str, path: str, key: str
) -> None:
    """Contract 6."""
    assert [each[key] for each in client.post(path, json=[network] * 3).json()] == [network]


@EACH_SUMMARY
def test_an_empty_batch_is_empty(client: httpx.Client, path: str, key: str) -> None:
    """Contract 6."""
    assert client.post(path, json=[]).json() == [], key


@EACH_SUMMARY
def test_a_null_body_is_403(client: httpx.Client, path: str, key: str) -> None:
    """Contract 6."""
    answer = client.post(path, content=b"null", headers=JSON_BODY)
    assert answer.status_code == 403, key


@EACH_SUMMARY
def test_two_thousand_ids_pass_and_one_more_does_not(
    client: httpx.Client, network: str, path: str, key: str
) -> None:
    """Contract 6: over the limit is 500."""
    full = [network] + [UNKNOWN] * 1999
    assert [each[key] for each in client.post(path, json=full).json()] == [network]
    assert_error(client.post(path, json=[*full, UNKNOWN]), 500, EXCEPTION)


@EACH_SUMMARY
def test_one_malformed_id_fails_the_whole_batch(
    client: httpx.Client, network: str, path: str, key: str
) -> None:
    """Contract 6 and trap 11: a database error."""
    assert client.post(path, json=[network]).json()[0][key] == network
    assert_error(client.post(path, json=[network, "nonsense"]), 500, EXCEPTION)


@pytest.mark.parametrize("form", ["FULL", "COMPACT", "PROPERTIES", "UPDATE", "compact"])
def test_a_v3_batch_takes_every_format_in_any_case(
    client: httpx.Client, network: str, form: str
) -> None:
    """Contract 6."""
    answer = client.post("/v3/batch/networks/summary", params={"format": form}, json=[network])
    assert answer.json() == [summary_v3(client, network, form.upper())]


def test_an_unknown_format_is_400(client: httpx.Client, network: str) -> None:
    """Contract 6."""
    answer = client.post("/v3/batch/networks/summary?format=SMALL", json=[network])
    assert answer.status_code == 400


def test_one_bad_number_fails_the_v3_batch_with_properties(
    client: httpx.Client, network: str
) -> None:
    """Contract trap 12: but neither COMPACT and UPDATE nor v2."""
    bad = create_cx2(client, cx2(unique(), {"release": ("integer", 5.7)}))
    ids, path = [network, bad], "/v3/batch/networks/summary"
    for form in ("FULL", "PROPERTIES"):
        assert client.post(path, params={"format": form}, json=ids).status_code == 400
    for form in ("COMPACT", "UPDATE"):
        assert len(client.post(path, params={"format": form}, json=ids).json()) == 2
    assert len(client.post("/v2/batch/network/summary", json=ids).json()) == 2


def test_batch_permissions_are_the_explicit_ones(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 6: a map; public readability is not in it."""
    public = create_cx2(client, visibility="PUBLIC")
    share = {"userid": user_id(stranger), "permission": "WRITE"}
    client.put(f"/v2/network/{network}/permission", params=share)
    answer = stranger.post("/v2/batch/network/permission", json=[network, public, UNKNOWN])
    assert answer.json() == {network: "WRITE"}
    own = client.post("/v2/batch/network/permission", json=[network])
    assert own.json() == {network: "ADMIN"}


def test_batch_permissions_stop_at_five_hundred(client: httpx.Client) -> None:
    """Contract 6: over the limit is 403, other than for summaries."""
    path = "/v2/batch/network/permission"
    assert client.post(path, json=[UNKNOWN] * 500).json() == {}
    answer = client.post(path, json=[UNKNOWN] * 501)
    assert_error(answer, 403, "NDEx_Forbidden_Operation_Exception")


def test_batch_permissions_need_a_login(anonymous: httpx.Client) -> None:
    """Contract 6."""
    assert anonymous.post("/v2/batch/network/permission", json=[]).status_code == 401


def test_networks_are_moved_together(client: httpx.Client) -> None:
    """Contract 6: null is home."""
    folder = make_folder(client)
    ids = [create_cx2(client) for _ in range(2)]
    path = "/v3/batch/networks/move"
    assert client.post(path, json={"targetFolder": folder, "networks": ids}).is_success
    assert {summary(client, network).get("folderId") for network in ids} == {folder}
    assert client.post(path, json={"targetFolder": None, "networks": ids}).is_success
    assert {summary(client, network).get("folderId") for network in ids} == {None}


def test_one_foreign_network_stops_the_move(stranger: httpx.Client, network: str) -> None:
    """Contract 6: 500, nothing moved."""
    own = create_cx2(stranger)
    body = {"targetFolder": make_folder(stranger), "networks": [own, network]}
    assert stranger.post("/v3/batch/networks/move", json=body).status_code == 500
    assert "folderId" not in summary(stranger, own)


def test_the_key_of_the_servers_own_specification_is_refused(client: httpx.Client) -> None:
    """Contract 6: target_folder."""
    body: Json = {"target_folder": None, "networks": []}
    assert_plain_error(client.post("/v3/batch/networks/move", json=body))
