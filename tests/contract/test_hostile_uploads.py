"""Uploads made to harm: each is refused or taken, and the server goes on serving."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import orjson
import pytest

from tests.contract.calls import (
    JSON_BODY,
    content_cx2,
    create_cx2,
    summary,
    upload_cx2,
)
from tests.contract.documents import cx2
from tests.cx.uploads import make_cx2

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
    return make_cx2({"nodes": [{"id": 1, "v": attributes}]})


def many_nodes_of_one_id() -> bytes:
    nodes = b'{"nodes":[' + b'{"id":1},' * (MANY - 1) + b'{"id":1}]}'
    return in_cx2(b"").replace(b'{"mine":[]}', nodes)


def many_aspects() -> bytes:
    return make_cx2(*({f"aspect{number}": [{"a": 1}]} for number in range(2000)))


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


@pytest.mark.parametrize("part", ["..%2F..%2Fetc%2Fpasswd", "%00", "x" * 5000, "%F0%28%8C%28"])
def test_a_path_in_an_id_or_aspect_opens_nothing(
    client: httpx.Client, network: str, part: str
) -> None:
    """Contract 1.3, 4: an unparsable UUID, an unknown route or no aspect of that name."""
    for path in (f"/v2/network/{part}", f"/v3/networks/{network}/aspects/{part}"):
        assert client.get(path).status_code in (400, 404, 500)
