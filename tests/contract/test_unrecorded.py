"""Facts of the contract that no recorded answer shows.

All others are held by the recorded answers of a real server (``tests/sandbox/test_recorded.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.contract.calls import (
    UNKNOWN,
    Account,
    assert_error,
    create_cx1,
    create_cx2,
    last_segment,
    make_folder,
    multipart,
    put_properties,
    replace_cx2,
    set_system,
    summary,
    summary_v3,
    upload_cx1,
    user_id,
    wait_for,
    wait_until_loaded,
)
from tests.contract.documents import cx1, cx1_of, cx2, unique
from tests.contract.sandboxes import HOUR_S, Sandbox, new_user


def test_the_first_colon_ends_the_user_name(sandbox: Sandbox) -> None:
    """Contract 2: a password may hold colons and, in UTF-8, any letter."""
    account = Account("colons", "a:b:pässwörd β")
    with sandbox.running() as server, server.connect() as anybody:
        assert anybody.post("/v2/user", json=new_user(account)).is_success
        auth = (account.user.encode(), account.password.encode())
        assert anybody.get("/user/authenticate", auth=auth).status_code == 200
        in_latin_1 = (account.user, "a:b:pässwörd".encode("latin-1"))
        assert anybody.get("/user/authenticate", auth=in_latin_1).status_code == 401


def test_the_full_status_is_the_same_from_v2_and_v3(anonymous: httpx.Client) -> None:
    """Contract 2: importers and exporters are listed where there are some."""
    v2, v3 = (
        anonymous.get(f"/{version}/admin/status", params={"format": "full"}).json()
        for version in ("v2", "v3")
    )
    assert isinstance(v2["properties"].get("ImporterExporters", []), list)
    assert v2["properties"] == v3["properties"]


@pytest.mark.sandbox_only("only a stand-in has /rest; on other servers it is the proxy's")
def test_a_stand_in_answers_the_path_that_the_stock_client_asks(anonymous: httpx.Client) -> None:
    """Trap 37: ``/rest`` is the public sites' proxy."""
    status = anonymous.get("/rest/admin/status").json()
    assert status["properties"]["ServerVersion"].startswith("2.")


@pytest.mark.parametrize("visibility", ["PUBLIC", "PRIVATE", "UNLISTED"])
@pytest.mark.parametrize("create", [create_cx1, create_cx2], ids=["v2", "v3"])
def test_the_requested_visibility_holds_once_loaded(
    client: httpx.Client, create: Callable[..., str], visibility: str
) -> None:
    """Contract 3.1."""
    network_id = create(client, visibility=visibility)
    assert summary(client, network_id)["visibility"] == visibility


def test_more_than_a_thousand_edges_make_a_sample(client: httpx.Client) -> None:
    """Contract 5.2."""
    nodes = {"nodes": [{"@id": 1, "n": "TP53"}, {"@id": 2, "n": "BRCA1"}]}
    many = [{"@id": number, "s": 1, "t": 2, "i": "binds"} for number in range(1001)]
    assert upload_cx1(client, cx1_of(nodes, {"edges": many}))["hasSample"] is True
    assert upload_cx1(client, cx1())["hasSample"] is False


def test_a_parsed_network_is_valid_before_it_is_complete(sandbox: Sandbox) -> None:
    """Contract 3.3: row "parsed, converting"."""
    with sandbox.running(load_delay_s=2.0) as server, server.connect(server.owner) as client:
        network = client.post("/v3/networks", json=cx2("parsed")).json()["uuid"]
        seen = wait_for(lambda: summary(client, network), lambda seen: bool(seen["isValid"]))
    assert seen["completed"] is False
    assert (seen["name"], seen["nodeCount"]) == ("parsed", 2)


