"""The plan as a file: versioned JSON with a digest over all of it, and no secrets.

The digest covers server, account and collection too, so a plan cannot be carried elsewhere, and
an approval holds only for what this plan says. The id is outside the digest: it says which plan
this is, so a plan that is made again with the same actions is applied as a run of its own.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError

from sync.actions import Plan
from sync.errors import ConfigError, PlanMismatch

FORMAT: Final = "ndex-sync plan"
VERSION: Final = 2
MAX_PLAN_BYTES = 512 * 1024 * 1024

_PLAN = TypeAdapter(Plan)
_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}")


def make_plan_id() -> str:
    """Return an id for a plan that is made now: the time (UTC) and a random part."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(6)}"


def digest_plan(plan: Plan) -> str:
    """Return ``sha256:…`` of everything that the plan says, without its id."""
    return _digest(_body_of(plan))


def render_plan(plan: Plan) -> bytes:
    """Return the plan file: JSON to be read and reviewed."""
    body = _body_of(plan)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "id": plan.id,
        "digest": _digest(body),
        "plan": body,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def parse_plan(data: bytes, where: str) -> Plan:
    """Read a plan file; ``where`` names it in errors.

    Raises:
        ConfigError: it is no plan of this version.
        PlanMismatch: it was changed after it was made.
    """
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ConfigError(
            f"{where}: not JSON ({error}), so it is cut short or no plan; nothing is lost, make it "
            "again with: ndex-sync plan --out FILE"
        ) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ConfigError(
            f"{where}: no plan of ndex-sync; make one with: ndex-sync plan --out FILE"
        )
    if document.get("version") != VERSION:
        raise ConfigError(
            f"{where}: a plan of version {document.get('version')!r}, needed is {VERSION}; "
            "plan again with this ndex-sync"
        )
    body = document.get("plan")
    try:
        digest = _digest(body)
    except TypeError:  # orjson reads deeper documents than it writes
        raise ConfigError(f"{where}: nested too deeply to be a plan; plan again") from None
    if digest != document.get("digest"):
        raise PlanMismatch(f"{where}: the plan was changed after it was made; plan again")
    # The run of this id has a folder of that name for its backups.
    name = document.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise PlanMismatch(f"{where}: the plan's id was changed after it was made; plan again")
    try:
        return _PLAN.validate_python({**body, "id": name} if isinstance(body, dict) else body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        at = ".".join(str(step) for step in first["loc"])
        raise ConfigError(f"{where}: not understood: {at}: {first['msg']}") from None


def read_plan(path: Path) -> Plan:
    """Read a plan file from disk; raises as ``parse_plan``, and ConfigError if it is not there."""
    try:
        if path.stat().st_size > MAX_PLAN_BYTES:
            raise ConfigError(f"{path}: larger than {MAX_PLAN_BYTES:,} bytes; is it a plan?")
        return parse_plan(path.read_bytes(), str(path))
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


def _body_of(plan: Plan) -> Any:
    return _PLAN.dump_python(plan, mode="json", exclude={"id"})


def _digest(body: Any) -> str:
    canonical = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return f"sha256:{hashlib.sha256(canonical).hexdigest()}"
