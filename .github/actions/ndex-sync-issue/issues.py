"""The issues of a repository and their comments, over GitHub's REST API, with the job's token.

GitHub limits how fast a token may write. Such an answer, and one of a server in trouble, is tried
again when ``Retry-After`` says, or after some seconds; a write only where GitHub said that it did
not do it.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote, urlencode, urlsplit

PAGE = 100
TIMEOUT_S = 60
ATTEMPTS = 5
MAX_WAIT_S = 120
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


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment. ``is_ours``: an app wrote it, as the job's token does, and no person."""

    id: int
    body: str
    is_ours: bool


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
        query = {"labels": label, "state": "all", "sort": "created", "direction": "asc"}
        found = self._list("/issues", query)
        yield from (_issue(entry) for entry in found if "pull_request" not in entry)

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

    def comment(self, number: int, text: str) -> None:
        """Add a comment to an issue or a pull request."""
        self._ask("POST", f"/issues/{number}/comments", {"body": text})

    def list_comments(self, number: int) -> Iterator[Comment]:
        """Yield the comments of an issue or a pull request, the oldest first."""
        for entry in self._list(f"/issues/{number}/comments", {}):
            is_ours = (entry["user"] or {}).get("type") == "Bot"
            yield Comment(entry["id"], entry["body"] or "", is_ours)

    def change_comment(self, comment: Comment, text: str) -> None:
        """Set the text of a comment."""
        self._ask("PATCH", f"/issues/comments/{comment.id}", {"body": text})

    def _list(self, path: str, query: dict[str, str]) -> Iterator[Any]:
        number = 1
        while True:
            asked = {**query, "per_page": str(PAGE), "page": str(number)}
            page = self._ask("GET", f"{path}?{urlencode(asked)}")
            yield from page
            if len(page) < PAGE:
                return
            number += 1

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
        for attempt in range(1, ATTEMPTS):
            try:
                return self._try(request, where)
            except TryAgain as error:
                if error.wait_s is None:
                    time.sleep(2**attempt)
                elif error.wait_s <= MAX_WAIT_S:
                    time.sleep(error.wait_s)
                else:
                    raise
        return self._try(request, where)

    def _try(self, request: urllib.request.Request, where: str) -> Any:
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                _refused(where, error)
        except (OSError, http.client.HTTPException, ValueError) as error:
            kind = ApiError if request.method == "POST" else TryAgain
            raise kind(f"{where}: no answer that can be used: {error}") from error


class TryAgain(ApiError):
    """GitHub did not do a request, and may later: in ``wait_s`` seconds, None where not said."""

    def __init__(self, message: str, wait_s: int | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class NotFound(ApiError):
    """There is no such thing, or the token may not see it."""


def _refused(where: str, error: urllib.error.HTTPError) -> NoReturn:
    try:
        said = json.load(error).get("message", "")
    except (OSError, ValueError, AttributeError):
        said = ""
    told = f"{where}: {error.code} {said or error.reason}"
    wait_s = _wait(error)
    if _is_limit(error, said):
        advice = "GitHub limits how fast a token may ask: run the job again later"
        raise TryAgain(f"{told}; {advice}", wait_s) from error
    # A write may have been done all the same, so it is not tried again unasked.
    if error.code >= 500 and (wait_s is not None or not where.startswith("POST")):
        raise TryAgain(f"{told}; GitHub is in trouble: run the job again later", wait_s) from error
    hint = f"; {_HINTS[error.code]}" if error.code in _HINTS else ""
    kind = NotFound if error.code == 404 else ApiError
    raise kind(f"{told}{hint}") from error


def _is_limit(error: urllib.error.HTTPError, said: str) -> bool:
    """Tell a rate limit from a missing permission: both may be 403."""
    if error.code == 429:
        return True
    named = "rate limit" in said.lower() or error.headers.get("X-RateLimit-Remaining") == "0"
    return error.code == 403 and (named or "Retry-After" in error.headers)


def _wait(error: urllib.error.HTTPError) -> int | None:
    """Return the seconds that GitHub asks to wait."""
    after = error.headers.get("Retry-After", "")
    if after.isdecimal():
        return int(after)
    reset = error.headers.get("X-RateLimit-Reset", "")
    if reset.isdecimal() and error.headers.get("X-RateLimit-Remaining") == "0":
        return max(0, int(reset) - int(time.time())) + 1
    return None


def _issue(entry: dict[str, Any]) -> Issue:
    return Issue(
        number=entry["number"],
        is_open=entry["state"] == "open",
        body=entry["body"] or "",
        labels=frozenset(label["name"].lower() for label in entry["labels"]),
    )
