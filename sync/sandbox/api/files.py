"""Folders and shortcuts, and moving networks between folders (contract 7.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from sync.errors import NetworkError
from sync.model import Visibility
from sync.sandbox import items, networks, permissions, queue, refusals, trash
from sync.sandbox.call import JSON, Call, Operation, answer, created, done, read_text
from sync.sandbox.file_items import ItemFormat, View, render_items, select
from sync.sandbox.ids import make_uuid, read_uuid, read_uuids
from sync.sandbox.items import FILE_TYPES, Item, ItemType, Place, Where
from sync.sandbox.limits import bare_reason, check_texts
from sync.sandbox.store import next_number
from sync.sandbox.summaries import present


@Operation("POST", "/v3/files/folders", writes=True, consumes=(JSON,))
def create_folder(call: Call) -> Response:
    """Create a folder; other folders may have the same name."""
    if not call.has_json:
        raise refusals.uncaught_bad_request("No folder request data was provided!")
    given = call.json_object()
    name = read_text(given.get("name"))
    if name is None or not name.strip():
        raise refusals.uncaught_bad_request("Folder name cannot be empty.")
    folder = make_item(
        call,
        ItemType.FOLDER,
        check_name(name),
        description=read_text(given.get("description")),
        folder_id=_own_parent(call, given),
    )
    return created(call, "/v3/files/folders", folder.id)


@Operation("POST", "/v3/files/shortcuts", writes=True, consumes=(JSON,))
def create_shortcut(call: Call) -> Response:
    """Create a shortcut to something the caller may read."""
    given = call.json_object()
    name, target, kind = read_text(given.get("name")), given.get("target"), given.get("targetType")
    if not name:
        raise refusals.failure("Shortcut name cannot be empty.")
    if target is None:
        raise refusals.failure("Shortcut 'target' cannot be null.")
    if kind is None:
        raise refusals.failure("Shortcut 'target_type' cannot be null.")
    if kind == ItemType.SHORTCUT:
        raise refusals.failure("Shortcuts cannot target other shortcuts.")
    if kind not in FILE_TYPES:
        raise refusals.undeserialisable()
    target_id = read_uuid(target)
    if kind == ItemType.FOLDER:
        _get_folder(call, target_id)
    elif not networks.may_read(networks.get(call.db, target_id), call.keyless_reader):
        raise refusals.failure("Target network does not exist or is not accessible.")
    shortcut = make_item(
        call,
        ItemType.SHORTCUT,
        check_name(name),
        target_id=target_id,
        target_type=kind,
        folder_id=_known_parent(call, given),
    )
    return created(call, "/v3/files/shortcuts", shortcut.id)


@Operation("GET", "/v3/files/folders")
def list_own_folders(call: Call) -> Response:
    """Return the caller's folders by name, up to ``limit``; the rest cannot be read."""
    return _answer_own(call, ItemType.FOLDER)


@Operation("GET", "/v3/files/shortcuts")
def list_own_shortcuts(call: Call) -> Response:
    """Return the caller's shortcuts by name, up to ``limit``."""
    return _answer_own(call, ItemType.SHORTCUT)


@Operation("GET", "/v3/files/folders/{id}", anonymous=True)
def get_folder(call: Call) -> Response:
    """Return one folder."""
    return answer(_render(_get_readable(call)))


@Operation("GET", "/v3/files/shortcuts/{id}", anonymous=True)
def get_shortcut(call: Call) -> Response:
    """Return one shortcut; one that is not public only to its owner."""
    shortcut = items.find(call.db, ItemType.SHORTCUT, call.id)
    if shortcut is None or shortcut.deleted:
        raise refusals.not_found(f"Shortcut {call.id} not found in NDEx.")
    if shortcut.visibility != "PUBLIC" and shortcut.owner_id != call.reader.account_id:
        raise refusals.unauthorized("User doesn't have read access to this network.")
    return answer(_render(shortcut))


