"""Permissions and access keys (contract 2, 3.8)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.responses import Response

from sync.model import NetworkId
from sync.sandbox import accounts, folders, networks, permissions
from sync.sandbox.file_items import ItemType
from sync.sandbox.ids import parse_batch_uuid, parse_uuid, read_uuid
from sync.sandbox.networks import NetworkRow
from sync.sandbox.operation import JSON, Call, Operation, answer, done
from sync.sandbox.refusals import forbidden, not_found, unauthorized, uncaught, undeserialisable

PERMISSION_LIMIT = 500
"""How many ids one call for permissions may bring."""

_KINDS = ("READ", "WRITE", "ADMIN")


def list_permissions(call: Call) -> Response:
    """Answer who holds what on a network, page by page; there are no groups here."""
    row = _get_owned(call)
    if call.query.get("type") not in ("user", "group"):
        raise uncaught("java.lang.IllegalArgumentException: Parameter type is required.")
    held = {row.owner_id: "ADMIN", **permissions.list_granted(call.db, row.id)}
    if call.query["type"] == "group":
        held = {}
    wanted = call.query.get("permission")
    chosen = [item for item in held.items() if wanted in (None, item[1])]
    size = call.number("size", 100)
    start = call.number("start", 0) * size
    return answer(dict(chosen[start : start + size]))


def put_permission(call: Call) -> Response:
    """Grant a permission, ADMIN meaning the network itself; answer how many changed.

    ``completed`` turns false, until a write heals it (trap 19, contract 3.3).
    """
    row, account_id = _get_owned(call), _account_id(call)
    kind = call.query.get("permission")
    if kind not in _KINDS:
        raise uncaught(f"java.lang.IllegalArgumentException: No enum constant Permissions.{kind}")
    if accounts.find_by_id(call.db, account_id) is None:
        raise not_found(f"User {account_id} not found in NDEx.")
    held = {row.owner_id: "ADMIN", **permissions.list_granted(call.db, row.id)}
    if held.get(account_id) in (kind, "ADMIN"):
        return answer(0)
    if kind == "ADMIN":
        permissions.revoke(call.db, row.id, account_id)
        permissions.grant(call.db, row.id, row.owner_id, "WRITE")
        networks.update(call.db, row.id, owner_id=account_id)
    else:
        permissions.grant(call.db, row.id, account_id, kind)
    _unsettle(call, row)
    return answer(1)


def delete_permission(call: Call) -> Response:
    """Take a permission back; answer how many changed."""
    row, account_id = _get_owned(call), _account_id(call)
    if permissions.find_explicit(call.db, row.id, account_id) is None:
        return answer(0)
    permissions.revoke(call.db, row.id, account_id)
    _unsettle(call, row)
    return answer(1)


def list_own_permissions(call: Call) -> Response:
    """Answer what the caller holds on many networks; being public is no permission."""
    if not call.has_json:
        raise forbidden("A network UUID list is required.")
    ids = call.json_texts()
    if len(ids) > PERMISSION_LIMIT:
        raise forbidden(f"Only {PERMISSION_LIMIT} network ids can be sent in one request.")
    wanted = [parse_batch_uuid(text) for text in ids]
    return answer(permissions.list_held(call.db, wanted, call.me.id))


def put_members(call: Call) -> Response:
    """Share networks and folders with accounts, or no longer; answer a text for each item."""
    given = call.json_object()
    files, members = given.get("files"), given.get("members")
    if not isinstance(files, dict) or not isinstance(members, dict):
        raise undeserialisable()
    shares = {read_uuid(account): permission for account, permission in members.items()}
    if not set(shares.values()) <= {"READ", "WRITE", None}:
        raise undeserialisable()
    for item, kind in files.items():
        if kind == ItemType.NETWORK:
            _share_network(call, read_uuid(item), shares)
        elif kind == ItemType.FOLDER:
            _share_folder(call, read_uuid(item), shares)
        else:
            raise undeserialisable()
    return answer(dict.fromkeys(files, "success"))


def get_access_key(call: Call) -> Response:
    """Answer the key that opens the network, nothing while it is off."""
    row = _get_owned(call)
    return answer({"accessKey": row.access_key}) if row.access_key_on else done()


def put_access_key(call: Call) -> Response:
    """Switch the key on or off; on again is the old key."""
    row = _get_owned(call)
    if not wants_key(call):
        networks.update(call.db, row.id, access_key_on=0)
        return done()
    key = row.access_key or make_access_key()
    networks.update(call.db, row.id, access_key=key, access_key_on=1)
    return answer({"accessKey": key})


def wants_key(call: Call) -> bool:
    """Whether ``action`` asks for a key; raises the 500 where it says neither yes nor no."""
    action = call.query.get("action", "").lower()
    if action not in ("enable", "disable"):
        raise uncaught("java.lang.IllegalArgumentException: Unsupported action.")
    return action == "enable"


def make_access_key() -> str:
    """Return a new access key: 64 hexadecimal digits."""
    return secrets.token_hex(32)


def _get_owned(call: Call) -> NetworkRow:
    row = networks.get(call.db, call.id)
    if row.owner_id != call.me.id:
        raise unauthorized("User is not the owner of this network.")
    return row


def _share_network(call: Call, network_id: str, shares: Mapping[NetworkId, str | None]) -> None:
    row = networks.get(call.db, network_id)
    if row.owner_id != call.me.id:
        raise unauthorized("User is not the owner of this network.")
    for account_id, permission in shares.items():
        if permission is None:
            permissions.revoke(call.db, network_id, account_id)
        else:
            permissions.grant(call.db, network_id, account_id, permission)


def _share_folder(call: Call, folder_id: str, shares: Mapping[NetworkId, str | None]) -> None:
    folder = folders.find_folder(call.db, folder_id)
    if folder is None or folder.owner_id != call.me.id:
        raise unauthorized("User is not the owner of this folder.")
    for account_id, permission in shares.items():
        if permission is None:
            permissions.revoke_folder(call.db, folder_id, account_id)
        else:
            permissions.grant_folder(call.db, folder_id, account_id, permission)


def _account_id(call: Call) -> str:
    text = call.query.get("userid")
    if not text:
        raise uncaught("java.lang.IllegalArgumentException: Parameter userid is required.")
    return parse_uuid(text)


def _unsettle(call: Call, row: NetworkRow) -> None:
    networks.update(call.db, row.id, completed=0)


OPERATIONS = (
    Operation("GET", "/v2/network/{id}/permission", list_permissions),
    Operation("PUT", "/v2/network/{id}/permission", put_permission, writes=True),
    Operation("DELETE", "/v2/network/{id}/permission", delete_permission, writes=True),
    Operation("POST", "/v2/batch/network/permission", list_own_permissions, consumes=(JSON,)),
    Operation("POST", "/v3/files/sharing/members", put_members, writes=True, consumes=(JSON,)),
    Operation("GET", "/v2/network/{id}/accesskey", get_access_key),
    Operation("PUT", "/v2/network/{id}/accesskey", put_access_key, writes=True),
)
"""The routes of this module."""
