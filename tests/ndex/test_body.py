"""Bodies read with a limit on what comes out of them."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.ndex.body import CutShort, OverLimit, Undecodable, read_body

CUTS = st.lists(st.integers(0, 400), max_size=6)


async def in_chunks(data: bytes, cuts: list[int]) -> AsyncIterator[bytes]:
    edges = [0, *sorted(cuts), len(data)]
    for start, end in pairwise(edges):
        yield data[start:end]


@given(st.binary(max_size=400), CUTS, st.sampled_from(["", "identity", " Identity "]))
async def test_a_plain_body_is_the_same_however_it_is_cut(
    data: bytes, cuts: list[int], encoding: str
) -> None:
    assert await read_body(in_chunks(data, cuts), encoding, 400) == data


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=3), CUTS)
async def test_gzip_of_any_members_is_the_same_however_it_is_cut(
    parts: list[bytes], cuts: list[int]
) -> None:
    packed = b"".join(gzip.compress(part) for part in parts)
    assert await read_body(in_chunks(packed, cuts), "gzip", 900) == b"".join(parts)


@given(st.binary(max_size=300), CUTS, st.data())
async def test_gzip_that_lacks_its_end_is_cut_short(
    content: bytes, cuts: list[int], data: st.DataObject
) -> None:
    packed = gzip.compress(content)
    left = data.draw(st.integers(0, len(packed) - 1))
    with pytest.raises(CutShort):
        await read_body(in_chunks(packed[:left], cuts), "x-gzip", 400)


@given(st.binary(min_size=1, max_size=400), CUTS, st.booleans(), st.data())
async def test_not_one_byte_above_the_limit_is_kept(
    content: bytes, cuts: list[int], packed: bool, data: st.DataObject
) -> None:
    limit = data.draw(st.integers(0, len(content) - 1))
    body, encoding = (gzip.compress(content), "gzip") if packed else (content, "")
    with pytest.raises(OverLimit) as caught:
        await read_body(in_chunks(body, cuts), encoding, limit)
    assert caught.value.body == content[:limit]


async def test_a_gzip_bomb_never_comes_out_whole() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    tracemalloc.start()
    with pytest.raises(OverLimit):
        await read_body(in_chunks(bomb, []), "gzip", 1000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


async def test_a_body_of_exactly_the_limit_is_read() -> None:
    assert await read_body(in_chunks(b"12345", []), "", 5) == b"12345"


@pytest.mark.parametrize(
    ("encoding", "body", "words"),
    [
        ("br", b"x", "encoded as 'br', which was not asked for"),
        ("gzip, gzip", b"x", "not asked for"),
        ("gzip", b"plain text", "says that it is gzip and is not"),
        ("gzip", gzip.compress(b"x", mtime=0) + b"rubbish", "says that it is gzip and is not"),
    ],
)
async def test_what_cannot_be_decoded_says_why(encoding: str, body: bytes, words: str) -> None:
    with pytest.raises(Undecodable, match=words):
        await read_body(in_chunks(body, []), encoding, 100)
