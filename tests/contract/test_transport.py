"""Contract 1.1 and 1.2: media types, headers, identifiers, times and the shape of an error."""

from __future__ import annotations

import gzip
import re
from uuid import UUID

import httpx
import orjson
import pytest

from tests.contract.calls import (
    UNKNOWN,
    assert_error,
    create_cx2,
    last_segment,
    summary,
    summary_v3,
    wait_until_loaded,
)
from tests.contract.documents import cx1, cx2, unique
from tests.contract.sandboxes import Sandbox

UPLOADS = pytest.mark.parametrize(
    ("path", "document"), [("/v2/network", cx1()), ("/v3/networks", cx2())], ids=["v2", "v3"]
)


@UPLOADS
def test_an_upload_of_another_content_type_is_415(
    client: httpx.Client, path: str, document: object
) -> None:
    """Contract 1.1: only JSON and multipart are consumed."""
    answer = client.post(
        path, content=orjson.dumps(document), headers={"Content-Type": "text/plain"}
    )
    assert_error(answer, 415, "NDEx_Unsupported_Media_Type")


def test_a_v2_create_answers_plain_text(client: httpx.Client) -> None:
    """Contract 1.1: v2 creates produce text/plain, a URL."""
    answer = client.post("/v2/network", json=cx1(unique()))
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text == answer.headers["Location"]


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v2/network", cx1()), ("/v2/networkset", {"name": "never made", "description": ""})],
    ids=["network", "network set"],
)
def test_accepting_only_json_breaks_the_calls_that_answer_text(
    client: httpx.Client, path: str, body: object
) -> None:
    """Contract 1.1, 1.3 and trap 34: "not acceptable" is a 500, and nothing is made."""
    before = client.get("/v3/files/count").json()
    answer = client.post(path, json=body, headers={"Accept": "application/json"})
    assert_error(answer, 500, "NDEx_Exception", "Uncaught exception jakarta.ws.rs")
    assert client.get("/v3/files/count").json() == before


def test_accepting_json_or_text_is_enough_for_a_network_set(client: httpx.Client) -> None:
    """Contract 1.1: what the stock client sends to the text/plain calls."""
    answer = client.post(
        "/v2/networkset",
        json={"name": unique(), "description": ""},
        headers={"Accept": "application/json,text/plain"},
    )
    assert answer.status_code == 201


def test_void_methods_answer_204_without_a_body(client: httpx.Client, network: str) -> None:
    """Contract 1.1."""
    answer = client.put(f"/v2/network/{network}/profile", json={"version": "2"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_times_are_whole_epoch_milliseconds(client: httpx.Client, network: str) -> None:
    """Contract 1.1."""
    seen = summary(client, network)
    for time in (seen["creationTime"], seen["modificationTime"]):
        assert isinstance(time, int)
        assert len(str(time)) == 13


def test_ids_are_lower_case_time_based_uuids(client: httpx.Client) -> None:
    """Contract 1.1: canonical version-1 UUIDs."""
    network_id = client.post("/v3/networks", json=cx2(unique())).json()["uuid"]
    assert str(UUID(network_id)) == network_id
    assert UUID(network_id).version == 1


def test_a_gzipped_upload_is_taken_and_then_fails_to_load(client: httpx.Client) -> None:
    """Contract 1.1: bodies are stored raw, nothing unpacks them."""
    packed = gzip.compress(orjson.dumps(cx2(unique())))
    answer = client.post(
        "/v3/networks",
        content=packed,
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )
    assert answer.status_code == 201
    assert "errorMessage" in wait_until_loaded(client, answer.json()["uuid"])


def test_every_answer_allows_other_origins(client: httpx.Client) -> None:
    """Contract 1.1: the origin is echoed or "*", with credentials."""
    origin = "https://www.wikipathways.org"
    for path in ("/v3/admin/status", f"/v3/networks/{UNKNOWN}/summary"):
        headers = client.get(path, headers={"Origin": origin}).headers
        assert headers["Access-Control-Allow-Origin"] in ("*", origin)
        assert headers["Access-Control-Allow-Credentials"] == "true"


def test_a_preflight_is_answered_before_a_route_is_looked_for(anonymous: httpx.Client) -> None:
    """Contract 1.1."""
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


def test_a_fresh_cx2_upload_uses_no_disk(client: httpx.Client) -> None:
    """Contract 1.1: usage sums cxFileSize, which a CX2 create leaves at 0."""

    def used() -> int:
        found: int = client.get("/v2/user", params={"valid": "true"}).json()["diskUsed"]
        return found

    before = used()
    network_id = create_cx2(client)
    assert used() == before
    assert summary_v3(client, network_id)["cxFileSize"] == 0


def test_an_upload_over_the_quota_is_403(sandbox: Sandbox) -> None:
    """Contract 1.1: only used space counts, so the upload that fills the disk still passes."""
    with sandbox.running(disk_quota=1) as server, server.connect(server.owner) as client:
        first = client.post("/v2/network", json=cx1(unique()))
        assert first.status_code == 201
        wait_until_loaded(client, last_segment(first.text))
        answer = client.post("/v3/networks", json=cx2(unique()))
        assert_error(answer, 403, "NDEx_Forbidden_Operation_Exception")


def test_an_error_has_the_ndex_shape(client: httpx.Client) -> None:
    """Contract 1.2: null fields are left out, the time has no zone and no leading zero hour."""
    body = client.get(f"/v3/networks/{UNKNOWN}/summary").json()
    assert set(body) <= {"errorCode", "message", "description", "threadId", "timeStamp"}
    assert {"errorCode", "message", "threadId", "timeStamp"} <= set(body)
    assert body["threadId"].isdigit()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d (\d|1\d|2[0-3]):\d\d:\d\d,\d{3}", body["timeStamp"])
    assert None not in body.values()


def test_an_error_that_is_not_the_servers_fault_has_no_stack_trace(client: httpx.Client) -> None:
    """Contract 1.2: ``stackTrace`` only comes with NDEx_Exception."""
    for answer in (
        client.get(f"/v2/network/{UNKNOWN}/summary"),
        client.post("/v3/batch/networks/move", json={"networks": []}),
    ):
        assert "stackTrace" not in answer.json()


def test_the_v2_location_may_be_a_dead_link(client: httpx.Client) -> None:
    """Contract 3.1 and trap 25: only its last segment is worth reading."""
    answer = client.post("/v2/network", json=cx1(unique()))
    network_id = last_segment(answer.headers["Location"])
    assert answer.headers["Location"].endswith(f"/network/{network_id}")
    assert client.get(f"/v2/network/{network_id}/summary").status_code == 200


def test_a_form_without_a_boundary_is_500(client: httpx.Client) -> None:
    """Contract 1.3: what the server did not foresee."""
    headers = {"Content-Type": "multipart/form-data"}
    answer = client.post("/v3/networks", content=b"--x--", headers=headers)
    assert_error(answer, 500, "NDEx_Exception", "Unable to get boundary for multipart")


def test_of_two_values_of_a_parameter_the_first_counts(client: httpx.Client) -> None:
    """Contract 3.1."""
    path = "/v3/networks?visibility=UNLISTED&visibility=PUBLIC"
    network = client.post(path, json=cx2()).json()["uuid"]
    assert wait_until_loaded(client, network)["visibility"] == "UNLISTED"
