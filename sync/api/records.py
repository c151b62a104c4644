"""Records and networks as values, and their differences; asks no server."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sync.cx.decode import decode_cx2
from sync.errors import NetworkError, RecordError
from sync.match import compare as matching
from sync.model import (
    CheckResult,
    Gene,
    InvalidRecord,
    Layout,
    NetworkId,
    Property,
    Record,
    Seen,
    Summary,
    Visibility,
)
from sync.model import Network as Content
from sync.records.organisms import Organisms
from sync.records.read import read_record as read_outcome

if TYPE_CHECKING:
    from ndex2.cx2 import CX2Network


def read_record(
    path: str | os.PathLike[str],
    *,
    layout: str | None = None,
    organisms: Iterable[str] = ("Homo sapiens",),
) -> Record:
    """Read a record and the tables and drawing that belong to it.

    `layout` is `pfocr`, `pfocr-embedded` or `wikipathways`; None detects it. `organisms` says whose
    rows count, as in the configuration; if empty, all do.

    Raises:
        RecordError: the record cannot be read; names file and line.
    """
    file = Path(path)
    chosen = None if layout is None else Layout(layout)
    found = read_outcome(file.parent, file.name, chosen, Organisms.of(tuple(organisms)))
    if isinstance(found, InvalidRecord):
        raise RecordError(found.path, found.line, found.reason)
    return found


def compare(record: Record, network: Network) -> CheckResult:
    """Compare a record with a network; asks no server."""
    seen = Seen(network.summary, network.content)
    result = matching.compare(record, network.summary.id, seen)
    return replace(result, network=network.id)


@dataclass(frozen=True, slots=True)
class Network:
    """A network and its content: read from NDEx, or made here with `from_cx2`.

    `document` is the content as CX2, None if NDEx only has CX1 for it.
    """

    summary: Summary
    content: Content
    document: object

    @classmethod
    def from_cx2(cls, network: CX2Network) -> Self:
        """Use a network of the `ndex2` package, which need not be on NDEx.

        Raises:
            NetworkError: its genes cannot be read.
        """
        document = network.to_cx2()
        content = decode_cx2(document)
        edges = len(network.get_edges())
        return cls(_summarise(content.attributes, content.node_count, edges), content, document)

    @property
    def id(self) -> NetworkId | None:
        """The UUID, None for a network that was made here."""
        return self.summary.id or None

    @property
    def genes(self) -> tuple[Gene, ...]:
        """The genes that the nodes stand for."""
        return self.content.genes

    @property
    def properties(self) -> Mapping[str, str | None]:
        """The network properties by name, besides name, description and version."""
        return {each.name: each.value for each in self.summary.properties or ()}

    def to_cx2(self) -> CX2Network:
        """Return the network as an `ndex2` object, for pandas, networkx and editing.

        Raises:
            NetworkError: NDEx has no CX2 for the network.
        """
        from ndex2.cx2 import RawCX2NetworkFactory  # noqa: PLC0415 - takes a second to import

        if self.document is None:
            raise NetworkError(f"NDEx has no CX2 for {self.id}")
        return RawCX2NetworkFactory().get_cx2network(self.document)


def _summarise(attributes: Mapping[str, str], nodes: int, edges: int) -> Summary:
    """Return the summary that NDEx would give for a content."""
    stated = dict(attributes)
    return Summary(
        id=NetworkId(""),
        name=stated.pop("name", ""),
        description=stated.pop("description", ""),
        version=stated.pop("version", ""),
        created_ms=0,
        modified_ms=0,
        owner="",
        owner_id="",
        visibility=Visibility.PRIVATE,
        read_only=False,
        completed=True,
        error_message=None,
        doi=None,
        certified=False,
        node_count=nodes,
        edge_count=edges,
        size_bytes=0,
        folder=None,
        properties=tuple(Property(name, value) for name, value in stated.items()),
    )
