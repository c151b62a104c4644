"""Contract 4: reading content."""

from __future__ import annotations

import httpx
import orjson
import pytest

from tests.contract.calls import (
    UNKNOWN,
    assert_error,
    content_cx1,
    content_cx2,
    create_cx1,
    create_cx2,
    upload_cx2,
)
from tests.contract.documents import aspect, cx1, cx2, cx2_of, unique, with_metadata

NOT_FOUND = "NDEx_Object_Not_Found_Exception"
UNAUTHORIZED = "NDEx_Unauthorized_Operation_Exception"
CONTENT = [
    "/v2/network/{}",
    "/v3/networks/{}",
    "/v2/network/{}/aspect",
    "/v3/networks/{}/aspects",
    "/v2/network/{}/aspect/nodes",
    "/v3/networks/{}/aspects/nodes",
    "/v2/network/{}/aspect/nodes/metadata",
    "/v3/networks/{}/export?type=node&nodeattributes=name",
]
EACH_CONTENT = pytest.mark.parametrize("path", CONTENT)


@pytest.fixture(scope="module")
def readable(client: httpx.Client) -> str:
    """A private network of three genes, from CX2, which no test changes."""
    return create_cx2(client, cx2("readable", genes=("TP53", "EGFR", "MYC")))


@EACH_CONTENT
def test_the_owner_reads_everything(client: httpx.Client, readable: str, path: str) -> None:
    """Contract 4."""
    assert client.get(path.format(readable)).status_code == 200


@EACH_CONTENT
def test_unreadable_content_is_401(
    anonymous: httpx.Client, stranger: httpx.Client, readable: str, path: str
) -> None:
    """Contract 4: column "unreadable"."""
    for reader in (anonymous, stranger):
        assert_error(reader.get(path.format(readable)), 401, UNAUTHORIZED)


@EACH_CONTENT
def test_content_of_an_unknown_id_is_404(client: httpx.Client, path: str) -> None:
    """Contract 4: column "unknown/deleted"."""
    assert_error(client.get(path.format(UNKNOWN)), 404, NOT_FOUND)


def test_unknown_cx2_content_is_worded_like_unfinished_content(client: httpx.Client) -> None:
    """Contract 4 and trap 10: so 404 does not mean gone."""
    answer = client.get(f"/v3/networks/{UNKNOWN}")
    message = "CX2 network is not available for this network. "
    assert_error(answer, 404, NOT_FOUND, message)


def test_upper_case_ids_fail_for_content(client: httpx.Client, readable: str) -> None:
    """Contract 4 and trap 24: 500 for the whole, 404 for aspects."""
    for path in ("/v2/network/{}", "/v3/networks/{}"):
        assert client.get(path.format(readable.upper())).status_code == 500
    assert client.get(f"/v3/networks/{readable.upper()}/aspects/nodes").status_code == 404


def test_the_same_network_in_both_formats(client: httpx.Client, readable: str) -> None:
    """Contract 4 and 5.3."""
    cx1_names = [node["n"] for node in aspect(content_cx1(client, readable), "nodes")]
    cx2_names = [node["v"]["name"] for node in aspect(content_cx2(client, readable), "nodes")]
    assert sorted(cx1_names) == sorted(cx2_names) == ["EGFR", "MYC", "TP53"]


def test_the_aspects_are_listed_with_their_counts(client: httpx.Client, readable: str) -> None:
    """Contract 4."""
    v2 = client.get(f"/v2/network/{readable}/aspect").json()["metaData"]
    v3 = client.get(f"/v3/networks/{readable}/aspects").json()
    for listed in (v2, v3):
        counts = {entry["name"]: entry["elementCount"] for entry in listed}
        assert (counts["nodes"], counts["edges"]) == (3, 2)
    assert all(set(entry) == {"name", "elementCount"} for entry in v3)


@pytest.mark.parametrize("path", ["/v2/network/{}/aspect/{}", "/v3/networks/{}/aspects/{}"])
@pytest.mark.parametrize(("size", "count"), [("2", 2), ("0", 3), ("-1", 3), ("99", 3)])
def test_size_limits_an_aspect(
    client: httpx.Client, readable: str, path: str, size: str, count: int
) -> None:
    """Contract 4: 0, less and absent mean everything."""
    answer = client.get(path.format(readable, "nodes"), params={"size": size})
    assert len(answer.json()) == count


def test_a_v3_aspect_is_as_stored(client: httpx.Client) -> None:
    """Contract 4: aliases and defaults are not resolved."""
    declared = {"nodes": {"name": {"d": "string", "a": "n"}, "kind": {"v": "gene"}}}
    declared["nodes"]["kind"]["d"] = "string"
    network = create_cx2(
        client,
        cx2_of({"attributeDeclarations": [declared]}, {"nodes": [{"id": 1, "v": {"n": "TP53"}}]}),
    )
    nodes = client.get(f"/v3/networks/{network}/aspects/nodes").json()
    assert nodes[0]["v"] == {"n": "TP53"}
    declarations = client.get(f"/v3/networks/{network}/aspects/attributeDeclarations").json()
    assert declarations == [declared]


