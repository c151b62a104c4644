"""Reading contents, whole and by aspect (contract 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from sync.cx.frame import Element
from sync.model import NetworkId
from sync.sandbox import contents, networks, queue, refusals
from sync.sandbox.call import JSON, Call, Operation, answer, done
from sync.sandbox.credentials import find_by_token
from sync.sandbox.cx_files import Aspects, read_aspects
from sync.sandbox.networks import NetworkRow, Reader, may_read
from sync.sandbox.rebuild import ATTRIBUTES, without_string_types
from sync.sandbox.tables import Column, ListStyle, find_columns, render_row

TABLE = "text/tab-separated-values"

_NO_ASPECTS = frozenset({"metaData", "status", "numberVerification"})
_NO_CX2 = "CX2 network is not available for this network. "


@Operation("GET", "/v2/network/{id}", anonymous=True, produces=None)
@Operation("GET", "/network/{id}/asCX", anonymous=True, produces=None)
def get_cx1(call: Call) -> Response:
    """Return the whole CX1 file; there is none until a CX2 update is converted."""
    row = _get_readable(call, _token_reader(call), "read access")
    cx = _read_cx1(call, row.id)
    if cx is None or not _is_file_name(call):
        raise _no_file(call, "can't find file", "network.cx")
    return _whole(call, row, cx, "cx")


@Operation("GET", "/v3/networks/{id}", anonymous=True, produces=None)
def get_cx2(call: Call) -> Response:
    """Return the whole CX2 file; whether there is one is checked before anything else."""
    row = networks.find(call.db, call.id)
    if row is None or row.deleted or not row.has_cx2:
        raise refusals.not_found(_NO_CX2)
    if not may_read(row, _token_reader(call)):
        raise refusals.unauthorized("User doesn't have read access to this network.")
    cx = contents.read(call.db, row.id, "cx2")
    if cx is None or not _is_file_name(call):
        raise _no_file(call, "IO error", "network.cx2")
    return _whole(call, row, cx, "cx2")


@Operation("GET", "/v2/network/{id}/aspect", anonymous=True)
def list_aspects_v2(call: Call) -> Response:
    """Return the CX1 metadata."""
    aspects = _cx1_aspects(call, _get_readable(call, call.reader))
    return answer({"metaData": aspects.get("metaData", [])})


@Operation("GET", "/v3/networks/{id}/aspects", anonymous=True)
def list_aspects_v3(call: Call) -> Response:
    """Return the name and element count of every CX2 aspect."""
    listed = _cx2_aspects(call).get("metaData", [])
    return answer(
        [{"name": entry["name"], "elementCount": entry["elementCount"]} for entry in listed]
    )


@Operation("GET", "/v2/network/{id}/aspect/{name}", anonymous=True, produces=None)
def get_aspect_v2(call: Call) -> Response:
    """Return the elements of one CX1 aspect; an access key does not give access."""
    row, name = _get_readable(call, call.keyless_reader), call.path["name"]
    if not row.valid:
        return answer([])
    missing = refusals.not_found(
        f"Aspect {name} not found in this network: {contents.DATA}/{call.id}/aspects/{name} "
        "(No such file or directory)"
    )
    elements = _elements(call, _cx1_aspects(call, row), missing)[: _size(call)]
    return answer(without_string_types(elements) if name in ATTRIBUTES else elements)


@Operation("GET", "/v2/network/{id}/aspect/{name}/metadata", anonymous=True)
def get_aspect_metadata(call: Call) -> Response:
    """Return the metadata of one CX1 aspect, nothing if it is missing."""
    aspects = _cx1_aspects(call, _get_readable(call, call.keyless_reader))
    named = {entry["name"]: entry for entry in reversed(aspects.get("metaData", []))}
    entry = named.get(call.path["name"])
    return done() if entry is None else answer(entry)


@Operation("GET", "/v3/networks/{id}/aspects/{name}", anonymous=True, produces=None)
def get_aspect_v3(call: Call) -> Response:
    """Return the elements of one CX2 aspect as they are stored."""
    aspects, name, size = _cx2_aspects(call), call.path["name"], _size(call)
    missing = refusals.not_found(f"Aspect {name} is not found in this network.")
    elements = _elements(call, aspects, missing)
    if name == "edges":
        _check_method(call, size, len(elements))
    if size is not None and not elements:
        # The writer only closes the array; it never opened it (contract 4).
        return Response(b"]", media_type=JSON)
    return answer(elements[:size])


@Operation("GET", "/v3/networks/{id}/export", anonymous=True, produces=None)
def get_table(call: Call) -> Response:
    """Return nodes or edges as a table; an attribute that is not declared is a 401 (trap 10)."""
    aspects, kind = _cx2_aspects(call), call.query.get("type", "node")
    if kind not in ("node", "edge"):
        raise refusals.bad_request("Parameter \"type\" can only be 'node' or 'edge'.")
    table = _make_table(call, kind, aspects) if aspects else None
    return Response(table or b"", media_type=TABLE)


@Operation("POST", "/v3/search/networks/{id}/nodes", anonymous=True)
def select_nodes(call: Call) -> Response:
    """Return the named attributes of the nodes with these ids."""
    given = call.json_object()
    if not given.keys() <= {"ids", "attributeNames"}:
        raise refusals.undeserialisable()
    ids, names = given.get("ids"), given.get("attributeNames")
    if not names:
        raise refusals.bad_request(
            "At least one attribute name is reqired in the 'attributeNames' field."
        )
    aspects = _cx2_aspects(call)
    if "nodes" not in aspects:
        return answer({})
    declared = aspects.get("attributeDeclarations", [{}])[0].get("nodes")
    if declared is None:
        raise refusals.not_found("This network has no attributes on nodes.")
    try:
        columns = find_columns(declared, names)
    except KeyError as missing:
        name = missing.args[0]
        raise refusals.not_found(f"Node attribute '{name}' is not found in this network.") from None
    return answer(
        {
            str(node["id"]): {column.name: column.read(node) for column in columns}
            for node in aspects["nodes"]
            if node["id"] in (ids or ())
        }
    )


def _make_table(call: Call, kind: str, aspects: Aspects) -> str | None:
    declared = aspects.get("attributeDeclarations", [{}])[0]
    style = ListStyle(call.query.get("listdelimiter", ","), call.flag("quotestringinlist"))
    key = call.query.get("nodekey", "id")
    columns = _columns(declared, kind, call.query.get(f"{kind}attributes"))
    key_column = None if key == "id" else _columns(declared, "node", key)[0]
    elements = aspects.get(f"{kind}s")
    if elements is None:
        return None
    headings = ["id", *([] if kind == "node" else [f"source_{key}", f"target_{key}"])]
    of_ends = call.query.get("nodeattributes", "").split(",") if kind == "edge" else [""]
    more = [f"{end}_{name}" for end in ("source", "target") for name in of_ends if name]
    lines = ["\t".join([*headings, *(column.name for column in columns), *more]) + "\n"]
    if call.query.get("header", "true").lower() != "true":
        lines.clear()
    ends = {
        node["id"]: node["id"] if key_column is None else key_column.read(node)
        for node in aspects.get("nodes", [])
    }
    for element in elements:
        cells = [element["id"]]
        cells += [ends.get(element[end]) for end in ("s", "t") if kind == "edge"]
        if kind == "edge" and _stops_at(columns, call):
            return "".join(lines) + render_row([*cells, None], style).removesuffix("\n")
        cells += [column.read(element) for column in columns]
        lines.append(render_row(cells, style))
    return "".join(lines)


def _stops_at(columns: list[Column], call: Call) -> bool:
    # The writer looks for a chosen attribute of an edge by its alias, and fails (recorded).
    chosen = "edgeattributes" in call.query
    return chosen and any(column.key != column.name for column in columns)


def _columns(
    declared: Mapping[str, Mapping[str, Any]], kind: str, names: str | None
) -> list[Column]:
    try:
        return find_columns(
            declared.get(f"{kind}s", {}), None if names is None else names.split(",")
        )
    except KeyError as missing:
        name = missing.args[0]
        raise refusals.unauthorized(f"{kind}s aspect doesn't have attribute {name}") from None


def _token_reader(call: Call) -> Reader:
    """Return who reads a whole content: only these calls accept a token in the query."""
    if "id_token" in call.query:
        raise refusals.unauthorized("Google OAuth is not enabled on this server.")
    token = call.query.get("auth_token")
    if token is None:
        return call.reader
    return networks.find_reader(call.db, find_by_token(call.db, token).id, None)


def _get_readable(call: Call, reader: Reader, right: str = "access") -> NetworkRow:
    row = networks.get(call.db, call.id)
    if not may_read(row, reader):
        raise refusals.unauthorized(f"User doesn't have {right} to this network.")
    return row


def _cx1_aspects(call: Call, row: NetworkRow) -> Aspects:
    """Return the aspects of the CX1 file, none if there is no file that was read."""
    cx = _read_cx1(call, row.id) if row.was_read else None
    return read_aspects(cx) if cx else {}


def _cx2_aspects(call: Call) -> Aspects:
    """Return the aspects of the CX2 file, none if there is no file."""
    row = _get_readable(call, call.reader)
    cx = contents.read(call.db, row.id, "cx2") if row.has_cx2 else None
    return read_aspects(cx) if cx else {}


def _read_cx1(call: Call, network_id: NetworkId) -> bytes | None:
    if queue.is_converting(call.db, network_id):
        return None
    return contents.read(call.db, network_id, "cx1")


def _is_file_name(call: Call) -> bool:
    # The id as it was written names the folder on the server's disk (trap 24).
    return call.path["id"] == call.id


def _no_file(call: Call, trouble: str, name: str) -> refusals.Refusal:
    return refusals.failure(
        f"Ndex server {trouble}: {contents.DATA}/{call.path['id']}/{name} "
        "(No such file or directory)"
    )


def _whole(call: Call, row: NetworkRow, cx: bytes, extension: str) -> Response:
    if not call.flag("download"):
        return Response(cx, media_type=JSON)
    title = (row.name or row.id).encode("ascii", "replace").decode()
    title = "".join(letter if letter.isprintable() else " " for letter in title)
    return Response(
        cx,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{title}.{extension}"',
            "Access-Control-Expose-Headers": "Content-Disposition",
        },
    )


def _check_method(call: Call, size: int | None, count: int) -> None:
    """Check the method for choosing edges; raises the 500."""
    method = call.query.get("method", "first")
    if method.lower() not in ("first", "random"):
        raise refusals.failure(f"Method {method} is not supported in this function.")
    if method.lower() == "first":
        return
    if size is None:
        raise refusals.failure("size parameter has to be greater than 0 when getting random edges.")
    if size > count:
        raise refusals.uncaught("java.lang.RuntimeException: Invalid bound or count parameter.")


def _elements(call: Call, aspects: Aspects, missing: refusals.Refusal) -> Sequence[Element]:
    name = call.path["name"]
    if name not in aspects or not _is_file_name(call) or name in _NO_ASPECTS:
        raise missing
    return aspects[name]


def _size(call: Call) -> int | None:
    size = call.number("size", -1)
    return size if size > 0 else None
