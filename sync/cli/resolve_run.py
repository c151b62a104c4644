"""Run one ``resolve``: rebuild the map, make or show the edits, write the report."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

import typer

from sync.amounts import plural
from sync.cli.log import configure_logging
from sync.cli.options import OutputOptions, Target
from sync.cli.progress import say_if_unchanged
from sync.cli.stop import INTERRUPTED, Stop
from sync.collection.load import Collection
from sync.collection.observe import ObservePolicy
from sync.errors import RecordError
from sync.match.links import (
    LinkMap,
    count_map,
    networks_for_map,
    networks_for_records,
)
from sync.ndex.client import NdexClient
from sync.ndex.transport import HttpCounts
from sync.records.maprows import set_rows
from sync.records.networkline import set_network
from sync.records.writeback import Edit, diff_edit, plan_edit, remove_leftovers, write_edit
from sync.report import resolution
from sync.report.build import start_run
from sync.report.exit_status import ExitStatus, worst_of
from sync.report.render.formats import RESOLUTION_FORMATS, FormatRequest
from sync.report.resolution import CollectionLinks, EditState, Resolution, build_resolution
from sync.report.text import disarm_bytes
from sync.report.write import require_writable, write_reports
from sync.resolve import map_by_file, map_collection
from sync.state.cache import Cache

logger = logging.getLogger(__name__)


class Writing(StrEnum):
    """What to do with the edits: count them, show them as a diff, or write them."""

    NONE = "none"
    DIFF = "diff"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class ResolveRequest:
    """What to resolve, against which server, and what to do with the results.

    If ``open_client`` is None no server is asked and the map file is trusted. ``cache`` is opened
    for the run.
    """

    server: str
    open_client: Callable[[], AbstractAsyncContextManager[NdexClient]] | None
    collections: Sequence[tuple[str, Collection]]
    target: Target
    writing: Writing
    formats: Sequence[FormatRequest]
    output: OutputOptions
    cache: Cache = field(default_factory=Cache)
    changed_since: str | None = None


@dataclass(slots=True)
class _Findings:
    """The maps that a run has rebuilt so far, by collection."""

    maps: dict[str, LinkMap] = field(default_factory=dict)
    counts: HttpCounts = field(default_factory=HttpCounts)
    complete: bool = False


def run_resolve(request: ResolveRequest) -> int:
    """Resolve, write what was asked for, and return the exit status.

    Ctrl-C, or SIGTERM, stops before anything is written.
    """
    configure_logging(request.output)
    require_writable(request.formats)
    run = start_run("resolve", request.server)
    findings = _Findings()
    with request.cache:
        total = sum(len(collection.paths) for _, collection in request.collections)
        say_if_unchanged(total, request.changed_since)
        if request.open_client is None or not total:
            findings.maps = {
                name: map_by_file(each, request.cache) for name, each in request.collections
            }
            findings.complete = True
        else:
            asyncio.run(_map_all(request, request.open_client, findings))
    edits = list(_edit_all(request, findings)) if findings.complete else []
    document = build_resolution(
        [_describe(name, each, findings) for name, each in request.collections],
        edits,
        run.finish(findings.counts, complete=findings.complete),
    )
    write_reports(RESOLUTION_FORMATS, document, _apart_from_diff(request), sys.stdout)
    if request.writing is Writing.DIFF and findings.complete:
        typer.echo(_describe_dry_run(edits), err=True)
    return _status(document)


def _describe_dry_run(edits: Sequence[resolution.Edit]) -> str:
    """Say in a sentence what a run without ``--dry-run`` would write."""
    pending = sum(edit.state is EditState.PENDING for edit in edits)
    if not pending:
        return "Nothing to write: every certain link is already in the files."
    return f"Would change {plural(pending, 'file')}; nothing was written."


async def _map_all(
    request: ResolveRequest,
    open_client: Callable[[], AbstractAsyncContextManager[NdexClient]],
    findings: _Findings,
) -> None:
    Stop.on_signals()
    try:
        async with open_client() as client:
            try:
                for name, collection in request.collections:
                    findings.maps[name] = await map_collection(
                        collection, client, ObservePolicy(), request.cache
                    )
                findings.complete = True
            finally:
                findings.counts = client.counts
    except asyncio.CancelledError:
        logger.warning("stopped before the end; nothing was written")


def _describe(name: str, collection: Collection, findings: _Findings) -> CollectionLinks:
    complete = collection.complete and findings.complete
    found = findings.maps.get(name)
    if found is None:
        return CollectionLinks(name, (), complete=complete)
    counts = count_map(found.entries, {link.record for link in found.links})
    return CollectionLinks(
        name, found.links, found.unclaimed, complete, collection.map_path, counts
    )


def _edit_all(request: ResolveRequest, findings: _Findings) -> Iterator[resolution.Edit]:
    """Write or show each edit; one that is refused is logged and the others go on."""
    for name, collection in request.collections:
        if request.writing is Writing.FILES:
            _clean_up(collection)
        for path, change in _changes(collection, findings.maps[name], request.target):
            try:
                edit = plan_edit(collection.root, path, change)
                if edit is None:
                    continue
                state = _carry_out(request.writing, collection.root, edit)
            except RecordError as error:
                logger.error("%s", error)  # noqa: TRY400 - a refusal; its sentence is enough
                yield resolution.Edit(name, path, EditState.REFUSED, str(error))
            else:
                yield resolution.Edit(name, path, state)


def _clean_up(collection: Collection) -> None:
    """Delete what killed runs left; a failure to delete does not stop the run."""
    try:
        remove_leftovers(collection.root, [*collection.paths, *_map_paths(collection)])
    except RecordError as error:
        logger.error("%s", error)  # noqa: TRY400 - its sentence is enough


def _changes(
    collection: Collection, found: LinkMap, target: Target
) -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    if target is not Target.MAP:
        for path, network in networks_for_records(found.links).items():
            yield path, partial(set_network, path=path, network=network)
    if target is not Target.RECORDS:
        for path in _map_paths(collection):
            if rows := networks_for_map(found.links, found.entries):
                yield path, partial(set_rows, path=path, rows=rows)


def _map_paths(collection: Collection) -> tuple[str, ...]:
    return () if collection.map_path is None else (collection.map_path,)


def _carry_out(writing: Writing, root: Path, edit: Edit) -> EditState:
    if writing is Writing.FILES:
        write_edit(root, edit)
        return EditState.WRITTEN
    if writing is Writing.DIFF:
        sys.stdout.buffer.write(disarm_bytes(diff_edit(edit)))
    return EditState.PENDING


def _apart_from_diff(request: ResolveRequest) -> Sequence[FormatRequest]:
    """Leave out the report on standard output, where the diff goes."""
    if request.writing is not Writing.DIFF:
        return request.formats
    return [each for each in request.formats if each.path is not None]


def _status(document: Resolution) -> int:
    if not document.run.complete:
        return INTERRUPTED
    written = all(edit.state is EditState.WRITTEN for edit in document.edits)
    return max(
        worst_of(document.verdicts), ExitStatus.IN_SYNC if written else ExitStatus.DIFFERENCES
    )
