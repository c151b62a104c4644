"""Send one request and return its JSON, with deadline, size limit, retries and counts.

Redirects are not followed, and credentials are only sent where they belong. httpx and its errors
end here; every failure is raised as a ``ServerError``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import cast

import httpx

from sync.errors import (
    BadRequest,
    Call,
    ServerBroken,
    ServerError,
    Throttled,
    TooLarge,
    Unreachable,
)
from sync.ndex.auth import Credentials
from sync.ndex.body import CutShort, OverLimit, Undecodable, read_body
from sync.ndex.clock import Clock
from sync.ndex.connections import Connections
from sync.ndex.policy import ClientPolicy
from sync.ndex.rate_limit import RateLimit, RateLimitRecord
from sync.ndex.requests import Answer, Request, decipher
from sync.ndex.retry import Patience, Retried, call_with_retries

logger = logging.getLogger(__name__)

_MAX_ERROR_BYTES = 64 * 1024

FAULTS: Mapping[type[Exception], tuple[type[ServerError], str]] = {
    httpx.ConnectTimeout: (Unreachable, "no connection within the time limit"),
    httpx.PoolTimeout: (Unreachable, "no free connection within the time limit"),
    httpx.TimeoutException: (Unreachable, "no answer within the time limit"),
    httpx.ConnectError: (Unreachable, "no connection"),
    httpx.NetworkError: (Unreachable, "the connection broke"),
    httpx.ProxyError: (Unreachable, "the proxy gave no connection"),
    httpx.RemoteProtocolError: (Unreachable, "the answer broke off or was not HTTP"),
    httpx.LocalProtocolError: (BadRequest, "the request cannot be sent"),
    httpx.UnsupportedProtocol: (BadRequest, "the address cannot be used"),
    httpx.InvalidURL: (BadRequest, "the address cannot be read"),
    httpx.HTTPError: (ServerBroken, "the answer cannot be used"),
}
"""Every error of httpx that a server or network can cause, with our class for it.

