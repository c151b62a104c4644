"""Users, and what an account owns (contract 2 and 8)."""

from __future__ import annotations

from starlette.responses import Response

from sync.sandbox import accounts, items, networks, permissions, refusals
from sync.sandbox.accounts import Account, render_account, render_own_account
from sync.sandbox.call import JSON, TEXT, Call, Operation, answer, created_v2, done, read_text
from sync.sandbox.ids import parse_uuid
from sync.sandbox.items import ItemType, Where
from sync.sandbox.limits import ACCOUNT_NAME_LENGTH
from sync.sandbox.summaries import render_v2

ACCOUNT_LIMIT = 2000
"""The most ids in one call for accounts."""


@Operation("POST", "/v2/user", anonymous=True, writes=True, consumes=(JSON,), produces=TEXT)
def create_account(call: Call) -> Response:
    """Create a verified account and return its URL; this server asks for no mail check."""
    given = call.json_object()
    name, password, email, first_name, last_name = (
        read_text(given.get(key))
        for key in ("userName", "password", "emailAddress", "firstName", "lastName")
    )
    if name is None:
        raise refusals.null_error()
    if not password:
        raise refusals.illegal_argument("A user password is required")
    if not email:
        raise refusals.illegal_argument("A user email address is required")
    if ":" in name:
        raise refusals.failure('User account name can\'t have ":" in it.')
    if len(name) > ACCOUNT_NAME_LENGTH:
        raise refusals.database_error(
            f"value too long for type character varying({ACCOUNT_NAME_LENGTH})"
        )
    known = accounts.find_by_name(call.db, name) is not None
    if not known and accounts.find_by_email(call.db, email) is not None:
        raise refusals.failure(f"Email address '{email.lower()}' is being used by another user.")
    account = accounts.create(
        call.db,
        name,
        password,
        call.now_ms,
        email=email,
        first_name=first_name,
        last_name=last_name,
    )
    return created_v2(call, f"user/{account.id}")


@Operation("GET", "/v2/user", anonymous=True)
def find_account(call: Call) -> Response:
    """Return the caller's own account (``valid=true``), or one by its name or mail address."""
    valid = call.query.get("valid")
    if valid is not None:
        if valid.lower() != "true":
            raise refusals.illegal_argument("The 'valid' parameter must be set to 'true'.")
        return answer(render_own_account(call.db, _caller(call), call.disk_quota))
    name, email = call.query.get("username"), call.query.get("email")
    if name:
        return _answer_account(call, _get_named(call, name))
    if email:
        found = accounts.find_by_email(call.db, email)
        if found is None:
            raise refusals.not_found(f"User with email {email} doesn't exist.")
        return answer(render_account(found))
    raise refusals.illegal_argument("parameter username or email is required in the URL.")


@Operation("GET", "/v3/users", anonymous=True)
def find_account_v3(call: Call) -> Response:
    """Return one account by its name; its owner gets all of it, but must ask for that."""
    name = call.query.get("username")
    if not name:
        raise refusals.bad_request("username is missing.")
    found = _get_named(call, name)
    if not call.flag("fullrecord"):
        return answer(render_account(found))
    if call.account is None or call.account.id != found.id:
        raise refusals.bad_request("key is missing.")
    return _answer_account(call, found)


@Operation("GET", "/v2/user/{id}", anonymous=True)
def get_account(call: Call) -> Response:
    """Return one account by its UUID."""
    return _answer_account(call, accounts.get(call.db, call.id))


@Operation("POST", "/v2/batch/user", anonymous=True, consumes=(JSON,))
def list_accounts(call: Call) -> Response:
    """Return many accounts in the order of their ids; an unknown one fails the whole call."""
    if not call.has_json:
        raise refusals.forbidden("A user id list is required.")
    ids = call.json_texts()
    if len(ids) > ACCOUNT_LIMIT:
        raise refusals.failure(
            f"You can only send up to {ACCOUNT_LIMIT} user ids in this function."
        )
    return answer([render_account(accounts.get(call.db, parse_uuid(text))) for text in ids])


@Operation("POST", "/v2/search/user", anonymous=True, consumes=(JSON,))
def search_accounts(call: Call) -> Response:
    """Return the accounts whose names contain one of the words."""
    text = call.json_object().get("searchString")
    if not isinstance(text, str):
        raise refusals.null_error()
    size, start = call.number("size", 100) or ACCOUNT_LIMIT, call.number("start", 0)
    found = accounts.search(call.db, text.lower().split())
    page = found[start * size : (start + 1) * size]
    shown = [render_account(account) for account in page]
    return answer({"resultList": shown, "numFound": len(found), "start": start * size})


@Operation("PUT", "/v2/user/{id}", writes=True, consumes=(JSON,))
def put_account(call: Call) -> Response:
    """Change the caller's account; fields that are left out are cleared, and the name stays."""
    given = call.json_object()
    if call.id != call.me.id:
        raise refusals.illegal_argument(
            "UUID in URL doesn't match the user ID of the signed in user's."
        )
    if given.get("externalId") != call.id:
        raise refusals.illegal_argument(
            "UUID in updated user data doesn't match user ID in the URL."
        )
    if not given.get("emailAddress"):
        raise refusals.illegal_argument("A valid email address is required.")
    columns = {column: read_text(given.get(key)) for key, column in accounts.FIELDS.items()}
    accounts.update(call.db, call.id, columns, call.now_ms)
    return done()


