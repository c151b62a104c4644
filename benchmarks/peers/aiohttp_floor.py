"""The floor: the fastest client and parser there are, and nothing beside them.

python -m benchmarks.peers.aiohttp_floor URL RECORDS AT_ONCE
"""

import asyncio
import sys
from pathlib import Path

import aiohttp
import orjson

from benchmarks.peers.records import genes_in, read_records


async def main(url: str, root: Path, at_once: int) -> None:
    """Print how many networks differ from their records."""
    records = read_records(root)
    limit, differing = asyncio.Semaphore(at_once), 0
    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(url, connector=connector) as session:

        async def check(network: str) -> bool:
            async with limit, session.get(f"/v3/networks/{network}") as answer:
                body = await answer.read()
            return genes_in(orjson.loads(body)) != records[network]

        differing = sum(await asyncio.gather(*map(check, records)))
    print(differing)


asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
