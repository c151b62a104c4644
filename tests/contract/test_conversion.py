"""Contract 5.3: what the server makes of CX1 in CX2, and of CX2 in CX1."""

from __future__ import annotations

import httpx

from tests.contract.calls import content_cx1, content_cx2, upload_cx1, upload_cx2
from tests.contract.documents import Document, Json, aspect, cx1, cx1_of, cx2_of, unique


def to_cx2(client: httpx.Client, document: Document) -> Document:
    return content_cx2(client, upload_cx1(client, document)["externalId"])


def to_cx1(client: httpx.Client, document: Document) -> Document:
    return content_cx1(client, upload_cx2(client, document)["externalId"])


def genes(count: int) -> list[Json]:
    return [{"@id": number, "n": f"GENE{number}"} for number in range(count)]


def test_cx1_names_become_aliased_attributes(client: httpx.Client) -> None:
    """Contract 5.3: n, r and i are aliases of name, represents and interaction."""
    document = to_cx2(client, cx1(genes=("TP53", "BRCA1")))
    declared = aspect(document, "attributeDeclarations")[0]
    assert declared["nodes"]["name"]["a"] == "n"
    assert declared["nodes"]["represents"]["a"] == "r"
    assert declared["edges"]["interaction"]["a"] == "i"
    nodes = sorted((node["v"]["n"], node["v"]["r"]) for node in aspect(document, "nodes"))
    assert nodes == [("BRCA1", "hgnc:BRCA1"), ("TP53", "hgnc:TP53")]
    edge = aspect(document, "edges")[0]
    assert (edge["s"], edge["t"], edge["v"]) == (0, 1, {"i": "activates"})


def test_an_alias_gives_way_to_a_real_attribute(client: httpx.Client) -> None:
    """Contract 5.3: the alias is dropped if an attribute uses that letter."""
    document = to_cx2(
        client, cx1_of({"nodes": genes(1)}, {"nodeAttributes": [{"po": 0, "n": "n", "v": "7"}]})
    )
    assert aspect(document, "nodes")[0]["v"] == {"name": "GENE0", "n": "7"}


def test_cx1_values_become_typed(client: httpx.Client) -> None:
    """Contract 5.3."""
    attributes = [
        {"po": 0, "n": "score", "v": "5", "d": "integer"},
        {"po": 0, "n": "weight", "v": "0.5", "d": "double"},
        {"po": 0, "n": "known", "v": "true", "d": "boolean"},
        {"po": 0, "n": "ranks", "v": ["1", "2"], "d": "list_of_integer"},
    ]
    document = to_cx2(client, cx1_of({"nodes": genes(1)}, {"nodeAttributes": attributes}))
    assert aspect(document, "nodes")[0]["v"] == {
        "n": "GENE0",
        "score": 5,
        "weight": 0.5,
        "known": True,
        "ranks": [1, 2],
    }


def test_no_number_is_null_and_a_warning(client: httpx.Client) -> None:
    """Contract 5.3: NaN and Infinity."""
    attributes = [{"po": 0, "n": "weight", "v": "NaN", "d": "double"}]
    seen = upload_cx1(client, cx1_of({"nodes": genes(1)}, {"nodeAttributes": attributes}))
    assert "errorMessage" not in seen
    assert seen["warnings"]
    node = aspect(content_cx2(client, seen["externalId"]), "nodes")[0]
    assert node["v"].get("weight") is None


def test_the_server_invents_defaults_for_common_text(client: httpx.Client) -> None:
    """Contract 5.3: on every element, few values, the commonest more than 50 times."""
    kinds = [
        {"po": number, "n": "kind", "v": "protein" if number == 0 else "gene"}
        for number in range(52)
    ]
    document = to_cx2(client, cx1_of({"nodes": genes(52)}, {"nodeAttributes": kinds}))
    declared = aspect(document, "attributeDeclarations")[0]["nodes"]["kind"]
    assert declared["v"] == "gene"
    found = {node["id"]: node["v"].get("kind") for node in aspect(document, "nodes")}
    assert found == {0: "protein"} | dict.fromkeys(range(1, 52))


def test_an_attribute_that_is_less_common_gets_no_default(client: httpx.Client) -> None:
    """Contract 5.3: fifty times is not enough."""
    kinds = [{"po": number, "n": "kind", "v": "gene"} for number in range(50)]
    document = to_cx2(client, cx1_of({"nodes": genes(50)}, {"nodeAttributes": kinds}))
    assert "v" not in aspect(document, "attributeDeclarations")[0]["nodes"]["kind"]


def test_a_layout_moves_onto_the_nodes(client: httpx.Client) -> None:
    """Contract 5.3."""
    layout = [{"node": 0, "x": 1.5, "y": 2.0, "z": 3.0}]
    document = to_cx2(client, cx1_of({"nodes": genes(1)}, {"cartesianLayout": layout}))
    node = aspect(document, "nodes")[0]
    assert (node["x"], node["y"], node["z"]) == (1.5, 2.0, 3.0)


def test_the_context_is_lost_with_the_first_metadata_edit(client: httpx.Client) -> None:
    """Contract 5.3: CX2 is rebuilt from the summary only."""
    body = cx1_of(
        {"@context": [{"hgnc": "https://identifiers.org/hgnc:"}]},
        {"nodes": genes(1)},
        {"networkAttributes": [{"n": "name", "v": unique()}]},
    )
    network = upload_cx1(client, body)["externalId"]
    assert "@context" in aspect(content_cx2(client, network), "networkAttributes")[0]
    edit = client.put(f"/v2/network/{network}/profile", json={"version": "2"})
    assert edit.status_code == 204
    assert "@context" not in aspect(content_cx2(client, network), "networkAttributes")[0]


def test_cx2_to_cx1_resolves_aliases_and_defaults(client: httpx.Client) -> None:
    """Contract 5.3: with values in Java's text forms."""
    declared = {
        "nodes": {
            "name": {"d": "string", "a": "n"},
            "kind": {"d": "string", "v": "gene"},
            "score": {"d": "double"},
        },
        "edges": {"interaction": {"d": "string", "v": "binds"}},
    }
    document = to_cx1(
        client,
        cx2_of(
            {"attributeDeclarations": [declared]},
            {"nodes": [{"id": 1, "v": {"n": "TP53", "score": 1e10}}, {"id": 2, "v": {"n": "X"}}]},
            {"edges": [{"id": 1, "s": 1, "t": 2}]},
        ),
    )
    assert sorted(node["n"] for node in aspect(document, "nodes")) == ["TP53", "X"]
    assert aspect(document, "edges")[0]["i"] == "binds"
    found = {(each["po"], each["n"]): each["v"] for each in aspect(document, "nodeAttributes")}
    assert found == {(1, "kind"): "gene", (2, "kind"): "gene", (1, "score"): "1.0E10"}
