"""Which genes do the networks lack? Run this in a folder made by `ndex-sync demo --keep FOLDER`."""

# %%
import asyncio
from collections import Counter

import sync

SERVER, CONFIG = "sandbox:ndex.sqlite", "ndex-sync.toml"


# %% Check two collections. In a notebook, write: report = await sync.check(...)
report = asyncio.run(sync.check(CONFIG, collections=["figures", "pathways"]))
print(report.to_frame().groupby(["collection", "verdict"]).size())


# %% Count in how many networks each gene is missing
def missing_genes(record: sync.ReportedRecord) -> list[str]:
    """Name the genes that the record has and its network has not."""
    return [each.symbol for each in record.differences if each.kind == "gene_missing"]


missing = Counter(gene for record in report.records for gene in missing_genes(record))
for gene, count in sorted(missing.items()):
    print(f"{gene} is missing in {count} network(s)")


# %% Ask NDEx for the names of these networks
async def name_networks() -> list[str]:
    """Name the networks that lack a gene."""
    networks = [str(record.network) for record in report.records if missing_genes(record)]
    async with sync.Client.open(SERVER) as ndex:
        summaries = await ndex.summaries(networks)
    return [each.name for each in summaries.values() if isinstance(each, sync.Summary)]


for name in asyncio.run(name_networks()):
    print(name)
