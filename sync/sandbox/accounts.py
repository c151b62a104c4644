"""Accounts of the sandbox: rows, passwords, and their JSON (contract 2, 8)."""

from __future__ import annotations

import hashlib
import hmac
import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sync.sandbox.ids import make_uuid
from sync.sandbox.refusals import duplicate, not_found
from sync.sandbox.store import insert
from sync.sandbox.summaries import present

_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 1
_HASHES_KNOWN = 256
_SALTING = os.urandom(16)
"""The source of salts in this process: an account keeps one salt in all stores of a test run."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account. ``password`` is a salted hash, None if nobody can log in."""

    id: str
    name: str
    password: str | None
    email: str | None
    first_name: str | None
    last_name: str | None
    display_name: str | None
    description: str | None
    image: str | None
    website: str | None
    created_ms: int
    modified_ms: int

    def __repr__(self) -> str:
        return f"Account({self.name!r})"


def get(db: sqlite3.Connection, account_id: str) -> Account:
    """Return the account with this UUID; raises the 404 if there is none."""
    account = _find(db, "id", account_id)
    if account is None:
        raise not_found(f"User with UUID: {account_id} doesn't exist.")
    return account


def find_by_name(db: sqlite3.Connection, name: str) -> Account | None:
    """Return the account with this name, in any case."""
    return _find(db, "name", name.lower())


def find_by_email(db: sqlite3.Connection, email: str) -> Account | None:
    """Return the account with this mail address, in any case."""
    return _find(db, "email", email.lower())


def search(db: sqlite3.Connection, words: Sequence[str]) -> list[Account]:
    """Return the accounts whose names contain one of the lower-cased ``words``, by name."""
    rows = db.execute("SELECT * FROM account WHERE password IS NOT NULL ORDER BY name")
    return [
        account
        for account in (Account(**row) for row in rows)
        if any(
            word in text.lower()
            for word in words
            for text in (account.name, account.first_name, account.last_name)
            if text
        )
    ]


def create(
    db: sqlite3.Connection,
    name: str,
    password: str | None,
    now_ms: int,
    *,
    email: str | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
) -> Account:
    """Add an account under the lower-cased ``name``; raises the 409 if it is taken."""
    name = name.lower()
    if find_by_name(db, name) is not None:
        raise duplicate(f"User {name} already exists in NDEx.")
    account_id = make_uuid("account", name)
    insert(
        db,
        "account",
        id=account_id,
        name=name,
        password=None if password is None else hash_password(account_id, password),
        email=None if email is None else email.lower(),
        first_name=first_name,
        last_name=last_name,
        created_ms=now_ms,
        modified_ms=now_ms,
    )
    return get(db, account_id)


FIELDS = {
    "emailAddress": "email",
    "firstName": "first_name",
    "lastName": "last_name",
    "displayName": "display_name",
    "description": "description",
    "image": "image",
    "website": "website",
}
"""What an account may change about itself, with its columns."""


def update(
    db: sqlite3.Connection, account_id: str, columns: Mapping[str, str | None], now_ms: int
) -> None:
    """Set the named columns of an account."""
    assignments = ", ".join(f"{column} = :{column}" for column in columns)
    db.execute(
        f"UPDATE account SET {assignments}, modified_ms = :_now WHERE id = :_id",  # noqa: S608 - keywords of our calls
        {**columns, "_now": now_ms, "_id": account_id},
    )


def delete(db: sqlite3.Connection, account_id: str) -> None:
    """Remove an account that owns no network, and everything else that it owns."""
    db.execute("DELETE FROM permission WHERE account_id = ?", (account_id,))
    db.execute("DELETE FROM item WHERE owner_id = ?", (account_id,))
    db.execute("DELETE FROM account WHERE id = ?", (account_id,))


def set_password(db: sqlite3.Connection, account_id: str, password: str) -> None:
    """Replace an account's password."""
    db.execute(
        "UPDATE account SET password = ? WHERE id = ?",
        (hash_password(account_id, password), account_id),
    )


def hash_password(account_id: str, password: str) -> str:
    """Return salt and scrypt hash of an account's password, to store instead of it."""
    salt = hashlib.blake2b(account_id.encode(), key=_SALTING, digest_size=16).digest()
    return f"{salt.hex()}:{_scrypt(password, salt).hex()}"


def password_matches(password: str, hashed: str) -> bool:
    """Return whether ``hashed`` was made from ``password``."""
    salt, _, digest = hashed.partition(":")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)), bytes.fromhex(digest))


def render_account(account: Account) -> dict[str, object]:
    """Return what everybody may see of an account; empty fields are left out."""
    shown = {key: getattr(account, column) for key, column in FIELDS.items() if column != "email"}
    return present(
        externalId=account.id,
        userName=account.name,
        **shown,
        creationTime=account.created_ms,
        modificationTime=account.modified_ms,
        isIndividual=True,
        isVerified=True,
        isDeleted=False,
        properties={},
    )


def render_own_account(db: sqlite3.Connection, account: Account, quota: int) -> dict[str, object]:
    """Return an account as its owner sees it: with mail address and disk use.

    A new CX2 upload counts as nothing until its first metadata edit (contract 1.1).
    """
    shown = {**render_account(account), **present(emailAddress=account.email)}
    return {**shown, "diskQuota": quota, "diskUsed": disk_used(db, account.id)}


def disk_used(db: sqlite3.Connection, account_id: str) -> int:
    """Return the bytes that count against the account's quota."""
    row = db.execute(
        "SELECT coalesce(sum(cx_size), 0) AS used FROM network WHERE owner_id = ? AND deleted = 0",
        (account_id,),
    ).fetchone()
    return int(row["used"])


def _find(db: sqlite3.Connection, column: str, value: str) -> Account | None:
    row = db.execute(f"SELECT * FROM account WHERE {column} = ?", (value,)).fetchone()  # noqa: S608 - ours
    return None if row is None else Account(**row)


@lru_cache(_HASHES_KNOWN)
def _scrypt(password: str, salt: bytes) -> bytes:
    """Hash a password. That is slow on purpose, so the last results are cached."""
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"), salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P
    )
