"""Read one file that strangers may have written: limited in size, inside its folder, UTF-8.

Anything wrong with a file raises a ``RecordError`` that says so; nothing else is raised.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from stat import S_ISLNK, S_ISREG

from sync.errors import RecordError

RECORD_LIMIT_BYTES = 2**20
"""How large a record file may be; real ones stay below 100 kB (formats 7)."""

TABLE_LIMIT_BYTES = 8 * 2**20
"""How large a table, drawing or map may be; real ones stay below 3 MB (formats 2 and 4)."""

_BOM = "\ufeff"
# Files that are something else than text, by their first bytes: what they are, and what to do. The
# first words are the same for every file of one kind.
_OTHER_FILES = (
    (
        b"version https://git-lfs.github.com/spec/",
        "Git LFS pointer: the file itself was not downloaded; run git lfs pull",
    ),
    (b"\xff\xfe", "UTF-16 text: it begins with byte 0xff; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text: it begins with byte 0xfe; save it as UTF-8"),
    (b"PK\x03\x04", "ZIP archive: perhaps a spreadsheet's workbook; save it as plain text"),
    (b"\x1f\x8b", "gzip archive: it is compressed; unpack it"),
)
_CONFLICT_MARKERS = tuple(
    re.compile(marker, re.MULTILINE) for marker in (rb"^<{7} ", rb"^={7}\r?$", rb"^>{7} ")
)
_LEAST_READ = 4_096
_FOLDERS_KNOWN = 4_096
# Opening a named pipe would wait for a writer. Windows has no such pipes, and changes line ends
# unless told not to.
_READ_ONLY = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_text(root: Path, path: str, *, inside: Path | None, limit_bytes: int) -> str:
    """Return the text of ``root / path`` without a byte order mark, line ends unchanged.

    ``inside`` is the folder that the file must be in once links are followed: a link in a pull
    request must not show what else is on the machine. None: anywhere, since the user named the
    file.

    Raises:
        RecordError: the file is missing, not a regular file, outside, too large, unreadable or not
            UTF-8.
    """
    return decode_text(read_bytes(root, path, inside=inside, limit_bytes=limit_bytes), path)


def read_bytes(root: Path, path: str, *, inside: Path | None, limit_bytes: int) -> bytes:
    """Return the bytes of ``root / path``; the parameters are those of ``read_text``.

    Raises:
        RecordError: as ``read_text``, except for UTF-8.
    """
    try:
        if inside is not None:
            _refuse_stray(root, path, inside)
        return _read_regular(os.path.join(root, path), path, limit_bytes)
    except FileNotFoundError:
        raise RecordError(path, None, "no such file: restore it or take its name out") from None
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RecordError(path, None, f"cannot be read: {reason}") from error


def decode_text(data: bytes, path: str) -> str:
    """Return UTF-8 text without its byte order mark, line ends unchanged.

    Raises:
        RecordError: it is not UTF-8, or it is a Git LFS pointer or has conflict markers; ``path``
            is only named.
    """
    _refuse_other_file(data, path)
    try:
        return data.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise RecordError(
            path, line, f"not UTF-8: byte 0x{byte:02x} cannot be read; save the file as UTF-8"
        ) from None


def _refuse_other_file(data: bytes, path: str) -> None:
    for start, reason in _OTHER_FILES:
        if data.startswith(start):
            raise RecordError(path, None, reason)
    # UTF-16 of plain letters without a byte order mark is UTF-8 with a NUL as every second byte.
    if b"\0" in data[:2] and len(data) > 1:
        raise RecordError(path, None, "UTF-16 text: every second byte is 0x00; save it as UTF-8")
    if (line := _find_conflict(data)) is not None:
        raise RecordError(
            path,
            line,
            "conflict markers: a merge was not finished; keep one side and delete the lines that "
            "begin with <<<<<<<, ======= and >>>>>>>",
        )


def _find_conflict(data: bytes) -> int | None:
    """Return the line of the first conflict marker that git left, None if there is none."""
    if b"<<<<<<< " not in data:
        return None
    places: list[int] = []
    for marker in _CONFLICT_MARKERS:
        found = marker.search(data, places[-1] if places else 0)
        if found is None:
            return None
        places.append(found.start())
    return data.count(b"\n", 0, places[0]) + 1


def stem_of(path: str) -> str:
    """Return a file's name without folder and suffix, as ``PurePosixPath.stem`` does."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[:dot] if 0 < dot < len(name) - 1 else name


