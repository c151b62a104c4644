"""Folders, and moving networks between them (contract 7.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from sync.errors import NetworkError
from sync.model import Visibility
from sync.sandbox import folders, loads, networks, permissions, trash
from sync.sandbox.file_items import ItemFormat, ItemType, View, render_items, select
from sync.sandbox.folders import Folder, Items
from sync.sandbox.ids import make_uuid, parse_uuid, read_uuid, read_uuids
from sync.sandbox.limits import bare_reason, check_texts
from sync.sandbox.operation import JSON, Call, Operation, answer, created, done, read_text
from sync.sandbox.refusals import (
    Refusal,
    bad_request,
    failure,
    keeping_changes,
    not_found,
    unauthorized,
    uncaught,
    undeserialisable,
)
from sync.sandbox.store import next_number


@Operation("POST", "/v3/files/folders", writes=True, consumes=(JSON,))
def create_folder(call: Call) -> Response:
    """Create a folder; others of its name do not matter."""
    if not call.has_json:
        raise _uncaught_bad_request("No folder request data was provided!")
    given = call.json_object()
    name = read_text(given.get("name"))
    if name is None or not name.strip():
        raise _uncaught_bad_request("Folder name cannot be empty.")
    folder = Folder(
        id=make_uuid("folder", call.settings.seed, next_number(call.db)),
        owner_id=call.me.id,
        name=check_name(name),
        created_ms=call.now_ms,
        modified_ms=call.now_ms,
        description=read_text(given.get("description")),
        parent_id=_own_parent(call, given),
    )
    folders.insert_folder(call.db, folder)
    return created(call, "/v3/files/folders", folder.id)


@Operation("GET", "/v3/files/folders")
def list_own_folders(call: Call) -> Response:
    """Answer the caller's folders by name, as many as ``limit``; the rest cannot be had."""
    own = folders.list_folders(call.db, call.me.id, read_limit(call))
    return answer([without_owner(_render(folder)) for folder in own])


@Operation("GET", "/v3/files/folders/{id}", anonymous=True)
def get_folder(call: Call) -> Response:
    """Answer one folder."""
    return answer(_render(_get_readable(call)))


@Operation("GET", "/v3/files/folders/{id}/list", anonymous=True)
def list_items(call: Call) -> Response:
    """Answer everything in a folder, or at the caller's home: in no order, without pages.

    Who may read the folder sees private networks in it too.
    """
    home = call.path["id"].lower() == "home"
    if home and call.account is None:
        raise unauthorized("You must be logged in to list your home folder.")
    items = (
        folders.list_home(call.db, call.me.id)
        if home
        else folders.list_children(call.db, _get_readable(call).id)
    )
    return answer(render_items(call.db, select(items, _item_type(call)), View(_form(call))))


@Operation("GET", "/v3/users/{id}/home", anonymous=True)
def list_home(call: Call) -> Response:
    """Answer an account's home: everything to its owner, to others what is public or shared."""
    return _answer_home(call, _form(call))


@Operation("GET", "/v2/user/{id}/showcase", anonymous=True)
def list_showcase(call: Call) -> Response:
    """Answer an account's home in the larger format; what it showcases makes no difference."""
    return _answer_home(call, ItemFormat.COMPACT)


def _answer_home(call: Call, form: ItemFormat) -> Response:
    items, reader = folders.list_home(call.db, call.id), call.reader
    own = reader.account_id == call.id
    if not own:
        shared = folders.find_shared(call.db, reader.account_id)
        items = Items(
            [
                row
                for row in items.networks
                if row.visibility == "PUBLIC" or row.id in reader.granted
            ],
            [
                folder
                for folder in items.folders
                if folder.visibility == "PUBLIC" or folder.id in shared
            ],
            [shortcut for shortcut in items.shortcuts if shortcut.visibility == "PUBLIC"],
        )
    return answer(render_items(call.db, items, View(form, owner=own, shared=own)))


@Operation("GET", "/v3/files/folders/{id}/count", anonymous=True)
def count_items(call: Call) -> Response:
    """Answer how many networks, folders and shortcuts lie directly in a folder."""
    return answer(folders.list_children(call.db, _get_readable(call).id).counts)


