"""The stock ndex2 client with summaries in batches and threads.

python -m benchmarks.peers.stock_threads URL RECORDS THREADS
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ndex2.client import Ndex2

from benchmarks.peers.records import genes_in, read_records

records = read_records(Path(sys.argv[2]))
client = Ndex2(sys.argv[1], skip_version_check=True)


def check(network: str) -> bool:
    """Return whether a network differs from its record."""
    return genes_in(client.get_network_as_cx2_stream(network).json()) != records[network]


ids = list(records)
with ThreadPoolExecutor(int(sys.argv[3])) as pool:
    differing = 0
    for start in range(0, len(ids), 2000):
        summaries = client.networks.get_summaries(ids[start : start + 2000])
        differing += sum(pool.map(check, (each["uuid"] for each in summaries)))
print(differing)
