"""Users, and what an account owns (contract 2 and 8)."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from sync.sandbox import accounts, items, networks, permissions
from sync.sandbox.accounts import Account, render_account, render_own_account
from sync.sandbox.ids import parse_uuid
from sync.sandbox.limits import ACCOUNT_NAME_LENGTH
from sync.sandbox.operation import JSON, TEXT, Call, Operation, answer, done, read_text
from sync.sandbox.refusals import (
    bad_request,
    failure,
    forbidden,
    not_found,
    unauthorized,
    uncaught,
)
from sync.sandbox.summaries import render_v2

ACCOUNT_LIMIT = 2000
"""How many ids one call for accounts may bring."""


@Operation("POST", "/v2/user", anonymous=True, writes=True, consumes=(JSON,), produces=TEXT)
def create_account(call: Call) -> Response:
    """Create a verified account and answer its URL; this server asks for no mail check."""
    given = call.json_object()
    name, password, email, first_name, last_name = (
        read_text(given.get(key))
        for key in ("userName", "password", "emailAddress", "firstName", "lastName")
    )
    if name is None:
        raise uncaught("java.lang.NullPointerException: null")
    if not password:
        raise uncaught("java.lang.IllegalArgumentException: A user password is required")
    if not email:
        raise uncaught("java.lang.IllegalArgumentException: A user email address is required")
    if ":" in name:
        raise failure('User account name can\'t have ":" in it.')
    if len(name) > ACCOUNT_NAME_LENGTH:
        raise uncaught(
            "org.postgresql.util.PSQLException: ERROR: value too long for type character "
            f"varying({ACCOUNT_NAME_LENGTH})"
        )
    known = accounts.find_by_name(call.db, name) is not None
    if not known and accounts.find_by_email(call.db, email) is not None:
        raise failure(f"Email address '{email.lower()}' is being used by another user.")
    account = accounts.create(
        call.db,
        name,
        password,
        call.now_ms,
        email=email,
        first_name=first_name,
        last_name=last_name,
    )
    url = f"{call.base_url}{call.settings.rest_prefix}/user/{account.id}"
    return PlainTextResponse(url, 201, {"Location": url})


@Operation("GET", "/v2/user", anonymous=True)
def find_account(call: Call) -> Response:
    """Answer the caller's own account (``valid=true``), or one by its name or mail address."""
    valid = call.query.get("valid")
    if valid is not None:
        if valid.lower() != "true":
            raise uncaught(
                "java.lang.IllegalArgumentException: The 'valid' parameter must be set to 'true'."
            )
        return answer(render_own_account(call.db, _caller(call), call.disk_quota))
    name, email = call.query.get("username"), call.query.get("email")
    if name:
        return _answer_account(call, _get_named(call, name))
    if email:
        found = accounts.find_by_email(call.db, email)
        if found is None:
            raise not_found(f"User with email {email} doesn't exist.")
        return answer(render_account(found))
    raise uncaught(
        "java.lang.IllegalArgumentException: parameter username or email is required in the URL."
    )


@Operation("GET", "/v3/users", anonymous=True)
def find_account_v3(call: Call) -> Response:
    """Answer one account by its name; all of it to its owner, who has to ask for that."""
    name = call.query.get("username")
    if not name:
        raise bad_request("username is missing.")
    found = _get_named(call, name)
    if not call.flag("fullrecord"):
        return answer(render_account(found))
    if call.account is None or call.account.id != found.id:
        raise bad_request("key is missing.")
    return _answer_account(call, found)


@Operation("GET", "/v2/user/{id}", anonymous=True)
def get_account(call: Call) -> Response:
    """Answer one account by its UUID."""
    return _answer_account(call, _get_by_id(call, call.id))


@Operation("POST", "/v2/batch/user", anonymous=True, consumes=(JSON,))
def list_accounts(call: Call) -> Response:
    """Answer many accounts in the order of their ids; an unknown one fails the whole call."""
    if not call.has_json:
        raise forbidden("A user id list is required.")
    ids = call.json_texts()
    if len(ids) > ACCOUNT_LIMIT:
        raise failure(f"You can only send up to {ACCOUNT_LIMIT} user ids in this function.")
    return answer([render_account(_get_by_id(call, parse_uuid(text))) for text in ids])


@Operation("POST", "/v2/search/user", anonymous=True, consumes=(JSON,))
def search_accounts(call: Call) -> Response:
    """Answer the accounts whose names hold one of the words."""
    text = call.json_object().get("searchString")
    if not isinstance(text, str):
        raise uncaught("java.lang.NullPointerException: null")
    size, start = call.number("size", 100) or ACCOUNT_LIMIT, call.number("start", 0)
    found = accounts.search(call.db, text.lower().split())
    page = found[start * size : (start + 1) * size]
    shown = [render_account(account) for account in page]
    return answer({"resultList": shown, "numFound": len(found), "start": start * size})


@Operation("PUT", "/v2/user/{id}", writes=True, consumes=(JSON,))
def put_account(call: Call) -> Response:
    """Change the caller's account; what is left out is cleared, and the name stays."""
    given = call.json_object()
    if call.id != call.me.id:
        raise uncaught(
            "java.lang.IllegalArgumentException: UUID in URL doesn't match the user ID of the "
            "signed in user's."
        )
    if given.get("externalId") != call.id:
        raise uncaught(
            "java.lang.IllegalArgumentException: UUID in updated user data doesn't match user ID "
            "in the URL."
        )
    if not given.get("emailAddress"):
        raise uncaught("java.lang.IllegalArgumentException: A valid email address is required.")
    columns = {column: read_text(given.get(key)) for key, column in accounts.FIELDS.items()}
    accounts.update(call.db, call.id, columns, call.now_ms)
    return done()


