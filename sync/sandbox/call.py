"""One call of the API: the contents of a request, and the declaration of an operation."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from starlette.responses import PlainTextResponse, Response

from sync.model import NetworkId
from sync.sandbox import refusals
from sync.sandbox.accounts import Account
from sync.sandbox.faults import Fault, FaultKind
from sync.sandbox.ids import parse_uuid
from sync.sandbox.items import Item
from sync.sandbox.networks import NetworkRow, Reader, find_reader
from sync.sandbox.settings import SandboxSettings

JSON = "application/json"
TEXT = "text/plain"
MULTIPART = "multipart/form-data"
UPLOAD_PART = "CXNetworkStream"

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
_Owned = TypeVar("_Owned", NetworkRow, Item)


@dataclass(frozen=True, slots=True)
class Call:
    """One request that was admitted, with the transaction that it runs in.

    ``path`` holds the ids in the path as they were written, ``base_url`` the address that the
    client used, without a final slash. ``faults`` are the ordered faults that affect it.
    """

    db: sqlite3.Connection
    settings: SandboxSettings
    now_ms: int
    account: Account | None
    path: Mapping[str, str]
    query: Mapping[str, str]
    content_type: str
    body: bytes
    base_url: str
    faults: Mapping[FaultKind, Fault]

    @property
    def me(self) -> Account:
        """The account that an operation is done for; raises the 401 if there is none."""
        if self.account is None:
            raise refusals.turned_away("Attempted to access resource requiring authentication.")
        return self.account

    def own(self, row: _Owned | None, refusal: refusals.Refusal) -> _Owned:
        """Return ``row`` if it exists and is the caller's; otherwise raises ``refusal``."""
        if row is None or row.deleted or row.owner_id != self.me.id:
            raise refusal
        return row

    @property
    def id(self) -> NetworkId:
        """The UUID in the path, in canonical form."""
        return parse_uuid(self.path["id"])

    @property
    def reader(self) -> Reader:
        """Who reads: the account, and the access key in the query."""
        return find_reader(self.db, self._account_id, self.query.get("accesskey"))

    @property
    def keyless_reader(self) -> Reader:
        """Who reads: the account alone, for the calls that ignore access keys (contract 2)."""
        return find_reader(self.db, self._account_id, None)

    @property
    def _account_id(self) -> str | None:
        return None if self.account is None else self.account.id

    @property
    def disk_quota(self) -> int:
        """How many bytes an account may use."""
        quota = self.faults.get(FaultKind.QUOTA)
        return self.settings.disk_quota if quota is None else quota.rule.bytes

    @property
    def index_trouble(self) -> FaultKind | None:
        """The ordered fault of the search index after this call."""
        kinds = (FaultKind.SEARCH_DOWN, FaultKind.INDEX_DIES)
        return next((kind for kind in kinds if kind in self.faults), None)

    @property
    def is_multipart(self) -> bool:
        """Whether the body is a form."""
        return media_type(self.content_type) == MULTIPART

    @property
    def has_json(self) -> bool:
        """Whether there is a body other than ``null``."""
        return self.body.strip() not in (b"", b"null")

    def json(self) -> Any:
        """Return the body as JSON; raises the plain 400, or the 500 if there is no body."""
        if not self.has_json:
            raise refusals.null_error()
        try:
            return orjson.loads(self.body.removeprefix(_BYTE_ORDER_MARK))
        except orjson.JSONDecodeError:
            raise refusals.undeserialisable() from None

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object; raises the plain 400."""
        value = self.json()
        if not isinstance(value, dict):
            raise refusals.undeserialisable()
        return value

    def json_texts(self) -> list[str]:
        """Return the body as a list of texts; raises the plain 400."""
        value = self.json()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise refusals.undeserialisable()
        return value

    @property
    def has_upload(self) -> bool:
        """Whether a form has the part with an upload."""
        return _find_part(self.body, self.content_type, UPLOAD_PART) is not None

    def upload(self) -> bytes:
        """Return the network in the body, raw or as the part of a form (contract 1.1)."""
        if not self.is_multipart:
            return self.body
        part = _find_part(self.body, self.content_type, UPLOAD_PART)
        if part is None:
            raise refusals.bad_request(f"Field {UPLOAD_PART} is not found in the POSTed Data.")
        return part

    def number(self, name: str, default: int) -> int:
        """Return a number of the query."""
        text = self.query.get(name)
        if text is None:
            return default
        if not _INTEGER.fullmatch(text):
            raise unread_parameter(name, text)
        return int(text)

    def flag(self, name: str) -> bool:
        """Return a switch of the query; it is only on for the text ``true``, in any case."""
        return self.query.get(name, "").lower() == "true"


Act = Callable[[Call], Response]
"""A function that answers a call."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the route table, a decorator of the function that answers it.

    ``anonymous`` admits anonymous callers. ``writes`` opens a transaction that may change things,
    ``waits`` tries again while the network is locked (contract 3.3), ``hides_cause`` makes every
    refusal except a 400 a nameless 500 (contract 3.5). ``consumes`` are the media types of the
    body, empty if it is not read or if only its class is declared: ``reads`` is that class.
    ``produces`` is the media type of the answer, None if nothing is declared.
    """

    method: str
    path: str
    anonymous: bool = False
    writes: bool = False
    waits: bool = False
    hides_cause: bool = False
    consumes: tuple[str, ...] = ()
    reads: str | None = None
    produces: str | None = JSON

    def __call__(self, act: Act) -> Act:
        """Add the row to the table."""
        ROUTES.append((self, act))
        return act


ROUTES: list[tuple[Operation, Act]] = []
"""The route table, in the order in which the modules are imported."""


def unread_parameter(name: str, text: str) -> refusals.Refusal:
    """Return the 500 for a query value that cannot be converted: the resource is "not found"."""
    return refusals.uncaught(
        "jakarta.ws.rs.NotFoundException: RESTEASY003870: Unable to extract parameter "
        f"from http request: jakarta.ws.rs.QueryParam(\"{name}\") value is '{text}'"
    )


def read_text(value: Any) -> str | None:
    """Return a JSON scalar as the text that the server makes from it; raises the plain 400."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        raise refusals.undeserialisable()
    return orjson.dumps(value).decode()


def media_type(content_type: str) -> str:
    """Return the bare media type of a header value, lower-cased."""
    return content_type.partition(";")[0].strip().lower()


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return ``value`` as a JSON answer."""
    return Response(orjson.dumps(value), status, headers=headers, media_type=JSON)


def created(call: Call, path: str, item_id: str) -> Response:
    """Return the answer to a v3 create: the new item's address, id and time."""
    headers = {
        "Location": f"{call.base_url}{path}/{item_id}",
        "Access-Control-Expose-Headers": "Location",
    }
    return answer({"uuid": item_id, "modificationTime": call.now_ms}, 201, headers)


def created_v2(call: Call, path: str) -> Response:
    """Return the answer to a v2 create: a URL that may lead nowhere (trap 25)."""
    url = f"{call.base_url}{call.settings.rest_prefix}/{path}"
    return PlainTextResponse(url, 201, {"Location": url})


def done() -> Response:
    """Return the answer of a method without a result."""
    return Response(status_code=204)


def _find_part(body: bytes, content_type: str, name: str) -> bytes | None:
    boundary = content_type.partition("boundary=")[2].partition(";")[0].strip().strip('"')
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        headers, found, content = part.partition(b"\r\n\r\n")
        if found and f'name="{name}"'.encode() in headers:
            return content
    return None
