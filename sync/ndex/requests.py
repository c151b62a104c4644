"""Make requests to NDEx and read their answers: bytes in, JSON or an exception out.

Nothing here sends, waits or reads a clock. A 500 of NDEx can mean anything from "locked for a
moment" to "read-only forever", so answers are classified by ``errorCode`` and message, and by the
bare status only if a proxy answered (contract 1.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit, urlunsplit

import msgspec
import orjson

from sync.errors import (
    BadRequest,
    Call,
    Duplicate,
    Forbidden,
    Locked,
    NotFound,
    NotValidated,
    QuotaExceeded,
    ReadOnly,
    Redirected,
    ServerBroken,
    ServerError,
    Throttled,
    TooLarge,
    Unauthorized,
)
from sync.match.identifiers import normalise_network_id

_SHOWN = 300
_SECONDS = re.compile(r"[0-9]{1,9}")
_SECRET = re.compile(r"\b(basic|bearer)\s+[\w.~+/=-]+", re.IGNORECASE)


MAX_VALUES = 4_000_000
"""How many values an answer may hold, except listings.

An object counts as four, an array as two: that is how much memory they take besides their contents.
"""


@dataclass(frozen=True, slots=True)
class Request:
    """One call, ready to be sent.

    ``path`` starts at the API's root and is quoted. ``repeatable``: sending it twice does no more
    than sending it once. ``anonymous``: it is sent without credentials. ``listing``: the answer
    grows with the account. ``parse`` reads the JSON of the answer; it raises ValueError if it is
    not JSON.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    repeatable: bool = True
    anonymous: bool = False
    listing: bool = False
    parse: Callable[[bytes], object] = orjson.loads

    @property
    def call(self) -> Call:
        """The part of this request that errors may show."""
        return Call(self.method, self.path)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer.

    ``url`` is the one that was requested, without query; header names are in lower case.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def call_about(method: str, template: str, item: str) -> Call:
    """Describe a call about one item, whose id is in the path.

    Raises:
        BadRequest: the id is not a lower-case UUID; nothing was sent.
    """
    require_id(item, Call(method, template))
    return Call(method, template.replace("{id}", item))


def require_id(text: str, call: Call) -> None:
    """Refuse what is not a lower-case UUID before it gets into a path or a body (contract 4, 6).

    Raises:
        BadRequest: it is not one; nothing was sent.
    """
    if normalise_network_id(text) != text:
        raise BadRequest(call, f"{text[:60]!r} is not a lower-case UUID; nothing was sent")


def split_rows(body: bytes) -> object:
    """Split a list into the texts of its rows, without reading their contents.

    A batch that is parsed at once takes four times the memory of its text. What is not a list is
    parsed at once.
    """
    try:
        return [memoryview(row) for row in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, RecursionError):
        return orjson.loads(body)


def decipher(request: Request, answer: Answer, now: datetime) -> object:
    """Return the JSON of a good answer, None if it rightly has no body (204).

    If something was made and the answer is plain text, return that text: the address of the new
    item, which may lead nowhere (contract 1.1, 3.1). ``now`` turns a ``Retry-After`` date into
    seconds.

    Raises:
        ServerError: the class says what the reader can do (contract 1.3, 3.5 to 3.7).
    """
    if answer.status == 204:
        return None
    if answer.status == 201 and _is_plain_text(answer):
        return answer.body.decode(errors="replace")
    if 200 <= answer.status < 300:
        return _parse(request, answer)
    if 300 <= answer.status < 400:
        raise _redirected(request.call, answer)
    raise _refusal(request.call, answer, now)


def _is_plain_text(answer: Answer) -> bool:
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    return media_type.strip().lower() == "text/plain"


def _parse(request: Request, answer: Answer) -> object:
    # Each parsed value takes some 50 bytes, however short it was.
    if not request.listing and _count_values(answer.body) > MAX_VALUES:
        raise TooLarge(
            request.call,
            f"the answer holds more than {MAX_VALUES:,} values, more than any network",
            status=answer.status,
        )
    try:
        return request.parse(answer.body)
    except ValueError:
        raise ServerBroken(request.call, _describe(answer.body), status=answer.status) from None


def _count_values(body: bytes) -> int:
    """Count values; a body that is too short to hold too many is not searched."""
    if len(body) * 4 <= MAX_VALUES:
        return 0
    return body.count(b",") + 4 * body.count(b"{") + 2 * body.count(b"[")


def _describe(body: bytes) -> str:
    if not body.strip():
        return "the answer is empty"
    if _is_markup(body):
        return "a web page came instead of NDEx's answer; is this the address of an NDEx server?"
    return "the answer is not JSON, or is cut short"


def _is_markup(body: bytes) -> bool:
    return body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _redirected(call: Call, answer: Answer) -> Redirected:
    target = answer.headers.get("location")
    where = "another place" if target is None else _showable(answer.url, target)
    return Redirected(
        call,
        f"{answer.url} redirects to {where}; redirects are not followed, give the server's own URL",
        status=answer.status,
    )


