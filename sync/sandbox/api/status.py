"""Server status in its three places (contract 2)."""

from __future__ import annotations

from starlette.responses import Response

from sync.sandbox.call import Call, Operation, answer

_BUILD = "e4574"


@Operation("GET", "/v2/admin/status", anonymous=True)
@Operation("GET", "/v3/admin/status", anonymous=True)
def get_status(call: Call) -> Response:
    """Return the status of 2.x and 3.x servers; there are no importers to list."""
    return _status(call, call.settings.server_version, Build=_BUILD)


@Operation("GET", "/admin/status", anonymous=True)
@Operation("GET", "/rest/admin/status", anonymous=True)
def get_legacy_status(call: Call) -> Response:
    """Return the status as a 2.0 server does: the stock client looks here first (trap 37)."""
    return _status(call, "2.0")


def _status(call: Call, version: str, **properties: str) -> Response:
    # Deleted rows count too: the real numbers are estimates of the database planner (trap 36).
    counts = call.db.execute(
        "SELECT (SELECT count(*) FROM network) AS networkCount,"
        " (SELECT count(*) FROM account) AS userCount, 0 AS groupCount"
    ).fetchone()
    properties = {"ServerResultLimit": "10000", "ServerVersion": version, **properties}
    return answer({**dict(counts), "properties": properties, "message": "Online"})