def test_a_cx2_create_is_complete_before_its_index(sandbox: Sandbox) -> None:
    """Contract 3.3 and trap 19: row "CX2 create done"."""
    with sandbox.running(index_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        seen = summary(client, create_cx2(client))
    assert (seen["isValid"], seen["completed"]) == (True, True)


def send_cx1(client: httpx.Client, network_id: str) -> httpx.Response:
    return client.put(f"/v2/network/{network_id}", json=cx1(unique()))


def send_cx2(client: httpx.Client, network_id: str) -> httpx.Response:
    return client.put(f"/v3/networks/{network_id}", json=cx2(unique()))


def test_a_cx2_replace_is_complete_after_its_index(sandbox: Sandbox) -> None:
    """Contract 3.3: row "CX2 update done"; the network is loaded and no longer locked."""
    with sandbox.running() as server, server.connect(server.owner) as client:
        network = create_cx2(client)
    with sandbox.running(index_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        assert send_cx2(client, network).is_success
        seen = wait_for(lambda: summary(client, network), lambda seen: bool(seen["nodeCount"]))
        wait_for(lambda: {"done": send_cx2(client, network).is_success}, lambda seen: seen["done"])
    assert seen["completed"] is False


def test_a_small_cx1_replace_needs_no_index(sandbox: Sandbox) -> None:
    """Contract 3.3: row "CX1, <100 nodes, index level NONE": no index job at all."""
    with sandbox.running() as server, server.connect(server.owner) as client:
        network = create_cx1(client)
        before = summary(client, network)["modificationTime"]
    with sandbox.running(index_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        assert send_cx1(client, network).is_success
        seen = wait_until_loaded(client, network, before)
    assert (seen["completed"], seen["indexLevel"]) == (True, "NONE")


def test_a_refused_style_leaves_the_new_network_without_its_cx1(client: httpx.Client) -> None:
    """Contract 3.3 and 5.1: a conversion error keeps what was read, but hides it."""
    network = create_cx2(client, cx2(unique(), genes=("OLDGENE",)), visibility="PUBLIC")
    name = unique()
    broken = cx2(name, genes=("NEWGENE",))
    style = {"default": {"node": {"NODE_SHAPE": None}}}
    seen = replace_cx2(client, network, [*broken[:-1], {"visualProperties": [style]}, broken[-1]])
    assert seen["errorMessage"]
    assert (seen["name"], seen["completed"], seen["isValid"]) == (name, True, True)
    assert (seen["visibility"], seen["isReadOnly"]) == ("PRIVATE", False)
    assert seen["nodeCount"]
    content = client.get(f"/v3/networks/{network}")
    assert content.status_code == 200
    assert "NEWGENE" in content.text
    old_content = client.get(f"/v2/network/{network}")
    assert old_content.status_code == 200
    with pytest.raises(ValueError, match="Expecting"):
        old_content.json()


def test_a_property_put_on_a_network_that_is_not_validated_is_500(sandbox: Sandbox) -> None:
    """Contract 3.5: rewrapped too."""
    with sandbox.running(load_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        network = client.post("/v3/networks", json=cx2(unique())).json()["uuid"]
        assert_error(put_properties(client, network, []), 500, "NDEx_Exception")


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


@pytest.mark.parametrize(
    "path",
    [
        *("/v2/network/{}", "/v2/network/{}/summary", "/v2/network/{}/aspect/nodes/metadata"),
        *("/v3/networks/{}", "/v3/networks/{}/summary", "/v3/networks/{}/aspects/nodes"),
        "/v3/networks/{}/export?type=node&nodeattributes=name",
    ],
)
def test_what_may_not_be_read_is_401_and_what_is_unknown_404(
    client: httpx.Client,
    anonymous: httpx.Client,
    stranger: httpx.Client,
    network: str,
    path: str,
) -> None:
    """Contract 3.4 and 4."""
    assert client.get(path.format(network)).status_code == 200
    for reader in (anonymous, stranger):
        answer = reader.get(path.format(network))
        assert_error(answer, 401, "NDEx_Unauthorized_Operation_Exception")
    assert_error(client.get(path.format(UNKNOWN)), 404, "NDEx_Object_Not_Found_Exception")


def test_a_download_is_an_attachment_named_after_the_network(client: httpx.Client) -> None:
    """Contract 4: quotes in the name are not escaped."""
    network = create_cx2(client, cx2('The "name"'))
    for path, ending in ((f"/v2/network/{network}", "cx"), (f"/v3/networks/{network}", "cx2")):
        answer = client.get(path, params={"download": "true"})
        assert answer.headers["Content-Type"].startswith("application/octet-stream")
        expected = f'attachment; filename="The "name".{ending}"'
        assert answer.headers["Content-Disposition"] == expected


@pytest.mark.sandbox_only("ten such calls hang a server (contract 10.39)")
@pytest.mark.parametrize("path", ["/v2/network", "/v3/networks"])
def test_a_replace_of_an_unknown_id_is_404(client: httpx.Client, path: str) -> None:
    """Contract 3.2: column "unknown id"; each costs a real server a connection for good."""
    for body in ({"json": cx2()}, {"files": multipart(cx2())}):
        answer = client.put(f"{path}/{UNKNOWN}", **body)
        assert_error(answer, 404, "NDEx_Object_Not_Found_Exception")


def search(client: httpx.Client, text: str) -> dict[str, Any]:
    answer = client.post("/v2/search/network", json={"searchString": text})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [each["externalId"] for each in found["networks"]]


def wait_until_found(client: httpx.Client, network: str, text: str) -> None:
    """Wait for the search index, which lags behind (contract 9)."""
    wait_for(lambda: search(client, text), lambda found: network in ids(found))


def word() -> str:
    """A word that stands in no other network."""
    return "x" + unique("").strip()


def test_a_small_cx1_network_is_not_found_until_it_is_indexed(client: httpx.Client) -> None:
    """Contract 9: and its index level is NONE."""
    name, later = word(), word()
    hidden = create_cx1(client, cx1(name))
    wait_until_found(client, create_cx2(client, cx2(later)), later)
    assert ids(search(client, name)) == []
    set_system(client, hidden, index_level="ALL")
    wait_until_found(client, hidden, name)


def test_a_later_edit_is_not_indexed_again(client: httpx.Client) -> None:
    """Contract 9: CX2 uploads keep index level NONE."""
    before, after, later = word(), word(), word()
    network = create_cx2(client, cx2(before))
    wait_until_found(client, network, before)
    client.put(f"/v2/network/{network}/profile", json={"name": after})
    wait_until_found(client, create_cx2(client, cx2(later)), later)
    assert ids(search(client, after)) == []
    assert search(client, before)["networks"][0]["name"] == after


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


def test_home_shows_others_only_what_is_public(
    client: httpx.Client, anonymous: httpx.Client
) -> None:
    """Contract 8: the own view has all; UNLISTED is never shown to others."""
    made = {
        visibility: create_cx2(client, visibility=visibility)
        for visibility in ("PUBLIC", "UNLISTED", "PRIVATE")
    }
    path = f"/v3/users/{user_id(client)}/home"
    own = {item["uuid"] for item in client.get(path).json()}
    others = {item["uuid"] for item in anonymous.get(path).json()}
    assert set(made.values()) <= own
    assert set(made.values()) & others == {made["PUBLIC"]}


def test_a_reference_by_somebody_else_does_nothing(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 3.5 and trap 31: 204 all the same."""
    set_system(client, network, visibility="PUBLIC")
    before = summary(client, network)
    answer = stranger.put(f"/v2/network/{network}/reference", json={"reference": "PMID:1"})
    assert answer.status_code == 204
    assert summary(client, network) == before
