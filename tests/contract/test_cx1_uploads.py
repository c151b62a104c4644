"""Contract 5.2: which CX1 the server loads and which it refuses, row by row."""

from __future__ import annotations

import httpx
import pytest

from tests.contract.calls import content_cx1, summary, upload_cx1
from tests.contract.documents import Document, Json, aspect, cx1, cx1_of, unique

NODES: Json = {"nodes": [{"@id": 1, "n": "TP53"}, {"@id": 2, "n": "BRCA1"}]}


def network_attributes(*elements: Json) -> Document:
    return cx1(networkAttributes=list(elements))


def node_attributes(*elements: Json) -> Document:
    return cx1_of(NODES, {"nodeAttributes": list(elements)})


def ending(*status: Json) -> Document:
    """The usual document with another status."""
    return [*cx1()[:-1], {"status": list(status)}]


LOADED: dict[str, Document | bytes] = {
    "the usual": cx1(),
    "no numberVerification": cx1()[1:],
    "nodes alone": cx1_of(NODES),
    "a wrong count": cx1_of(NODES, counts={"nodes": 5}),
    "success false with an empty error": ending({"success": False, "error": ""}),
    "one network attribute twice, equal": network_attributes(
        {"n": "p", "v": "x"}, {"n": "p", "v": "x"}
    ),
    "a list with its type": network_attributes({"n": "p", "v": ["a"], "d": "list_of_string"}),
    "a node attribute called name, equal": node_attributes({"po": 1, "n": "name", "v": "TP53"}),
}
REFUSED: dict[str, Document | bytes] = {
    "zero bytes": b"",
    "html": b"<html></html>",
    "metaData after an aspect": [cx1()[0], NODES, cx1()[1], cx1()[-1]],
    "no metaData": [cx1()[0], *cx1()[2:]],
    "metaData without nodes": cx1_of(NODES, counts={"networkAttributes": 0}),
    "no status": cx1()[:-1],
    "status not last": [*cx1()[:2], cx1()[-1], *cx1()[2:-1]],
    "an error in the status": ending({"success": True, "error": "hm"}),
    "a list without d": network_attributes({"n": "p", "v": ["a", "b"]}),
    "one name, two types": node_attributes(
        {"po": 1, "n": "p", "v": "x"}, {"po": 2, "n": "p", "v": "5", "d": "integer"}
    ),
    "one network attribute twice, different": network_attributes(
        {"n": "p", "v": "x"}, {"n": "p", "v": "y"}
    ),
    "a node attribute called name, different": node_attributes({"po": 1, "n": "name", "v": "EGFR"}),
}


@pytest.mark.parametrize("body", LOADED.values(), ids=LOADED.keys())
def test_this_cx1_loads(client: httpx.Client, body: Document | bytes) -> None:
    """Contract 5.2."""
    seen = upload_cx1(client, body)
    assert "errorMessage" not in seen, seen["errorMessage"]
    assert (seen["isValid"], seen["completed"]) == (True, True)


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_this_cx1_does_not_load(client: httpx.Client, body: Document | bytes) -> None:
    """Contract 5.2."""
    assert "errorMessage" in upload_cx1(client, body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (REFUSED["metaData after an aspect"],
         "MetaData is expected at the beginning of a CX document."),
        (REFUSED["metaData without nodes"], "Nodes aspect is missing."),
    ],
    ids=["metaData late", "nodes missing"],
)  # fmt: skip
def test_the_refusal_says_why(client: httpx.Client, body: Document, message: str) -> None:
    """Contract 5.2."""
    assert message in upload_cx1(client, body)["errorMessage"]


def test_a_wrong_count_is_only_a_warning_and_is_kept(client: httpx.Client) -> None:
    """Contract 5.2: also copied to CX2."""
    seen = upload_cx1(client, LOADED["a wrong count"])
    assert seen["warnings"]
    path = f"/v3/networks/{seen['externalId']}/aspects"
    counts = {entry["name"]: entry["elementCount"] for entry in client.get(path).json()}
    assert counts["nodes"] == 5


def test_a_node_attribute_called_name_is_a_warning(client: httpx.Client) -> None:
    """Contract 5.2."""
    assert upload_cx1(client, LOADED["a node attribute called name, equal"])["warnings"]


def test_equal_duplicates_make_later_edits_fail(client: httpx.Client) -> None:
    """Contract 5.2 and trap 15."""
    network = upload_cx1(client, LOADED["one network attribute twice, equal"])["externalId"]
    answer = client.put(f"/v2/network/{network}/profile", json={"version": "2"})
    assert answer.status_code == 500
    assert "Duplicated network attribute name found" in answer.json()["message"]


def test_null_becomes_the_text_null(client: httpx.Client) -> None:
    """Contract 5.2 and trap 23."""
    body = network_attributes({"n": "name", "v": unique()}, {"n": "p", "v": None})
    network = upload_cx1(client, body)["externalId"]
    assert [item["value"] for item in summary(client, network)["properties"]] == ["null"]


def test_single_values_are_text_on_the_way_back(client: httpx.Client) -> None:
    """Contract 5.2: lists are arrays of text; a string has no ``d``."""
    body = cx1_of(
        NODES,
        {
            "nodeAttributes": [
                {"po": 1, "n": "score", "v": "5", "d": "integer"},
                {"po": 1, "n": "synonyms", "v": ["p53", "LFS1"], "d": "list_of_string"},
                {"po": 1, "n": "kind", "v": "gene"},
            ]
        },
    )
    document = content_cx1(client, upload_cx1(client, body)["externalId"])
    found = {element["n"]: element for element in aspect(document, "nodeAttributes")}
    assert (found["score"]["v"], found["score"]["d"]) == ("5", "integer")
    assert found["synonyms"]["v"] == ["p53", "LFS1"]
    assert found["kind"]["v"] == "gene"
    assert found["kind"].get("d", "string") == "string"


def test_more_than_a_thousand_edges_make_a_sample(client: httpx.Client) -> None:
    """Contract 5.2."""
    many = [{"@id": number, "s": 1, "t": 2, "i": "binds"} for number in range(1001)]
    assert upload_cx1(client, cx1_of(NODES, {"edges": many}))["hasSample"] is True
    assert upload_cx1(client, cx1())["hasSample"] is False
