"""The stock ndex2 client, one network after the other: its summary, then its content.

python -m benchmarks.peers.stock_client URL RECORDS COUNT
"""

import sys
from itertools import islice
from pathlib import Path

from ndex2.client import Ndex2

from benchmarks.peers.records import genes_in, read_records

records = read_records(Path(sys.argv[2]))
client = Ndex2(sys.argv[1], skip_version_check=True)
differing = 0
for network, genes in islice(records.items(), int(sys.argv[3])):
    client.get_network_summary(network)
    document = client.get_network_as_cx2_stream(network).json()
    differing += genes_in(document) != genes
print(differing)
