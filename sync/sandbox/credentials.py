"""Who makes a call: Basic credentials, checked before any operation runs (contract 2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os

from sync.sandbox import accounts
from sync.sandbox.accounts import Account
from sync.sandbox.refusals import NOT_FOUND, turned_away
from sync.sandbox.store import Store


class Doorman:
    """Checks credentials against the accounts of one store.

    Hashing a password is slow on purpose, so that a pair found right is remembered: as a keyed
    digest that is worth nothing outside this process.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key = os.urandom(32)
        self._known: dict[str, bytes] = {}

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
            raise turned_away(f"User {name} not found.", NOT_FOUND)
        if account.password is None or not self._is_right(account.password, password):
            raise turned_away("Invalid username or password.")
        return account

    def _is_right(self, hashed: str, password: str) -> bool:
        digest = hmac.digest(self._key, f"{hashed}:{password}".encode(), hashlib.sha256)
        if self._known.get(hashed) == digest:
            return True
        if not accounts.password_matches(password, hashed):
            return False
        self._known[hashed] = digest
        return True


def _parse_basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise turned_away("Authentication scheme is not supported.")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        raise turned_away("Malformed credentials.") from None
    name, _, password = decoded.partition(":")
    return name.lower(), password
