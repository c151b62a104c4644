"""Users, and what an account owns (contract 2 and 8)."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from sync.sandbox import accounts, folders, networks
from sync.sandbox.accounts import Account, render_account, render_own_account
from sync.sandbox.ids import parse_uuid
from sync.sandbox.limits import ACCOUNT_NAME_LENGTH
from sync.sandbox.operation import JSON, TEXT, Call, Operation, answer, read_text
from sync.sandbox.refusals import bad_request, failure, not_found, unauthorized, uncaught
from sync.sandbox.summaries import render_v2


def create_account(call: Call) -> Response:
    """Create a verified account and answer its URL; this server asks for no mail check."""
    given = call.json_object()
    name, password, email, first_name, last_name = (
        read_text(given.get(key))
        for key in ("userName", "password", "emailAddress", "firstName", "lastName")
    )
    if not name or not password:
        raise uncaught("java.lang.IllegalArgumentException: User name and password are required.")
    if ":" in name:
        raise failure('User account name can\'t have ":" in it.')
    if len(name) > ACCOUNT_NAME_LENGTH:
        raise failure("ERROR: value too long for type character varying(100)")
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


def find_account(call: Call) -> Response:
    """Answer the caller's own account (``valid=true``), or one by its name or mail address."""
    valid = call.query.get("valid")
    if valid is not None:
        if valid.lower() != "true":
            raise uncaught("java.lang.IllegalArgumentException: Paramber valid can only be true.")
        return answer(render_own_account(call.db, _caller(call), call.disk_quota))
    name, email = call.query.get("username"), call.query.get("email")
    if name:
        return _answer_account(call, accounts.find_by_name(call.db, name), name.lower())
    if email:
        return _answer_account(call, accounts.find_by_email(call.db, email), email.lower())
    raise uncaught(
        "java.lang.IllegalArgumentException: parameter username or email is required in the URL."
    )


def find_account_v3(call: Call) -> Response:
    """Answer one account by its name."""
    name = call.query.get("username")
    if not name:
        raise bad_request("Parameter username is required.")
    return _answer_account(call, accounts.find_by_name(call.db, name), name.lower())


def get_account(call: Call) -> Response:
    """Answer one account by its UUID."""
    return _answer_account(call, accounts.find_by_id(call.db, call.id), call.id)


def authenticate_legacy(call: Call) -> Response:
    """Answer the caller's account in the words of NDEx 1."""
    shown = render_own_account(call.db, _caller(call), call.disk_quota)
    name = shown.pop("userName")
    return answer({**shown, "accountName": name, "accountType": "User"})


def list_own_networks(call: Call) -> Response:
    """Answer the v2 summaries of an account: owned, shared, and the targets of shortcuts.

    Each page also gets the targets of all shortcuts at home that are not on it, unchecked, so
    that paging repeats and never ends (trap 27).
    """
    account_id = _own_id(call)
    offset, limit = call.number("offset", 0), call.number("limit", 0)
    rows = networks.list_for_account(call.db, account_id)
    page = rows[offset : offset + limit] if limit > 0 else rows[offset:]
    shown = {row.id for row in page}
    targets = [
        target for target in folders.home_targets(call.db, account_id) if target not in shown
    ]
    return answer([render_v2(row) for row in [*page, *networks.find_all(call.db, targets)]])


def count_own_networks(call: Call) -> Response:
    """Answer how many networks and legacy sets an account has, deleted shared ones included."""
    account_id = _own_id(call)
    sets = call.db.execute(
        "SELECT count(*) FROM network_set WHERE owner_id = ?", (account_id,)
    ).fetchone()[0]
    listed = networks.list_for_account(call.db, account_id)
    return answer({"networkCount": len(listed), "networkSetCount": sets})


def _caller(call: Call) -> Account:
    if call.account is None:
        raise unauthorized("Unauthorized user.")
    return call.account


def _own_id(call: Call) -> str:
    account_id = parse_uuid(call.path["id"])
    if call.me.id != account_id:
        raise unauthorized("Userid has to be the same as the logged in user.")
    return account_id


def _answer_account(call: Call, account: Account | None, wanted: str) -> Response:
    if account is None:
        raise not_found(f"User {wanted} not found in NDEx.")
    if call.account is not None and call.account.id == account.id:
        return answer(render_own_account(call.db, account, call.disk_quota))
    return answer(render_account(account))


OPERATIONS = (
    Operation(
        "POST",
        "/v2/user",
        create_account,
        anonymous=True,
        writes=True,
        consumes=(JSON,),
        produces=TEXT,
    ),
    Operation("GET", "/v2/user", find_account, anonymous=True),
    Operation("GET", "/v3/users", find_account_v3, anonymous=True),
    Operation("GET", "/user/authenticate", authenticate_legacy, anonymous=True),
    Operation("GET", "/rest/user/authenticate", authenticate_legacy, anonymous=True),
    Operation("GET", "/v2/user/{id}", get_account, anonymous=True),
    Operation("GET", "/v2/user/{id}/networksummary", list_own_networks),
    Operation("GET", "/v2/user/{id}/networkcount", count_own_networks),
)
"""The routes of this module."""
