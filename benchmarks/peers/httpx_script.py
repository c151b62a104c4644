"""A short script with httpx: summaries in batches, then every network, so many at once.

python -m benchmarks.peers.httpx_script URL RECORDS AT_ONCE
"""

import asyncio
import sys
from pathlib import Path

import httpx

from benchmarks.peers.records import genes_in, read_records


async def main(url: str, root: Path, at_once: int) -> None:
    """Print how many networks differ from their records."""
    records, differing = read_records(root), 0
    ids, limit = list(records), asyncio.Semaphore(at_once)
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=60) as client:

        async def check(network: str) -> bool:
            async with limit:
                answer = await client.get(f"/v3/networks/{network}")
            return genes_in(answer.raise_for_status().json()) != records[network]

        for start in range(0, len(ids), 2000):
            batch = ids[start : start + 2000]
            answer = await client.post("/v2/batch/network/summary", json=batch)
            found = [summary["externalId"] for summary in answer.raise_for_status().json()]
            differing += sum(await asyncio.gather(*map(check, found)))
    print(differing)


asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
