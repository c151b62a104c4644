"""The sandbox as an ASGI application: from a request to an operation and back.

The order is the real server's: match path, method, content type and accepted type; then check
credentials; then run the operation, in one transaction (contract 1 and 2).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.sandbox import queue, refusals
from sync.sandbox.api.routes import OPERATIONS
from sync.sandbox.call import JSON, MULTIPART, Act, Call, Operation, media_type
from sync.sandbox.credentials import admit
from sync.sandbox.fault_injection import FAULTS, FaultInjector
from sync.sandbox.faults import FaultBox
from sync.sandbox.settings import SandboxSettings
from sync.sandbox.store import Store


def create_app(store: Store, *, settings: SandboxSettings) -> ASGIApp:
    """Return the application that serves ``store``; the caller closes the store."""
    box = FaultBox(settings.faults, settings.seed)
    dispatcher = _Dispatcher(store, settings, box)
    starlette = Starlette(
        routes=[
            Route(row.path, dispatcher.endpoint(row, act), methods=[row.method], name=row.path)
            for row, act in OPERATIONS
        ],
        exception_handlers={
            HTTPException: dispatcher.refuse_route,
            Exception: dispatcher.break_down,
        },
    )
    return FaultInjector(_Middleware(starlette), store, settings, box)


class _Dispatcher:
    """Runs operations for one store."""

    def __init__(self, store: Store, settings: SandboxSettings, box: FaultBox) -> None:
        self._box = box
        self._store = store
        self._settings = settings

    def endpoint(self, operation: Operation, act: Act) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of one route."""

        async def respond(request: Request) -> Response:
            try:
                _check_types(operation, request)
                body = await self._read_body(request)
                return await self._run_patiently(operation, act, request, body)
            except refusals.Refusal as refusal:
                self._box.lost_connections += refusal.costs_connection
                shown = refusals.hide_cause(refusal) if operation.hides_cause else refusal
                return self._answer(shown, request, operation.produces)
            except ClientDisconnect:
                # The body never arrived completely, and the client is gone.
                return Response(status_code=400)

        return respond

    async def refuse_route(self, request: Request, error: Exception) -> Response:
        """Answer a path or method that no operation has, as the server does: with an error of its
        own.
        """
        if isinstance(error, HTTPException) and error.status_code == 405:
            reason = (
                "jakarta.ws.rs.NotAllowedException: RESTEASY003650: No resource method found for "
                f"{request.method}, return 405 with Allow header"
            )
        else:
            reason = (
                "jakarta.ws.rs.NotFoundException: RESTEASY003210: Could not find resource for "
                f"full path: {self._settings.host_uri or str(request.base_url).rstrip('/')}"
                f"{request.url.path}"
            )
        return self._answer(refusals.uncaught(reason), request)

    async def break_down(self, request: Request, error: Exception) -> Response:
        """Answer an error in the sandbox as the server answers its own errors; it is logged too."""
        return self._answer(refusals.uncaught(type(error).__name__), request)

    async def _read_body(self, request: Request) -> bytes:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._settings.max_body_bytes:
                raise refusals.Refusal(413, None, "Request Entity Too Large")
        return bytes(body)

    async def _run_patiently(
        self, operation: Operation, act: Act, request: Request, body: bytes
    ) -> Response:
        pauses = self._settings.lock_tries if operation.waits else 0
        while True:
            try:
                return await anyio.to_thread.run_sync(self._run, operation, act, request, body)
            except refusals.Refusal as refusal:
                if refusal.error_code != refusals.LOCKED or pauses == 0:
                    raise
            pauses -= 1
            await anyio.sleep(self._settings.lock_pause_s)

    def _run(self, operation: Operation, act: Act, request: Request, body: bytes) -> Response:
        with self._store.reading() as db:
            account = admit(db, request.headers.get("authorization"))
        if account is None and not operation.anonymous:
            raise refusals.turned_away("Attempted to access resource requiring authentication.")
        now_ms = round(self._settings.clock() * 1000)
        self._catch_up(now_ms)
        transaction = self._store.writing if operation.writes else self._store.reading
        with transaction() as db:
            call = Call(
                db=db,
                settings=self._settings,
                now_ms=now_ms,
                account=account,
                path=request.path_params,
                query=dict(reversed(request.query_params.multi_items())),  # the first counts
                content_type=request.headers.get("content-type", ""),
                body=body,
                faults=request.scope.get(FAULTS, {}),
                base_url=self._settings.host_uri or str(request.base_url).rstrip("/"),
            )
            try:
                return act(call)
            except refusals.Refusal as refusal:
                if not refusal.keeps_changes:
                    raise
                return self._answer(refusal, request, operation.produces)
            except sqlite3.IntegrityError as error:
                raise refusals.failure(f"ERROR: {error}") from error

    def _catch_up(self, now_ms: int) -> None:
        with self._store.reading() as db:
            behind = queue.is_behind(db, now_ms)
        if behind:
            with self._store.writing() as db:
                queue.catch_up(db, self._settings, now_ms)

    def _answer(
        self, refusal: refusals.Refusal, request: Request, produces: str | None = JSON
    ) -> Response:
        return refusals.answer_refusal(refusal, request.url.path, self._settings.clock(), produces)


class _Middleware:
    """What the server does around every call: CORS, preflight, ignoring a final slash."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = dict(scope["headers"]).get(b"origin", b"*")

        async def send_with_cors(message: Message) -> None:
            if message["type"] == "http.response.start":
                allowed = [
                    (b"access-control-allow-origin", origin),
                    (b"access-control-allow-credentials", b"true"),
                ]
                message = {**message, "headers": [*message["headers"], *allowed]}
            await send(message)

        if scope["method"] == "OPTIONS":
            await Response()(scope, receive, send_with_cors)
            return
        path = scope["path"].rstrip("/") or "/"
        await self._inner({**scope, "path": path}, receive, send_with_cors)


def _check_types(operation: Operation, request: Request) -> None:
    given = request.headers.get("content-type", "")
    sent = media_type(given)
    if operation.reads is not None and sent != JSON:
        raise refusals.Refusal(
            415,
            refusals.UNSUPPORTED,
            "RESTEASY003200: Could not find message body reader for type: class "
            f"{operation.reads} of content type: {sent or '*/*'}",
        )
    if operation.consumes and sent and sent not in operation.consumes:
        raise refusals.Refusal(
            415, refusals.UNSUPPORTED, "RESTEASY003065: Cannot consume content type"
        )
    if sent == MULTIPART and sent in operation.consumes and "boundary=" not in given:
        raise refusals.uncaught(
            "java.io.IOException: RESTEASY007550: Unable to get boundary for multipart"
        )
    if operation.produces and not _accepts(request.headers.get("accept"), operation.produces):
        raise refusals.uncaught(
            "jakarta.ws.rs.NotAcceptableException: RESTEASY003635: No match for accept header"
        )


def _accepts(accept: str | None, produced: str) -> bool:
    if not accept:
        return True
    family = produced.partition("/")[0]
    wanted = {media_type(item) for item in accept.split(",")}
    return not wanted.isdisjoint({"*/*", f"{family}/*", produced})
