"""Write reports to standard output, or to files that are complete or not there at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from sync.errors import ConfigError, refuse_write
from sync.records.writeback import temporary_beside
from sync.report.render.formats import TERMINAL, Document, FormatRequest, Renderer

_Write = Callable[[TextIO], None]


def require_writable(requests: Sequence[FormatRequest]) -> None:
    """Check, before a run of hours, that its reports can be written.

    Raises:
        ConfigError: a folder is missing, or a path is a folder; lists all reasons.
    """
    problems = [problem for request in requests for problem in _problems(request)]
    if problems:
        raise ConfigError(*problems)


def write_reports(
    formats: Mapping[str, Renderer[Document]],
    document: Document,
    requests: Sequence[FormatRequest],
    stdout: TextIO,
) -> None:
    """Write the document in every format asked for; ``formats`` are the ones it has.

    A file is replaced in one step, when it is complete: a reader never sees half of it. Reports are
    UTF-8, on standard output too; only ``terminal`` uses the encoding of its stream. Files come
    first: they are written even if nobody reads standard output to its end.

    Raises:
        ConfigError, DiskFull: a file cannot be written. The files before it are written.
    """
    require_writable(requests)
    for request in sorted(requests, key=lambda each: each.path is None):
        write = partial(formats[request.name], document)
        if request.path is not None:
            _write_file(Path(request.path), write)
        elif request == TERMINAL:
            write(stdout)
        else:
            with _as_utf8(stdout) as stream:
                write(stream)


def _problems(request: FormatRequest) -> Iterator[str]:
    if request.path is None:
        return
    path = Path(request.path)
    try:
        is_folder, has_folder = path.is_dir(), path.parent.is_dir()
    except OSError as error:
        yield f"{path}: {error.strerror or error}"
        return
    if is_folder:
        yield f"{path}: this is a folder; name a file in it"
    elif not has_folder:
        yield f"{path}: there is no folder {path.parent}; make it first"


def _write_file(path: Path, write: _Write) -> None:
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="\n") as stream:
                write(stream)
        else:
            _replace(path.resolve(), write)
    except OSError as error:
        raise refuse_write(str(path), error) from error


def _replace(path: Path, write: _Write) -> None:
    with temporary_beside(path) as draft:
        with draft.open("x", encoding="utf-8", newline="\n") as stream:
            write(stream)
        draft.replace(path)


@contextmanager
def _as_utf8(stdout: TextIO) -> Iterator[TextIO]:
    """Yield standard output as UTF-8, whatever the locale's encoding is."""
    if not isinstance(stdout, TextIOWrapper):
        yield stdout
        return
    stdout.flush()
    stream = TextIOWrapper(stdout.buffer, encoding="utf-8", newline="\n")
    try:
        yield stream
    finally:
        stream.detach()
