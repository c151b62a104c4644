"""The issues of a repository, over GitHub's REST API, with the job's token."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote, urlencode, urlsplit

PAGE = 100
TIMEOUT_S = 60
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_HINTS = {
    301: "the repository was renamed: run the workflow under its new name",
    401: "the token is not valid",
    403: "the job needs the permission issues: write",
    404: "the job needs the permission issues: write, and the repository must be there",
    410: "the repository has no issues: switch them on in its settings",
}


class ApiError(Exception):
    """A request that GitHub did not do; says which, and what to do. Never holds the token."""


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue, as far as it matters here."""

    number: int
    is_open: bool
    body: str
    labels: frozenset[str]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The token goes to no other host: a redirect is an answer like others."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


class Issues:
    """The issues of one repository."""

    def __init__(self, api: str, repository: str, token: str) -> None:
        parts = urlsplit(api)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise ApiError(f"GITHUB_API_URL is {api!r}: a token goes over https only")
        self._base = f"{api.rstrip('/')}/repos/{quote(repository)}"
        self._token = token
        self._opener = urllib.request.build_opener(_NoRedirects)

    def find(self, label: str) -> Iterator[Issue]:
        """Yield all issues with the label, open and closed, the oldest first."""
        number = 1
        while True:
            query = {"labels": label, "state": "all", "sort": "created", "direction": "asc"}
            query |= {"per_page": str(PAGE), "page": str(number)}
            page = self._ask("GET", f"/issues?{urlencode(query)}")
            yield from (_issue(entry) for entry in page if "pull_request" not in entry)
            if len(page) < PAGE:
                return
            number += 1

    def create(self, title: str, body: str, label: str) -> Issue:
        """Open an issue; the label is made first where the repository has none of that name.

        Raises:
            ApiError: also where the issue came without the label, by which alone it is found again.
        """
        self._need_label(label)
        entry = {"title": title, "body": body, "labels": [label]}
        issue = _issue(self._ask("POST", "/issues", entry))
        if label.lower() not in issue.labels:
            raise ApiError(f"issue #{issue.number} came without the label {label!r}: give it one")
        return issue

    def change(self, issue: Issue, changes: dict[str, str]) -> None:
        """Set fields of an issue."""
        self._ask("PATCH", f"/issues/{issue.number}", changes)

    def comment(self, issue: Issue, text: str) -> None:
        """Add a comment."""
        self._ask("POST", f"/issues/{issue.number}/comments", {"body": text})

    def _need_label(self, label: str) -> None:
        try:
            self._ask("GET", f"/labels/{quote(label, safe='')}")
        except NotFound:
            self._ask("POST", "/labels", {"name": label, "color": "fbca04"})

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            self._base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "ndex-sync",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        where = f"{method} {urlsplit(request.full_url).path}"
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                _refused(where, error)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ApiError(f"{where}: no answer that can be used: {error}") from error


class NotFound(ApiError):
    """There is no such thing, or the token may not see it."""


def _refused(where: str, error: urllib.error.HTTPError) -> NoReturn:
    try:
        said = json.load(error).get("message", "")
    except (OSError, ValueError, AttributeError):
        said = ""
    hint = f"; {_HINTS[error.code]}" if error.code in _HINTS else ""
    kind = NotFound if error.code == 404 else ApiError
    raise kind(f"{where}: {error.code} {said or error.reason}{hint}") from error


def _issue(entry: dict[str, Any]) -> Issue:
    return Issue(
        number=entry["number"],
        is_open=entry["state"] == "open",
        body=entry["body"] or "",
        labels=frozenset(label["name"].lower() for label in entry["labels"]),
    )
