"""Permissions and access keys (contract 2, 3.8)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from sync.model import NetworkId
from sync.sandbox import accounts, items, networks, permissions, refusals
from sync.sandbox.call import JSON, Call, Operation, answer, done
from sync.sandbox.file_items import ItemFormat, View, render_items
from sync.sandbox.ids import parse_uuid, read_uuid, read_uuids
from sync.sandbox.items import Item, ItemType, Place
from sync.sandbox.networks import NetworkRow

PERMISSION_LIMIT = 500
"""The most ids in one call for permissions."""

_KINDS = ("READ", "WRITE", "ADMIN")
_NO_ADMIN = "User is not admin of this network."
_NOT_MY_FOLDER = "Signed in user is not the owner of this folder."


@Operation("GET", "/v2/network/{id}/permission")
def list_permissions(call: Call) -> Response:
    """Return who has which permission on a network, page by page; there are no groups here."""
    row = _administered(call, call.id, "Authenticate user is not the admin of this network.")
    kind = call.query.get("type")
    if kind is None:
        raise refusals.failure("Parameter 'type' is required in this function.")
    if kind.lower() not in ("user", "group"):
        raise refusals.failure(
            f"Invalid parameter 'type' {kind} received, it can only be 'user' or 'group'."
        )
    wanted = _permission(call)
    held = {row.owner_id: "ADMIN", **permissions.list_granted(call.db, row.id)}
    if kind.lower() == "group":
        held = {}
    chosen = [item for item in held.items() if wanted in (None, item[1])]
    size = call.number("size", 100)
    start = call.number("start", 0) * size
    return answer(dict(chosen[start : start + size]))


@Operation("PUT", "/v2/network/{id}/permission", writes=True)
def put_permission(call: Call) -> Response:
    """Grant a permission, where ADMIN means ownership; return how many changed.

    ``completed`` turns false until a later write repairs it (trap 19, contract 3.3). Granting to a
    group changes nothing, since there are none.
    """
    account_id, kind = _grantee(call), _permission(call)
    if kind is None:
        raise refusals.failure("permission parameter is required in this function.")
    row = _administered(
        call, call.id, "Unable to update network permission: user is not an admin of this network."
    )
    if account_id == row.owner_id and kind == "ADMIN":
        return answer(0)
    _require_owner_stays(row, account_id, kind)
    if not row.valid:
        raise refusals.invalid_network()
    networks.update(call.db, row.id, completed=0)
    if account_id is not None:
        accounts.get(call.db, account_id)
        _grant(call, row, account_id, kind)
    return answer(1)


@Operation("DELETE", "/v2/network/{id}/permission", writes=True)
def delete_permission(call: Call) -> Response:
    """Revoke a permission; return how many changed. A grantee may do so too."""
    account_id = _grantee(call)
    row = networks.find(call.db, call.id)
    if row is None or row.deleted or call.me.id not in (row.owner_id, account_id):
        raise refusals.unauthorized(
            "Unable to delete network permisison: user need to be admin of this network or "
            "grantee of this permission."
        )
    if account_id is None or account_id not in permissions.list_granted(call.db, row.id):
        return answer(0)
    permissions.revoke(call.db, row.id, account_id)
    networks.update(call.db, row.id, completed=0)
    return answer(1)


@Operation("POST", "/v2/batch/network/permission", consumes=(JSON,))
def list_own_permissions(call: Call) -> Response:
    """Return the caller's permissions on many networks; being public alone does not count."""
    if not call.has_json:
        raise refusals.forbidden("A network UUID list is required.")
    ids = call.json_texts()
    if len(ids) > PERMISSION_LIMIT:
        raise refusals.forbidden(
            f"You can only send up to {PERMISSION_LIMIT} network ids in this function."
        )
    wanted = [parse_uuid(text) for text in ids]
    return answer(permissions.list_held(call.db, wanted, call.me.id))


@Operation("POST", "/v3/files/sharing/members", writes=True, consumes=(JSON,))
def put_members(call: Call) -> Response:
    """Share networks and folders with accounts, or stop sharing; return a text for each item."""
    given = call.json_object()
    files, members = given.get("files"), given.get("members")
    if files is None or members is None:
        raise refusals.null_error()
    if not isinstance(files, dict) or not isinstance(members, dict):
        raise refusals.undeserialisable()
    shares = {read_uuid(account): permission for account, permission in members.items()}
    if not all(permission in (*_KINDS, None) for permission in shares.values()):
        raise refusals.undeserialisable()
    for account_id in shares:
        accounts.get(call.db, account_id)
    return answer(
        {item: _share(call, read_uuid(item), kind, shares) for item, kind in files.items()}
    )


