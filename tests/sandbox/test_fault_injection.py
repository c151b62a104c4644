"""Faults as a client meets them, over a real socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest

from sync.sandbox import networks
from sync.sandbox.app import create_app
from sync.sandbox.faults import parse_rules
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from tests.sandbox.documents import OWNER, UUID, add_network, make_cx2
from tests.servers import running_server

SUMMARY = f"/v3/networks/{UUID}/summary"
CONTENT = f"/v3/networks/{UUID}"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Store, str]]:
    settings = SandboxSettings(load_delay_s=0, index_delay_s=0)
    with Store.open(None) as store, running_server(store, settings) as url:
        yield store, url


@pytest.fixture
def store(server: tuple[Store, str]) -> Store:
    """The store with its one network as it was in the beginning."""
    store, _ = server
    with store.writing() as db:
        db.execute("DELETE FROM network")
    add_network(store)
    return store


@pytest.fixture
def client(server: tuple[Store, str], store: Store) -> Iterator[httpx.Client]:
    del store
    with httpx.Client(base_url=server[1], auth=OWNER, timeout=20) as client:
        yield client
        client.delete("/_sandbox/faults")


def order(client: httpx.Client, rules: str) -> None:
    assert client.post("/_sandbox/faults", json={"rules": rules}).status_code == 204


def profile_name(client: httpx.Client) -> str:
    name = client.get(f"/v2/network/{UUID}/summary").json()["name"]
    assert isinstance(name, str)
    return name


def test_an_error_of_the_server_has_its_body_and_comes_instead_of_the_call(
    client: httpx.Client,
) -> None:
    order(client, "PUT * error code=NDEx_Concurrent_Modification_Exception times=1")
    answer = client.put(f"/v2/network/{UUID}/profile", json={"name": "new"})
    assert (answer.status_code, answer.json()["errorCode"]) == (
        500,
        "NDEx_Concurrent_Modification_Exception",
    )
    assert profile_name(client) == "a network"


def test_an_error_of_a_proxy_is_a_web_page(client: httpx.Client) -> None:
    order(client, "* error status=502 message='Bad Gateway'")
    answer = client.get(SUMMARY)
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")
    assert "Bad Gateway" in answer.text


def test_a_throttled_call_is_told_how_long_to_wait(client: httpx.Client) -> None:
    order(client, "* throttle seconds=7 times=1")
    answer = client.get(SUMMARY)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_latency_keeps_a_client_waiting(client: httpx.Client) -> None:
    order(client, "* latency seconds=1 times=1")
    with pytest.raises(httpx.ReadTimeout):
        client.get(SUMMARY, timeout=0.1)
    assert client.get(SUMMARY).status_code == 200


@pytest.mark.parametrize(
    ("kind", "name"),
    [("reset-before", "a network"), ("lost", "new"), ("reset-during", "new")],
)
def test_a_call_without_an_answer_is_done_or_not(
    client: httpx.Client, kind: str, name: str
) -> None:
    order(client, f"PUT * {kind}")
    with pytest.raises(httpx.TransportError):
        client.put(f"/v2/network/{UUID}/profile", json={"name": "new"})
    assert profile_name(client) == name


def test_a_reset_during_the_answer_cuts_the_body_short(client: httpx.Client) -> None:
    order(client, "GET * reset-during")
    with client.stream("GET", CONTENT) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
            answer.read()


def test_a_reset_after_the_answer_ends_the_connection(client: httpx.Client) -> None:
    whole = client.get(CONTENT).content
    order(client, "GET * reset-after times=1")
    address = (client.base_url.host, client.base_url.port)
    with socket.create_connection(address, timeout=10) as line, line.makefile("rb") as answer:
        line.sendall(f"GET {CONTENT} HTTP/1.1\r\nHost: sandbox\r\n\r\n".encode())
        assert answer.read().endswith(whole)


def test_a_truncated_body_looks_whole(client: httpx.Client) -> None:
    whole = client.get(CONTENT).content
    order(client, "GET * truncate bytes=20")
    answer = client.get(CONTENT)
    assert (answer.status_code, answer.content) == (200, whole[:20])


def test_a_slow_body_is_whole_in_the_end(client: httpx.Client) -> None:
    whole = client.get(CONTENT).content
    order(client, "GET * slow seconds=0.1")
    with client.stream("GET", CONTENT) as answer:
        parts = list(answer.iter_raw())
    assert b"".join(parts) == whole
    assert len(parts) > 1


@pytest.mark.parametrize(
    ("fault", "seen"),
    [("seconds=3600", (False, None)), ("message='Disk full'", (True, "Disk full"))],
    ids=["takes longer", "fails"],
)
def test_a_load_can_go_wrong(
    client: httpx.Client, fault: str, seen: tuple[bool, str | None]
) -> None:
    order(client, f"PUT * load {fault}")
    client.put(CONTENT, content=make_cx2("new"), headers={"content-type": "application/json"})
    summary = client.get(SUMMARY).json()
    assert (summary["completed"], summary.get("errorMessage")) == seen


def test_somebody_else_changes_the_network_after_it_was_read(client: httpx.Client) -> None:
    order(client, "GET /v3/networks/*/summary meddle times=1")
    before = client.get(SUMMARY).json()
    after = client.get(SUMMARY).json()
    assert after["modificationTime"] > before["modificationTime"]
    assert after["description"] == "Changed by somebody else."


def test_somebody_else_changes_the_network_that_the_rule_names(client: httpx.Client) -> None:
    order(client, f"POST * meddle network={UUID} message=mine")
    client.post("/v3/batch/networks/summary", json=[UUID])
    assert client.get(SUMMARY).json()["description"] == "mine"


def test_meddling_with_no_network_changes_nothing(client: httpx.Client, store: Store) -> None:
    order(client, "* meddle")
    assert client.get("/v3/admin/status").status_code == 200
    assert client.get(f"/v3/networks/{UUID[:-1]}0/summary").status_code == 404
    with store.reading() as db:
        assert networks.get(db, UUID).modified_ms == 1000


def test_rules_and_log_can_be_read_and_cleared(client: httpx.Client) -> None:
    rules = [{"kind": "throttle", "method": "GET", "path": "/v3/*", "times": 1}]
    assert client.post("/_sandbox/faults", json={"rules": rules}).status_code == 204
    assert client.get("/_sandbox/faults").json() == {"rules": rules}
    client.get(SUMMARY)
    (entry,) = client.get("/_sandbox/log").json()["log"]
    assert (entry["number"], entry["path"], entry["kind"]) == (1, SUMMARY, "throttle")
    assert client.delete("/_sandbox/log").status_code == 204
    assert client.get("/_sandbox/log").json()["log"] == []
    assert client.delete("/_sandbox/faults").status_code == 204
    assert client.get("/_sandbox/faults").json() == {"rules": []}


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"{", "not JSON"),
        (b"[]", "expected"),
        (b'{"rules": 3}', "expected"),
        (b'{"rules": "* explode"}', "explode"),
    ],
    ids=["no JSON", "no object", "no rules", "bad rule"],
)
def test_bad_rules_are_refused_and_change_nothing(
    client: httpx.Client, body: bytes, complaint: str
) -> None:
    order(client, "* throttle times=0")
    answer = client.post("/_sandbox/faults", content=body)
    assert answer.status_code == 400
    assert complaint in answer.json()["problems"][0]
    assert len(client.get("/_sandbox/faults").json()["rules"]) == 1


def test_the_control_paths_know_no_other_method(client: httpx.Client) -> None:
    assert client.put("/_sandbox/faults").status_code == 405
    assert client.post("/_sandbox/log").status_code == 405


async def test_in_process_a_broken_connection_is_an_exception(store: Store) -> None:
    app = create_app(store, settings=SandboxSettings(faults=parse_rules("* reset-before")))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        with pytest.raises(ConnectionResetError):
            await client.get(SUMMARY)


def test_content_for_networks_that_are_not_there_hangs_the_server(store: Store) -> None:
    """Contract 3.2, 10.39: each takes a connection for good; other calls cost nothing."""
    lost = f"/v3/networks/{UUID[:-1]}0"
    settings = SandboxSettings(connections=2)
    with running_server(store, settings) as url, httpx.Client(base_url=url, auth=OWNER) as client:
        for _ in range(3):
            assert client.get(lost).status_code == 404
            form = {"CXNetworkStream": b"[]"}
            assert client.put(lost.replace("v3/networks", "v2/network"), files=form).is_error
        assert client.get("/_sandbox/log").json()["lost_connections"] == 0
        assert client.put(lost, json=[]).status_code == 404
        assert client.get(SUMMARY).status_code == 200
        assert client.put(lost.replace("v3/networks", "v2/network"), json=[]).status_code == 404
        assert client.get("/_sandbox/log").json()["lost_connections"] == 2
        with pytest.raises(httpx.ReadTimeout):
            client.get(SUMMARY, timeout=0.2)