@Operation("GET", "/v3/files/count")
def count_own(call: Call) -> Response:
    """Answer how many networks, folders and shortcuts the caller owns."""
    return answer(folders.count_own(call.db, call.me.id))


@Operation("PUT", "/v3/files/folders/{id}", writes=True, consumes=(JSON,))
def put_folder(call: Call) -> Response:
    """Rename or move a folder; to leave out the parent is to move it home."""
    given = call.json_object()
    folder, name = get_owned(call), read_text(given.get("name"))
    parent_id = _own_parent(call, given)
    if parent_id is not None and folders.lies_in(call.db, parent_id, folder.id):
        raise failure("Cannot move folder to its descendant (would create cycle).")
    changed = replace(
        folder,
        name=folder.name if name is None else check_name(name),
        description=read_text(given.get("description", folder.description)),
        parent_id=parent_id,
        modified_ms=max(call.now_ms, folder.modified_ms + 1),
    )
    folders.update_folder(call.db, changed)
    return done()


@Operation("DELETE", "/v3/files/folders/{id}", writes=True)
def delete_folder(call: Call) -> Response:
    """Delete an empty folder, or with ``force`` any folder and what is in it."""
    folder = get_owned(call)
    items = folders.list_children(call.db, folder.id)
    if any(items.counts.values()) and not call.flag("force"):
        raise uncaught(
            "java.sql.SQLException: Folder is not empty. "
            "Use force=true to delete non-empty folders."
        )
    if call.flag("permanent"):
        trash.purge_folder(call.db, folder.id)
    else:
        trash.discard_folder(call.db, folder.id)
    return done()


@Operation("POST", "/v3/batch/networks/move", writes=True, consumes=(JSON,), produces=None)
def move_networks(call: Call) -> Response:
    """Move networks to a folder that nobody checks, or home; none when one is not the caller's."""
    given = call.json_object()
    if not given.keys() <= {"targetFolder", "networks"}:
        raise undeserialisable()
    target = given.get("targetFolder")
    folder_id = None if target is None else read_uuid(target)
    network_ids = read_uuids(given.get("networks"))
    if not network_ids:
        raise bad_request(
            "Request must contain a target folder UUID and a non-empty list of network UUIDs."
        )
    for network_id in network_ids:
        row = networks.find(call.db, network_id)
        if row is None or row.deleted or row.owner_id != call.me.id:
            raise failure(f"User does not own network {network_id}")
        networks.update(call.db, network_id, folder_id=folder_id)
    return done()


@Operation("POST", "/v3/batch/files/setvisibility", writes=True, consumes=(JSON,))
def set_visibility(call: Call) -> Response:
    """Set the visibility of many items one after the other, whatever locks or protects them."""
    given = call.json_object()
    visibility, files = given.get("visibility"), given.get("files")
    if visibility is None or files is None:
        raise failure("Missing required parameters: visibility and items.")
    if visibility not in Visibility.__members__ or not isinstance(files, dict):
        raise undeserialisable()
    wanted = {read_uuid(text): kind for text, kind in files.items()}
    if not all(isinstance(kind, str) and kind in _SHOW for kind in wanted.values()):
        raise undeserialisable()
    for item_id, kind in wanted.items():
        try:
            _SHOW[kind](call, item_id, visibility)
        except Refusal as refusal:
            # Each item is committed before the next one is looked at.
            raise keeping_changes(refusal) from None
    return done()


def get_owned(call: Call) -> Folder:
    """Return the folder in the path; raises the 401 when it is not the caller's or not there."""
    folder = folders.find_folder(call.db, call.id)
    if folder is None or folder.deleted or folder.owner_id != call.me.id:
        raise unauthorized("Signed in user is not the owner of this folder.")
    return folder


def check_name(name: str) -> str:
    """Return a name that fits its column; raises the 500."""
    try:
        check_texts(name, None, None)
    except NetworkError as error:
        reason = bare_reason(error).replace("$1", "$4")
        raise uncaught(f"org.postgresql.util.PSQLException: {reason}") from error
    return name


def read_limit(call: Call) -> int:
    """Return the limit of a list in the query; raises the 500 for one below zero."""
    limit = call.number("limit", 100)
    if limit < 0:
        raise uncaught("org.postgresql.util.PSQLException: ERROR: LIMIT must not be negative")
    return limit


