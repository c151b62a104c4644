"""Send the recorded calls to an NDEx server and compare its answers with those of a real one.

    python -m tests.sandbox.replay http://127.0.0.1:8080 [TOPIC...]

prints every step that is answered otherwise, recorded -> seen, and a table by topic. It exits 1 if
there are more such steps than ``fixtures/recorded/left_out.tsv`` names. Each topic makes two
accounts of its own and removes what it made. A topic is a file of ``fixtures/recorded/scenarios``;
what varies from run to run (ids, times, keys, addresses) is masked there.
"""

from __future__ import annotations

import base64
import csv
import gzip
import json
import re
import secrets
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from tests.contract.calls import UNKNOWN, last_segment

Json = Any
Step = dict[str, Any]

RECORDED = Path(__file__).resolve().parents[2] / "fixtures" / "recorded"
PATIENCE_S = 300.0

_KEPT_HEADERS = ("location", "www-authenticate", "content-disposition")
_VARYING = ("threadId", "timeStamp")
_SIZES = ("cxFileSize", "cx2FileSize")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MASKS = (
    (_UUID, "<uuid>"),
    (re.compile(r"https?://(127\.0\.0\.1|localhost)(:\d+)?(?=/|$)"), "<server>"),
    (re.compile(r"\b(?:[0-9a-f]{32}){1,2}\b"), "<key>"),
    (re.compile(r"(?:/[\w.-]+)+(?=/data/)"), "<root>"),
    (re.compile(r"\b1[0-9]{12}\b"), "<ms>"),
    (re.compile(r"@[0-9a-f]{6,8}\b"), "@<hash>"),
    # A busy JVM drops the texts of its null and cast errors.
    (re.compile(r'Cannot invoke ".*" because .* is null|^Unknow server error\.$'), "<null>"),
    (re.compile(r"^class \S+ cannot be cast to class .*"), "<null>"),
    (re.compile(r"^java\.lang\.(NullPointer|ClassCast)Exception$"), "<null>"),
    (re.compile(r"(?<=NullPointerException: )null$"), "<null>"),
    (re.compile(r"(?<=ClassCastException: ).*"), "<cast>"),
    (re.compile(r"(?<=<server>/)v[23](?=/(network|networkset|user)/)"), "<prefix>"),
)
_FENCE = [
    {"metaData": [{"name": "nodes", "elementCount": 1, "version": "1.0"}]},
    {"nodes": [{"@id": 1, "n": "A"}]},
    {"status": [{"error": "", "success": True}]},
]


class NotRun(Exception):
    """A step needs what an earlier step did not give on this server."""


def topics() -> list[str]:
    """Return the names of all topics."""
    return sorted(path.stem for path in (RECORDED / "scenarios").glob("*.json"))


def steps_of(topic: str) -> list[Step]:
    """Return the recorded steps of a topic."""
    steps: list[Step] = _read(topic)["steps"]
    return steps


