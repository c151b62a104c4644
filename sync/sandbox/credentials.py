"""Who makes a call: Basic credentials, checked before any operation runs (contract 2)."""

from __future__ import annotations

import base64
import binascii
import sqlite3
import string

from sync.sandbox import accounts
from sync.sandbox.accounts import Account
from sync.sandbox.refusals import NOT_FOUND, turned_away
from sync.sandbox.store import Store

_UNKNOWN = "Failed to authenticate user; credential information unknown"
_NOBODY = "Invalid password for user ."
_BASE64 = frozenset(string.ascii_letters + string.digits + "+/=")


class Doorman:
    """Checks credentials against the accounts of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def admit(self, authorization: str | None) -> Account | None:
        """Return the account that a call is made by, None for an anonymous one.

        Raises the 401 of credentials that are wrong, unknown or of another scheme.
        """
        if authorization is None:
            return None
        name, password = _parse_basic(authorization)
        with self._store.reading() as db:
            account = accounts.find_by_name(db, name)
        if account is None:
            raise turned_away(f"User {name} doesn't exist.", NOT_FOUND)
        if account.password is None or not accounts.password_matches(password, account.password):
            raise turned_away(f"Invalid password for user {name}.")
        return account


def find_by_token(db: sqlite3.Connection, token: str) -> Account:
    """Return the account that an ``auth_token`` in a query stands for; raises the 401."""
    name, password = _parse_pair(token, "Malformed authorization value received.")
    account = accounts.find_by_name(db, name)
    if (
        account is None
        or account.password is None
        or not accounts.password_matches(password, account.password)
    ):
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
        # Java does without the padding.
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
