"""The server's refusals: their status, ``errorCode`` and words (contract 1.2, 1.3)."""

from __future__ import annotations

import threading
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import orjson
from starlette.responses import Response

BAD_REQUEST = "NDEx_Bad_Request_Exception"
UNAUTHORIZED = "NDEx_Unauthorized_Operation_Exception"
FORBIDDEN = "NDEx_Forbidden_Operation_Exception"
NOT_FOUND = "NDEx_Object_Not_Found_Exception"
DUPLICATE = "NDEx_Duplicate_Object_Exception"
UNSUPPORTED = "NDEx_Unsupported_Media_Type"
LOCKED = "NDEx_Concurrent_Modification_Exception"
INVALID_NETWORK = "NDEx_Modify_Invalid_Network_Exception"
GENERIC = "NDEx_Exception"


@dataclass(eq=False)
class Refusal(Exception):
    """An answer of the server other than a success.

    ``keeps_changes`` means that earlier writes stay, as when the server commits and then fails
    (contract 3.5). ``error_code`` None makes the short plain body of a request that could not be
    deserialised. ``challenges`` asks for credentials, as the v2 operations do and the check before
    them does not (contract 1.3). ``costs_connection`` uses up one of the server's database
    connections (contract 3.2).
    """

    status: int
    error_code: str | None
    message: str
    keeps_changes: bool = False
    challenges: bool = False
    costs_connection: bool = False


bad_request = partial(Refusal, 400, BAD_REQUEST)
"""400 for what a resource method itself refuses."""

undeserialisable = partial(Refusal, 400, None, "Not able to deserialize data provided.")
"""400 with a plain body: the request is not the JSON that the method expects."""

turned_away = partial(Refusal, 401, UNAUTHORIZED)
"""401 from the check that comes before every operation."""

unauthorized = partial(Refusal, 401, UNAUTHORIZED, challenges=True)
"""401 from an operation: not logged in, or without the right to it."""

forbidden = partial(Refusal, 403, FORBIDDEN)
not_found = partial(Refusal, 404, NOT_FOUND)
duplicate = partial(Refusal, 409, DUPLICATE)

locked = partial(
    Refusal,
    500,
    LOCKED,
    "This network is currently locked by another updating process. Please try again.",
)
"""500: another update holds the network."""

invalid_network = partial(
    Refusal, 500, INVALID_NETWORK, "This operation is not allowed on an invalid network."
)
"""500: the network is not validated yet."""

failure = partial(Refusal, 500, GENERIC)
"""500 for every other error of the server."""


def network_not_found(network_id: str) -> Refusal:
    """404 for a network that never existed or is deleted; the two look the same."""
    return not_found(f"Network {network_id} not found in NDEx.")


def uncaught(message: str) -> Refusal:
    """500 for an error that the server does not handle, with the Java exception and its text."""
    return failure(f"Uncaught exception {message}")


def null_error(message: str = "null") -> Refusal:
    """500 for a missing value."""
    return uncaught(f"java.lang.NullPointerException: {message}")


def illegal_argument(message: str) -> Refusal:
    """500 for a value that a method of the server refuses."""
    return uncaught(f"java.lang.IllegalArgumentException: {message}")


def database_error(message: str) -> Refusal:
    """500 for a statement that the database refuses."""
    return uncaught(f"org.postgresql.util.PSQLException: ERROR: {message}")


def uncaught_bad_request(message: str) -> Refusal:
    """500 for a request that should have been answered with a 400."""
    return uncaught(f"jakarta.ws.rs.BadRequestException: {message}")


def require_constant(kind: str, known: Container[str], text: str) -> str:
    """Return the name of a constant; raises the 500 if the server does not have it."""
    if text not in known:
        raise illegal_argument(f"No enum constant org.ndexbio.model.object.{kind}.{text}")
    return text


def hide_cause(refusal: Refusal) -> Refusal:
    """Return a refusal as an operation sends it that hides causes (contract 3.5).

    Its 400s stay, and so does what was decided before the operation began.
    """
    if refusal.error_code in (UNSUPPORTED, BAD_REQUEST, None):
        return refusal
    if refusal.status == 401 and not refusal.challenges:
        return refusal
    return failure(refusal.message)


def answer_refusal(
    refusal: Refusal, path: str, now_s: float, produces: str | None = "application/json"
) -> Response:
    """Return the answer for ``refusal`` to a call of ``path``.

    A plain message is sent with the media type of the method, whatever that is.
    """
    if refusal.error_code is None:
        kind = produces or "application/octet-stream"
        return Response(refusal.message, refusal.status, media_type=kind)
    body = {
        "errorCode": refusal.error_code,
        "message": refusal.message,
        "threadId": str(threading.get_ident() % 100_000),
        "timeStamp": _server_local_time(now_s),
    }
    if refusal.error_code == GENERIC:
        body["stackTrace"] = f"org.ndexbio.model.exceptions.NdexException: {refusal.message}"
    asks = refusal.challenges and path.startswith("/v2/")
    headers = {"WWW-Authenticate": "Basic"} if asks else None
    return Response(
        orjson.dumps(body), refusal.status, headers=headers, media_type="application/json"
    )


def _server_local_time(now_s: float) -> str:
    # Local time without a zone and an hour without a leading zero, as in the real bodies.
    moment = datetime.fromtimestamp(now_s).astimezone()
    return f"{moment:%Y-%m-%d} {moment.hour}:{moment:%M:%S},{moment.microsecond // 1000:03d}"