def find_beside(root: Path, path: str, name: str) -> str | None:
    """Return the path of the table or drawing ``name`` that belongs to the record at ``path``.

    It is looked for in ``homes_beside``, in this order; None if it is in none of them.

    Raises:
        RecordError: the system does not say whether it exists.
    """
    home = os.fspath(root)
    for place in places_beside(path, name):
        if _is_file(home, place):
            return place
    return None


def places_beside(path: str, name: str) -> tuple[str, ...]:
    """Return where ``name`` may be for the record at ``path``: in each of ``homes_beside``."""
    return tuple([home + name for home in homes_beside(path)])


def homes_beside(path: str) -> tuple[str, ...]:
    """Return where the files of the record at ``path`` may be (formats: sources).

    Beside the record, in the ``_data`` next to the record's folder, and in the root's ``_data``;
    each place once, ending in a slash unless it is the root.
    """
    return _homes_beside(path[: path.rfind("/") + 1])


@lru_cache(_FOLDERS_KNOWN)
def _homes_beside(folder: str) -> tuple[str, ...]:
    if not folder:
        return "", "../_data/", "_data/"
    above = folder[: folder.rfind("/", 0, -1) + 1]
    return tuple(dict.fromkeys((folder, f"{above}_data/", "_data/")))


def read_beside(root: Path, path: str) -> str:
    """Return the text of a table, drawing or map: below ``root``, or beside it (``../``).

    Raises:
        RecordError: as ``read_text``.
    """
    # The parent of a relative root such as "." is "." again.
    inside = root / ".." if path.startswith("../") else root
    return read_text(root, path, inside=inside, limit_bytes=TABLE_LIMIT_BYTES)


def _is_file(home: str, path: str) -> bool:
    # Path.is_file() raises if access is refused, and on newer Pythons says "not there".
    try:
        return S_ISREG(os.stat(f"{home}/{path}").st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        reason = f"cannot be looked for: {error.strerror or error}; make its folder readable"
        raise RecordError(path, None, reason) from error


def _refuse_stray(root: Path, path: str, inside: Path) -> None:
    climbs = path.startswith("/") or ".." in path.split("/")
    if not climbs and not _has_link(root, path):
        return
    if not (root / path).resolve(strict=True).is_relative_to(inside.resolve()):
        raise RecordError(
            path, None, "outside the collection: the path or a link leads out of it; use a copy"
        )


def _has_link(root: Path, path: str) -> bool:
    """Return whether the file or a folder between it and ``root`` is a link."""
    home, end = os.fspath(root), len(path)
    while end > 0:
        if S_ISLNK(os.lstat(f"{home}/{path[:end]}").st_mode):
            return True
        end = path.rfind("/", 0, end)
    return False


def _read_regular(file: str, path: str, limit_bytes: int) -> bytes:
    """Read a file by the system's own calls: a file object would double the cost."""
    handle = os.open(file, _READ_ONLY)
    try:
        status = os.fstat(handle)
        if not S_ISREG(status.st_mode):
            raise RecordError(path, None, "not a regular file: put a plain file in its place")
        data = b""
        if status.st_size <= limit_bytes:
            data = _read_to_end(handle, status.st_size, limit_bytes + 1)
    finally:
        os.close(handle)
    if max(status.st_size, len(data)) > limit_bytes:
        size = max(status.st_size, limit_bytes + 1)
        raise RecordError(
            path, None, f"too large: {size:,} bytes, at most {limit_bytes:,} are read; shorten it"
        )
    return data


def _read_to_end(handle: int, stated: int, most: int) -> bytes:
    """Read up to ``most`` bytes of a file that states a size of ``stated`` bytes.

    One more byte is requested, to see that the file is not longer: it may grow meanwhile, and files
    in /proc state a size of 0. Requesting the maximum would allocate that much.
    """
    data = os.read(handle, stated + 1)
    if len(data) == stated > 0:
        return data
    while len(data) < most and (
        more := os.read(handle, min(most - len(data), max(len(data), _LEAST_READ)))
    ):
        data += more
    return data