@Operation("GET", "/v3/files/folders/{id}/list", anonymous=True)
def list_items(call: Call) -> Response:
    """Return everything in a folder, or at the caller's home: unordered and without pages.

    If you may read the folder, you also see private networks in it.
    """
    home = call.path["id"].lower() == "home"
    if home and call.account is None:
        raise refusals.unauthorized("You must be logged in to list your home folder.")
    place = (
        items.list_place(call.db, Where.AT_HOME, call.me.id)
        if home
        else items.list_place(call.db, Where.IN_FOLDER, _get_readable(call).id)
    )
    return answer(render_items(call.db, select(place, _item_type(call)), View(_form(call))))


@Operation("GET", "/v3/users/{id}/home", anonymous=True)
def list_home(call: Call) -> Response:
    """Return an account's home: everything to its owner, to others what is public or shared."""
    return _answer_home(call, _form(call))


@Operation("GET", "/v2/user/{id}/showcase", anonymous=True)
def list_showcase(call: Call) -> Response:
    """Return an account's home in the larger format, whatever it showcases."""
    return _answer_home(call, ItemFormat.COMPACT)


def _answer_home(call: Call, form: ItemFormat) -> Response:
    place, reader = items.list_place(call.db, Where.AT_HOME, call.id), call.reader
    own = reader.account_id == call.id
    if not own:
        opened = {*permissions.list_shared_with(call.db, reader.account_id), *reader.granted}
        place = Place(
            [row for row in place.networks if row.visibility == "PUBLIC" or row.id in opened],
            [item for item in place.items if item.visibility == "PUBLIC" or item.id in opened],
        )
    return answer(render_items(call.db, place, View(form, owner=own, shared=own)))


@Operation("GET", "/v3/files/folders/{id}/count", anonymous=True)
def count_items(call: Call) -> Response:
    """Return how many networks, folders and shortcuts are directly in a folder."""
    return answer(items.list_place(call.db, Where.IN_FOLDER, _get_readable(call).id).counts)


@Operation("GET", "/v3/files/count")
def count_own(call: Call) -> Response:
    """Return how many networks, folders and shortcuts the caller owns."""
    return answer(items.list_place(call.db, Where.OWNED, call.me.id).counts)


@Operation("PUT", "/v3/files/folders/{id}", writes=True, consumes=(JSON,))
def put_folder(call: Call) -> Response:
    """Rename or move a folder; without a parent it moves home."""
    given = call.json_object()
    folder, name = _get_owned(call, ItemType.FOLDER), read_text(given.get("name"))
    parent_id = _own_parent(call, given)
    if parent_id in items.list_tree(call.db, folder.id):
        raise refusals.failure("Cannot move folder to its descendant (would create cycle).")
    change_item(
        call,
        folder,
        name=folder.name if name is None else check_name(name),
        description=read_text(given.get("description", folder.description)),
        folder_id=parent_id,
    )
    return done()


@Operation("PUT", "/v3/files/shortcuts/{id}", writes=True, consumes=(JSON,))
def put_shortcut(call: Call) -> Response:
    """Rename or move a shortcut."""
    given = call.json_object()
    shortcut = _get_owned(call, ItemType.SHORTCUT)
    name = check_name(read_text(given.get("name")) or shortcut.name)
    change_item(call, shortcut, name=name, folder_id=_known_parent(call, given))
    return done()


@Operation("DELETE", "/v3/files/folders/{id}", writes=True)
def delete_folder(call: Call) -> Response:
    """Delete an empty folder, or with ``force`` any folder with everything in it."""
    folder = _get_owned(call, ItemType.FOLDER)
    inside = items.list_place(call.db, Where.IN_FOLDER, folder.id)
    if any(inside.counts.values()) and not call.flag("force"):
        raise refusals.uncaught(
            "java.sql.SQLException: Folder is not empty. "
            "Use force=true to delete non-empty folders."
        )
    return _delete(call, folder)


