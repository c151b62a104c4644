"""Contract 3.4: the two dialects of a summary and their formats."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.calls import (
    UNKNOWN,
    assert_error,
    content_cx2,
    create_cx1,
    create_cx2,
    make_folder,
    move,
    put_properties,
    stored_properties,
    summary,
    summary_v3,
    upload_cx2,
)
from tests.contract.documents import Json, aspect, cx1, cx2, unique

TIMES = {"modificationTime", "creationTime"}
SHARED = TIMES | {
    "name", "description", "visibility", "owner", "ownerUUID", "nodeCount", "edgeCount",
    "isReadOnly", "isShowcase", "isCertified", "hasLayout", "hasSample", "completed",
    "cxFileSize", "cx2FileSize", "indexLevel", "showInTrash",
}  # fmt: skip
IF_NOT_NULL = {"warnings", "subnetworkIds"}
V2 = SHARED | IF_NOT_NULL | {
    "externalId", "version", "properties", "isValid", "isDeleted", "cxFormat"
}  # fmt: skip
V3 = {
    "FULL": SHARED | {"uuid", "properties"},
    "COMPACT": SHARED | {"uuid"},
    "PROPERTIES": {
        "uuid", "modificationTime", "name", "description", "properties", "showInTrash"
    },
    "UPDATE": {"uuid", "modificationTime", "showInTrash"},
}  # fmt: skip
DESCRIBED = {
    "description": ("string", "About it"),
    "version": ("string", "20260801"),
    "release": ("integer", 7),
}


@pytest.fixture(scope="module")
def described(client: httpx.Client) -> str:
    """A network with a description, a version and one property."""
    return create_cx2(client, cx2(unique(), DESCRIBED))


def test_a_v2_summary_has_these_fields(client: httpx.Client, described: str) -> None:
    """Contract 3.4: column v2; null fields (doi, errorMessage, folderId…) are absent."""
    assert set(summary(client, described)) == V2


@pytest.mark.parametrize("form", V3)
def test_a_v3_summary_has_the_fields_of_its_format(
    client: httpx.Client, described: str, form: str
) -> None:
    """Contract 3.4: columns v3; never isValid, isDeleted or cxFormat."""
    fields = set(summary_v3(client, described, form))
    optional = IF_NOT_NULL if form in ("FULL", "COMPACT") else set[str]()
    assert fields - optional == V3[form]


def test_full_is_the_default_format(client: httpx.Client, described: str) -> None:
    """Contract 3.4."""
    answer = client.get(f"/v3/networks/{described}/summary").json()
    assert answer == summary_v3(client, described, "FULL")


def test_both_dialects_say_the_same(client: httpx.Client, described: str) -> None:
    """Contract 3.4 and trap 13: id, version and properties differ in place and shape."""
    v2, v3 = summary(client, described), summary_v3(client, described)
    assert v2["externalId"] == v3["uuid"] == described
    assert {key: v2[key] for key in SHARED} == {key: v3[key] for key in SHARED}
    assert v2["version"] == v3["properties"]["version"]["v"] == "20260801"


def test_field_values_of_a_fresh_network(client: httpx.Client, described: str) -> None:
    """Contract 3.4."""
    seen = summary(client, described)
    assert (seen["isValid"], seen["isDeleted"], seen["completed"]) == (True, False, True)
    assert (seen["cxFormat"], seen["indexLevel"]) == ("cx2", "NONE")
    assert (seen["nodeCount"], seen["edgeCount"]) == (2, 1)
    assert (seen["isReadOnly"], seen["isCertified"], seen["showInTrash"]) == (False, False, False)
    assert (seen["warnings"], seen["subnetworkIds"]) == ([], [])
    assert seen["cxFileSize"] == 0
    assert seen["cx2FileSize"] > 0


def test_a_cx1_network_has_no_cx_format(client: httpx.Client) -> None:
    """Contract 3.4: "cx2" or absent."""
    assert "cxFormat" not in summary(client, create_cx1(client))


def test_what_is_null_is_absent(client: httpx.Client) -> None:
    """Contract 3.4: also for a network without name, description, version or property."""
    network = create_cx2(client, cx2(None))
    seen, seen_v3 = summary(client, network), summary_v3(client, network)
    assert not {"name", "description", "version"} & (set(seen) | set(seen_v3))
    assert seen["properties"] == []
    assert seen_v3["properties"] == {}


def test_the_folder_is_shown_unless_it_is_home(client: httpx.Client, network: str) -> None:
    """Contract 3.4."""
    folder = make_folder(client)
    move(client, folder, network)
    assert summary(client, network)["folderId"] == folder
    assert summary_v3(client, network, "COMPACT")["folderId"] == folder
    move(client, None, network)
    assert "folderId" not in summary(client, network)


def test_v2_properties_are_an_array_of_text(client: httpx.Client, described: str) -> None:
    """Contract 3.4: four keys each, the null kept; version, name, description apart."""
    assert summary(client, described)["properties"] == [
        {"subNetworkId": None, "predicateString": "release", "dataType": "integer", "value": "7"}
    ]


def test_v3_properties_are_a_sorted_map_of_typed_values(client: httpx.Client, network: str) -> None:
    """Contract 3.4: version included, name and description not."""
    client.put(f"/v2/network/{network}/profile", json={"version": "3"})
    assert put_properties(
        client,
        network,
        [
            {"predicateString": "zeta", "dataType": "boolean", "value": "true"},
            {"predicateString": "alpha", "dataType": "list_of_string", "value": '["A","B"]'},
        ],
    ).is_success
    found = summary_v3(client, network)["properties"]
    assert found == {
        "alpha": {"t": "list_of_string", "v": ["A", "B"]},
        "version": {"t": "string", "v": "3"},
        "zeta": {"t": "boolean", "v": True},
    }
    assert list(found) == sorted(found)


ROUND_TRIPS = [
    ("double", 5, "5", 5.0),
    ("double", 1e10, "1.0E10", 1e10),
    ("boolean", True, "true", True),
    ("integer", 12, "12", 12),
    ("long", 3000000000, "3000000000", 3000000000),
    ("list_of_integer", [1, 2], "[1,2]", [1, 2]),
    ("list_of_string", ["TP53", "x,y"], '["TP53","x,y"]', ["TP53", "x,y"]),
]


@pytest.mark.parametrize(("kind", "sent", "v2", "v3"), ROUND_TRIPS)
def test_values_change_their_text_on_the_way(
    client: httpx.Client, kind: str, sent: Any, v2: str, v3: Any
) -> None:
    """Contract 3.4 and trap 14: compare by type, not text."""
    network = create_cx2(client, cx2(unique(), {"value": (kind, sent)}))
    assert stored_properties(client, network) == {"value": v2}
    found = summary_v3(client, network)["properties"]["value"]
    assert found == {"t": kind, "v": v3}
    assert type(found["v"]) is type(v3)


def test_a_list_of_numbers_from_cx1_is_text_inside_the_text(client: httpx.Client) -> None:
    """Contract trap 14: the same list reads differently by the format it came in."""
    attributes: list[Json] = [
        {"n": "name", "v": unique()},
        {"n": "value", "v": ["1", "2"], "d": "list_of_integer"},
    ]
    network = create_cx1(client, cx1(networkAttributes=attributes))
    assert stored_properties(client, network) == {"value": '["1","2"]'}


def test_float_is_an_alias_of_double(client: httpx.Client) -> None:
    """Contract trap 14: shown as "double" after a CX2 upload, in summaries too."""
    network = create_cx2(client, cx2(unique(), {"value": ("float", 1.5)}))
    assert summary(client, network)["properties"][0]["dataType"] == "double"
    declared = aspect(content_cx2(client, network), "attributeDeclarations")[0]
    assert declared["networkAttributes"]["value"]["d"] == "double"


@pytest.mark.parametrize("value", [5.0, 5.7, 3000000000], ids=str)
def test_a_bad_number_breaks_the_v3_summaries_with_properties(
    client: httpx.Client, value: float
) -> None:
    """Contract 3.4 and trap 12: by a normal upload; v2 and the small formats stay readable."""
    network = create_cx2(client, cx2(unique(), {"release": ("integer", value)}))
    path = f"/v3/networks/{network}/summary"
    for form in ("FULL", "PROPERTIES"):
        answer = client.get(path, params={"format": form})
        assert answer.status_code == 400
        assert "is unsupported" in answer.text
    for form in ("COMPACT", "UPDATE"):
        assert client.get(path, params={"format": form}).status_code == 200
    assert "release" in stored_properties(client, network)


def test_a_property_without_value_is_kept_in_v2_and_dropped_in_v3(
    client: httpx.Client, network: str
) -> None:
    """Contract 3.4."""
    put_properties(client, network, [{"predicateString": "empty", "value": None}])
    assert stored_properties(client, network) == {"empty": None}
    assert "empty" not in summary_v3(client, network)["properties"]


@pytest.mark.parametrize("path", ["/v2/network/{}/summary", "/v3/networks/{}/summary"])
def test_an_unreadable_summary_is_401_logged_in_or_not(
    anonymous: httpx.Client, stranger: httpx.Client, network: str, path: str
) -> None:
    """Contract 3.4 and trap 10: never 403."""
    for reader in (anonymous, stranger):
        answer = reader.get(path.format(network))
        assert_error(answer, 401, "NDEx_Unauthorized_Operation_Exception")


@pytest.mark.parametrize(
    ("path", "status"), [("/v2/network/{}/summary", 500), ("/v3/networks/{}/summary", 400)]
)
def test_a_malformed_id(client: httpx.Client, path: str, status: int) -> None:
    """Contract 3.4: v2 500, v3 400."""
    assert client.get(path.format("nonsense")).status_code == status


@pytest.mark.parametrize("path", ["/v2/network/{}/summary", "/v3/networks/{}/summary"])
def test_an_unknown_id_is_404_and_so_is_a_lenient_uuid(client: httpx.Client, path: str) -> None:
    """Contract 3.4 and trap 24: "1-2-3-4-5" is read as a UUID."""
    for network_id in (UNKNOWN, "1-2-3-4-5"):
        answer = client.get(path.format(network_id))
        assert_error(answer, 404, "NDEx_Object_Not_Found_Exception")


@pytest.mark.parametrize("path", ["/v2/network/{}/summary", "/v3/networks/{}/summary"])
def test_upper_case_ids_work_for_summaries(client: httpx.Client, network: str, path: str) -> None:
    """Contract trap 24: though not for content."""
    assert client.get(path.format(network.upper())).status_code == 200


def test_an_upload_may_carry_markup_and_any_letter(client: httpx.Client) -> None:
    """Contract 3.5: text is kept verbatim, nothing is cleaned or escaped."""
    name = '<b onclick="x">Wnt/β-catenin</b> & 𝛽 \\ "quoted" \t tab'
    assert upload_cx2(client, cx2(name))["name"] == name
