"""Every refusal that the contract knows, and what it is to us."""

from __future__ import annotations

from dataclasses import dataclass

from sync.errors import (
    BadRequest,
    Duplicate,
    Forbidden,
    Locked,
    NotFound,
    NotValidated,
    QuotaExceeded,
    ReadOnly,
    ServerBroken,
    ServerError,
    Unauthorized,
)
from tests.ndex.builders import network_id

BAD_REQUEST = "NDEx_Bad_Request_Exception"
UNAUTHORIZED = "NDEx_Unauthorized_Operation_Exception"
NOT_VERIFIED = "NDEx_User_Account_Not_Verified"
FORBIDDEN = "NDEx_Forbidden_Operation_Exception"
NOT_FOUND = "NDEx_Object_Not_Found_Exception"
DUPLICATE = "NDEx_Duplicate_Object_Exception"
UNSUPPORTED = "NDEx_Unsupported_Media_Type"
LOCKED = "NDEx_Concurrent_Modification_Exception"
INVALID = "NDEx_Modify_Invalid_Network_Exception"
ANY = "NDEx_Exception"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row: what the server says, the contract's section, and what it means."""

    section: str
    status: int
    error_code: str
    message: str
    kind: type[ServerError]

    def __str__(self) -> str:
        return f"{self.section} {self.status} {self.message}"


LOCKED_WORDS = "This network is currently locked by another updating process. Please try again."
LOCKED_WORDS_OF_DELETE = "Network is locked by another updating process. Please try again."
INVALID_WORDS = "This operation is not allowed on an invalid network."
UNREADABLE = "User does not have permission to read this network"

REFUSALS = (
    Refusal("1.3", 400, BAD_REQUEST, "Missing name", BadRequest),
    Refusal("1.3", 401, UNAUTHORIZED, UNREADABLE, Unauthorized),
    Refusal("1.3", 401, NOT_VERIFIED, "not verified", Unauthorized),
    Refusal("1.3", 401, NOT_FOUND, "User x doesn't exist", Unauthorized),
    Refusal("1.3", 403, FORBIDDEN, "Body is null", Forbidden),
    Refusal("1.3", 404, NOT_FOUND, "Network not found", NotFound),
    Refusal("1.3", 409, DUPLICATE, "User x already exists in NDEx.", Duplicate),
    Refusal("1.3", 415, UNSUPPORTED, "Cannot consume content type", BadRequest),
    Refusal("1.3", 500, LOCKED, LOCKED_WORDS, Locked),
    Refusal("1.3", 500, INVALID, INVALID_WORDS, NotValidated),
    Refusal("1.3", 500, ANY, "ERROR: relation does not exist", ServerBroken),
    Refusal(
        "1.3",
        500,
        ANY,
        "Uncaught exception jakarta.ws.rs.NotFoundException: RESTEASY003210",
        BadRequest,
    ),
    Refusal(
        "1.3",
        500,
        ANY,
        "Uncaught exception jakarta.ws.rs.NotAcceptableException: RESTEASY003635",
        BadRequest,
    ),
    Refusal(
        "1.3",
        500,
        ANY,
        "Uncaught exception java.lang.IllegalArgumentException: Invalid UUID string: x",
        BadRequest,
    ),
    Refusal(
        "1.3",
        500,
        ANY,
        "Uncaught exception java.lang.NullPointerException: null",
        ServerBroken,
    ),
    Refusal("1.1", 403, FORBIDDEN, "Disk quota exceeded", QuotaExceeded),
    Refusal("1.1", 403, FORBIDDEN, "You are out of disk space", QuotaExceeded),
    Refusal("3.2", 403, FORBIDDEN, "Error: Unable to update a read-only network.", ReadOnly),
    Refusal("3.4", 400, BAD_REQUEST, "Format 5.0 is unsupported for integer", BadRequest),
    Refusal("3.5", 500, ANY, "Can't update readonly network.", ReadOnly),
    Refusal(
        "3.5",
        500,
        ANY,
        "User doesn't have write permissions for this network.",
        Unauthorized,
    ),
    Refusal("3.5", 500, ANY, LOCKED_WORDS, Locked),
    Refusal("3.7", 500, ANY, LOCKED_WORDS_OF_DELETE, Locked),
    Refusal("3.5", 500, ANY, INVALID_WORDS, NotValidated),
    Refusal("3.5", 500, ANY, f"Network {network_id(1)} not found in NDEx.", NotFound),
    Refusal("3.6", 500, ANY, "Can't delete a read-only network.", ReadOnly),
    Refusal("3.6", 403, FORBIDDEN, "Network with DOI can't be modified.", Forbidden),
    Refusal("3.7", 500, ANY, "Only network owner can delete a network.", Unauthorized),
    Refusal("4", 404, NOT_FOUND, "CX2 network is not available for this network. ", NotFound),
    Refusal("4", 500, ANY, "Ndex server can't find file: x/network.cx", NotFound),
)
