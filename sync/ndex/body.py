"""Read response bodies with a size limit that applies after decompression.

httpx would inflate a whole chunk at once: 97 kB of gzip become 67 MB before anyone can count them.
So raw chunks are read and inflated here, in pieces of limited size.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from io import BytesIO

ACCEPTED_ENCODINGS = "gzip, identity"

_PLAIN = frozenset({"", "identity"})
_GZIP = frozenset({"gzip", "x-gzip"})
_PIECE_BYTES = 1024 * 1024


class OverLimit(Exception):
    """The body is longer than allowed; ``body`` is what was read up to the limit."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body


class Undecodable(Exception):
    """The body is not encoded as its header says, or in a way that was not asked for."""


class CutShort(Exception):
    """The compressed body is incomplete."""


async def read_body(chunks: AsyncIterator[bytes], encoding: str, limit_bytes: int) -> bytes:
    """Read and decompress a body; ``encoding`` is its ``Content-Encoding``.

    Raises:
        OverLimit: more than ``limit_bytes`` come out of it.
        Undecodable: it cannot be decompressed.
        CutShort: it stops in the middle.
    """
    encoding = encoding.strip().lower()
    if encoding in _PLAIN:
        return await _read_plain(chunks, limit_bytes)
    if encoding in _GZIP:
        return await _read_gzip(chunks, limit_bytes)
    raise Undecodable(f"the answer is encoded as {encoding[:40]!r}, which was not asked for")


async def _read_plain(chunks: AsyncIterator[bytes], limit_bytes: int) -> bytes:
    body = BytesIO()
    async for chunk in chunks:
        body.write(chunk)
        _check_limit(body, limit_bytes)
    return body.getvalue()


async def _read_gzip(chunks: AsyncIterator[bytes], limit_bytes: int) -> bytes:
    body = BytesIO()
    member = _new_member()
    async for chunk in chunks:
        left = chunk
        while left:
            if member.eof:
                member = _new_member()
            try:
                body.write(member.decompress(left, _PIECE_BYTES))
            except zlib.error:
                raise Undecodable("the answer says that it is gzip and is not") from None
            _check_limit(body, limit_bytes)
            left = member.unused_data or member.unconsumed_tail
    if not member.eof:
        raise CutShort
    return body.getvalue()


def _new_member() -> zlib._Decompress:
    return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)


def _check_limit(body: BytesIO, limit_bytes: int) -> None:
    if body.tell() > limit_bytes:
        raise OverLimit(body.getvalue()[:limit_bytes])
