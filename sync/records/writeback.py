"""Write a changed record or map file back, so that any reader sees the old or the new file.

One file is one edit: planned from the bytes that were read, shown as a diff, and written only if
those bytes are still on disk. A temporary file in the same folder is synced and renamed over the
file; what a killed run leaves of it is not a record, and the next run deletes it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import diff_bytes, unified_diff
from pathlib import Path, PurePosixPath
from secrets import token_hex
from stat import S_IMODE

from sync.errors import RecordError
from sync.records.source import TABLE_LIMIT_BYTES, read_bytes

# No glob for records or tables matches it, and it is short whatever the file's own name is.
_TEMPORARY = ".ndex-sync-{}.tmp"
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_LETTERS = zip('\a\b\t\n\v\f\r"\\', 'abtnvfr"\\', strict=True)
_ESCAPES = {code: f"\\{code:03o}" for code in (*range(0x20), *range(0x7F, 0x100))} | {
    ord(sign): f"\\{letter}" for sign, letter in _LETTERS
}


@dataclass(frozen=True, slots=True)
class Edit:
    """What one file should become: ``path`` is POSIX, relative to the collection's root.

    ``old`` is what the edit was made from, None for a file that does not exist yet.
    """

    path: str
    old: bytes | None
    new: bytes


def plan_edit(root: Path, path: str, change: Callable[[bytes], bytes]) -> Edit | None:
    """Read ``root / path`` once and return what ``change`` makes of it, None for no change.

    ``change`` gets the bytes of the file, empty for one that does not exist yet. The edit holds the
    bytes that it was made from, so that ``write_edit`` notices another editor.

    Raises:
        RecordError: the file cannot be read or is outside ``root``, or ``change`` refuses it.
    """
    old = _read(root, path)
    new = change(old or b"")
    return None if new == (old or b"") else Edit(path, old, new)


def write_edit(root: Path, edit: Edit) -> None:
    """Write the edit to disk, whole or not at all; the file's mode stays, and so does a link.

    Raises:
        RecordError: the file is no longer ``edit.old``, is outside ``root`` (links followed), or
            cannot be written.
    """
    _refuse_other_content(root, edit)
    file = _real_file(root, edit.path)
    try:
        with temporary_beside(file) as temporary:
            _write_synced(temporary, edit, file)
            _refuse_other_content(root, edit)
            temporary.replace(file)
            _sync_folder(file.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RecordError(
            edit.path, None, f"cannot be written: {reason}; fix that and run again"
        ) from error


def remove_leftovers(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Delete what killed runs left in the folders of ``paths``; return what was deleted, sorted.

    An edit that another run is writing right now is deleted too: that run then says that it
    could not write, and its file stays whole.

    Raises:
        RecordError: a leftover cannot be deleted.
    """
    leftovers = sorted(
        (folder / found.name).as_posix()
        for folder in {PurePosixPath(path).parent for path in paths}
        for found in (root / folder).glob(_TEMPORARY.format("*"))
    )
    for leftover in leftovers:
        _remove_leftover(root, PurePosixPath(leftover))
    return tuple(leftovers)


def diff_edit(edit: Edit) -> bytes:
    """Return the edit as a unified diff that ``git apply`` accepts, run in the collection's root.

    Its lines are the file's own bytes. Remove what a CI runner would obey before printing them.
    """
    source = b"/dev/null" if edit.old is None else _quoted(f"a/{edit.path}")
    lines = diff_bytes(
        unified_diff, _lines(edit.old or b""), _lines(edit.new), source, _quoted(f"b/{edit.path}")
    )
    return b"".join(
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in lines
    )


def _remove_leftover(root: Path, leftover: PurePosixPath) -> None:
    folder = _real_file(root, leftover.parent.as_posix())
    try:
        # Delete the entry itself, never the target of a link.
        (folder / leftover.name).unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RecordError(
            leftover.as_posix(), None, f"left by a killed run, cannot be deleted: {reason}"
        ) from error


def _read(root: Path, path: str) -> bytes | None:
    """Return the file's bytes, None if there is no such file."""
    try:
        _real_file(root, path).lstat()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RecordError(path, None, f"cannot be read: {reason}") from error
    return read_bytes(root, path, inside=root, limit_bytes=TABLE_LIMIT_BYTES)


def _real_file(root: Path, path: str) -> Path:
    file = Path(os.path.realpath(root / path))
    if not file.is_relative_to(os.path.realpath(root)):
        raise RecordError(
            path, None, "outside the collection: the path or a link leads out of it; use a copy"
        )
    return file


def _refuse_other_content(root: Path, edit: Edit) -> None:
    if _read(root, edit.path) != edit.old:
        raise RecordError(
            edit.path, None, "changed on disk since it was read: nothing was written; run again"
        )


@contextmanager
def temporary_beside(file: Path) -> Iterator[Path]:
    """Yield a name beside a file, to write there and rename; what is left of it is deleted."""
    temporary = file.with_name(_TEMPORARY.format(token_hex(8)))
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _write_synced(temporary: Path, edit: Edit, file: Path) -> None:
    with temporary.open("xb") as stream:
        if edit.old is not None:
            os.fchmod(stream.fileno(), S_IMODE(file.stat().st_mode))
        stream.write(edit.new)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename itself permanent: it is an entry of the folder, not of the file."""
    if os.name == "nt":  # it cannot open a folder, and journals renames itself
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines(data: bytes) -> list[bytes]:
    # For git only LF ends a line; splitlines would also split at a lone CR.
    return _LINE.findall(data)


def _quoted(path: str) -> bytes:
    """Return a path as git prints it: quoted if a byte of it needs an escape."""
    escaped = "".join(_ESCAPES.get(code, chr(code)) for code in os.fsencode(path))
    return os.fsencode(path if escaped == path else f'"{escaped}"')