The most specific class counts. Other errors can only be caused by a mistake of ours, and are raised
unchanged.
"""

_FAULTS_CAUGHT = tuple(FAULTS)


@dataclass(frozen=True, slots=True)
class HttpCounts:
    """What was sent and received so far.

    Bytes are those of bodies, as sent and received, without headers. ``protocols`` are those of the
    answers; ``rate_limit`` says how the client slowed itself down, None if it was never opened.
    """

    requests: int = 0
    retries: int = 0
    bytes_received: int = 0
    bytes_sent: int = 0
    protocols: tuple[str, ...] = ()
    rate_limit: RateLimitRecord | None = None


class Transport:
    """Sends requests to one server over connections that somebody else closes."""

    def __init__(
        self,
        connections: Connections,
        base_url: str,
        credentials: Credentials | None,
        policy: ClientPolicy,
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._base_url = base_url
        self._credentials = credentials
        self._policy = policy
        self._clock = clock
        self._rate_limit = RateLimit(policy, clock)
        self._requests = 0
        self._retries = 0
        self._bytes_received = 0
        self._bytes_sent = 0
        self._protocols: set[str] = set()
        self._dated: tuple[str, datetime] | None = None

    @property
    def counts(self) -> HttpCounts:
        """What was sent and received so far."""
        return HttpCounts(
            self._requests,
            self._retries,
            self._bytes_received,
            self._bytes_sent,
            tuple(sorted(self._protocols)),
            self._rate_limit.record,
        )

    @property
    def server_ahead_s(self) -> float | None:
        """By how many seconds the server's clock was ahead of ours in its last dated answer.

        None if no answer had a readable date.
        """
        if self._dated is None:
            return None
        date, received = self._dated
        try:
            sent = parsedate_to_datetime(date).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return (sent - received).total_seconds()

    @property
    def logged_in(self) -> bool:
        """Whether there are credentials to send."""
        return self._credentials is not None

    async def send(self, request: Request) -> object:
        """Send a request, again if that can help, and return the JSON of its answer.

        None stands for an answer that rightly has no body (204).

        Raises:
            ServerError: it failed for good; ``tries`` says how often it was sent.
        """
        deadline_s, _ = self._limits(request)
        failed: list[ServerError] = []
        async with self._rate_limit.slot():
            try:
                async with asyncio.timeout(deadline_s) as deadline:
                    return await self._send_until_final(request, deadline_s, failed)
            except TimeoutError:
                if not deadline.expired():
                    raise
                raise _out_of_time(request.call, deadline_s, failed) from None

    async def _send_until_final(
        self, request: Request, deadline_s: float, failed: list[ServerError]
    ) -> object:
        """Send until success or a final error; ``failed`` collects the errors on the way."""

        async def _attempt() -> object:
            return await self._send_once(request)

        def _announce(retried: Retried) -> None:
            failed.append(_forget_calls(retried.error))
            self._note_retry(retried)

        try:
            return await call_with_retries(
                _attempt,
                Patience(self._policy, deadline_s),
                self._clock,
                _announce,
                repeatable=request.repeatable,
            )
        except ServerError as error:
            error.tries = len(failed) + 1
            raise _forget_calls(error) from None

    def _note_retry(self, retried: Retried) -> None:
        self._retries += 1
        if isinstance(retried.error, Throttled):
            self._rate_limit.hold(retried.wait_s)
        logger.info("%s; trying again in %.1f s", retried.error, retried.wait_s)

    async def _send_once(self, request: Request) -> object:
        await self._rate_limit.turn()
        started_s = self._clock.monotonic_s()
        try:
            answer = await self._exchange(request)
            found = decipher(request, answer, self._clock.now())
        except httpx.TimeoutException as error:
            self._rate_limit.note_strain(started_s)
            raise translate(error, request.call) from error
        except _FAULTS_CAUGHT as error:
            raise translate(error, request.call) from error
        except Throttled:
            self._rate_limit.note_strain(started_s)
            raise
        # Batches and listings take as long as they are large, which is not a sign of strain.
        if request.method == "GET" and not request.listing:
            self._rate_limit.note_answer(started_s)
        return found

    async def _exchange(self, request: Request) -> Answer:
        url = f"{self._base_url}{request.path}"
        self._requests += 1
        self._bytes_sent += len(request.body or b"")
        async with self._connections.send(
            request.method,
            url,
            query=request.query,
            headers=self._headers(request),
            body=request.body,
        ) as response:
            if "http_version" in response.extensions:
                self._protocols.add(response.http_version)
            if "date" in response.headers:
                self._dated = response.headers["date"], self._clock.now()
            body = await self._read(request, response)
        return Answer(url, response.status_code, response.headers, body)

    def _headers(self, request: Request) -> dict[str, str]:
        headers: dict[str, str] = {}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if self._credentials is not None and not request.anonymous:
            headers["Authorization"] = self._credentials.authorization
        return headers

    async def _read(self, request: Request, response: httpx.Response) -> bytes:
        if response.is_redirect:
            return b""
        _, limit_bytes = self._limits(request)
        failed = response.is_error
        try:
            return await read_body(
                self._receive(response),
                response.headers.get("content-encoding", ""),
                _MAX_ERROR_BYTES if failed else limit_bytes,
            )
        except OverLimit as error:
            if failed:
                return error.body
            raise TooLarge(
                request.call,
                f"the answer is larger than the limit of {limit_bytes:,} bytes",
                status=response.status_code,
            ) from None
        except Undecodable as error:
            raise ServerBroken(request.call, str(error), status=response.status_code) from None
        except CutShort:
            raise Unreachable(request.call, "the answer breaks off in the middle") from None

    async def _receive(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """Yield the body as it arrives; httpx's own iterators would decode it, or cost more."""
        async for part in cast("httpx.AsyncByteStream", response.stream):
            self._bytes_received += len(part)
            yield part

    def _limits(self, request: Request) -> tuple[float, int]:
        """Return the call's deadline in seconds and its size limit in bytes."""
        if request.listing:
            return self._policy.listing_deadline_s, self._policy.max_listing_bytes
        return self._policy.call_deadline_s, self._policy.max_body_bytes


def translate(error: Exception, call: Call) -> ServerError:
    """Return our error for one of httpx: its most specific entry in ``FAULTS``."""
    kind, sentence = next(FAULTS[base] for base in type(error).__mro__ if base in FAULTS)
    detail = " ".join(str(error).split())[:200]
    return kind(call, f"{sentence}: {detail}" if detail else sentence)


def _forget_calls(error: ServerError) -> ServerError:
    """Return an error without the calls that failed, which hold what was sent and received.

    Retries leave errors in reference cycles, and the collector runs seldom.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _out_of_time(call: Call, deadline_s: float, failed: list[ServerError]) -> Unreachable:
    sentence = f"no answer within the {deadline_s:g} s that a call may take"
    if failed:
        sentence += f"; the try before ended with: {failed[-1].message}"
    error = Unreachable(call, sentence)
    error.tries = len(failed) + 1
    return error
