"""Check, plan and apply, like the commands of these names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.apply.run import Applied, apply_plan, require_approved
from sync.build_report import ReportRequest, check_whole
from sync.collection.select import Selection, open_collections
from sync.config import CONFIG_NAME, read_config
from sync.errors import NdexSyncError, causes_of
from sync.ndex.policy import ClientPolicy
from sync.plan.actions import Plan
from sync.push import open_context, open_push_client, plan_collection, read_push_settings
from sync.records.parallel import ReadingPolicy
from sync.report.build import start_run
from sync.report.document import Report
from sync.session import (
    choose_cache,
    choose_server,
    choose_state,
    find_home,
    open_session,
    open_waivers,
)


@contextmanager
def _one_error() -> Iterator[None]:
    """Raise one expected error instead of the group with which parallel tasks end."""
    try:
        yield
    except BaseExceptionGroup as group:
        causes = list(causes_of(group))
        if not all(isinstance(each, NdexSyncError) for each in causes):
            raise
        raise causes[0] from None


async def check(
    config: str | os.PathLike[str] = CONFIG_NAME,
    *,
    collections: Iterable[str] = (),
    select: Iterable[str] = (),
    changed_since: str | None = None,
    server: str | None = None,
    state: str | os.PathLike[str] | None = None,
    concurrency: int = 8,
    rate: float | None = None,
    processes: int = 1,
) -> Report:
    """Check records against their networks, like `ndex-sync check`.

    `collections` and `select` (ids, or patterns such as `WP42*`) choose records; if empty, all are
    checked. With the folder `state`, what was read is kept there for the next check; None keeps
    nothing. With more than one of `processes`, large collections are read on several cores; a
    script that asks for this needs the usual `if __name__ == "__main__":`.

    Raises:
        ConfigError: the configuration cannot be used, or nothing is selected.
    """
    file = Path(config)
    settings, root = read_config(file), file.parent
    selection = Selection(tuple(select), changed_since)
    reading = ReadingPolicy(processes)
    opened = open_collections(settings, root, tuple(collections), selection, reading)
    choice = choose_server(server, settings.server, root)
    folder = None if state is None else choose_state(Path(state), root)
    cache = choose_cache(folder, choice.url, refresh=False)
    request = ReportRequest(opened, cache, open_waivers(settings, root))
    policy = ClientPolicy(concurrency=concurrency, rate_per_s=rate)
    run = start_run("check", choice.url)
    with _one_error():
        async with open_session(choice, policy, os.environ, find_home()) as client:
            return await check_whole(request, client, run)


async def plan(
    config: str | os.PathLike[str] = CONFIG_NAME,
    *,
    collection: str | None = None,
    select: Iterable[str] = (),
    changed_since: str | None = None,
    prune: bool = False,
    server: str | None = None,
    state: str | os.PathLike[str] | None = None,
    concurrency: int = 8,
    rate: float | None = None,
    processes: int = 1,
) -> Plan:
    """Plan what a push would do, like `ndex-sync plan`; changes nothing on NDEx.

    `collection` is needed if the configuration has several. `state` is the state folder; None means
    `.ndex-sync` beside the configuration.

    Raises:
        ConfigError: the configuration cannot be used, or you are not logged in.
    """
    policy = ClientPolicy(concurrency=concurrency, rate_per_s=rate)
    folder = None if state is None else Path(state)
    settings = read_push_settings(Path(config), collection, server, folder, policy, os.environ)
    selection = Selection(tuple(select), changed_since)
    chosen = settings.open_collection(selection, ReadingPolicy(processes))
    with _one_error():
        async with open_push_client(settings) as (client, user):
            return await plan_collection(settings, chosen, client, user.name, prune=prune)


async def apply(
    plan: Plan,
    config: str | os.PathLike[str] = CONFIG_NAME,
    *,
    approve: str | None = None,
    server: str | None = None,
    state: str | os.PathLike[str] | None = None,
    concurrency: int = 8,
    rate: float | None = None,
) -> Applied:
    """Do what a plan says, like `ndex-sync apply`; apply it again to continue where it stopped.

    Networks are backed up first, and a journal is kept in the state folder. A plan that changes
    more than the limits of the configuration allow is refused, unless `approve` is its `digest`.

    Raises:
        GuardTripped: the plan changes more than is allowed, and you did not approve it.
        PlanMismatch: the plan is for another server, account or collection.
        StateLocked: another run uses the state folder.
    """
    policy = ClientPolicy(concurrency=concurrency, rate_per_s=rate)
    folder = None if state is None else Path(state)
    settings = read_push_settings(Path(config), plan.collection, server, folder, policy, os.environ)
    require_approved(plan, approve)
    with _one_error():
        async with open_context(settings) as context:
            return await apply_plan(plan, context)
