"""Convert files: drawings and figure records become networks or pictures, on all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from sync.convert.network import Tally
from sync.convert.pathway import read_pathway_drawing
from sync.cx.figure import write_figure_network
from sync.errors import ConfigError, NetworkError, RecordError, refuse_write
from sync.match.properties import state_properties
from sync.model import InvalidRecord, Layout, Verdict
from sync.picture.svg import draw_svg
from sync.records.drawing_reader import read_drawing
from sync.records.organisms import Organisms
from sync.records.parallel import count_cores
from sync.records.read import read_record
from sync.records.source import read_beside
from sync.records.worker import prepare_process
from sync.records.writeback import temporary_beside

_ALONE = 16
_SLICE = 16


class OutputFormat(StrEnum):
    """What a file is converted to."""

    CX2 = "cx2"
    SVG = "svg"


@dataclass(frozen=True, slots=True)
class Job:
    """One file to convert, and where to write it."""

    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Converted:
    """A file that was written, and what happened to the elements of its drawing."""

    job: Job
    tallies: Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class NotConverted:
    """A file that was not converted, with the verdict, the place and the reason."""

    job: Job
    verdict: Verdict
    path: str
    line: int | None
    reason: str


def plan_jobs(sources: Sequence[Path], folder: Path | None, target: OutputFormat) -> list[Job]:
    """Return what to convert, sorted by path.

    A folder means the drawings (``.gpml``) in it and below, or if it has none the records
    (``.md``). Files are written to ``folder``, else beside their sources.

    Raises:
        ConfigError: a source does not exist or is of another kind; there is nothing to convert; two
            sources would be written to one file.
    """
    files = sorted({file for source in sources for file in _files(source)})
    jobs = [Job(file, (folder or file.parent) / f"{file.stem}.{target.value}") for file in files]
    if not jobs:
        raise ConfigError(f"{', '.join(map(str, sources))}: no .gpml or .md file in it")
    first: dict[Path, Path] = {}
    for job in jobs:
        if (other := first.setdefault(job.target, job.source)) != job.source:
            raise ConfigError(
                f"{other} and {job.source} would both be written to {job.target}; convert them "
                "one by one, to folders of their own"
            )
    return jobs


def _files(source: Path) -> list[Path]:
    try:
        if source.is_dir():
            found = (sorted(source.rglob(f"*{suffix}")) for suffix in (".gpml", ".md"))
            return next((files for files in found if files), [])
        if not source.exists():
            raise ConfigError(f"{source}: no such file or folder")
    except OSError as error:
        raise ConfigError(f"{source}: {error.strerror}") from error
    if source.suffix not in {".gpml", ".md"}:
        raise ConfigError(f"{source}: not a drawing (.gpml) or a record (.md)")
    return [source]


def convert_files(jobs: Sequence[Job], to: OutputFormat) -> Iterator[Converted | NotConverted]:
    """Convert files, and yield each result in their order.

    A few are converted in this process, many on all cores.

    Raises:
        ConfigError, DiskFull: a file cannot be written.
    """
    work = partial(_convert, _CONVERTERS[to])
    cores = min(count_cores(), len(jobs) // _ALONE)
    if cores <= 1:
        yield from map(work, jobs)
        return
    # Forking a process that has threads can make it hang.
    context = get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=context, initializer=prepare_process) as pool:
        yield from pool.map(work, jobs, chunksize=_SLICE)


_Convert = Callable[[Path, str], tuple[bytes, Mapping[str, Tally]]]
"""Makes the contents of a file from ``root / path``."""


def _convert(convert: _Convert, job: Job) -> Converted | NotConverted:
    root, path = job.source.parent, job.source.name
    try:
        body, tallies = convert(root, path)
    except RecordError as error:
        return NotConverted(job, Verdict.INVALID_RECORD, error.path, error.line, error.reason)
    except NetworkError as error:
        return NotConverted(job, Verdict.INVALID_NETWORK, path, None, str(error))
    _write(job.target, body)
    return Converted(job, tallies)


def _to_cx2(root: Path, path: str) -> tuple[bytes, Mapping[str, Tally]]:
    if path.endswith(".md"):
        return _figure_to_cx2(root, path), {}
    conversion = read_pathway_drawing(root, path).convert()
    return conversion.body, conversion.tallies


def _figure_to_cx2(root: Path, path: str) -> bytes:
    record = read_record(root, path, None, Organisms.of(["Homo sapiens"]))
    if isinstance(record, InvalidRecord):
        raise RecordError(record.path, record.line, record.reason)
    if record.layout is Layout.WIKIPATHWAYS:
        raise RecordError(path, record.line, "a pathway's record: convert its drawing, the .gpml")
    if not record.genes:
        fault = record.genes_unknown or "no genes of Homo sapiens, so nothing is drawn"
        raise RecordError(path, record.line, fault)
    return write_figure_network(record.genes, state_properties(record))


def _to_svg(root: Path, path: str) -> tuple[bytes, Mapping[str, Tally]]:
    if path.endswith(".md"):
        raise RecordError(path, None, "no drawing: only a .gpml becomes a picture")
    return draw_svg(read_drawing(path, read_beside(root, path))).encode(), {}


_CONVERTERS: Mapping[OutputFormat, _Convert] = {
    OutputFormat.CX2: _to_cx2,
    OutputFormat.SVG: _to_svg,
}


def _write(path: Path, body: bytes) -> None:
    """Write a file in one step: a reader never sees half of it."""
    try:
        with temporary_beside(path) as draft:
            draft.write_bytes(body)
            draft.replace(path)
    except OSError as error:
        raise refuse_write(str(path), error) from error
