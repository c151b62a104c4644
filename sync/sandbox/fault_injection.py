"""Apply ordered faults to real calls, around the application and down to the socket."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Mapping
from typing import Any, cast

import anyio
import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sync.errors import ConfigError
from sync.sandbox import networks
from sync.sandbox.call import answer, done
from sync.sandbox.faults import Fault, FaultBox, FaultKind, FaultRule, parse_rules, read_rules
from sync.sandbox.refusals import GENERIC, Refusal, answer_refusal
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store

CONTROL = "/_sandbox/faults"
"""GET shows the rules in force, POST ``{"rules": …}`` sets others, DELETE clears them."""

LOG = "/_sandbox/log"
"""GET shows the faults that happened and how many connections clients have cost.

DELETE clears the faults.
"""

FAULTS = "ndex_sync.faults"
"""The key in the scope where the application finds the faults of a call."""

TRANSPORT = "ndex_sync.transport"
"""The key among the scope's extensions of the connection, over a real socket."""

_SLOW_PARTS = 10
_NETWORK_PATH = re.compile(r"/v[23]/networks?/([0-9a-f-]{36})")

Faults = Mapping[FaultKind, Fault]


class FaultInjector:
    """The application with faults on the way in and out."""

    def __init__(
        self, inner: ASGIApp, store: Store, settings: SandboxSettings, box: FaultBox
    ) -> None:
        self._inner = inner
        self._store = store
        self._clock = settings.clock
        self._connections = settings.connections
        self._box = box

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one call, with the faults drawn for it."""
        if scope["path"] in (CONTROL, LOG):
            reply = await self._control(Request(scope, receive))
            await reply(scope, receive, send)
            return
        if self._connections is not None and self._box.lost_connections >= self._connections:
            # There is no database connection left to wait for.
            await _wait_for_the_end(receive)
            return
        drawn = self._box.draw(scope["method"], scope["path"])
        await self._run({fault.rule.kind: fault for fault in drawn}, scope, receive, send)

    async def _control(self, request: Request) -> Response:
        box = self._box
        match request.method, request.url.path:
            case "GET", path if path == LOG:
                return answer({"log": box.log, "lost_connections": box.lost_connections})
            case "GET", _:
                rules = [rule.model_dump(exclude_defaults=True) for rule in box.rules]
                return answer({"rules": rules})
            case "DELETE", path:
                box.set_rules(box.rules if path == LOG else ())
            case "POST", path if path == CONTROL:
                try:
                    box.set_rules(_read_rules(await request.body()))
                except ConfigError as error:
                    return answer({"problems": error.problems}, 400)
            case _:
                return answer({"problems": ["use GET, POST or DELETE"]}, 405)
        return done()

    async def _run(self, faults: Faults, scope: Scope, receive: Receive, send: Send) -> None:
        if FaultKind.LATENCY in faults:
            await anyio.sleep(faults[FaultKind.LATENCY].seconds)
        if FaultKind.RESET_BEFORE in faults:
            await _reset(scope, receive)
            return
        instead = self._answer_instead(faults, scope["path"])
        if instead is not None:
            await instead(scope, receive, send)
            return
        scope = {**scope, FAULTS: faults}
        if not faults:
            await self._inner(scope, receive, send)
            return
        recorded = _Recording()
        await self._inner(scope, receive, recorded.send)
        if FaultKind.MEDDLE in faults:
            # Before the answer is sent, so that the caller's next call cannot come first.
            rule = faults[FaultKind.MEDDLE].rule
            await anyio.to_thread.run_sync(self._meddle, rule, scope["path"])
        await _play(recorded, faults, scope, receive, send)

    def _answer_instead(self, faults: Faults, path: str) -> Response | None:
        if FaultKind.THROTTLE in faults:
            seconds = faults[FaultKind.THROTTLE].seconds
            headers = {"Retry-After": f"{seconds:g}"}
            return HTMLResponse(_page("Too Many Requests"), 429, headers=headers)
        if FaultKind.ERROR not in faults:
            return None
        rule = faults[FaultKind.ERROR].rule
        message = rule.message or "An ordered fault."
        if rule.code is None and rule.status != 500:
            return HTMLResponse(_page(message), rule.status)
        refusal = Refusal(rule.status, rule.code or GENERIC, message)
        return answer_refusal(refusal, path, self._clock())

    def _meddle(self, rule: FaultRule, path: str) -> None:
        found = _NETWORK_PATH.match(path)
        network_id = rule.network or (found[1] if found else None)
        if network_id is None:
            return
        with self._store.writing() as db:
            row = networks.find(db, network_id)
            if row is not None and not row.deleted:
                networks.update(db, row.id, description=rule.message or "Changed by somebody else.")
                networks.touch(db, row, round(self._clock() * 1000))


class BreakableProtocol(H11Protocol):
    """Uvicorn's HTTP/1.1 protocol; the application can see and break the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin a connection."""
        super().connection_made(transport)
        inner = cast(ASGIApp, self.app)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            extensions = {**scope.get("extensions", {}), TRANSPORT: transport}
            await inner({**scope, "extensions": extensions}, receive, send)

        self.app = cast(Any, app)


