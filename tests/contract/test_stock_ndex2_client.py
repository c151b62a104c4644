"""The stock ``ndex2`` client from PyPI, unchanged: what it does every day must work."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from tests.contract.calls import (
    Server,
    create_cx1,
    create_cx2,
    last_segment,
    stored_properties,
    summary,
    wait_for,
    wait_until_loaded,
)
from tests.contract.documents import Json, aspect, cx1, cx2, unique
from tests.contract.made import Made

# ndex2 3.12 calls its own network set methods deprecated; people use them all the same.
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated in favour of.*:DeprecationWarning")


@pytest.fixture(scope="module")
def stock(server: Server) -> Iterator[Any]:
    """A logged-in client; on the sandbox it asks for the server's version first (trap 37)."""
    from ndex2.client import Ndex2  # noqa: PLC0415  takes long to import

    client = Ndex2(
        server.url,
        server.owner.user,
        server.owner.password,
        skip_version_check=not server.is_sandbox,
    )
    yield client
    client.s.close()


def saved(made: Made, url: str) -> str:
    """The id of a network that the stock client saved; it is removed in the end."""
    made.networks.append(last_segment(url))
    return made.networks[-1]


def test_it_logs_in_and_sees_the_version(stock: Any, server: Server) -> None:
    stock.update_status()
    assert stock.status["message"] == "Online"
    assert stock.version.startswith("2.")
    assert (
        stock.get_id_for_user(None) == stock.get_user_by_username(server.owner.user)["externalId"]
    )


def test_it_saves_and_reads_cx1(stock: Any, client: httpx.Client, made: Made) -> None:
    url = stock.save_new_network(cx1(unique(), genes=("TP53", "EGFR")), visibility="PUBLIC")
    network = saved(made, url)
    assert wait_until_loaded(client, network)["visibility"] == "PUBLIC"
    nodes = aspect(stock.get_network_as_cx_stream(network).json(), "nodes")
    assert {node["n"] for node in nodes} == {"TP53", "EGFR"}
    assert len(stock.get_network_aspect_as_cx_stream(network, "nodes").json()) == 2


def test_it_saves_what_its_own_cx2_class_builds(
    stock: Any, client: httpx.Client, made: Made
) -> None:
    from ndex2.cx2 import CX2Network  # noqa: PLC0415  takes long to import

    built = CX2Network()
    built.set_name(unique("built by ndex2"))
    source, target = built.add_node(attributes={"name": "A"}), built.add_node()
    built.add_edge(source=source, target=target, attributes={"interaction": "binds"})
    network = saved(made, stock.save_new_cx2_network(built.to_cx2()))
    seen = wait_until_loaded(client, network)
    assert len(stock.get_network_aspect_as_cx2_stream(network, "nodes", size=1).json()) == 1
    assert (seen["name"], seen["nodeCount"], seen["edgeCount"]) == (built.get_name(), 2, 1)
    again = CX2Network()
    again.create_from_raw_cx2(stock.get_network_as_cx2_stream(network).json())
    assert len(again.get_nodes()) == 2


def test_it_reads_with_its_own_cx1_class(client: httpx.Client, server: Server) -> None:
    from ndex2 import create_nice_cx_from_server  # noqa: PLC0415  takes long to import

    name = unique()
    network = create_cx1(client, cx1(name))
    found = create_nice_cx_from_server(
        server.url, uuid=network, username=server.owner.user, password=server.owner.password
    )
    assert (found.get_name(), len(found.get_nodes())) == (name, 2)


def test_it_replaces_content(stock: Any, client: httpx.Client, network: str) -> None:
    for number, replace, document in (
        (1, stock.update_cx_network, cx1("first", genes=("MYC",))),
        (2, stock.update_cx2_network, cx2("second", genes=("MYC", "JUN"))),
    ):
        before = summary(client, network)["modificationTime"]
        replace(io.BytesIO(orjson.dumps(document)), network)
        assert wait_until_loaded(client, network, before)["nodeCount"] == number


def test_it_edits_metadata(stock: Any, client: httpx.Client, network: str) -> None:
    from requests import HTTPError  # noqa: PLC0415  comes with ndex2

    item = {"predicateString": "organism", "dataType": "string", "value": "Homo sapiens"}
    stock.set_network_properties(network, [item])
    stock.update_network_profile(network, {"version": "20260801"})
    stock.make_network_public(network)
    stock.set_network_system_properties(network, {"index_level": "ALL"})
    stock.set_read_only(network, True)
    with pytest.raises(HTTPError, match="500"):
        stock.update_network_profile(network, {"name": "refused"})
    seen = stock.get_network_summary(network)
    assert (seen["version"], seen["visibility"]) == ("20260801", "PUBLIC")
    assert (seen["indexLevel"], seen["isReadOnly"]) == ("ALL", True)
    assert stored_properties(client, network) == {"organism": "Homo sapiens"}


def test_it_uses_network_sets(stock: Any, client: httpx.Client, network: str) -> None:
    name = unique("set")
    set_id = last_segment(stock.create_networkset(name, "about"))
    stock.add_networks_to_networkset(set_id, [network])
    assert stock.get_networkset(set_id)["name"] == name
    count_path = f"/v3/files/folders/{set_id}/count"
    assert client.get(count_path).json()["shortcut"] == 1
    stock.delete_networks_from_networkset(set_id, [network])
    assert client.get(count_path).json()["shortcut"] == 0
    me = stock.get_id_for_user(None)
    assert isinstance(stock.get_networksets_for_user_id(me), list)
    stock.delete_networkset(set_id)
    assert client.get(f"/v2/networkset/{set_id}").status_code == 404
    client.delete(f"/v3/files/trash/{set_id}")


def test_it_searches(stock: Any, client: httpx.Client, server: Server) -> None:
    word = "x" + unique("").strip()
    network = create_cx2(client, cx2(f"Pathway {word}"))

    def search() -> Json:
        found: Json = stock.search_networks(word, account_name=server.owner.user)
        return found

    found = wait_for(search, lambda found: bool(found["numFound"]))
    assert [each["externalId"] for each in found["networks"]] == [network]


def test_its_v3_calls_work(stock: Any, client: httpx.Client, network: str, made: Made) -> None:
    folder = stock.files.create_folder(unique("folder"))
    made.files.append(f"/v3/files/folders/{folder}")
    stock.networks.move_to_folder(folder, [network])
    assert stock.networks.get_summary(network, format="COMPACT")["folderId"] == folder
    assert [each["uuid"] for each in stock.files.list_folder_items(folder)] == [network]
    assert [each["uuid"] for each in stock.networks.get_summaries([network])] == [network]
    assert {"name": "nodes", "elementCount": 2} in stock.networks.list_aspects(network)
    stock.files.set_visibility("PUBLIC", {network: "NETWORK"})
    assert summary(client, network)["visibility"] == "PUBLIC"
    assert stock.files.count()["network"] > 0
    stock.files.delete_folder(folder, force=True)
    assert folder in {each["uuid"] for each in stock.files.list_trash()}
    stock.files.restore(folders=[folder])
    assert summary(client, network)["externalId"] == network