@Operation("DELETE", "/v3/files/shortcuts/{id}", writes=True)
def delete_shortcut(call: Call) -> Response:
    """Delete a shortcut; its target stays."""
    return _delete(call, _get_owned(call, ItemType.SHORTCUT))


@Operation("POST", "/v3/batch/networks/move", writes=True, consumes=(JSON,), produces=None)
def move_networks(call: Call) -> Response:
    """Move networks to a folder, which is not checked, or home; none if one is not the caller's."""
    given = call.json_object()
    if not given.keys() <= {"targetFolder", "networks"}:
        raise refusals.undeserialisable()
    target = given.get("targetFolder")
    folder_id = None if target is None else read_uuid(target)
    network_ids = read_uuids(given.get("networks"))
    if not network_ids:
        raise refusals.bad_request(
            "Request must contain a target folder UUID and a non-empty list of network UUIDs."
        )
    for network_id in network_ids:
        row = networks.find(call.db, network_id)
        call.own(row, refusals.failure(f"User does not own network {network_id}"))
        networks.update(call.db, network_id, folder_id=folder_id)
    return done()


@Operation("POST", "/v3/batch/files/setvisibility", writes=True, consumes=(JSON,))
def set_visibility(call: Call) -> Response:
    """Set the visibility of many items one after the other, even if they are
    locked or protected.
    """
    given = call.json_object()
    visibility, files = given.get("visibility"), given.get("files")
    if visibility is None or files is None:
        raise refusals.failure("Missing required parameters: visibility and items.")
    if visibility not in tuple(Visibility) or not isinstance(files, dict):
        raise refusals.undeserialisable()
    wanted = {read_uuid(text): kind for text, kind in files.items()}
    if not all(kind in FILE_TYPES for kind in wanted.values()):
        raise refusals.undeserialisable()
    for item_id, kind in wanted.items():
        try:
            if kind == ItemType.NETWORK:
                _show_network(call, item_id, visibility)
            else:
                _show_item(call, ItemType(kind), item_id, visibility)
        except refusals.Refusal as refusal:
            # Each item is committed before the next one is checked.
            raise replace(refusal, keeps_changes=True) from None
    return done()


def make_item(call: Call, kind: ItemType, name: str | None, **columns: Any) -> Item:
    """Store a new item of the caller."""
    made_id = make_uuid(kind.lower(), call.settings.seed, next_number(call.db))
    item = Item(kind, made_id, call.me.id, name, call.now_ms, call.now_ms)
    item = replace(item, **columns)
    items.save(call.db, item)
    return item


def change_item(call: Call, item: Item, **columns: Any) -> Item:
    """Store a changed item and return it."""
    item = replace(item, modified_ms=max(call.now_ms, item.modified_ms + 1), **columns)
    items.save(call.db, item)
    return item


def check_name(name: str | None) -> str | None:
    """Return a name that fits its column; raises the 500."""
    try:
        check_texts(name, None, None)
    except NetworkError as error:
        raise refusals.database_error(bare_reason(error).replace("$1", "$4")) from error
    return name


def _answer_own(call: Call, kind: ItemType) -> Response:
    limit = call.number("limit", 100)
    if limit < 0:
        raise refusals.database_error("LIMIT must not be negative")
    shown = [_render(item) for item in items.list_own(call.db, kind, call.me.id, limit)]
    for item in shown:
        del item["owner"], item["owner_id"]
    return answer(shown)


def _get_owned(call: Call, kind: ItemType) -> Item:
    refusal = refusals.unauthorized(f"Signed in user is not the owner of this {kind.lower()}.")
    return call.own(items.find(call.db, kind, call.id), refusal)


def _delete(call: Call, item: Item) -> Response:
    if call.flag("permanent"):
        trash.purge_item(call.db, item.id)
    else:
        trash.discard_item(call.db, item.id)
    return done()


def _parent(given: dict[str, Any]) -> str | None:
    return None if given.get("parent") is None else read_uuid(given["parent"])