@Operation("POST", "/v3/files/sharing/members/list", consumes=(JSON,))
def list_members(call: Call) -> Response:
    """Return who has which permission on networks and folders."""
    shown = []
    for text, kind in call.json_object().items():
        item = _get_own(call, read_uuid(text), kind)
        held = permissions.list_granted(call.db, item.id)
        if isinstance(item, NetworkRow):
            held = {item.owner_id: "ADMIN", **held}
        shown.append({item.id: {"members": held, "type": kind}})
    return answer(shown)


@Operation("GET", "/v3/files/sharing/list")
def list_shared(call: Call) -> Response:
    """Return what others share with the caller, all of it whatever ``limit`` says."""
    held = permissions.list_shared_with(call.db, call.me.id)
    found = [items.find(call.db, ItemType.FOLDER, item_id) for item_id in held]
    theirs = [item for item in found if item and not item.deleted and item.owner_id != call.me.id]
    place = Place(networks.find_all(call.db, held), theirs)
    listed = render_items(call.db, place, View(ItemFormat.SHARED, shared=False))
    return answer([{**item, "permission": held[item["uuid"]]} for item in listed])


@Operation("POST", "/v3/files/sharing/transfer", writes=True, consumes=(JSON,))
def transfer(call: Call) -> Response:
    """Transfer networks to another account; the caller keeps WRITE."""
    given = call.json_object()
    if given.get("newOwner") is None:
        raise refusals.failure("Missing new owner UUID in request.")
    if not given.get("networks"):
        raise refusals.failure("No networks specified for transfer.")
    account_id, network_ids = read_uuid(given["newOwner"]), read_uuids(given["networks"])
    accounts.get(call.db, account_id)
    for network_id in network_ids:
        message = f"You are not the owner of network {network_id}"
        row = _administered(call, network_id, message)
        if row.owner_id != account_id:
            _grant(call, row, account_id, "ADMIN")
    return done()


@Operation("POST", "/v3/files/sharing/share", writes=True, consumes=(JSON,))
def share(call: Call) -> Response:
    """Switch on the access keys of networks and folders; return each key."""
    return answer({item.id: switch_key(call, item, on=True) for item in _files(call)})


@Operation("POST", "/v3/files/sharing/unshare", writes=True, consumes=(JSON,))
def unshare(call: Call) -> Response:
    """Switch off the access keys of networks and folders."""
    for item in _files(call):
        switch_key(call, item, on=False)
    return done()


@Operation("GET", "/v2/network/{id}/accesskey")
def get_access_key(call: Call) -> Response:
    """Return the key that opens the network, nothing while it is off."""
    return answer_key(_administered(call, call.id, _NO_ADMIN).open_key)


@Operation("PUT", "/v2/network/{id}/accesskey", writes=True)
def put_access_key(call: Call) -> Response:
    """Switch the key on or off; switched on again it is the old key."""
    row = _administered(call, call.id, _NO_ADMIN)
    return answer_key(switch_key(call, row, on=wants_key(call, "paramter")))


@Operation("GET", "/v3/files/folders/{id}/accesskey")
def get_folder_access_key(call: Call) -> Response:
    """Return the key that opens the folder, nothing while it is off."""
    return answer_key(_own_folder(call, call.id, _NOT_MY_FOLDER).open_key)


def wants_key(call: Call, word: str) -> bool:
    """Return whether ``action`` asks for a key; raises the 500 if it says neither yes nor no.

    ``word`` is how the message of the call spells "parameter".
    """
    action = call.query.get("action")
    if action is None:
        raise refusals.null_error()
    if action.lower() not in ("enable", "disable"):
        raise refusals.failure(f"Value of 'action' {word} can only be 'disable' or 'enable'")
    return action.lower() == "enable"