def _showable(base: str, target: str) -> str:
    """Return a redirect's target without what may be secret in it: user, query, fragment."""
    try:
        parts = urlsplit(urljoin(base, target))
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "an address that cannot be read"
    return _tidy(urlunsplit((parts.scheme, host, parts.path, "", "")))


class _Fault(msgspec.Struct, rename="camel"):
    """The error object that all mapped errors of NDEx share (contract 1.2)."""

    error_code: str
    message: str | None = None


_FAULT = msgspec.json.Decoder(_Fault)


_BY_CODE: Mapping[str, type[ServerError]] = {
    "NDEx_Bad_Request_Exception": BadRequest,
    "NDEx_Unauthorized_Operation_Exception": Unauthorized,
    "NDEx_User_Account_Not_Verified": Unauthorized,
    "NDEx_Forbidden_Operation_Exception": Forbidden,
    "NDEx_Object_Not_Found_Exception": NotFound,
    "NDEx_Duplicate_Object_Exception": Duplicate,
    "NDEx_Unsupported_Media_Type": BadRequest,
    "NDEx_Concurrent_Modification_Exception": Locked,
    "NDEx_Modify_Invalid_Network_Exception": NotValidated,
    "NDEx_Exception": ServerBroken,
}

# Codes under which the server wraps other errors, distinguished only by their words (contract 3.5,
# 3.6, 3.7, 4).
_WRAPPED = {
    "NDEx_Exception": (
        (re.compile(r"locked by another updating process"), Locked),
        (
            re.compile(r"can't (?:update|delete) (?:a )?read-?only network|read-only network"),
            ReadOnly,
        ),
        (re.compile(r"not allowed on an invalid network"), NotValidated),
        (re.compile(r"doesn't have \w+ permission|only network owner can"), Unauthorized),
        (re.compile(r"network \S+ not found in ndex|server can't find file"), NotFound),
        (re.compile(r"uncaught exception jakarta\.ws\.rs"), BadRequest),
        (re.compile(r"uncaught exception java\.lang\.illegalargumentexception"), BadRequest),
    ),
    "NDEx_Forbidden_Operation_Exception": (
        (re.compile(r"read-only network"), ReadOnly),
        (re.compile(r"quota|disk space|storage limit"), QuotaExceeded),
    ),
}

# Statuses that only a proxy sends, and those that no retry changes, from NDEx or a proxy.
_SLOW_DOWN = frozenset({429, 503})
_BAD_GATEWAY = frozenset({502, 504})
_NEVER_ACCEPTED = frozenset({405, 406, 411, 413, 414, 415, 422, 431})


def _refusal(call: Call, answer: Answer, now: datetime) -> ServerError:
    fault = _read_fault(answer.body)
    message = _message(fault, answer.body)
    if answer.status in _SLOW_DOWN:
        wait_s = _retry_after_s(answer.headers.get("retry-after", ""), now)
        return Throttled(call, message, status=answer.status, retry_after_s=wait_s)
    code = None if fault is None else _tidy(fault.error_code)
    kind = _kind(answer.status, fault, answer.body)
    return kind(call, message, status=answer.status, error_code=code)


def _read_fault(body: bytes) -> _Fault | None:
    try:
        return _FAULT.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def _message(fault: _Fault | None, body: bytes) -> str:
    if fault is not None:
        return _tidy(fault.message or "") or "refused without a reason"
    if not body.strip() or _is_markup(body):
        return _describe(body)
    return _tidy(body[: 4 * _SHOWN + 4].decode(errors="replace"))


def _kind(status: int, fault: _Fault | None, body: bytes) -> type[ServerError]:
    """Choose the class by what NDEx says; if NDEx did not answer, by the HTTP status."""
    if status == 401:
        return Unauthorized
    if status in _NEVER_ACCEPTED:
        return BadRequest
    if fault is not None and status not in _BAD_GATEWAY and (known := _kind_of_fault(fault)):
        return known
    if status == 400 and not _is_markup(body):
        return BadRequest
    return ServerBroken


def _kind_of_fault(fault: _Fault) -> type[ServerError] | None:
    said = (fault.message or "").lower()
    for words, kind in _WRAPPED.get(fault.error_code, ()):
        if words.search(said):
            return kind
    return _BY_CODE.get(fault.error_code)


def _retry_after_s(value: str, now: datetime) -> float | None:
    """Read ``Retry-After``: seconds, or a date; None for anything else."""
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _tidy(text: str) -> str:
    """Make a server's words fit in one line of a report; hide credentials that it sent back."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text[: _SHOWN + 1])
    line = _SECRET.sub(r"\1 [hidden]", " ".join(printable.split()))
    return line if len(text) <= _SHOWN else f"{line[:_SHOWN]}…"