@Operation("DELETE", "/v2/user/{id}", writes=True)
def delete_account(call: Call) -> Response:
    """Delete the caller's account, unless it owns a network."""
    if call.id != call.me.id:
        raise failure("An authenticated user can only delete himself.")
    owned = call.db.execute("SELECT 1 FROM network WHERE owner_id = ?", (call.id,)).fetchone()
    if owned is not None:
        raise failure("Cannot orphan networks")
    accounts.delete(call.db, call.id)
    return done()


@Operation("PUT", "/v2/user/{id}/password", anonymous=True, writes=True, consumes=(TEXT,))
def put_password(call: Call) -> Response:
    """Change the caller's password to the text of the body; nobody gets mail about a lost one."""
    if call.flag("forgot"):
        _get_by_id(call, call.id)
    elif call.account is None:
        raise unauthorized("Only authenticated users can their change passwords.")
    elif call.account.id != call.id:
        raise unauthorized("Updating other user's password is not allowed.")
    else:
        accounts.set_password(call.db, call.id, call.body.decode())
    return done()


@Operation("POST", "/v3/users/signin", anonymous=True)
def sign_in(_: Call) -> Response:
    """Refuse a token: this server knows passwords alone."""
    raise bad_request("Open ID authentication is not enabled on this server")


@Operation("GET", "/v2/user/{id}/membership")
def list_memberships(call: Call) -> Response:
    """Answer the groups of an account: there are none."""
    if call.query.get("type", "MEMBER") != "MEMBER":
        raise failure("Valid permissions required in getUserGroupMembership function.")
    return answer({})


@Operation("GET", "/v2/user/{id}/permission")
def list_held(call: Call) -> Response:
    """Answer what the caller holds on one network, or on all that others share with him."""
    if call.id != call.me.id:
        raise failure("Checking other user's network permission is not allowed.")
    network_id = call.query.get("networkid")
    if network_id is not None:
        return answer(permissions.list_held(call.db, [parse_uuid(network_id)], call.id))
    least = call.query.get("permission", "READ").upper()
    held = (
        permissions.list_shared_with(call.db, call.id)
        if least != "ADMIN"
        else {row.id: "ADMIN" for row in networks.list_owned(call.db, call.id)}
    )
    return answer({id_: kind for id_, kind in held.items() if least in ("READ", kind)})


@Operation("GET", "/user/authenticate", anonymous=True)
@Operation("GET", "/rest/user/authenticate", anonymous=True)
def authenticate_legacy(call: Call) -> Response:
    """Answer the caller's account in the words of NDEx 1."""
    shown = render_own_account(call.db, _caller(call), call.disk_quota)
    name = shown.pop("userName")
    for key in ("isIndividual", "isVerified"):
        del shown[key]
    nothing = dict.fromkeys(("description", "image", "website"))
    return answer({**nothing, **shown, "accountName": name, "accountType": "User"})


@Operation("GET", "/v2/user/{id}/networksummary")
def list_own_networks(call: Call) -> Response:
    """Answer the v2 summaries of an account: owned, shared, and the targets of shortcuts.

    Each page also gets the targets of all shortcuts at home that are not on it, unchecked, so
    that paging repeats and never ends (trap 27).
    """
    account_id = _own_id(call, "the autheticated")
    offset, limit = call.number("offset", 0), call.number("limit", 0)
    rows = networks.list_for_account(call.db, account_id)
    page = rows[offset : offset + limit] if limit > 0 else rows[offset:]
    shown = {row.id for row in page}
    targets = [target for target in items.home_targets(call.db, account_id) if target not in shown]
    return answer([render_v2(row) for row in [*page, *networks.find_all(call.db, targets)]])


@Operation("GET", "/v2/user/{id}/networkcount")
def count_own_networks(call: Call) -> Response:
    """Answer how many networks and legacy sets an account has, deleted shared ones included."""
    account_id = _own_id(call, "autheticated")
    listed, sets = networks.list_for_account(call.db, account_id), items.list_sets(call.db, call.id)
    return answer({"networkCount": len(listed), "networkSetCount": len(sets)})


def _caller(call: Call) -> Account:
    if call.account is None:
        raise unauthorized("Unauthorized user.")
    return call.account


def _own_id(call: Call, word: str) -> str:
    account_id = parse_uuid(call.path["id"])
    if call.me.id != account_id:
        raise unauthorized(f"Userid has to be the same as {word} user's")
    return account_id


def _get_named(call: Call, name: str) -> Account:
    if "\x00" in name:
        raise uncaught(
            'org.postgresql.util.PSQLException: ERROR: invalid byte sequence for encoding "UTF8": '
            "0x00\n  Where: unnamed portal parameter $1"
        )
    account = accounts.find_by_name(call.db, name)
    if account is None:
        raise not_found(f"User {name.lower()} doesn't exist.")
    return account


def _get_by_id(call: Call, account_id: str) -> Account:
    account = accounts.find_by_id(call.db, account_id)
    if account is None:
        raise not_found(f"User with UUID: {account_id} doesn't exist.")
    return account


def _answer_account(call: Call, account: Account) -> Response:
    if call.account is not None and call.account.id == account.id:
        return answer(render_own_account(call.db, account, call.disk_quota))
    return answer(render_account(account))
