"""The limits of the client: how much it may ask of a server, and how long it may wait."""

from __future__ import annotations

from dataclasses import dataclass, fields

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ClientPolicy:
    """Limits of one client; all calls share ``concurrency`` and ``rate_per_s``.

    ``rate_per_s`` is the average number of requests, retries included; those of one second may
    start at once; None sets no rate. ``connect_timeout_s`` and ``read_timeout_s`` limit one step of
    one try; ``call_deadline_s`` limits a call with all its tries and waits, from the moment its
    turn comes. The wait before a new try grows from ``base_wait_s`` up to ``max_wait_s``; a
    ``Retry-After`` is obeyed up to ``max_retry_after_s``, and ends the call if it asks for more.
    The body limits count bytes after decompression. The one listing of a whole account has its own
    deadline and limit: it cannot be read in pages (contract 8).
    """

    concurrency: int = 8
    rate_per_s: float | None = None
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 60.0
    call_deadline_s: float = 180.0
    max_tries: int = 5
    base_wait_s: float = 0.5
    max_wait_s: float = 20.0
    max_retry_after_s: float = 120.0
    max_body_bytes: int = 64 * _MEBIBYTE
    listing_deadline_s: float = 900.0
    max_listing_bytes: int = 512 * _MEBIBYTE

    def __post_init__(self) -> None:
        for limit in fields(self):
            value = getattr(self, limit.name)
            if value is not None and not value > 0:
                raise ValueError(f"{limit.name} must be above 0, not {value}")
