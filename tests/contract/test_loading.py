"""Contract 3.3: loading, its states in between, failed loads and locks."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.contract.calls import (
    assert_error,
    create_cx1,
    create_cx2,
    replace_cx2,
    summary,
    summary_v3,
    upload_cx1,
    upload_cx2,
    user_id,
    wait_for,
    wait_until_loaded,
)
from tests.contract.documents import Document, cx1, cx2, unique
from tests.contract.sandboxes import HOUR_S, Sandbox

CONCURRENT = "NDEx_Concurrent_Modification_Exception"


def send_cx1(client: httpx.Client, network_id: str) -> httpx.Response:
    return client.put(f"/v2/network/{network_id}", json=cx1(unique()))


def send_cx2(client: httpx.Client, network_id: str) -> httpx.Response:
    return client.put(f"/v3/networks/{network_id}", json=cx2(unique()))


EACH_REPLACE = pytest.mark.parametrize("replace", [send_cx1, send_cx2], ids=["CX1", "CX2"])
Replace = Callable[[httpx.Client, str], httpx.Response]


def test_a_network_is_bare_before_it_is_loaded(sandbox: Sandbox) -> None:
    """Contract 3.3: row "after POST/PUT"; it is PRIVATE until loading ends (3.1)."""
    with sandbox.running(load_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        answer = client.post("/v3/networks", params={"visibility": "PUBLIC"}, json=cx2(unique()))
        seen = summary(client, answer.json()["uuid"])
    assert (seen["isValid"], seen["completed"], seen["visibility"]) == (False, False, "PRIVATE")
    assert (seen["nodeCount"], seen["edgeCount"]) == (0, 0)
    assert not {"name", "description", "version", "errorMessage"} & set(seen)


@EACH_REPLACE
def test_a_replace_clears_everything_at_once(sandbox: Sandbox, replace: Replace) -> None:
    """Contract 3.2 and 3.3: name, properties and counts are gone before anything is validated."""
    with sandbox.running() as server, server.connect(server.owner) as client:
        network = create_cx2(client, cx2(unique(), {"release": ("string", "1")}))
        before = summary(client, network)["modificationTime"]
    with sandbox.running(load_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        assert replace(client, network).is_success
        seen = summary(client, network)
    assert (seen["isValid"], seen["completed"]) == (False, False)
    assert (seen["nodeCount"], seen["edgeCount"], seen["properties"]) == (0, 0, [])
    assert not {"name", "description", "version", "errorMessage"} & set(seen)
    assert seen["modificationTime"] != before


@EACH_REPLACE
def test_content_in_the_middle_of_a_replace(sandbox: Sandbox, replace: Replace) -> None:
    """Contract 4: column "mid-update"; a v3 404 there does not mean gone (trap 10)."""
    with sandbox.running() as server, server.connect(server.owner) as client:
        network = create_cx2(client)
    with sandbox.running(load_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        assert replace(client, network).is_success
        for path in (f"/v3/networks/{network}", f"/v3/networks/{network}/aspects/nodes"):
            assert client.get(path).status_code == 404
        assert client.get(f"/v2/network/{network}/aspect").json() == {"metaData": []}
        assert client.get(f"/v3/networks/{network}/aspects").json() == []
        assert client.get(f"/v3/networks/{network}/summary").status_code == 200


def test_cx1_content_in_the_middle_of_a_cx2_replace_is_500(sandbox: Sandbox) -> None:
    """Contract 4 and section 11: until the new content is converted."""
    with sandbox.running() as server, server.connect(server.owner) as client:
        network = create_cx2(client)
    with sandbox.running(load_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        assert send_cx2(client, network).is_success
        answer = client.get(f"/v2/network/{network}")
    assert_error(answer, 500, "NDEx_Exception", "Ndex server can't find file")


def test_cx2_content_of_a_network_that_still_loads_is_404(sandbox: Sandbox) -> None:
    """Contract 4: the same text as for an unknown id."""
    with sandbox.running(load_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        network = client.post("/v3/networks", json=cx2(unique())).json()["uuid"]
        answer = client.get(f"/v3/networks/{network}")
    assert_error(
        answer,
        404,
        "NDEx_Object_Not_Found_Exception",
        "CX2 network is not available for this network. ",
    )


def test_a_parsed_network_is_valid_before_it_is_complete(sandbox: Sandbox) -> None:
    """Contract 3.3: row "parsed, converting"."""
    with sandbox.running(load_delay_s=2.0) as server, server.connect(server.owner) as client:
        network = client.post("/v3/networks", json=cx2("parsed")).json()["uuid"]
        seen = wait_for(lambda: summary(client, network), lambda seen: bool(seen["isValid"]))
    assert seen["completed"] is False
    assert (seen["name"], seen["nodeCount"]) == ("parsed", 2)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (send_cx2, CONCURRENT),
        (send_cx1, CONCURRENT),
        (lambda client, network: client.delete(f"/v2/network/{network}"), CONCURRENT),
        (lambda client, network: client.delete(f"/v3/networks/{network}"), "NDEx_Exception"),
    ],
    ids=["v3 content", "v2 content", "v2 delete", "v3 delete"],
)
def test_a_loading_network_is_locked(sandbox: Sandbox, write: Replace, message: str) -> None:
    """Contract 3.3 and 3.7: these do not wait for the lock."""
    with sandbox.running(load_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        network = client.post("/v3/networks", json=cx2(unique())).json()["uuid"]
        assert_error(write(client, network), 500, message)


def test_a_cx2_create_is_complete_before_its_index(sandbox: Sandbox) -> None:
    """Contract 3.3 and trap 19: row "CX2 create done"."""
    with sandbox.running(index_delay_s=HOUR_S) as server, server.connect(server.owner) as client:
        seen = summary(client, create_cx2(client))
    assert (seen["isValid"], seen["completed"]) == (True, True)


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


@pytest.mark.parametrize("upload", [upload_cx1, upload_cx2], ids=["CX1", "CX2"])
def test_a_failed_load_looks_finished(
    client: httpx.Client, upload: Callable[..., dict[str, object]]
) -> None:
    """Contract 3.3 and trap 2: complete, "valid" and PRIVATE; only errorMessage tells."""
    seen = upload(client, b"<html>no network</html>", visibility="PUBLIC")
    assert (seen["completed"], seen["isValid"]) == (True, True)
    assert (seen["visibility"], seen["isReadOnly"]) == ("PRIVATE", False)
    assert isinstance(seen["errorMessage"], str)
    assert 0 < len(seen["errorMessage"]) <= 2000
    assert "name" not in seen


def test_a_failed_replace_destroys_and_hides(client: httpx.Client) -> None:
    """Contract 3.3 and trap 3: the old content does not come back."""
    network = create_cx2(client, cx2(unique(), genes=("OLDGENE",)), visibility="PUBLIC")
    seen = replace_cx2(client, network, b'[{"CXVersion": "2.0"}, {"nodes": [')
    assert "errorMessage" in seen
    assert (seen["visibility"], seen["isReadOnly"]) == ("PRIVATE", False)
    assert "name" not in seen
    for path in (f"/v3/networks/{network}", f"/v2/network/{network}"):
        assert "OLDGENE" not in client.get(path).text


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


def test_a_cx1_upload_that_fails_is_handed_out_as_it_came(client: httpx.Client) -> None:
    """Contract 4: "the raw new CX1 upload", also once the load has failed; there is no CX2."""
    body = b"[1, 2"
    seen = upload_cx1(client, body)
    network, index = seen["externalId"], {"index_level": "META"}
    assert client.get(f"/v2/network/{network}").content == body
    assert client.get(f"/v3/networks/{network}").status_code == 404
    assert client.get(f"/v2/network/{network}/aspect").json() == {"metaData": []}
    assert client.put(f"/v2/network/{network}/systemproperty", json=index).status_code == 204
    assert client.put(f"/v2/network/{network}/profile", json={"name": "x"}).status_code == 500


def test_a_cx1_upload_that_cannot_be_converted_keeps_its_name(client: httpx.Client) -> None:
    """Contract 5.2 and 3.3: two values of one attribute; the content is there, but no CX2."""
    twice = [{"n": "name", "v": "kept"}, {"n": "p", "v": "x"}, {"n": "p", "v": "y"}]
    document: Document = [
        {"metaData": [{"name": "nodes", "version": "1.0"}, {"name": "networkAttributes"}]},
        {"networkAttributes": twice},
        {"nodes": [{"@id": 1}]},
        {"status": [{"error": "", "success": True}]},
    ]
    seen = upload_cx1(client, document)
    assert (seen["name"], seen["nodeCount"], seen["visibility"]) == ("kept", 1, "PRIVATE")
    assert "Inconsistent network attribute" in seen["errorMessage"]
    assert client.get(f"/v2/network/{seen['externalId']}").status_code == 200
    assert client.get(f"/v3/networks/{seen['externalId']}").status_code == 404


def test_a_failed_load_shows_in_the_v3_summary(client: httpx.Client) -> None:
    """Contract 3.4: FULL and COMPACT."""
    network = upload_cx2(client, b"[]")["externalId"]
    for form in ("FULL", "COMPACT"):
        seen = summary_v3(client, network, form)
        assert seen["completed"] is True
        assert seen["errorMessage"]


def test_a_failed_network_is_not_locked(client: httpx.Client) -> None:
    """Contract 3.3: new content mends it and clears the message."""
    network = upload_cx2(client, b"[]")["externalId"]
    name = unique()
    seen = replace_cx2(client, network, cx2(name))
    assert seen["name"] == name
    assert "errorMessage" not in seen


def test_sharing_an_unindexed_network_leaves_it_incomplete_for_ever(
    client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    """Contract 3.3, traps 19 and 26: ``completed: false`` is no proof of work in progress."""
    assert summary(client, network)["indexLevel"] == "NONE"
    params = {"userid": user_id(stranger), "permission": "READ"}
    assert client.put(f"/v2/network/{network}/permission", params=params).status_code == 200
    assert summary(client, network)["completed"] is False
