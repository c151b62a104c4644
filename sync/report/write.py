"""Writing reports: to the standard output, or to files that are complete or not there at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from sync.errors import ConfigError
from sync.report.document import Report
from sync.report.formats import TERMINAL, FormatRequest


def require_writable(requests: Sequence[FormatRequest]) -> None:
    """Make sure, before a run of hours, that its reports can be written where they are asked for.

    Raises:
        ConfigError: A folder is missing, or a path is a folder; lists all reasons.
    """
    problems = [problem for request in requests for problem in _problems(request)]
    if problems:
        raise ConfigError(*problems)


def write_reports(report: Report, requests: Sequence[FormatRequest], stdout: TextIO) -> None:
    """Write the report in every format asked for.

    A file is replaced in one step, when it is complete: a reader never sees half of it. Reports
    are UTF-8, on the standard output too; only ``terminal`` follows the encoding of its stream.

    Raises:
        ConfigError: A file cannot be written. The reports before it are written.
    """
    require_writable(requests)
    for request in requests:
        if request.path is not None:
            _write_file(report, request, Path(request.path))
        elif request == TERMINAL:
            request.renderer(report, stdout)
        else:
            with _as_utf8(stdout) as stream:
                request.renderer(report, stream)


def _problems(request: FormatRequest) -> Iterator[str]:
    if request.path is None:
        return
    path = Path(request.path)
    try:
        is_folder, has_folder = path.is_dir(), path.parent.is_dir()
    except OSError as error:
        yield _refusal(request, error)
        return
    if is_folder:
        yield f"--format {request.name}={path}: this is a folder; name a file in it"
    elif not has_folder:
        yield f"--format {request.name}={path}: there is no folder {path.parent}; make it first"


def _refusal(request: FormatRequest, error: OSError) -> str:
    return f"--format {request.name}={request.path}: {error.strerror or error}"


def _write_file(report: Report, request: FormatRequest, path: Path) -> None:
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="\n") as stream:
                request.renderer(report, stream)
        else:
            _replace(report, request, path.resolve())
    except OSError as error:
        raise ConfigError(_refusal(request, error)) from error


def _replace(report: Report, request: FormatRequest, path: Path) -> None:
    draft = path.with_name(f".ndex-sync-{secrets.token_hex(8)}.tmp")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as stream:
            request.renderer(report, stream)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _as_utf8(stdout: TextIO) -> Iterator[TextIO]:
    """Lend the standard output as UTF-8, whatever the locale makes of it."""
    if not isinstance(stdout, TextIOWrapper):
        yield stdout
        return
    stdout.flush()
    stream = TextIOWrapper(stdout.buffer, encoding="utf-8", newline="\n")
    try:
        yield stream
    finally:
        stream.detach()