def test_an_unknown_aspect_is_404(client: httpx.Client, readable: str) -> None:
    """Contract 4."""
    for path in ("/v2/network/{}/aspect/nothing", "/v3/networks/{}/aspects/nothing"):
        answer = client.get(path.format(readable))
        assert answer.status_code == 404 or answer.json() == []


def test_metadata_of_one_aspect(client: httpx.Client, readable: str) -> None:
    """Contract 4: 204 if missing."""
    path = f"/v2/network/{readable}/aspect"
    entry = client.get(f"{path}/nodes/metadata").json()
    assert (entry["name"], entry["elementCount"]) == ("nodes", 3)
    assert client.get(f"{path}/nothing/metadata").status_code == 204


def test_a_size_over_an_empty_aspect_gives_broken_json(client: httpx.Client) -> None:
    """Contract 4: only a closing bracket, where the server kept the empty aspect at all."""
    document = [*cx2(unique())[:-1], {"empty": []}, {"status": [{"success": True}]}]
    network = create_cx2(client, document)
    answer = client.get(f"/v3/networks/{network}/aspects/empty", params={"size": "5"})
    if answer.status_code != 404:
        with pytest.raises(orjson.JSONDecodeError):
            orjson.loads(answer.content)


def test_a_download_is_an_attachment_named_after_the_network(client: httpx.Client) -> None:
    """Contract 4: quotes in the name are not escaped."""
    network = create_cx2(client, cx2('The "name"'))
    for path, ending in ((f"/v2/network/{network}", "cx"), (f"/v3/networks/{network}", "cx2")):
        answer = client.get(path, params={"download": "true"})
        assert answer.headers["Content-Type"].startswith("application/octet-stream")
        expected = f'attachment; filename="The "name".{ending}"'
        assert answer.headers["Content-Disposition"] == expected


def test_an_export_is_a_table_with_aliases_and_defaults_resolved(client: httpx.Client) -> None:
    """Contract 4: texts are in quotes."""
    declared = {"nodes": {"name": {"d": "string", "a": "n"}, "kind": {"d": "string", "v": "gene"}}}
    nodes = [{"id": 1, "v": {"n": "TP53"}}, {"id": 2, "v": {"n": "XYZ", "kind": "protein"}}]
    network = create_cx2(client, cx2_of({"attributeDeclarations": [declared]}, {"nodes": nodes}))
    answer = client.get(
        f"/v3/networks/{network}/export",
        params={"type": "node", "nodeattributes": "name,kind", "nodekey": "id"},
    )
    assert answer.headers["Content-Type"].startswith("text/tab-separated-values")
    lines = [line.split("\t") for line in answer.text.splitlines()]
    assert sorted(line[1:] for line in lines[1:]) == [
        ['"TP53"', '"gene"'],
        ['"XYZ"', '"protein"'],
    ]


def test_an_export_of_an_unknown_attribute_is_401(client: httpx.Client, readable: str) -> None:
    """Contract 4 and trap 10."""
    answer = client.get(
        f"/v3/networks/{readable}/export", params={"type": "node", "nodeattributes": "nothing"}
    )
    assert_error(answer, 401, UNAUTHORIZED)


def test_a_download_is_never_the_upload(client: httpx.Client) -> None:
    """Contract 5.1 and section 11: numbers are re-printed and layout values become doubles."""
    declared = {"nodes": {"name": {"d": "string"}, "score": {"d": "double"}}}
    nodes = [{"id": 1, "x": 1, "y": 2, "v": {"name": "TP53", "score": 1e10}}]
    sent = cx2_of({"attributeDeclarations": [declared]}, {"nodes": nodes})
    body = orjson.dumps(with_metadata(sent))
    network = upload_cx2(client, body)["externalId"]
    answer = client.get(f"/v3/networks/{network}")
    assert answer.content != body
    assert b"1.0E10" in answer.content
    node = aspect(answer.json(), "nodes")[0]
    assert isinstance(node["x"], float)
    assert (node["x"], node["y"], node["v"]["score"]) == (1.0, 2.0, 1e10)


def test_a_download_is_complete_cx2(client: httpx.Client, readable: str) -> None:
    """Contract 5.1, "written back": header, metaData, declarations…, status, in this order."""
    document = content_cx2(client, readable)
    assert document[0]["CXVersion"] == "2.0"
    keys = [next(iter(fragment)) for fragment in document[1:]]
    assert keys[:2] == ["metaData", "attributeDeclarations"]
    assert keys[-1] == "status"
    assert document[-1] == {"status": [{"success": True}]}
    counts = {entry["name"]: entry["elementCount"] for entry in aspect(document, "metaData")}
    assert counts["nodes"] == len(aspect(document, "nodes")) == 3


def test_a_download_always_has_declarations(client: httpx.Client) -> None:
    """Contract 5.1: maybe ``[{}]``."""
    network = create_cx2(client, cx2_of())
    assert aspect(content_cx2(client, network), "attributeDeclarations") == [{}]


def test_a_cx1_network_is_read_as_cx2(client: httpx.Client) -> None:
    """Contract 4: content does not depend on the format that it came in."""
    network = create_cx1(client, cx1(unique(), genes=("TP53",)))
    assert len(aspect(content_cx2(client, network), "nodes")) == 1