def without_owner(shown: dict[str, Any]) -> dict[str, Any]:
    """Return an item as the lists of one's own items show it."""
    return {key: value for key, value in shown.items() if key not in ("owner", "owner_id")}


def _uncaught_bad_request(message: str) -> Refusal:
    return uncaught(f"jakarta.ws.rs.BadRequestException: {message}")


def _own_parent(call: Call, given: dict[str, Any]) -> str | None:
    if given.get("parent") is None:
        return None
    parent_id = read_uuid(given["parent"])
    parent = folders.find_folder(call.db, parent_id)
    if (
        parent is None
        or parent.deleted
        or (
            parent.owner_id != call.me.id
            and not permissions.may_write_folder(call.db, parent_id, call.me.id)
        )
    ):
        raise unauthorized("User doesn't have write access to the parent folder.")
    return parent_id


def _get_readable(call: Call) -> Folder:
    folder_id = parse_uuid(call.path["id"])
    folder = folders.find_folder(call.db, folder_id)
    if folder is None or folder.deleted:
        raise not_found(f"Folder {folder_id} not found in NDEx.")
    key = call.query.get("accesskey")
    opened = bool(folder.access_key_on) and key is not None and key == folder.access_key
    if not opened and not _shows(call, folder):
        raise unauthorized("User doesn't have read access to this folder.")
    return folder


def _shows(call: Call, folder: Folder) -> bool:
    reader_id = call.reader.account_id
    return (
        folder.visibility != "PRIVATE"
        or folder.owner_id == reader_id
        or folder.id in folders.find_shared(call.db, reader_id)
    )


def _item_type(call: Call) -> ItemType | None:
    text = call.query.get("type")
    if text is None:
        return None
    try:
        return ItemType(text.upper())
    except ValueError:
        raise uncaught(
            "java.lang.IllegalArgumentException: No enum constant "
            f"org.ndexbio.model.object.FileType.{text.upper()}"
        ) from None


def _form(call: Call) -> ItemFormat:
    compact = call.query.get("format", "").lower() == ItemFormat.COMPACT
    return ItemFormat.COMPACT if compact else ItemFormat.UPDATE


def _show_network(call: Call, network_id: str, visibility: str) -> None:
    row = networks.find(call.db, network_id)
    if row is None or row.deleted:
        raise not_found(f"Network {network_id} not found.")
    if row.owner_id != call.me.id:
        raise failure(f"Not the owner of network {network_id}")
    networks.update(call.db, network_id, visibility=visibility)
    # Unlike systemproperty this call puts the network into the right index (contract 3.5).
    if call.index_trouble is None:
        loads.index(call.db, networks.get(call.db, network_id))


def _show_folder(call: Call, folder_id: str, visibility: str) -> None:
    folder = folders.find_folder(call.db, folder_id)
    if folder is None or folder.deleted:
        raise failure(f"Folder not found: {folder_id}")
    if folder.owner_id != call.me.id:
        raise unauthorized(f"Not the owner of folder {folder_id}")
    folders.update_folder(call.db, replace(folder, visibility=visibility))


def _show_shortcut(call: Call, shortcut_id: str, visibility: str) -> None:
    shortcut = folders.find_shortcut(call.db, shortcut_id)
    if shortcut is None or shortcut.deleted:
        raise failure(f"Shortcut not found: {shortcut_id}")
    if shortcut.owner_id != call.me.id:
        raise failure(f"Not the owner of shortcut {shortcut_id}")
    folders.update_shortcut(call.db, replace(shortcut, visibility=visibility))


_SHOW: Mapping[Any, Callable[[Call, str, str], None]] = {
    ItemType.NETWORK: _show_network,
    ItemType.FOLDER: _show_folder,
    ItemType.SHORTCUT: _show_shortcut,
}


def _render(folder: Folder) -> dict[str, Any]:
    shown = {
        "externalId": folder.id,
        "name": folder.name,
        "parent": folder.parent_id,
        "description": folder.description,
        "owner_id": folder.owner_id,
        "owner": folder.owner,
        "creationTime": folder.created_ms,
        "modificationTime": folder.modified_ms,
        "isDeleted": bool(folder.deleted),
    }
    return {key: value for key, value in shown.items() if value is not None}