def make_access_key(digits: int = 64) -> str:
    """Return a new access key: 64 hexadecimal digits for a network, 32 for others."""
    return secrets.token_hex(digits // 2)


def switch_key(call: Call, row: NetworkRow | Item, *, on: bool) -> str | None:
    """Switch the access key of a network, folder or set; return it, None if it is off."""
    key = row.access_key or make_access_key(64 if isinstance(row, NetworkRow) else 32)
    if isinstance(row, NetworkRow):
        networks.update(call.db, row.id, access_key=key, access_key_on=on)
    else:
        items.save(call.db, replace(row, access_key=key, access_key_on=on))
    return key if on else None


def answer_key(key: str | None) -> Response:
    """Return an access key as an answer, nothing if there is none."""
    return done() if key is None else answer({"accessKey": key})


def _administered(call: Call, network_id: str, message: str) -> NetworkRow:
    """Return the caller's own network; raises the 401 for all others, unknown ones too."""
    return call.own(networks.find(call.db, network_id), refusals.unauthorized(message))


def _permission(call: Call) -> str | None:
    text = call.query.get("permission")
    return None if text is None else refusals.require_constant("Permissions", _KINDS, text.upper())


def _grantee(call: Call) -> str | None:
    """Return the account in the query, None if a group is named."""
    user, group = call.query.get("userid"), call.query.get("groupid")
    if not user and not group:
        raise refusals.failure(
            "Either userid or groupid parameter need to be set for this function."
        )
    if user and group:
        raise refusals.failure("userid and gorupid can't both be set for this function.")
    return parse_uuid(user) if user else None


def _require_owner_stays(row: NetworkRow, account_id: str | None, kind: str | None) -> None:
    if account_id == row.owner_id and kind in ("READ", "WRITE"):
        raise refusals.failure(
            f"Privilege change failed. Network {row.id} will not have an administrator if "
            f"permission {kind} are granted to user {account_id}"
        )


def _grant(call: Call, item: NetworkRow | Item, account_id: str, kind: str) -> None:
    if kind == "ADMIN" and isinstance(item, NetworkRow):
        permissions.revoke(call.db, item.id, account_id)
        permissions.grant(call.db, item.id, item.owner_id, "WRITE")
        networks.update(call.db, item.id, owner_id=account_id)
    else:
        permissions.grant(call.db, item.id, account_id, kind)


def _share(call: Call, item_id: str, kind: Any, shares: Mapping[NetworkId, str | None]) -> str:
    no_shortcuts = refusals.failure("Unsupported sharing type: SHORTCUT")
    item = _get_own(call, item_id, kind, no_shortcuts, _NOT_MY_FOLDER)
    for account_id, permission in shares.items():
        if isinstance(item, NetworkRow):
            _require_owner_stays(item, account_id, permission)
        if permission is None:
            permissions.revoke(call.db, item_id, account_id)
        else:
            _grant(call, item, account_id, permission)
    done_to = "permissions removed" if None in shares.values() else "permission granted"
    return f"{kind.lower()} {done_to}"


def _files(call: Call) -> Iterator[NetworkRow | Item]:
    files = call.json_object().get("files")
    if files is None:
        raise refusals.null_error()
    if not isinstance(files, dict):
        raise refusals.undeserialisable()
    no_shortcuts = refusals.failure(
        "Sharing shortcut is not supported. Please share the folder or network the shortcut "
        "points to instead."
    )
    for item_id, kind in [(read_uuid(text), kind) for text, kind in files.items()]:
        yield _get_own(call, item_id, kind, no_shortcuts)


def _get_own(
    call: Call,
    item_id: str,
    kind: Any,
    no_shortcuts: refusals.Refusal | None = None,
    not_my_folder: str | None = None,
) -> NetworkRow | Item:
    """Return the caller's own network or folder; raises a refusal for others."""
    if kind == ItemType.NETWORK:
        return _administered(call, item_id, f"You are not an administrator of network {item_id}")
    if kind == ItemType.FOLDER:
        return _own_folder(call, item_id, not_my_folder)
    if kind == ItemType.SHORTCUT and no_shortcuts is not None:
        raise no_shortcuts
    raise refusals.undeserialisable()


def _own_folder(call: Call, folder_id: str, message: str | None = None) -> Item:
    refusal = refusals.unauthorized(message or f"You are not the owner of folder {folder_id}")
    return call.own(items.find(call.db, ItemType.FOLDER, folder_id), refusal)
