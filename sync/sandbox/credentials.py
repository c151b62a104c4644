"""Who makes a call: Basic credentials, checked before any operation runs (contract 2)."""

from __future__ import annotations

import base64
import binascii
import sqlite3
import string

from sync.sandbox import accounts
from sync.sandbox.accounts import Account
from sync.sandbox.refusals import NOT_FOUND, Refusal, turned_away

_UNKNOWN = "Failed to authenticate user; credential information unknown"
_NOBODY = "Invalid password for user ."
_BASE64 = frozenset(string.ascii_letters + string.digits + "+/=")


def admit(db: sqlite3.Connection, authorization: str | None) -> Account | None:
    """Return the account that makes a call, None for an anonymous one.

    Raises the 401 for credentials that are wrong, unknown or of another scheme.
    """
    if authorization is None:
        return None
    name, password = _parse_basic(authorization)
    if accounts.find_by_name(db, name) is None:
        raise Refusal(401, NOT_FOUND, f"User {name} doesn't exist.")
    return _log_in(db, name, password)


def find_by_token(db: sqlite3.Connection, token: str) -> Account:
    """Return the account for an ``auth_token`` in a query; raises the 401."""
    return _log_in(db, *_parse_pair(token, "Malformed authorization value received."))


def _log_in(db: sqlite3.Connection, name: str, password: str) -> Account:
    account = accounts.find_by_name(db, name)
    hashed = None if account is None else account.password
    if account is None or hashed is None or not accounts.password_matches(password, hashed):
        raise turned_away(f"Invalid password for user {name}.")
    return account


def _parse_basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() == "bearer":
        raise turned_away(f"{_UNKNOWN}: Google OAuth is not enabled in NDEx server.")
    if scheme.lower() != "basic" or not encoded:
        raise turned_away(_NOBODY)
    return _parse_pair(encoded, _NOBODY)


def _parse_pair(encoded: str, without_colon: str) -> tuple[str, str]:
    try:
        # Java accepts it without padding.
        padded = encoded + "=" * (-len(encoded) % 4)
        decoded = base64.b64decode(padded, validate=True).decode("utf-8")
    except UnicodeDecodeError:
        raise turned_away(without_colon) from None
    except binascii.Error:
        odd = next((letter for letter in encoded if letter not in _BASE64), "=")
        raise turned_away(f"{_UNKNOWN}: Illegal base64 character {ord(odd):x}") from None
    name, colon, password = decoded.partition(":")
    if not colon:
        raise turned_away(without_colon)
    return name.lower(), password
