"""Uploads made to harm: each is refused or taken, and the server goes on serving."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import httpx
import orjson
import pytest

from tests.contract.calls import (
    JSON_BODY,
    Server,
    content_cx2,
    create_cx2,
    make_folder,
    summary,
    upload_cx1,
    upload_cx2,
)
from tests.contract.documents import cx2, cx2_of

DEEP = 100_000
MANY = 100_000
PATH = "../../../etc/passwd"


pytestmark = pytest.mark.sandbox_only("a server of somebody else is not ours to attack")


@pytest.fixture(autouse=True)
def unharmed(spared: None, client: httpx.Client) -> Iterator[None]:  # noqa: ARG001 - it comes first
    """After each test the server still says that it is online, and still loads networks."""
    yield
    assert client.get("/v3/admin/status").json()["message"] == "Online"
    assert create_cx2(client)


def in_cx2(value: bytes) -> bytes:
    """A CX2 upload with this JSON text as an unknown aspect's element."""
    return b'[{"CXVersion":"2.0"},{"mine":[' + value + b']},{"status":[{"success":true}]}]'


def many_attributes() -> bytes:
    attributes = {f"a{number}": 1 for number in range(MANY)}
    return orjson.dumps(cx2_of({"nodes": [{"id": 1, "v": attributes}]}))


def many_nodes_of_one_id() -> bytes:
    nodes = b'{"nodes":[' + b'{"id":1},' * (MANY - 1) + b'{"id":1}]}'
    return in_cx2(b"").replace(b'{"mine":[]}', nodes)


def many_aspects() -> bytes:
    return orjson.dumps(cx2_of(*({f"aspect{number}": [{"a": 1}]} for number in range(2000))))


BODIES: dict[str, Callable[[], bytes]] = {
    "deep arrays": lambda: b"[" * DEEP + b"]" * DEEP,
    "deep arrays, never closed": lambda: b"[" * DEEP,
    "deep objects in an aspect": lambda: in_cx2(b'{"a":' * DEEP + b"1" + b"}" * DEEP),
    "a number of many digits": lambda: in_cx2(b"9" * DEEP),
    "a number beyond all floats": lambda: in_cx2(b"1e999"),
    "no UTF-8": lambda: b'[{"CXVersion":"2.0\xff\xfe"}]',
    "half a surrogate pair": lambda: in_cx2(b'"\\ud800"'),
    "a NUL character": lambda: orjson.dumps(cx2("before\x00after")),
    "a NUL byte": lambda: b"\x00" * 1000,
    "very many attributes": many_attributes,
    "very many nodes of one id": many_nodes_of_one_id,
    "very many aspects": many_aspects,
}


@pytest.mark.parametrize("build", BODIES.values(), ids=BODIES)
def test_a_hostile_cx2_upload_ends(client: httpx.Client, build: Callable[[], bytes]) -> None:
    """Contract 3.3: its load succeeds or fails, but it ends."""
    seen = upload_cx2(client, build())
    assert seen["completed"] is True


@pytest.mark.parametrize("name", ["deep arrays", "no UTF-8", "a NUL byte"])
def test_a_hostile_cx1_upload_ends(client: httpx.Client, name: str) -> None:
    """Contract 3.3."""
    assert "errorMessage" in upload_cx1(client, BODIES[name]())


@pytest.mark.parametrize(
    "path", ["/v2/batch/network/summary", "/v3/batch/networks/move", "/v2/search/network"]
)
@pytest.mark.parametrize("name", ["deep arrays", "no UTF-8", "half a surrogate pair"])
def test_a_hostile_json_body_is_a_400(client: httpx.Client, path: str, name: str) -> None:
    """Contract 1.3: not the JSON that is due."""
    answer = client.post(path, content=BODIES[name](), headers=JSON_BODY)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "name", [PATH, "..\\..\\boot.ini", "a/b", "%2e%2e%2f", "x\r\nSet-Cookie: a"]
)
def test_a_path_in_a_name_is_only_a_name(client: httpx.Client, name: str) -> None:
    """Contract 3.5 and 4: kept verbatim, and no header of its own in a download."""
    network = create_cx2(client, cx2(name))
    assert summary(client, network)["name"] == name
    answer = client.get(f"/v3/networks/{network}", params={"download": "true"})
    assert answer.status_code in (200, 500)
    assert "set-cookie" not in answer.headers
    assert content_cx2(client, network)


@pytest.mark.parametrize("name", [PATH, "nul\x00", "x" * 501])
def test_a_hostile_name_of_a_folder_or_profile(
    client: httpx.Client, network: str, name: str
) -> None:
    """Contract 3.5: taken as it is, or refused."""
    edit = client.put(f"/v2/network/{network}/profile", json={"name": name})
    folder = client.post("/v3/files/folders", json={"name": name})
    assert edit.status_code in (204, 500)
    assert folder.status_code in (201, 400, 500)
    assert summary(client, network)["externalId"] == network


@pytest.mark.parametrize("part", ["..%2F..%2Fetc%2Fpasswd", "%00", "x" * 5000, "%F0%28%8C%28"])
@pytest.mark.parametrize(
    "path", ["/v2/network/{}", "/v3/networks/{}/summary", "/v3/networks/{}/aspects/nodes"]
)
def test_a_path_in_an_id_opens_nothing(client: httpx.Client, path: str, part: str) -> None:
    """Contract 1.3: an unparsable UUID or an unknown route."""
    assert client.get(path.format(part)).status_code in (400, 404, 500)


@pytest.mark.parametrize("aspect", ["..%2F..%2Fsummary", "%00", "x" * 5000])
def test_a_path_in_an_aspect_opens_nothing(client: httpx.Client, network: str, aspect: str) -> None:
    """Contract 4: no aspect of that name."""
    assert client.get(f"/v3/networks/{network}/aspects/{aspect}").status_code in (400, 404, 500)


@pytest.mark.parametrize("path", ["/v2/network", "/v3/networks"])
def test_a_gigabyte_that_never_comes(server: Server, client: httpx.Client, path: str) -> None:
    """A length that lies: others are served meanwhile, and no network is made of the rest."""
    before = client.get("/v3/files/count").json()
    url = httpx.URL(server.url)
    auth = httpx.BasicAuth(server.owner.user, server.owner.password)
    signed = next(auth.auth_flow(httpx.Request("POST", f"{server.url}{path}")))
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {url.host}\r\nContent-Type: application/json\r\n"
        f"Authorization: {signed.headers['Authorization']}\r\nContent-Length: {10**9}\r\n\r\n"
    )
    with socket.create_connection((url.host, url.port or 80)) as liar:
        liar.sendall(head.encode() + b"[")
        assert client.get("/v3/admin/status").status_code == 200
    assert make_folder(client)
    after = client.get("/v3/files/count").json()
    assert after["network"] == before["network"]