@Operation("DELETE", "/v2/user/{id}", writes=True)
def delete_account(call: Call) -> Response:
    """Delete the caller's account, unless it owns a network."""
    if call.id != call.me.id:
        raise refusals.failure("An authenticated user can only delete himself.")
    owned = call.db.execute("SELECT 1 FROM network WHERE owner_id = ?", (call.id,)).fetchone()
    if owned is not None:
        raise refusals.failure("Cannot orphan networks")
    accounts.delete(call.db, call.id)
    return done()


@Operation("PUT", "/v2/user/{id}/password", anonymous=True, writes=True, consumes=(TEXT,))
def put_password(call: Call) -> Response:
    """Change the caller's password to the text of the body; there is no mail for a lost one."""
    if call.flag("forgot"):
        accounts.get(call.db, call.id)
    elif call.account is None:
        raise refusals.unauthorized("Only authenticated users can their change passwords.")
    elif call.account.id != call.id:
        raise refusals.unauthorized("Updating other user's password is not allowed.")
    else:
        accounts.set_password(call.db, call.id, call.body.decode())
    return done()


@Operation("POST", "/v3/users/signin", anonymous=True)
def sign_in(_: Call) -> Response:
    """Refuse a token: this server only knows passwords."""
    raise refusals.bad_request("Open ID authentication is not enabled on this server")


@Operation("GET", "/v2/user/{id}/membership")
def list_memberships(call: Call) -> Response:
    """Return the groups of an account: there are none."""
    if call.query.get("type", "MEMBER") != "MEMBER":
        raise refusals.failure("Valid permissions required in getUserGroupMembership function.")
    return answer({})


@Operation("GET", "/v2/user/{id}/permission")
def list_held(call: Call) -> Response:
    """Return the caller's permission on one network, or on all that others share with them."""
    if call.id != call.me.id:
        raise refusals.failure("Checking other user's network permission is not allowed.")
    network_id = call.query.get("networkid")
    if network_id is not None:
        return answer(permissions.list_held(call.db, [parse_uuid(network_id)], call.id))
    least = call.query.get("permission", "READ").upper()
    if least == "ADMIN":
        own = items.list_place(call.db, Where.OWNED, call.id)
        return answer(dict.fromkeys([row.id for row in own.networks], "ADMIN"))
    held = permissions.list_shared_with(call.db, call.id)
    found = [row.id for row in networks.find_all(call.db, held)]
    return answer({id_: held[id_] for id_ in found if least in ("READ", held[id_])})


@Operation("GET", "/user/authenticate", anonymous=True)
@Operation("GET", "/rest/user/authenticate", anonymous=True)
def authenticate_legacy(call: Call) -> Response:
    """Return the caller's account in the format of NDEx 1."""
    shown = render_own_account(call.db, _caller(call), call.disk_quota)
    name = shown.pop("userName")
    for key in ("isIndividual", "isVerified"):
        del shown[key]
    nothing = dict.fromkeys(("description", "image", "website"))
    return answer({**nothing, **shown, "accountName": name, "accountType": "User"})


@Operation("GET", "/v2/user/{id}/networksummary")
def list_own_networks(call: Call) -> Response:
    """Return the v2 summaries of an account: owned, shared, and the targets of shortcuts.

    Each page also gets the targets of all shortcuts at home that are not on it, unchecked, so that
    paging repeats and never ends (trap 27).
    """
    account_id = _own_id(call, "the autheticated")
    offset, limit = call.number("offset", 0), call.number("limit", 0)
    rows = networks.list_for_account(call.db, account_id)
    page = rows[offset : offset + limit] if limit > 0 else rows[offset:]
    shown = {row.id for row in page}
    targets = [
        link.target_id
        for link in items.list_own(call.db, ItemType.SHORTCUT, account_id)
        if link.folder_id is None and link.target_type == "NETWORK" and link.target_id not in shown
    ]
    return answer([render_v2(row) for row in [*page, *networks.find_all(call.db, targets)]])


@Operation("GET", "/v2/user/{id}/networkcount")
def count_own_networks(call: Call) -> Response:
    """Return how many networks and legacy sets an account has, deleted shared ones included."""
    account_id = _own_id(call, "autheticated")
    listed = networks.list_for_account(call.db, account_id)
    sets = items.list_newest(call.db, ItemType.SET, account_id)
    return answer({"networkCount": len(listed), "networkSetCount": len(sets)})


def _caller(call: Call) -> Account:
    if call.account is None:
        raise refusals.unauthorized("Unauthorized user.")
    return call.account


def _own_id(call: Call, word: str) -> str:
    account_id = parse_uuid(call.path["id"])
    if call.me.id != account_id:
        raise refusals.unauthorized(f"Userid has to be the same as {word} user's")
    return account_id


def _get_named(call: Call, name: str) -> Account:
    if "\x00" in name:
        raise refusals.database_error(
            'invalid byte sequence for encoding "UTF8": 0x00\n  Where: unnamed portal parameter $1'
        )
    account = accounts.find_by_name(call.db, name)
    if account is None:
        raise refusals.not_found(f"User {name.lower()} doesn't exist.")
    return account


def _answer_account(call: Call, account: Account) -> Response:
    if call.account is not None and call.account.id == account.id:
        return answer(render_own_account(call.db, account, call.disk_quota))
    return answer(render_account(account))
