"""Facts of the contract that no recorded answer shows.

All others are held by the recorded answers of a real server (``tests/sandbox/test_recorded.py``).
"""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.contract.calls import (
    UNKNOWN,
    create_cx1,
    create_cx2,
    make_folder,
    summary,
    wait_for,
    wait_until_loaded,
)
from tests.contract.documents import cx1, cx2, unique


def test_the_full_status_is_the_same_from_v2_and_v3(anonymous: httpx.Client) -> None:
    """Contract 2: importers and exporters are listed where there are some."""
    v2, v3 = (
        anonymous.get(f"/{version}/admin/status", params={"format": "full"}).json()
        for version in ("v2", "v3")
    )
    assert isinstance(v2["properties"].get("ImporterExporters", []), list)
    assert v2["properties"] == v3["properties"]


@pytest.mark.sandbox_only("a permanent deletion (contract 3.3)")
def test_an_update_of_an_unknown_set_creates_it(client: httpx.Client) -> None:
    """Contract 7.1 and trap 29: with that very id, no 404."""
    set_id = make_folder(client)
    path = f"/v3/files/folders/{set_id}"
    assert client.delete(path, params={"permanent": "true"}).status_code == 204
    name = unique("revived")
    answer = client.put(f"/v2/networkset/{set_id}", json={"name": name, "description": ""})
    assert answer.is_success, answer.text
    assert client.get(path).json()["name"] == name


def test_a_download_is_an_attachment_named_after_the_network(client: httpx.Client) -> None:
    """Contract 4: quotes in the name are not escaped."""
    network = create_cx2(client, cx2('The "name"'))
    for path, ending in ((f"/v2/network/{network}", "cx"), (f"/v3/networks/{network}", "cx2")):
        answer = client.get(path, params={"download": "true"})
        assert answer.headers["Content-Type"].startswith("application/octet-stream")
        expected = f'attachment; filename="The "name".{ending}"'
        assert answer.headers["Content-Disposition"] == expected


def search(client: httpx.Client, text: str) -> dict[str, Any]:
    answer = client.post("/v2/search/network", json={"searchString": text})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def wait_until_found(client: httpx.Client, network: str, text: str) -> None:
    """Wait for the search index, which lags behind (contract 9)."""

    def is_found(found: dict[str, Any]) -> bool:
        return network in {each["externalId"] for each in found["networks"]}

    wait_for(lambda: search(client, text), is_found)


def word() -> str:
    """A word that stands in no other network."""
    return "x" + unique("").strip()


def test_a_small_cx1_network_is_not_found_until_it_is_indexed(client: httpx.Client) -> None:
    """Contract 9: and its index level is NONE."""
    name, later = word(), word()
    hidden = create_cx1(client, cx1(name))
    wait_until_found(client, create_cx2(client, cx2(later)), later)
    assert search(client, name)["numFound"] == 0
    client.put(f"/v2/network/{hidden}/systemproperty", json={"index_level": "ALL"})
    wait_until_found(client, hidden, name)


def test_the_v3_search_counts_only_its_page(client: httpx.Client) -> None:
    """Contract 9: ``numFound`` is the number of rows here, the answer's start is start×size."""
    name = word()
    for _ in range(3):
        wait_until_found(client, create_cx2(client, cx2(name)), name)
    answer = client.post(
        "/v3/search/files",
        params={"visibility": "PRIVATE", "start": "1", "size": "2"},
        json={"searchString": name},
    ).json()
    assert (answer["numFound"], answer["start"], len(answer["files"])) == (2, 2, 2)


def test_ids_are_lower_case_time_based_uuids(client: httpx.Client) -> None:
    """Contract 1.1: canonical version-1 UUIDs."""
    network_id = client.post("/v3/networks", json=cx2(unique())).json()["uuid"]
    assert str(UUID(network_id)) == network_id
    assert UUID(network_id).version == 1


def test_every_answer_allows_other_origins(client: httpx.Client) -> None:
    """Contract 1.1: the origin is echoed or "*", with credentials."""
    origin = "https://www.wikipathways.org"
    for path in ("/v3/admin/status", f"/v3/networks/{UNKNOWN}/summary"):
        headers = client.get(path, headers={"Origin": origin}).headers
        assert headers["Access-Control-Allow-Origin"] in ("*", origin)
        assert headers["Access-Control-Allow-Credentials"] == "true"


def test_a_preflight_is_answered_before_a_route_is_looked_for(anonymous: httpx.Client) -> None:
    """Contract 1.1 and 1.2."""
    answer = anonymous.options(
        "/v3/networks",
        headers={"Origin": "https://www.ndexbio.org", "Access-Control-Request-Method": "POST"},
    )
    assert answer.is_success
    assert "Access-Control-Allow-Origin" in answer.headers


def test_there_is_nothing_to_be_conditional_on(client: httpx.Client, network: str) -> None:
    """Contract 1.1: no ETag, Last-Modified or cache headers, conditional requests are ignored."""
    path = f"/v3/networks/{network}/summary"
    headers = client.get(path).headers
    assert not {"etag", "last-modified", "cache-control", "retry-after"} & set(headers)
    assert client.get(path, headers={"If-None-Match": "*"}).status_code == 200


def test_an_error_has_the_ndex_shape(client: httpx.Client) -> None:
    """Contract 1.2: null fields are left out, the time has no zone and no leading zero hour."""
    body = client.get(f"/v3/networks/{UNKNOWN}/summary").json()
    assert set(body) <= {"errorCode", "message", "description", "threadId", "timeStamp"}
    assert {"errorCode", "message", "threadId", "timeStamp"} <= set(body)
    assert body["threadId"].isdigit()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d (\d|1\d|2[0-3]):\d\d:\d\d,\d{3}", body["timeStamp"])
    assert None not in body.values()


def test_a_form_without_a_boundary_is_500(client: httpx.Client) -> None:
    """Contract 1.3: what the server did not foresee."""
    headers = {"Content-Type": "multipart/form-data"}
    answer = client.post("/v3/networks", content=b"--x--", headers=headers)
    assert (answer.status_code, answer.json()["errorCode"]) == (500, "NDEx_Exception")
    assert "Unable to get boundary for multipart" in answer.text


def test_of_two_values_of_a_parameter_the_first_counts(client: httpx.Client) -> None:
    """Contract 3.1."""
    path = "/v3/networks?visibility=UNLISTED&visibility=PUBLIC"
    network = client.post(path, json=cx2()).json()["uuid"]
    assert wait_until_loaded(client, network)["visibility"] == "UNLISTED"


def test_a_reference_by_somebody_else_does_nothing(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 3.5 and trap 31: 204 all the same."""
    client.put(f"/v2/network/{network}/systemproperty", json={"visibility": "PUBLIC"})
    before = summary(client, network)
    answer = stranger.put(f"/v2/network/{network}/reference", json={"reference": "PMID:1"})
    assert answer.status_code == 204
    assert summary(client, network) == before