class _Recording:
    """An answer that is held back."""

    def __init__(self) -> None:
        self.start: Message = {}
        self.body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")


async def _play(
    recorded: _Recording, faults: Faults, scope: Scope, receive: Receive, send: Send
) -> None:
    body = recorded.body
    breaks = FaultKind.RESET_DURING in faults
    if FaultKind.LOST in faults or (breaks and not body):
        await _reset(scope, receive)
        return
    start = recorded.start
    if FaultKind.TRUNCATE in faults:
        body = body[: faults[FaultKind.TRUNCATE].rule.bytes]
        start = _with_length(start, len(body))
    if breaks:
        body = body[: len(body) // 2]
    await send(start)
    if FaultKind.SLOW in faults:
        body = await _trickle(body, faults[FaultKind.SLOW].seconds, send)
    await send({"type": "http.response.body", "body": body, "more_body": breaks})
    if breaks or FaultKind.RESET_AFTER in faults:
        await _hang_up(scope, receive)


async def _trickle(body: bytes, seconds: float, send: Send) -> bytes:
    """Send all but the last part of ``body`` slowly and return that part."""
    size = len(body) // _SLOW_PARTS + 1
    while len(body) > size:
        await send({"type": "http.response.body", "body": body[:size], "more_body": True})
        body = body[size:]
        await anyio.sleep(seconds / _SLOW_PARTS)
    return body


async def _reset(scope: Scope, receive: Receive) -> None:
    transport = _transport(scope)
    # With a linger time of zero the kernel sends a reset instead of an orderly end.
    linger = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    await _wait_for_the_end(receive)


async def _hang_up(scope: Scope, receive: Receive) -> None:
    _transport(scope).close()
    await _wait_for_the_end(receive)


async def _wait_for_the_end(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _transport(scope: Scope) -> asyncio.Transport:
    transport = scope.get("extensions", {}).get(TRANSPORT)
    if transport is None:
        # In process there is no connection to break; the caller sees what a socket would raise.
        raise ConnectionResetError("an ordered fault broke the connection")
    return cast(asyncio.Transport, transport)


def _with_length(start: Message, length: int) -> Message:
    headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    return {**start, "headers": [*headers, (b"content-length", str(length).encode())]}


def _page(text: str) -> str:
    return f"<html><body><h1>{text}</h1></body></html>"


def _read_rules(body: bytes) -> tuple[FaultRule, ...]:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ConfigError(f"the body is not JSON: {error}") from error
    rules = given.get("rules") if isinstance(given, dict) else None
    if isinstance(rules, str):
        return parse_rules(rules)
    if isinstance(rules, list):
        return read_rules(rules)
    raise ConfigError('expected {"rules": […]} or {"rules": "rules in words"}')
