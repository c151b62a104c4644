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
    user_id,
    wait_for,
    wait_until_loaded,
)
from tests.contract.documents import Document, Json, aspect, cx1, cx2, unique
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


def stream(document: Document) -> io.BytesIO:
    return io.BytesIO(orjson.dumps(document))


def saved(made: Made, url: str) -> str:
    """The id of a network that the stock client saved; it is removed in the end."""
    made.networks.append(last_segment(url))
    return made.networks[-1]


def names(document: Document) -> set[str]:
    """The node names of a CX1 or CX2 document."""
    return {node["n"] if "n" in node else node["v"]["name"] for node in aspect(document, "nodes")}


def test_it_logs_in_and_sees_the_version(stock: Any, server: Server) -> None:
    stock.update_status()
    assert stock.status["message"] == "Online"
    assert stock.version.startswith("2.")
    assert (
        stock.get_id_for_user(None) == stock.get_user_by_username(server.owner.user)["externalId"]
    )


def test_a_wrong_password_is_an_http_error(server: Server) -> None:
    from ndex2.client import Ndex2  # noqa: PLC0415  takes long to import
    from requests import HTTPError  # noqa: PLC0415  comes with ndex2

    client = Ndex2(server.url, server.owner.user, "wrong", skip_version_check=True)
    with client.s, pytest.raises(HTTPError, match="401"):
        client.update_status()


def test_it_saves_and_reads_cx1(stock: Any, client: httpx.Client, made: Made) -> None:
    url = stock.save_new_network(cx1(unique(), genes=("TP53", "EGFR")), visibility="PUBLIC")
    network = saved(made, url)
    assert wait_until_loaded(client, network)["visibility"] == "PUBLIC"
    assert names(stock.get_network_as_cx_stream(network).json()) == {"TP53", "EGFR"}
    assert len(stock.get_network_aspect_as_cx_stream(network, "nodes").json()) == 2


def test_it_saves_and_reads_cx2(stock: Any, client: httpx.Client, made: Made) -> None:
    url = stock.save_new_cx2_network(cx2(unique(), genes=("TP53", "EGFR")))
    network = saved(made, url)
    assert wait_until_loaded(client, network)["visibility"] == "PRIVATE"
    assert names(stock.get_network_as_cx2_stream(network).json()) == {"TP53", "EGFR"}
    assert len(stock.get_network_aspect_as_cx2_stream(network, "nodes", size=1).json()) == 1


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
    assert (found.get_name(), len(found.get_nodes()), len(found.get_edges())) == (name, 2, 1)


def test_it_replaces_cx1(stock: Any, client: httpx.Client) -> None:
    network = create_cx1(client)
    before = summary(client, network)["modificationTime"]
    stock.update_cx_network(stream(cx1("new", genes=("MYC",))), network)
    seen = wait_until_loaded(client, network, before)
    assert (seen["name"], seen["nodeCount"]) == ("new", 1)


def test_it_replaces_cx2(stock: Any, client: httpx.Client, network: str) -> None:
    before = summary(client, network)["modificationTime"]
    stock.update_cx2_network(stream(cx2("new", genes=("MYC",))), network)
    seen = wait_until_loaded(client, network, before)
    assert (seen["name"], seen["nodeCount"]) == ("new", 1)


def test_it_sets_properties_and_profile(stock: Any, client: httpx.Client, network: str) -> None:
    item = {"predicateString": "organism", "dataType": "string", "value": "Homo sapiens"}
    stock.set_network_properties(network, [item])
    stock.update_network_profile(network, {"version": "20260801"})
    assert stored_properties(client, network) == {"organism": "Homo sapiens"}
    assert stock.get_network_summary(network)["version"] == "20260801"


def test_it_makes_public_and_private(stock: Any, network: str) -> None:
    stock.make_network_public(network)
    assert stock.get_network_summary(network)["visibility"] == "PUBLIC"
    stock.make_network_private(network)
    assert stock.get_network_summary(network)["visibility"] == "PRIVATE"
    stock.set_network_system_properties(network, {"index_level": "ALL"})
    assert stock.get_network_summary(network)["indexLevel"] == "ALL"


def test_it_makes_read_only_and_back(stock: Any, network: str) -> None:
    from requests import HTTPError  # noqa: PLC0415  comes with ndex2

    stock.set_read_only(network, True)
    with pytest.raises(HTTPError, match="500"):
        stock.update_network_profile(network, {"name": "refused"})
    stock.set_read_only(network, False)
    stock.update_network_profile(network, {"name": "allowed"})
    assert stock.get_network_summary(network)["name"] == "allowed"


def test_it_uses_network_sets(stock: Any, client: httpx.Client, network: str) -> None:
    name = unique("set")
    set_id = last_segment(stock.create_networkset(name, "about"))
    stock.add_networks_to_networkset(set_id, [network])
    assert stock.get_networkset(set_id)["name"] == name
    count_path = f"/v3/files/folders/{set_id}/count"
    assert client.get(count_path).json()["shortcut"] == 1
    stock.delete_networks_from_networkset(set_id, [network])
    assert client.get(count_path).json()["shortcut"] == 0
    assert isinstance(stock.get_networksets_for_user_id(user_id(client)), list)
    stock.delete_networkset(set_id)
    assert client.get(f"/v2/networkset/{set_id}").status_code == 404
    client.delete(f"/v3/files/trash/{set_id}")


def test_it_grants_permissions(
    stock: Any, client: httpx.Client, stranger: httpx.Client, network: str
) -> None:
    second = create_cx2(client)
    stock.update_network_user_permission(user_id(stranger), network, "WRITE")
    stock.grant_networks_to_user(user_id(stranger), [second])
    held = stranger.post("/v2/batch/network/permission", json=[network, second]).json()
    assert held == {network: "WRITE", second: "READ"}


def test_it_looks_up_users(stock: Any, client: httpx.Client, server: Server) -> None:
    user = stock.get_user_by_id(user_id(client))
    assert user["userName"] == server.owner.user.lower()
    assert stock.get_id_for_user(server.owner.user) == user["externalId"]


def test_it_lists_summaries(stock: Any, server: Server, network: str) -> None:
    assert network in stock.get_network_ids_for_user(server.owner.user)
    listed = stock.get_user_network_summaries(server.owner.user, limit=0)
    assert network in {each["externalId"] for each in listed}


def test_it_searches(stock: Any, client: httpx.Client, server: Server) -> None:
    word = "x" + unique("").strip()
    network = create_cx2(client, cx2(f"Pathway {word}"))

    def search() -> Json:
        found: Json = stock.search_networks(word, account_name=server.owner.user)
        return found

    found = wait_for(search, lambda found: bool(found["numFound"]))
    assert [each["externalId"] for each in found["networks"]] == [network]


def test_it_deletes(stock: Any, network: str) -> None:
    from requests import HTTPError  # noqa: PLC0415  comes with ndex2

    stock.delete_network(network)
    with pytest.raises(HTTPError, match="404"):
        stock.get_network_summary(network)


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


def test_its_v3_trash_works(stock: Any, client: httpx.Client, network: str) -> None:
    stock.networks.delete(network)
    assert network in {each["uuid"] for each in stock.files.list_trash()}
    stock.files.restore(networks=[network])
    assert summary(client, network)["externalId"] == network
