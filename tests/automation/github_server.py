"""What GitHub's REST API does with issues and labels, on a port of this machine.

Only what the action asks for, with the rules that it depends on: a token for everything, pages of
a hundred at most, labels matched without case, pull requests among the issues, texts of 65,536
characters at most, and labels that must exist before an issue can have them.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "Marker-of-the-token-5518"
REPOSITORY = "wikipathways/records"
MAX_BODY = 65_536

Json = dict[str, Any]


@dataclass(slots=True)
class GitHub:
    """One repository, and every request that would change it.

    ``refuse`` answers the next request of a method with a status, a message and headers.
    """

    url: str = ""
    issues: list[Json] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    comments: list[Json] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    refuse: dict[str, tuple[int, str, Json]] = field(default_factory=dict)
    drops_labels: bool = False

    def add(self, body: str | None, **changes: Any) -> int:
        """Add an issue and return its number."""
        number = len(self.issues) + 1
        entry: Json = {"number": number, "title": "", "state": "open", "body": body}
        self.issues.append({**entry, "labels": [{"name": "ndex-sync"}], **changes})
        return number

    def add_comment(self, number: int, body: str, author: str = "Bot") -> Json:
        """Add a comment and return it."""
        entry: Json = {"id": len(self.comments) + 1, "issue": number, "body": body}
        self.comments.append({**entry, "user": {"type": author}})
        return entry

    def issue(self, number: int) -> Json:
        """Return an issue."""
        return self.issues[number - 1]

    def open_numbers(self) -> list[int]:
        """Return the numbers of the open issues."""
        return [issue["number"] for issue in self.issues if issue["state"] == "open"]

    def answer(
        self, method: str, path: str, query: dict[str, list[str]], body: Json
    ) -> tuple[int, Any]:
        """Return the status and the document that a request gets."""
        if method != "GET":
            self.writes.append(f"{method} {path}")
        if len(body.get("body", "")) > MAX_BODY:
            return 422, {"message": "Validation Failed: body is too long"}
        return self._change_or_read(method, path, query, body)

    def _change_or_read(
        self, method: str, path: str, query: dict[str, list[str]], body: Json
    ) -> tuple[int, Any]:
        answer: tuple[int, Any] = 404, {"message": "Not Found"}
        match method, path.strip("/").split("/"):
            case "GET", ["issues"]:
                answer = 200, self._list(query)
            case "POST", ["issues"]:
                answer = 201, self._create(body)
            case "PATCH", ["issues", number]:
                self.issue(int(number)).update(body)
                answer = 200, self.issue(int(number))
            case "POST", ["issues", number, "comments"]:
                answer = 201, self.add_comment(int(number), body["body"])
            case "GET", ["issues", number, "comments"]:
                found = [each for each in self.comments if each["issue"] == int(number)]
                answer = 200, found if query["page"] == ["1"] else []
            case "PATCH", ["issues", "comments", number]:
                self.comments[int(number) - 1].update(body)
                answer = 200, {}
            case "GET", ["labels", name] if unquote(name).lower() in self.labels:
                answer = 200, {"name": name}
            case "POST", ["labels"]:
                self.labels.add(body["name"].lower())
                answer = 201, body
        return answer

    def _list(self, query: dict[str, list[str]]) -> list[Json]:
        label, state = query["labels"][0].lower(), query.get("state", ["open"])[0]
        found = [
            issue
            for issue in self.issues
            if state in {"all", issue["state"]}
            and label in {each["name"].lower() for each in issue["labels"]}
        ]
        if query["direction"] == ["desc"]:
            found.reverse()
        size = min(int(query["per_page"][0]), 100)
        start = (int(query["page"][0]) - 1) * size
        return found[start : start + size]

    def _create(self, body: Json) -> Json:
        given = [] if self.drops_labels else body["labels"]
        kept = [{"name": name} for name in given if name.lower() in self.labels]
        return self.issue(self.add(body["body"], title=body["title"], labels=kept))


@contextmanager
def running_github() -> Iterator[GitHub]:
    """Serve a repository without issues on a free port; stops at the end."""
    github = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            parts = urlsplit(self.path)
            below = re.fullmatch(rf"/repos/{REPOSITORY}(/.*)", parts.path)
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self._send(401, {"message": "Bad credentials"})
            elif below is None:
                self._send(404, {"message": "Not Found"})
            else:
                if refused := github.refuse.pop(self.command, None):
                    status, message, headers = refused
                    self._send(status, {"message": message}, headers)
                    return
                self._send(*github.answer(self.command, below[1], parse_qs(parts.query), body))

        def _send(self, status: int, document: Any, headers: Json | None = None) -> None:
            data = json.dumps(document).encode()
            self.send_response(status)
            if status == 301:
                self.send_header("Location", f"http://127.0.0.1:1{self.path}")
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

        do_GET = do_POST = do_PATCH = _handle  # noqa: N815 - the names that http.server calls

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        github.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield github
        finally:
            server.shutdown()
            thread.join(timeout=30)