def _own_parent(call: Call, given: dict[str, Any]) -> str | None:
    """Return the folder to put a folder into, which the caller must be allowed to change."""
    parent_id = _parent(given)
    if parent_id is not None and not may_file_in(call, parent_id):
        raise refusals.unauthorized("User doesn't have write access to the parent folder.")
    return parent_id


def may_file_in(call: Call, folder_id: str) -> bool:
    """Return whether the caller may put something into a folder.

    That is their own folder, or one that is shared with them for writing.
    """
    folder = items.find(call.db, ItemType.FOLDER, folder_id)
    if folder is None or folder.deleted:
        return False
    held = permissions.list_granted(call.db, folder_id).get(call.me.id)
    return folder.owner_id == call.me.id or held in ("WRITE", "ADMIN")


def _known_parent(call: Call, given: dict[str, Any]) -> str | None:
    """Return the folder to put a shortcut into, which only has to exist."""
    parent_id = _parent(given)
    if parent_id is not None and items.find(call.db, ItemType.FOLDER, parent_id) is None:
        raise refusals.database_error(
            'insert or update on table "shortcut" '
            'violates foreign key constraint "shortcut_parent_fk"\n'
            f'  Detail: Key (parent)=({parent_id}) is not present in table "folder".'
        )
    return parent_id


def _get_folder(call: Call, folder_id: str) -> Item:
    folder = items.find(call.db, ItemType.FOLDER, folder_id)
    if folder is None or folder.deleted:
        raise refusals.not_found(f"Folder {folder_id} not found in NDEx.")
    return folder


def _get_readable(call: Call) -> Item:
    folder, reader_id = _get_folder(call, call.id), call.reader.account_id
    key = call.query.get("accesskey")
    opened = bool(folder.access_key_on) and key is not None and key == folder.access_key
    if not (
        opened
        or folder.visibility != "PRIVATE"
        or folder.owner_id == reader_id
        or folder.id in permissions.list_shared_with(call.db, reader_id)
    ):
        raise refusals.unauthorized("User doesn't have read access to this folder.")
    return folder


def _item_type(call: Call) -> ItemType | None:
    text = call.query.get("type")
    if text is None:
        return None
    return ItemType(refusals.require_constant("FileType", FILE_TYPES, text.upper()))


def _form(call: Call) -> ItemFormat:
    compact = call.query.get("format", "").lower() == ItemFormat.COMPACT
    return ItemFormat.COMPACT if compact else ItemFormat.UPDATE


def _show_network(call: Call, network_id: str, visibility: str) -> None:
    row = networks.find(call.db, network_id)
    if row is None or row.deleted:
        raise refusals.not_found(f"Network {network_id} not found.")
    call.own(row, refusals.failure(f"Not the owner of network {network_id}"))
    networks.update(call.db, network_id, visibility=visibility)
    # Unlike systemproperty, this call puts the network into the right index (contract 3.5).
    if call.index_trouble is None:
        queue.index(call.db, networks.get(call.db, network_id))


def _show_item(call: Call, kind: ItemType, item_id: str, visibility: str) -> None:
    item = items.find(call.db, kind, item_id)
    if item is None or item.deleted:
        raise refusals.failure(f"{kind.capitalize()} not found: {item_id}")
    refuse = refusals.unauthorized if kind is ItemType.FOLDER else refusals.failure
    call.own(item, refuse(f"Not the owner of {kind.lower()} {item_id}"))
    items.save(call.db, replace(item, visibility=visibility))


def _render(item: Item) -> dict[str, Any]:
    return present(
        externalId=item.id,
        name=item.name,
        parent=item.folder_id,
        description=item.description,
        target=item.target_id,
        targetType=item.target_type,
        owner_id=item.owner_id,
        owner=item.owner,
        creationTime=item.created_ms,
        modificationTime=item.modified_ms,
        isDeleted=bool(item.deleted),
    )
