"""Server status in its three places (contract 2)."""

from __future__ import annotations

from starlette.responses import Response

from sync.sandbox.call import Call, Operation, answer

_BUILD = "e4574"


@Operation("GET", "/v2/admin/status", anonymous=True)
@Operation("GET", "/v3/admin/status", anonymous=True)
def get_status(call: Call) -> Response:
    """Answer the status of 2.x and 3.x servers; there are no importers to list."""
    return _status(call, call.settings.server_version, Build=_BUILD)


@Operation("GET", "/admin/status", anonymous=True)
@Operation("GET", "/rest/admin/status", anonymous=True)
def get_legacy_status(call: Call) -> Response:
    """Answer as a 2.0 server: the stock client looks here before anything else (trap 37)."""
    return _status(call, "2.0")


def _status(call: Call, version: str, **properties: str) -> Response:
    # Deleted rows count too: the real numbers are the database planner's guesses (trap 36).
    counts = call.db.execute(
        "SELECT (SELECT count(*) FROM network) AS networkCount,"
        " (SELECT count(*) FROM account) AS userCount, 0 AS groupCount"
    ).fetchone()
    properties = {"ServerResultLimit": "10000", "ServerVersion": version, **properties}
    return answer({**dict(counts), "properties": properties, "message": "Online"})
