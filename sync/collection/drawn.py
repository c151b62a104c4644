"""Compare a record and its network as a whole: the drawing, and the complete content."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson

from sync.cx.diagram import read_diagram
from sync.errors import NetworkError, NotFound, RecordError, ServerError
from sync.match.compare import USUAL, Scope
from sync.match.diagram import Diagram, DrawnNode, unite_alike
from sync.match.identifiers import fold_label, label_forms, read_ids
from sync.match.whole import AS_A_WHOLE, Compared, Sides, choose_compared
from sync.model import Entity, Layout, Observation, Record, Seen
from sync.ndex.client import NdexClient
from sync.records.fingerprint import digest_files, sources_of
from sync.state.encoded_record import RecordRow


async def choose_scope(
    root: Path,
    record: Record,
    observation: Observation,
    client: NdexClient,
    configured: frozenset[Compared] | None,
) -> Scope:
    """Return what of a record is compared, with the drawing and the whole network if needed.

    What cannot be read is left out, with a note.
    """
    if not isinstance(observation, Seen):
        return USUAL
    compared = choose_compared(configured, observation.summary)
    if not compared & AS_A_WHOLE:
        return Scope(compared)
    try:
        local = await asyncio.to_thread(_read_local, root, record)
        remote = await _read_remote(observation, client)
    except (RecordError, NetworkError) as error:
        return Scope(compared, note=f"not compared as a whole: {error}")
    except ServerError as error:
        return Scope(compared, doubt=f"not compared as a whole: {error}")
    if record.layout is not Layout.WIKIPATHWAYS:
        remote = Diagram(unite_alike(node for node in remote.nodes if not node.is_gene))
    return Scope(compared, Sides(local, remote))


def is_as_read(root: Path, row: RecordRow) -> bool:
    """Return whether a record's files are the same as when it was read."""
    try:
        return digest_files(root, sources_of(row.path, row.layout)) == row.digest
    except RecordError:
        return False


def _read_local(root: Path, record: Record) -> Diagram:
    """Read the network that the record's drawing would become.

    Raises:
        RecordError, NetworkError: there is no drawing, or it cannot become a network.
    """
    if record.layout is not Layout.WIKIPATHWAYS:
        return _listed(record)
    # The drawing code takes a tenth of a second to import, and few checks read drawings.
    from sync.convert.pathway import convert_drawing, find_drawing  # noqa: PLC0415

    path = find_drawing(root, record.id, record.path)
    return read_diagram(orjson.loads(convert_drawing(root, path, record.path)))


def _listed(record: Record) -> Diagram:
    """Return the chemicals and diseases of a figure, which state no interactions."""
    kinds = (("chemical", record.chemicals), ("disease", record.diseases))
    listed = [(kind, entity) for kind, entities in kinds for entity in entities]
    return Diagram(unite_alike(_entity(n, *each) for n, each in enumerate(listed)))


def _entity(number: int, kind: str, entity: Entity) -> DrawnNode:
    return DrawnNode(
        number=number,
        type=kind,
        label=" ".join(entity.word.split()),
        names=frozenset(map(fold_label, label_forms(entity.word))),
        ids=frozenset(read_ids(entity.identifier, entity.source)),
    )


async def _read_remote(seen: Seen, client: NdexClient) -> Diagram:
    document = seen.document
    try:
        if document is None:
            document = await client.fetch_cx2(seen.summary.id)
        return read_diagram(document)
    except NotFound:
        raise NetworkError("NDEx has no CX2 for it") from None
