"""Proxies, certificates and answers that a run meets on its way: a sentence each, never a crash."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import pytest

from sync.errors import ConfigError, TooLarge, Unreachable
from sync.ndex.client import open_client
from sync.ndex.policy import ClientPolicy
from sync.ndex.requests import MAX_VALUES
from tests.ndex.faulty_server import respond, serve
from tests.samples import network_id

ONCE = ClientPolicy(max_tries=1, read_timeout_s=5, connect_timeout_s=5, call_deadline_s=10)
SERVER = "https://ndex.example"
STATUS = (
    b'{"networkCount":1,"userCount":1,"groupCount":0,"message":"Online",'
    b'"properties":{"ServerVersion":"3.0.1"}}'
)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


NO_CERTIFICATES = "SSL_CERT_FILE=.* cannot be read .*: name a file"
NO_PROXY = "the proxy in ALL_PROXY cannot be used: write"
LONG_LOGIN = "the login of the proxy in ALL_PROXY is too long"
UNFIT = {
    "certificates that are not there": ("SSL_CERT_FILE", "{folder}/gone", NO_CERTIFICATES),
    "certificates that are none": ("SSL_CERT_FILE", "{folder}/junk", NO_CERTIFICATES),
    "SOCKS 4": ("ALL_PROXY", "socks4://u:Marker-1@x:1", NO_PROXY),
    "no proxy": ("ALL_PROXY", "ftp://u:Marker-1@x:1", NO_PROXY),
    "a long password": ("ALL_PROXY", f"socks5://u:{'Marker-1' * 32}@x:1", LONG_LOGIN),
    "a long user": ("ALL_PROXY", f"socks5://{'Marker-1' * 32}:p@x:1", LONG_LOGIN),
}


@pytest.mark.parametrize(("name", "value", "said"), UNFIT.values(), ids=UNFIT)
async def test_a_variable_that_cannot_be_used_is_named_and_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    (tmp_path / "junk").write_text("junk")
    monkeypatch.setenv(name, value.format(folder=tmp_path))

    with pytest.raises(ConfigError, match=said) as caught:
        async with open_client(SERVER, credentials=None, policy=ONCE):
            pass
    assert "Marker-1" not in str(caught.value)


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[int]:
    """Run a server that says the same to whatever comes; yield its port."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "http"])
@pytest.mark.parametrize(
    "answer", [b"", b"garbage", b"\x05\xff", b"\x05\x00", b"HTTP/1.1 407 No\r\n\r\n"]
)
async def test_a_proxy_that_gives_no_connection_is_a_server_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, scheme: str, answer: bytes
) -> None:
    async with answering(answer) as port:
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{port}")
        async with open_client(SERVER, credentials=None, policy=ONCE) as client:
            with pytest.raises(Unreachable, match=r"proxy|connection|answer"):
                await client.fetch_status()
    # httpcore leaves the connection to such a proxy to the garbage collector.
    gc.collect()


async def test_a_server_is_reached_through_a_socks_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(3)
        writer.write(b"\x05\x00")
        asked.append(await reader.read(100))
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(STATUS)}"
        writer.write(f"{head}\r\n\r\n".encode() + STATUS)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(relay, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{port}")
        async with open_client("http://ndex.example", credentials=None, policy=ONCE) as client:
            assert (await client.fetch_status()).version == "3.0.1"

    assert b"ndex.example" in asked[0]


PROXIED = {
    "of the scheme": ({"http_proxy": "http://{proxy}"}, True),
    "of all schemes": ({"ALL_PROXY": "http://{proxy}"}, True),
    "without a scheme": ({"ALL_PROXY": "{proxy}"}, True),
    "of the other scheme": ({"HTTPS_PROXY": "http://{proxy}"}, False),
    "not for this server": ({"ALL_PROXY": "http://{proxy}", "NO_PROXY": ".invalid"}, False),
    "not for any": ({"ALL_PROXY": "http://{proxy}", "NO_PROXY": "*"}, False),
    "for another server": ({"ALL_PROXY": "http://{proxy}", "NO_PROXY": "other.invalid"}, True),
}


@pytest.mark.parametrize(("variables", "used"), PROXIED.values(), ids=PROXIED)
async def test_the_environment_says_which_proxy_leads_to_a_server(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], used: bool
) -> None:
    async with serve(lambda _: respond(200, STATUS)) as proxy:
        for name, value in variables.items():
            monkeypatch.setenv(name, value.format(proxy=proxy.url.removeprefix("http://")))
        async with open_client("http://ndex.invalid", credentials=None, policy=ONCE) as client:
            # No name server knows such a name.
            with nullcontext() if used else pytest.raises(Unreachable):
                await client.fetch_status()

    assert len(proxy.received) == used


TINY = {
    "numbers": b"1," * (MAX_VALUES + 1) + b"1",
    "objects": b'{"a":1},' * (MAX_VALUES // 5 + 1) + b"{}",
    "arrays": b"[1]," * (MAX_VALUES // 3 + 1) + b"[]",
    "arrays in arrays": b"[" * (MAX_VALUES // 2 + 1),
}


@pytest.mark.parametrize("values", TINY.values(), ids=TINY)
async def test_an_answer_of_nothing_but_tiny_values_is_too_large(values: bytes) -> None:
    body = b"[" + values + b"]"
    async with (
        serve(lambda _: respond(200, body)) as server,
        open_client(server.url, credentials=None, policy=ONCE) as client,
    ):
        with pytest.raises(TooLarge, match="more than 4,000,000 values"):
            await client.fetch_cx2(network_id(1))
        with pytest.raises(TooLarge):
            await client.fetch_summary_batch([network_id(1)])
