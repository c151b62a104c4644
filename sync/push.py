"""Open what plan, apply and restore need for one collection, and plan with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sync.apply.context import ApplyContext
from sync.apply.restore import RestoreRequest, plan_restore
from sync.build_plan import PlanRequest, make_plan
from sync.collection.load import Collection
from sync.collection.observe import ObservePolicy
from sync.collection.select import (
    Selection,
    open_collections,
    require_checked_out,
    unknown_collection,
)
from sync.config import CONFIG_NAME, CollectionConfig, Config, read_config
from sync.errors import ConfigError, Unauthorized
from sync.model import DifferenceKind, Verdict
from sync.ndex.address import ServerChoice
from sync.ndex.client import NdexClient
from sync.ndex.policy import ClientPolicy
from sync.ndex.responses import User
from sync.plan.actions import Plan
from sync.plan.candidates import PushPolicy, Subject
from sync.plan.file import require_same_target
from sync.records.parallel import ReadingPolicy
from sync.session import (
    choose_cache,
    choose_server,
    choose_state,
    find_home,
    open_session,
    open_waivers,
)
from sync.state.backup import BackupStore
from sync.state.contents import Contents
from sync.state.journal import Journal
from sync.state.lock import lock_state


@dataclass(frozen=True, slots=True)
class PushSettings:
    """What a push works with: configuration, the one collection, server and state folder."""

    config: Config
    root: Path
    collection: CollectionConfig
    choice: ServerChoice
    state: Path
    policy: ClientPolicy
    environ: Mapping[str, str]
    options: tuple[str, ...] = ()

    @property
    def server(self) -> str:
        """The name of the server in plans and the journal."""
        return self.choice.url

    def open_collection(
        self, selection: Selection, reading: ReadingPolicy | None = None
    ) -> Collection:
        """Find the records of the collection."""
        names = [self.collection.name]
        [(_, collection)] = open_collections(self.config, self.root, names, selection, reading)
        return collection


def read_push_settings(
    path: Path,
    name: str | None,
    server: str | None,
    state: Path | None,
    policy: ClientPolicy,
    environ: Mapping[str, str],
) -> PushSettings:
    """Read the configuration, choose the collection, and find its state folder.

    Raises:
        ConfigError: the configuration cannot be used, there are several collections and none is
            named, or none has that name.
    """
    config = read_config(path)
    known = {each.name: each for each in config.collection}
    if name is None and len(known) > 1:
        raise ConfigError(
            f"a plan is for one collection; name it: --collection {' or '.join(known)}"
        )
    name = name or next(iter(known))
    if (chosen := known.get(name)) is None:
        raise unknown_collection(name, known)
    root = path.parent
    choice = choose_server(server, config.server, root)
    return PushSettings(
        config,
        root,
        chosen,
        choice,
        choose_state(state, root),
        policy,
        environ,
        tuple(_options(path, chosen.name if len(known) > 1 else None, server, state)),
    )


def _options(
    config: Path, collection: str | None, server: str | None, state: Path | None
) -> Iterator[str]:
    """Yield the options with which another command finds the same collection and state."""
    given = {
        "--config": None if config == Path(CONFIG_NAME) else config,
        "--collection": collection,
        "--server": server,
        "--state": state,
    }
    for name, value in given.items():
        if value is not None:
            yield from (name, str(value))


@asynccontextmanager
async def open_push_client(settings: PushSettings) -> AsyncIterator[tuple[NdexClient, User]]:
    """Open the client and yield it with the user that is logged in.

    Raises:
        ConfigError: nobody is logged in, or not the account that the collection belongs to.
    """
    environ, home = settings.environ, find_home()
    async with open_session(settings.choice, settings.policy, environ, home) as client:
        try:
            user = await client.fetch_own_user()
        except Unauthorized as error:
            raise ConfigError(
                "nobody is logged in: set NDEX_USERNAME and NDEX_PASSWORD, or NDEX_TOKEN"
            ) from error
        wanted = settings.collection.account
        if wanted is not None and wanted.lower() != user.name.lower():
            raise ConfigError(
                f"logged in as {user.name}, but collection {settings.collection.name} belongs to "
                f"{wanted}: use that login, or change account in the configuration"
            )
        yield client, user


@asynccontextmanager
async def open_context(
    settings: PushSettings, stop: asyncio.Event | None = None, contents: Contents | None = None
) -> AsyncIterator[ApplyContext]:
    """Lock the state, open client and journal, and yield the context of an apply.

    Raises:
        ConfigError: nobody is logged in, or not the account that the collection belongs to.
        StateLocked: another run uses the state folder.
    """
    with lock_state(settings.state):
        async with open_push_client(settings) as (client, user):
            with Journal.open(settings.state) as journal:
                yield ApplyContext(
                    client=client,
                    server=settings.server,
                    account=user.name,
                    collection=settings.collection.name,
                    user=user.id,
                    journal=journal,
                    backups=BackupStore(settings.state),
                    root=settings.root,
                    map_path=settings.collection.map,
                    contents=contents,
                    stop=stop or asyncio.Event(),
                )


async def plan_collection(  # noqa: PLR0913 - options are arguments
    settings: PushSettings,
    collection: Collection,
    client: NdexClient,
    account: str,
    *,
    prune: bool = False,
    kinds: Iterable[DifferenceKind | Verdict] = (),
    contents: Contents | None = None,
    advance: Callable[[], None] = lambda: None,
) -> Plan:
    """Check the records of a collection and plan what to push; ``advance`` counts them.

    With ``kinds``, only differences and verdicts of these kinds are considered.

    Raises:
        ConfigError: with ``prune``, not all records are checked out.
    """
    chosen = settings.collection
    if prune:
        require_checked_out(settings.root, chosen.records)
    request = PlanRequest(
        server=settings.server,
        name=chosen.name,
        collection=collection,
        policy=PushPolicy(
            account=account,
            subjects=frozenset(Subject(each) for each in chosen.push),
            prune=prune,
            kinds=frozenset(kinds),
            allow_edge_loss=chosen.limits.allow_edge_loss,
            network_set=chosen.network_set,
            folder=chosen.folder,
            visibility=chosen.visibility,
            read_only=chosen.read_only,
            layout=chosen.network_layout,
        ),
        limits=chosen.limits.guards,
        records_before=_records_before(settings),
        waivers=open_waivers(settings.config, settings.root),
    )
    with choose_cache(settings.state, settings.server, refresh=False) as cache:
        return await make_plan(
            request, client, ObservePolicy(), cache, lambda _result: advance(), contents
        )


def _records_before(settings: PushSettings) -> int | None:
    if not settings.state.is_dir():
        return None
    with Journal.open(settings.state) as journal:
        return journal.count_records_before(settings.server, settings.collection.name)


async def plan_restore_of(
    settings: PushSettings, run: str, select: tuple[str, ...], context: ApplyContext
) -> Plan:
    """Plan to restore what a run overwrote or deleted.

    Raises:
        ConfigError: the run does not exist.
        PlanMismatch: the run was on another server, or for another account or collection.
    """
    journal = context.journal
    found = journal.find_run(run)
    if found is None:
        known = ", ".join(each.id for each in journal.list_runs()) or "there is none"
        raise ConfigError(f"no run is called {run}; runs: {known}")
    request = RestoreRequest(found, select, settings.collection.limits.guards)
    plan = await plan_restore(request, context)
    require_same_target(plan, context.server, context.account, context.collection)
    return plan