def left_out() -> list[dict[str, str]]:
    """Return the steps that the sandbox answers in its own way: topic, step, kind and reason."""
    with (RECORDED / "left_out.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def replay(url: str, topic: str) -> Iterator[tuple[Step, Json, list[str]]]:
    """Send the steps of a topic; yield each with the answer and one line for each difference."""
    scenario = _read(topic)
    session = _Session(url.rstrip("/"))
    try:
        for step in scenario["steps"]:
            try:
                seen = session.run(step, scenario["documents"])
            except NotRun as missing:
                yield step, None, [f"not run: no {{{missing}}}"]
            except httpx.TransportError as error:
                yield step, None, [f"{type(error).__name__}: {error}"]
            else:
                yield step, seen, list(_differences(step["answer"], seen))
    finally:
        session.close()


def main(arguments: list[str]) -> int:
    """Replay the topics that are asked for against a server, and print what differs."""
    if not arguments:
        print(__doc__)
        return 2
    url, *wanted = arguments
    known = {(row["topic"], row["step"]) for row in left_out()}
    rows, new = [], 0
    for topic in wanted or topics():
        differing = 0
        for step, _, found in replay(url, topic):
            differing += bool(found)
            new += bool(found) and (topic, step["name"]) not in known
            if found:
                print(f"{topic}: {step['name']}", *found, sep="\n    ", flush=True)
        rows.append((topic, len(steps_of(topic)), differing))
    print(f"{'topic':26}{'steps':>8}{'different':>12}")
    for topic, steps, differing in rows:
        print(f"{topic:26}{steps:8}{differing:12}")
    return 1 if new else 0


class _Session:
    """One topic's accounts on one server, the values bound so far, and what was made."""

    def __init__(self, url: str) -> None:
        self._url = url
        # To read them takes longer than most steps, so not for each client.
        self._certificates = httpx.create_ssl_context()
        self._bound: dict[str, str] = {"unknown": UNKNOWN, "tag": "tag" + _letters(9)}
        self._clients = {"anonymous": self._client(None)}
        self._made: list[tuple[str, str]] = []
        for who in ("owner", "stranger"):
            self._sign_up(who)
        self._clients["wrong password"] = self._client((self._bound["owner"], "wrong"))
        self._bound["nobody"] = "nobody" + _letters(9)
        self._clients["unknown account"] = self._client((self._bound["nobody"], "wrong"))

    def run(self, step: Step, documents: dict[str, Json]) -> Json:
        """Send one step, wait as it says, and return its answer with what varies masked."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            request = self._request(step, documents)
            response = self._clients[step["who"]].send(request)
            raw = _content(response)
            answer = self._masked(response, raw, step)
            held = all(_at(answer, place) == it for place, it in step.get("until", {}).items())
            if held or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        self._note(step["who"], request, response)
        for name, place in step.get("bind", {}).items():
            self._bind(name, place, response, raw)
        if "bind" in step:
            answer = self._masked(response, raw, step)
        if response.is_success and "wait" in step:
            self._wait(step, request, response)
        return answer

    def close(self) -> None:
        """Remove all that the topic made, the accounts last."""
        for maker, path in reversed(self._made):
            # What was handed over is not the maker's any more.
            for who in sorted(("owner", "stranger"), key=lambda who: who != maker):
                client = self._clients[who]
                gone = client.delete(path, params={"permanent": "true", "force": "true"})
                if gone.status_code == 500:
                    self._unlock(client, last_segment(path))
                    gone = client.delete(path, params={"permanent": "true"})
                if gone.is_success:
                    break
        for who in ("owner", "stranger"):
            client, user = self._clients[who], self._bound[f"{who}_id"]
            client.delete("/v3/files/trash")
            left = client.get(f"/v2/user/{user}/networksummary")
            for item in left.json() if left.is_success else []:
                client.delete(f"/v3/networks/{item['externalId']}", params={"permanent": "true"})
            client.delete(f"/v2/user/{user}")
        for client in self._clients.values():
            client.close()

    def _unlock(self, client: httpx.Client, network: str) -> None:
        """Free the caller's own network of a lock and of read-only."""
        for read_only in (True, False):
            system = f"/v2/network/{network}/systemproperty"
            owned = client.put(system, json={"readOnly": read_only}).is_success
            if read_only and owned:
                client.put(f"/v2/network/{network}", files={"CXNetworkStream": ("cx", b"")})

    def _fill(self, text: str) -> str:
        """Return the text with each {name} replaced; {NAME} is the value in upper case."""

        def value(found: re.Match[str]) -> str:
            known = self._bound.get(found[1].lower())
            if known is None:
                raise NotRun(found[1])
            return known.upper() if found[1].isupper() else known

        return re.sub(r"\{([A-Za-z]\w*)\}", value, text)

    def _client(self, auth: tuple[str, str] | None) -> httpx.Client:
        return httpx.Client(
            base_url=self._url,
            auth=auth,
            timeout=120,
            trust_env=False,
            verify=self._certificates,
        )

    def _sign_up(self, who: str) -> None:
        name, password = f"rec{who}{_letters(8)}", "password " + _letters(8)
        names = {"firstName": "Rec", "lastName": "Order"}
        body = {"userName": name, "password": password, "emailAddress": f"{name}@example.org"}
        self._clients["anonymous"].post("/v2/user", json=body | names).raise_for_status()
        client = self._clients[who] = self._client((name, password))
        account = client.get("/v2/user", params={"valid": "true"}).raise_for_status().json()
        token = base64.b64encode(f"{name}:{password}".encode()).decode()
        self._bound |= {who: name, f"{who}_id": account["externalId"]}
        self._bound |= {f"{who}_password": password, f"{who}_token": token}

    def _request(self, step: Step, documents: dict[str, Json]) -> httpx.Request:
        headers = self._filled(step.get("headers", {}))
        more: dict[str, Any] = {}
        content = self._body(step, documents)
        if "Content-Type" in headers and headers["Content-Type"] is None:
            del headers["Content-Type"]
        elif content is not None:
            headers.setdefault("Content-Type", "application/json")
        if content is not None and step.get("gzip"):
            content = gzip.compress(content)
            headers["Content-Encoding"] = "gzip"
        if "multipart" in step:
            name, field = step["multipart"], step.get("part", "CXNetworkStream")
            part = json.dumps(self._filled(documents[name])).encode() if name else b""
            more["files"] = {field: ("file.cx", part, "application/octet-stream")}
        if "query" in step:
            more["params"] = self._filled(step["query"])
        path, client = self._fill(step["path"]), self._clients[step["who"]]
        return client.build_request(step["method"], path, headers=headers, content=content, **more)

    def _body(self, step: Step, documents: dict[str, Json]) -> bytes | None:
        if "body" in step or "document" in step:
            body = step["body"] if "body" in step else documents[step["document"]]
            return json.dumps(self._filled(body), ensure_ascii=False).encode()
        return self._fill(step["text"]).encode() if "text" in step else None

    def _filled(self, value: Json) -> Json:
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if not isinstance(value, dict):
            return self._fill(value) if isinstance(value, str) else value
        match sorted(value):
            case ["repeat", "text"]:
                return self._fill(value["text"]) * value["repeat"]
            case ["item", "times"]:
                return [self._fill(value["item"])] * value["times"]
            case ["many nodes"]:
                numbers = range(value["many nodes"])
                return {"nodes": [{"id": n, "v": {"name": f"N{n}"}} for n in numbers]}
        return {self._fill(key): self._filled(item) for key, item in value.items()}

    def _note(self, who: str, request: httpx.Request, response: httpx.Response) -> None:
        path, location = request.url.path, response.headers.get("Location", "")
        if response.status_code != 201 or not location:
            return
        kinds = ("shortcuts", "folders")
        kind = next((k for k in kinds if f"files/{k}" in path or f"files/{k}" in location), None)
        if kind is not None or "networkset" in path:
            self._made.append((who, f"/v3/files/{kind or 'folders'}/{last_segment(location)}"))
        elif "user" not in path:
            self._made.append((who, f"/v3/networks/{last_segment(location)}"))

    def _bind(self, name: str, place: str, response: httpx.Response, raw: Json) -> None:
        self._bound.pop(name, None)
        if place == "location":
            value = last_segment(response.headers.get("Location", ""))
        elif place == "text":
            value = last_segment(str(raw)) if response.is_success else ""
        else:
            value = _at(raw, self._fill(place))
        if value not in ("", None):
            self._bound[name] = str(value)

    def _wait(self, step: Step, request: httpx.Request, response: httpx.Response) -> None:
        """Wait until the network has loaded and the queue has done all work from before now."""
        if step["wait"] == "loaded":
            places = [response.headers.get("Location", ""), response.text, request.url.path]
            network = next(found[0] for place in places if (found := _UUID.search(place)))
            self._wait_until_loaded(self._clients[step["who"]], network)
        client = self._clients["stranger"]
        fence = client.post("/v2/network", json=_FENCE)
        if fence.is_success:
            network = last_segment(fence.headers["Location"])
            self._wait_until_loaded(client, network)
            client.delete(f"/v3/networks/{network}", params={"permanent": "true"})

    def _wait_until_loaded(self, client: httpx.Client, network: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            seen = client.get(f"/v2/network/{network}/summary").json()
            # An earlier index job may set ``completed`` while this upload still waits.
            if (seen.get("completed") and seen.get("isValid")) or "errorCode" in seen:
                return
            if "errorMessage" in seen:
                return
            time.sleep(0.05)

    def _masked(self, response: httpx.Response, raw: Json, step: Step) -> Json:
        answer: dict[str, Json] = {"status": response.status_code}
        if kind := response.headers.get("content-type"):
            answer["type"] = kind.replace("; ", ";").lower()
        kept = [name for name in _KEPT_HEADERS if name in response.headers]
        if kept:
            answer["headers"] = {name: self._mask(response.headers[name]) for name in kept}
        if raw is not None:
            answer["body"] = self._mask(raw)
            for place in step.get("sort", []):
                found = _at(answer["body"], place)
                if isinstance(found, list):
                    found.sort(key=_order)
            for place in step.get("ignore", []):
                parent, _, key = place.rpartition("/")
                holder = _at(answer["body"], parent)
                if isinstance(holder, dict):
                    holder.pop(key, None)
        return answer

    def _mask(self, value: Json) -> Json:
        if isinstance(value, str):
            return self._mask_text(value)
        if isinstance(value, int) and not isinstance(value, bool) and value > 10**12:
            masked = self._mask_text(str(value))
            return value if masked == str(value) else masked
        if isinstance(value, list):
            items = [self._mask(item) for item in value]
            counted = items and all(isinstance(i, dict) and "elementCount" in i for i in items)
            return sorted(items, key=lambda item: str(item["name"])) if counted else items
        if not isinstance(value, dict):
            return value
        kept = {key: item for key, item in value.items() if key not in _VARYING}
        kept |= {key: "<size>" for key in _SIZES if key in kept}
        kept |= {"diskQuota": "<quota>"} if "diskQuota" in kept else {}
        kept |= {"stackTrace": "stackTrace" in kept} if "errorCode" in kept else {}
        return {self._mask_text(key): self._mask(item) for key, item in kept.items()}

    def _mask_text(self, text: str) -> str:
        for name, value in sorted(self._bound.items(), key=lambda item: -len(item[1])):
            if len(value) > 5:
                text = text.replace(value, f"{{{name}}}")
        return _mask_what_varies(text)


@cache
def _mask_what_varies(text: str) -> str:
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text


def _read(topic: str) -> dict[str, Any]:
    text = (RECORDED / "scenarios" / f"{topic}.json").read_text(encoding="utf-8")
    scenario: dict[str, Any] = json.loads(text)
    return scenario


def _differences(recorded: Json, seen: Json, place: str = "") -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(seen, dict):
        for key in sorted(recorded.keys() | seen.keys()):
            where = f"{place}/{key}"
            if key not in seen:
                yield f"{where}: {_short(recorded[key])} -> absent"
            elif key not in recorded:
                yield f"{where}: absent -> {_short(seen[key])}"
            else:
                yield from _differences(recorded[key], seen[key], where)
    elif isinstance(recorded, list) and isinstance(seen, list) and len(recorded) == len(seen):
        for number, (old, new) in enumerate(zip(recorded, seen, strict=True)):
            yield from _differences(old, new, f"{place}/{number}")
    elif json.dumps(recorded) != json.dumps(seen):
        yield f"{place}: {_short(recorded)} -> {_short(seen)}"


def _content(response: httpx.Response) -> Json:
    """Return the body as JSON where it is JSON, else as text; None if there is none."""
    if not response.content:
        return None
    try:
        return json.loads(response.content)
    except ValueError:
        return response.text


def _at(value: Json, pointer: str) -> Json:
    """Return what a JSON pointer points at; None if nothing."""
    for key in pointer.split("/")[1:]:
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            return None
    return value


def _order(item: Json) -> tuple[str, str]:
    """Sort by id, so that a difference elsewhere in an item leaves the others at their places."""
    known = item if isinstance(item, dict) else {}
    key = known.get("uuid") or known.get("externalId") or ""
    return str(key), json.dumps(item, sort_keys=True)


def _short(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:300] + "…"


def _letters(count: int) -> str:
    return "".join(secrets.choice("bcdfghjkmnpqrstvwxz") for _ in range(count))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
