"""The settings of one sandbox, for tests and people."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sync.sandbox.faults import FaultRule


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """The settings of one sandbox; by default it behaves like the real server.

    ``load_delay_s`` is how long the load of a small upload takes, plus the same for each whole
    megabyte: the first half until it is parsed, the second until it is converted. ``index_delay_s``
    is how long an index job takes. Both were measured on an idle server (contract 1.4). Loads and
    index jobs of all accounts wait for each other in one queue (contract 3.3). A locked network is
    tried again ``lock_tries`` times, ``lock_pause_s`` apart, before a metadata edit is refused
    (contract 3.3). ``host_uri`` and ``rest_prefix`` make the ``Location`` of a create: None uses
    the address of the request, and ``/v3`` is the setting of the server's own container, a dead
    link for v2 (contract 3.1). ``disk_quota`` counts bytes, ``max_body_bytes`` is where a proxy
    would stop an upload. After ``connections`` content PUTs to networks that do not exist every
    call hangs (contract 3.2; the real server has ten); None lets them pass. ``clock`` gives epoch
    seconds. New ids and the order of batches follow from ``seed``. ``faults`` are the rules in
    force at the start.
    """

    load_delay_s: float = 0.07
    index_delay_s: float = 0.07
    lock_tries: int = 10
    lock_pause_s: float = 0.5
    host_uri: str | None = None
    rest_prefix: str = "/v3"
    server_version: str = "3.0.1"
    disk_quota: int = 10_000_000_000
    max_body_bytes: int = 256 * 1024 * 1024
    connections: int | None = None
    seed: int = 0
    clock: Callable[[], float] = time.time
    faults: tuple[FaultRule, ...] = ()
