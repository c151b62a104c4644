"""Collections on disk and their networks in a sandbox, of which a test names what matters to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson

from sync.check import check_collection
from sync.collection.listing import Location
from sync.collection.load import Collection
from sync.collection.observe import ObservePolicy
from sync.match.compare import DesiredState
from sync.model import CheckResult, Curie, Gene, NetworkId, UnclaimedNetwork
from sync.ndex.auth import Credentials, basic
from sync.ndex.client import NdexClient, open_client
from sync.ndex.loading import LoadingPolicy
from sync.ndex.policy import ClientPolicy
from sync.records.discover import find_records
from sync.records.organisms import Organisms
from sync.sandbox.app import create_app
from sync.sandbox.fill import load_into
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store
from sync.state.cache import Cache

Genes = Sequence[tuple[str, str]]
"""Symbols with their NCBI gene ids."""

CHEMOKINES: Genes = (("CXCL8", "3576"), ("IL1B", "3553"), ("NFKB1", "4790"))

QUICK = ClientPolicy(
    max_tries=2, base_wait_s=0.001, max_wait_s=0.002, read_timeout_s=5, call_deadline_s=10
)
"""A client that gives up soon, for servers that are broken on purpose."""


def network_id(number: int) -> NetworkId:
    """Return the same UUID for the same number."""
    return NetworkId(f"{number:08x}-0000-11ea-99da-0ac135e8bacf")


def figure(number: int) -> str:
    """Return a figure id."""
    return f"PMC{number}__f1"


def figure_text(figid: str, genes: Genes, ndex: str) -> str:
    """Write a record of the embedded layout."""
    rows = "".join(
        f"- word: {symbol}\n  symbol: {symbol}\n  source: hgnc_symbol\n"
        f"  hgnc_symbol: {symbol}\n  entrez: '{entrez}'\n"
        for symbol, entrez in genes
    )
    pmcid = figid.partition("__")[0]
    return (
        f"---\nfigid: {figid}\nfiglink: /pmc/articles/{pmcid}/figure/F1/\nnumber: Figure 1\n"
        f"caption: A figure.\npmcid: {pmcid}\npapertitle: A paper.\nreftext: A. 2015.\n"
        f"filename: f1.jpg\nfigtitle: Title of {figid}\nyear: '2015'\norganisms: Homo sapiens\n"
        f"ndex: {ndex}\ngenes:{' []' if not genes else ''}\n{rows}---\n"
    )


def figure_cx2(figid: str, genes: Genes, **changes: str | None) -> bytes:
    """Make the network of a figure as the newer converter does; None leaves a property out."""
    pmcid = figid.partition("__")[0]
    link = f"https://www.ncbi.nlm.nih.gov/pmc/articles/{pmcid}"
    attributes = {
        "name": f"Title of {figid}",
        "pfocrId": f"{figid}.jpg",
        "figureTitle": f"Title of {figid}",
        "figureNumber": "F1",
        "figureLink": f"{link}/figure/F1/",
        "paperTitle": "A paper.",
        "paperLink": link,
        "pmcId": pmcid,
        "publicationYear": "2015",
        "reference": f'A. 2015. <b>A paper.</b> <a href="{link}">{link}</a>',
        "organism": "Homo sapiens",
        **changes,
    }
    found = [
        Gene(
            symbol,
            ids=frozenset({Curie(f"ncbigene:{entrez}")}),
            words=frozenset({symbol}),
            sources=frozenset({"hgnc_symbol"}),
        )
        for symbol, entrez in genes
    ]
    return gene_cx2(attributes, found)


def gene_cx2(attributes: Mapping[str, str | None], genes: Sequence[Gene]) -> bytes:
    """Make a network of PFOCR genes in the newer dialect (formats 6); None leaves one out."""
    stated = {name: value for name, value in attributes.items() if value is not None}
    strings = ("name", "represents", "hgnc.symbol", "type", "word", "source", "symbol")
    nodes = [
        {
            "id": index,
            "v": {
                "name": gene.symbol,
                "represents": min(gene.ids),
                "hgnc.symbol": gene.symbol,
                "ncbigene": int(min(gene.ids).removeprefix("ncbigene:")),
                "type": "gene",
                "word": min(gene.words),
                "source": min(gene.sources),
                "symbol": gene.symbol,
            },
        }
        for index, gene in enumerate(genes)
    ]
    declarations: dict[str, Any] = {
        "networkAttributes": {name: {"d": "string"} for name in stated},
        "nodes": {**{name: {"d": "string"} for name in strings}, "ncbigene": {"d": "integer"}},
    }
    return orjson.dumps(
        [
            {"CXVersion": "2.0", "hasFragments": False},
            {"attributeDeclarations": [declarations]},
            {"networkAttributes": [stated]},
            {"nodes": nodes},
            {"status": [{"success": True}]},
        ]
    )


CURATOR = {"name": "curator", "password": "secret"}
"""An account of the sandbox, as its manifest describes it."""

AS_CURATOR = basic("curator", "secret", "the test")
"""What the curator logs in with."""


@dataclass(slots=True)
class Sample:
    """A collection below ``root``, of figures unless ``records`` says otherwise, and the networks
    that a sandbox will hold.
    """

    root: Path
    records: str = "_figures/*.md"
    networks: list[dict[str, Any]] = field(default_factory=list)
    network_sets: list[dict[str, Any]] = field(default_factory=list)
    users: list[dict[str, Any]] = field(default_factory=list)

    def add_record(self, figid: str, ndex: str = "''", genes: Genes = CHEMOKINES) -> None:
        """Write a record that names a network, or none."""
        self.add_file(f"_figures/{figid}.md", figure_text(figid, genes, ndex))

    def add_file(self, path: str, text: str) -> None:
        """Write any file of the collection."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def add_network(self, uuid: str, content: bytes, **entry: object) -> None:
        """Put a network into the sandbox; ``entry`` goes into its manifest."""
        folder = self.root / "networks"
        folder.mkdir(exist_ok=True)
        (folder / f"{uuid}.cx2").write_bytes(content)
        self.networks.append({"file": f"{uuid}.cx2", "uuid": uuid, **entry})

    def add_pair(
        self,
        number: int,
        remote: Genes = CHEMOKINES,
        *entries: Mapping[str, object],
        **changes: str | None,
    ) -> None:
        """Add a record and the network that it names."""
        self.add_record(figure(number), network_id(number))
        self.add_figure(number, remote, *entries, **changes)

    def add_figure(
        self,
        number: int,
        genes: Genes = CHEMOKINES,
        *entries: Mapping[str, object],
        **changes: str | None,
    ) -> None:
        """Add the network of a figure; ``entries`` go into the manifest's."""
        facts = {key: value for entry in entries for key, value in entry.items()}
        content = figure_cx2(figure(number), genes, **changes)
        self.add_network(network_id(number), content, **facts)

    def add_set(self, uuid: str, networks: Iterable[str], **entry: object) -> None:
        """Put a network set into the sandbox."""
        listed = {"name": uuid, "uuid": uuid, "networks": list(networks)}
        self.network_sets.append({**listed, **entry})

    def fill(self, store: Store) -> None:
        """Load everything into a sandbox's store."""
        folder = self.root / "networks"
        folder.mkdir(exist_ok=True)
        manifest = {
            "users": self.users,
            "networks": self.networks,
            "network_sets": self.network_sets,
        }
        (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
        load_into(store, [folder])

    def collection(self, **changes: Any) -> Collection:
        """Describe the collection as a check wants it."""
        facts: dict[str, Any] = {
            "root": self.root,
            "paths": tuple(find_records(self.root, self.records)),
            "others": (),
            "complete": True,
            "unmapped_only": False,
            "layout": None,
            "map_path": None,
            "organisms": Organisms.of(["Homo sapiens"]),
            "place": Location(),
            "desired": DesiredState(),
            **changes,
        }
        return Collection(**facts)


def fill_sandbox(sample: Sample) -> Path:
    """Load everything into the sandbox ``sandbox.db`` beside the records; return their folder."""
    with Store.open(sample.root / "sandbox.db") as store:
        sample.fill(store)
    return sample.root


@asynccontextmanager
async def sandbox_client(
    sample: Sample,
    settings: SandboxSettings | None = None,
    credentials: Credentials | None = None,
) -> AsyncIterator[NdexClient]:
    """Open a client of a sandbox in this process that holds the sample's networks."""
    with Store.open(None) as store:
        sample.fill(store)
        app = create_app(store, settings=settings or SandboxSettings())
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with open_client(
            "http://127.0.0.1", credentials=credentials, policy=QUICK, transport=transport
        ) as client:
            yield client


IMPATIENT = ObservePolicy(loading=LoadingPolicy(first_wait_s=0.01, deadline_s=0.05, confirm_s=0.01))


async def check_sample(
    client: NdexClient, collection: Collection, policy: ObservePolicy = IMPATIENT
) -> tuple[dict[str, CheckResult], tuple[UnclaimedNetwork, ...] | None]:
    """Check a collection; return the results by record id, and what no record claims."""
    results: list[CheckResult] = []
    with Cache() as cache:
        found = await check_collection(collection, client, policy, results.append, cache)
    assert sorted(result.path for result in results) == sorted(collection.paths)
    return {result.id: result for result in results}, found.unclaimed
