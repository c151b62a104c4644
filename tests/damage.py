"""Damage bytes as disks, interrupted copies and careless editors do; seeded, so that it repeats."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

LONGEST = 64


def damages(data: bytes, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield ``count`` damaged versions of ``data``, each with a text that says what was done."""
    random = Random(seed)  # noqa: S311 - it only has to repeat
    for _ in range(count):
        yield _damage(data, random)


def _damage(data: bytes, random: Random) -> tuple[str, bytes]:
    kind = random.choice(("bit", "bytes", "zeros", "ones", "cut", "gone", "twice", "swapped"))
    at = _place(data, random)
    length = random.randint(1, LONGEST)
    part, rest = data[at : at + length], data[at + length :]
    match kind:
        case "bit":
            new = bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]
        case "bytes":
            new = random.randbytes(len(part)) + rest
        case "zeros":
            new = bytes(len(part)) + rest
        case "ones":
            new = b"\xff" * len(part) + rest
        case "cut":
            new = b""
        case "gone":
            new = rest
        case "twice":
            new = part + part + rest
        case _:
            new = part[::-1] + rest
    return f"{kind} at {at}, {length} bytes", data[:at] + new


def _place(data: bytes, random: Random) -> int:
    """Choose where something stands: most of a small database is empty pages."""
    for _ in range(100):
        at = random.randrange(len(data))
        if any(data[at : at + 4]):
            return at
    return 0
