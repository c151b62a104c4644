"""The plan as a file: versioned JSON with a digest over all of it, and no secrets.

The digest covers server, account and collection too, so a plan cannot be used elsewhere, and an
approval holds only for what this plan says. The id is outside the digest: it says which plan this
is, so a plan that is made again with the same actions is applied as a run of its own.

Each action has a line, and is written, read and hashed by itself: a plan can have so many that they
do not fit in memory twice.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import astuple, replace

from sync.errors import ConfigError, PlanMismatch
from sync.plan.actions import ACTIONS, Action, CreateNetwork, Plan, PlanHead, PlannedGene

FORMAT: Final = "ndex-sync plan"
VERSION: Final = 3
MAX_PLAN_BYTES = 512 * 1024 * 1024

_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}")
_encode = msgspec.json.Encoder().encode
_read_action = msgspec.json.Decoder(Action).decode


class _File(Struct):
    """The outer structure of a plan file."""

    format: object = None
    version: object = None
    id: object = None
    digest: object = None
    plan: Raw = Raw(b"null")


class _Body(PlanHead, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a plan says, with its actions not decoded."""

    actions: list[Raw]


def make_plan_id() -> str:
    """Return an id for a plan that is made now: the time (UTC) and a random part."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(6)}"


def encode_plan(plan: Plan) -> Iterator[bytes]:
    """Yield the plan file in pieces, one for each action: JSON for people to review."""
    file = _File(FORMAT, VERSION, plan.id, plan.digest)
    yield msgspec.json.format(_encode(file)).removesuffix(b"null\n}")
    yield from plan.encode()
    yield b"\n}\n"


def encode_action(action: Action) -> bytes:
    """Return an action in the form of a plan file."""
    return _encode(action)


def decode_action(data: bytes | Raw) -> Action:
    """Read an action that ``encode_action`` wrote.

    Raises:
        ValueError: it is not an action.
    """
    return _read_action(data)


def parse_plan(lines: BinaryIO, where: str) -> Plan:
    """Read a plan file; ``where`` names it in errors.

    Raises:
        ConfigError: it is not a plan of this version.
        PlanMismatch: it was changed after it was made.
    """
    outside: list[bytes] = []
    listed = tuple(_share_genes(_take_actions(lines, outside)))
    file = _read_outside(b"".join(outside), where)
    try:
        body = msgspec.json.decode(file.plan, type=_Body)
        actions = (*listed, *_share_genes(map(_read_action, body.actions)))
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            f"{where}: cannot be read; it was changed after it was made, or is damaged: {error}; "
            "plan again"
        ) from None
    # The run with this id keeps its backups in a folder of that name.
    if not isinstance(file.id, str) or not _ID.fullmatch(file.id):
        raise PlanMismatch(f"{where}: the plan's id was changed after it was made; plan again")
    head = {name: getattr(body, name) for name in PlanHead.__struct_fields__}
    plan = Plan(**head, actions=actions, id=file.id)
    if file.digest != plan.digest:
        raise PlanMismatch(f"{where}: the plan was changed after it was made; plan again")
    return plan


def read_plan(path: Path) -> Plan:
    """Read a plan file from disk; raises as ``parse_plan``, and ConfigError if it is not there."""
    try:
        if path.stat().st_size > MAX_PLAN_BYTES:
            raise ConfigError(f"{path}: larger than {MAX_PLAN_BYTES:,} bytes; is it a plan?")
        with path.open("rb") as lines:
            return parse_plan(lines, str(path))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error


def require_same_target(plan: Plan, server: str, account: str, collection: str) -> None:
    """Refuse a plan that was made for another server, account or collection.

    Raises:
        PlanMismatch: names all that differ.
    """
    pairs = (
        ("server", plan.server, server),
        ("account", plan.account, account),
        ("collection", plan.collection, collection),
    )
    wrong = [f"{what} {planned}, not {here}" for what, planned, here in pairs if planned != here]
    if wrong:
        raise PlanMismatch(f"the plan was made for {'; '.join(wrong)}")


def _take_actions(lines: Iterable[bytes], outside: list[bytes]) -> Iterator[Action]:
    """Read the actions that are laid out as ``encode_plan`` writes them, one on each line.

    Everything else goes to ``outside`` unchanged. A file that somebody reformatted or damaged is
    then read, or refused, as a whole.
    """
    listing = False
    for line in lines:
        action = _read_line(line) if listing else None
        if action is not None:
            yield action
            continue
        outside.append(line)
        listing = not listing and line.endswith(ACTIONS + b"\n")


def _read_line(line: bytes) -> Action | None:
    try:
        return _read_action(line.rstrip().removesuffix(b","))
    except (ValueError, RecursionError):
        return None


def _read_outside(data: bytes, where: str) -> _File:
    try:
        file = msgspec.json.decode(data, type=_File)
    except msgspec.ValidationError:
        file = _File()
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            f"{where}: not JSON ({error}), so it is cut short or not a plan; nothing is lost, make "
            "it again with: ndex-sync plan --out FILE"
        ) from None
    if file.format != FORMAT:
        raise ConfigError(
            f"{where}: not a plan of ndex-sync; make one with: ndex-sync plan --out FILE"
        )
    if file.version != VERSION:
        raise ConfigError(
            f"{where}: a plan of version {file.version!r}, expected {VERSION}; "
            "make it again with: ndex-sync plan --out FILE"
        )
    return file


def _share_genes(actions: Iterable[Action]) -> Iterator[Action]:
    """Let actions share equal genes: one gene is in hundreds of networks."""
    known: dict[Any, Any] = {}

    def _share(part: Any) -> Any:
        return known.setdefault(part, part)

    def _share_gene(gene: PlannedGene) -> Any:
        if gene not in known:
            symbol, ids, words, sources = astuple(gene)
            _share(PlannedGene(_share(symbol), _share(ids), words, _share(sources)))
        return known[gene]

    for action in actions:
        if isinstance(action, CreateNetwork):
            yield replace(action, genes=tuple(map(_share_gene, action.genes)))
        else:
            yield action
