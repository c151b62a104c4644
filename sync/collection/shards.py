"""Split one collection over several runs: find the part that a run is about.

A CI matrix runs the same command once for each shard, each on a machine of its own, and joins the
reports afterwards. A record's id alone decides its shard, so that each machine finds the same
division without asking the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Annotated

from msgspec import Meta, Struct

from sync.errors import ConfigError

MAX_SHARDS = 10_000
"""The most parts: forty times what a GitHub matrix can hold."""

_SHARD = re.compile(r"([1-9][0-9]{0,4})/([1-9][0-9]{0,4})")
_RUN_ID_LIMIT = 200


class Shard(Struct, frozen=True, forbid_unknown_fields=True):
    """Which part of its collections a run is about: number ``index`` of ``of``, from 1.

    ``run`` is the id that all shards of one run share.
    """

    index: Annotated[int, Meta(ge=1, le=MAX_SHARDS)]
    of: Annotated[int, Meta(ge=1, le=MAX_SHARDS)]
    run: str

    def holds(self, name: str) -> bool:
        """Return whether a name, or a record by its id, belongs to this shard."""
        return find_index(name, self.of) == self.index


def find_index(name: str, of: int) -> int:
    """Return the number, from 1, of the shard that a name belongs to if there are ``of``.

    It is the same on every machine and in every version of Python. Names are spread evenly, so
    shards are nearly equal in size.
    """
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % of + 1


def parse_shard(text: str, run: str | None, environ: Mapping[str, str]) -> Shard:
    """Read ``--shard 3/8`` and ``--run-id``; without a ``run`` GitHub's variables name it.

    Raises:
        ConfigError: the text is not a part of a whole; nothing names the run, or the name has
            invisible characters; lists all reasons.
    """
    found = _SHARD.fullmatch(text)
    index, of = (int(found[1]), int(found[2])) if found else (0, 0)
    problems = []
    if not 1 <= index <= of <= MAX_SHARDS:
        problems.append(f"--shard {text!r}: write which part of how many, such as 1/8")
    run = _find_run(environ) if run is None else run
    if run is None:
        problems.append(
            "--shard needs --run-id ID, the same for all shards of one run, so that shards of"
            " different runs are never joined; only in a GitHub job it is known without"
            " (GITHUB_RUN_ID and GITHUB_RUN_ATTEMPT)"
        )
    elif not (run.strip() and run.isprintable() and len(run) <= _RUN_ID_LIMIT):
        problems.append(
            f"--run-id {run[:60]!r}: give 1 to {_RUN_ID_LIMIT} characters that can be shown"
        )
    if problems or run is None:
        raise ConfigError(*problems)
    return Shard(index, of, run)


def _find_run(environ: Mapping[str, str]) -> str | None:
    """Return GitHub's name for the run: a second attempt is another run, maybe of other records."""
    run, attempt = environ.get("GITHUB_RUN_ID"), environ.get("GITHUB_RUN_ATTEMPT")
    return f"{run}-{attempt}" if run and attempt else None
