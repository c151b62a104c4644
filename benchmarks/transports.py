"""What one request costs by each way of sending it, at 32 at once.

    pip install httpx-aiohttp
    python -m benchmarks.transports --json transports.json

The servers run in a process of their own and answer at once with 2 kB; each way runs in a process
of its own, after a warm-up, and the best of three rounds counts. aiohttp and httpx with aiohttp as
its transport are left out where httpx-aiohttp is not installed.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import orjson
import trustme

from sync.model import NetworkId
from sync.ndex.client import open_client
from sync.ndex.policy import ClientPolicy
from tests.ndex.faulty_server import respond_json, serve
from tests.samples import network_id

AT_ONCE = 32
CONTENT = [{"CXVersion": "2.0"}, {"nodes": [{"id": n, "v": {"n": f"GENE{n}"}} for n in range(60)]}]

Fetch = Callable[[NetworkId], Awaitable[object]]
Opening = Callable[[str], AbstractAsyncContextManager[Fetch]]


@dataclass(frozen=True, slots=True)
class Cost:
    """One way over one protocol; the processor time is the client's alone."""

    way: str
    protocol: str
    networks_per_s: float
    cpu_s_per_1000: float


def main() -> None:
    """Measure and print a table; write it as JSON where asked."""
    options = _options()
    if options.serve:
        asyncio.run(_serve(Path(options.serve)))
    elif options.way:
        print(asyncio.run(_drive(WAYS[options.way], options.url, options.count)))
    else:
        _measure_all(options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4000, help="requests a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", metavar="PATH")
    for internal in ("--serve", "--way", "--url"):
        parser.add_argument(internal, help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure_all(options: argparse.Namespace) -> None:
    with TemporaryDirectory() as name, _serving(Path(name)) as urls:
        asked = [
            (way, protocol, url)
            for protocol, url in zip(PROTOCOLS, urls, strict=True)
            for way in WAYS
            if _can(way)
        ]
        # One round of all after the other, so that a busy minute of the machine strikes all.
        rounds = [[_measure(*each, options.count) for each in asked] for _ in range(options.rounds)]
    costs = [
        Cost(
            way,
            protocol,
            options.count / min(wall_s for wall_s, _ in found),
            min(cpu_s for _, cpu_s in found) / options.count * 1000,
        )
        for (way, protocol, _), found in zip(asked, zip(*rounds, strict=True), strict=True)
    ]
    print(f"{AT_ONCE} requests at once, best of {options.rounds} rounds of {options.count:,}\n")
    print("| way | protocol | networks a second | CPU a 1,000 requests |")
    print("|---|---|---:|---:|")
    for cost in costs:
        print(
            f"| {cost.way} | {cost.protocol} | {cost.networks_per_s:,.0f} "
            f"| {cost.cpu_s_per_1000:.2f} s |"
        )
    if options.json:
        document = {"count": options.count, "at_once": AT_ONCE, "ways": list(map(asdict, costs))}
        Path(options.json).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def _can(way: str) -> bool:
    return "aiohttp" not in way or importlib.util.find_spec("httpx_aiohttp") is not None


def _measure(way: str, protocol: str, url: str, count: int) -> tuple[float, float]:
    """Run one round; return its wall and processor time in seconds."""
    print(f"{way}, {protocol} ...", file=sys.stderr)
    command = [sys.executable, "-m", "benchmarks.transports", "--way", way, "--url", url]
    command += ["--count", str(count)]
    wall_s, cpu_s = subprocess.check_output(command, text=True).split()
    return float(wall_s), float(cpu_s)


async def _drive(opening: Opening, url: str, count: int) -> str:
    """Fetch so many contents; tell the wall and the processor time in seconds."""

    async def _fetch_all(fetch: Fetch, left: Iterator[int]) -> None:
        async def _work() -> None:
            for number in left:
                await fetch(network_id(number))

        await asyncio.gather(*(_work() for _ in range(AT_ONCE)))

    async with opening(url) as fetch:
        await _fetch_all(fetch, iter(range(AT_ONCE * 4)))
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        await _fetch_all(fetch, iter(range(count)))
        return f"{time.perf_counter() - wall_s} {time.process_time() - cpu_s}"


@asynccontextmanager
async def _own(url: str) -> AsyncIterator[Fetch]:
    policy = ClientPolicy(concurrency=AT_ONCE)
    async with open_client(url, credentials=None, policy=policy) as client:
        yield client.fetch_cx2


@asynccontextmanager
async def _bare_httpx(
    url: str, *, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Fetch]:
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(limits=limits, transport=transport) as client:

        async def _fetch(network: NetworkId) -> object:
            return (await client.get(f"{url}/v3/networks/{network}")).content

        yield _fetch


@asynccontextmanager
async def _httpx_over_aiohttp(url: str) -> AsyncIterator[Fetch]:
    from httpx_aiohttp import AiohttpTransport  # noqa: PLC0415 - may be missing

    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with _bare_httpx(url, transport=AiohttpTransport(limits=limits)) as fetch:
        yield fetch


@asynccontextmanager
async def _bare_aiohttp(url: str) -> AsyncIterator[Fetch]:
    from aiohttp import ClientSession, TCPConnector  # noqa: PLC0415 - may be missing

    connector = TCPConnector(limit=AT_ONCE, ssl=httpx.create_ssl_context())
    async with ClientSession(connector=connector) as session:

        async def _fetch(network: NetworkId) -> object:
            async with session.get(f"{url}/v3/networks/{network}") as response:
                return await response.read()

        yield _fetch


WAYS: dict[str, Opening] = {
    "ndex-sync": _own,
    "httpx": _bare_httpx,
    "httpx over aiohttp": _httpx_over_aiohttp,
    "aiohttp": _bare_aiohttp,
}
PROTOCOLS = ("HTTP/1.1", "HTTP/1.1 over TLS")


@contextmanager
def _serving(folder: Path) -> Iterator[list[str]]:
    """Serve by each protocol in another process; give the URLs."""
    command = [sys.executable, "-m", "benchmarks.transports", "--serve", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            urls = server.stdout.readline().split()
            os.environ["SSL_CERT_FILE"] = str(folder / "authority.pem")
            yield urls
        finally:
            server.terminate()


async def _serve(folder: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))

    def _context() -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        return context

    async with (
        serve(lambda _: respond_json(CONTENT)) as plain,
        serve(lambda _: respond_json(CONTENT), _context()) as guarded,
    ):
        print(plain.url, guarded.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
