"""Choose the records that a run is about, and open their collections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from sync.amounts import plural
from sync.collection.listing import Location
from sync.collection.load import Collection
from sync.collection.shards import Shard
from sync.config import CollectionConfig, Config
from sync.errors import ConfigError
from sync.records.changed import find_changed
from sync.records.checkout import find_absent
from sync.records.discover import find_records
from sync.records.parallel import ReadingPolicy
from sync.records.paths import Paths
from sync.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Selection:
    """The records of a collection that a run is about; the default is all.

    ``patterns`` are record ids or globs of them. ``changed_since`` is a git ref: only records that
    changed since are taken. ``unmapped_only`` leaves out those that name a network themselves.
    ``shard`` is one part of what is left; None means all of it.
    """

    patterns: Sequence[str] = ()
    changed_since: str | None = None
    unmapped_only: bool = False
    shard: Shard | None = None

    @property
    def is_all(self) -> bool:
        """Whether all shards together leave nothing out."""
        return not (self.patterns or self.changed_since is not None or self.unmapped_only)


ALL = Selection()


def open_collections(
    config: Config,
    root: Path,
    names: Sequence[str],
    selection: Selection = ALL,
    reading: ReadingPolicy | None = None,
) -> list[tuple[str, Collection]]:
    """Find the record files of the collections that are named, or of all; each with its name.

    Raises:
        ConfigError: the configuration has no collection of that name, a pattern matches no record,
            or a git ref cannot be used.
    """
    known = [collection.name for collection in config.collection]
    for name in names:
        if name not in known:
            raise unknown_collection(name, known)
    found = [
        (
            collection.name,
            replace(
                _open_collection(collection, find_place(config, index), root, selection),
                reading=reading,
            ),
        )
        for index, collection in enumerate(config.collection)
        if not names or collection.name in names
    ]
    if selection.patterns:
        _require_match([collection for _, collection in found], selection.patterns)
    return found


def unknown_collection(name: str, known: Iterable[str]) -> ConfigError:
    """Return the error for a collection name that the configuration does not have."""
    known = list(known)
    return ConfigError(
        f"unknown collection {name!r}{did_you_mean(name, known)}; "
        f"the configuration has {', '.join(known)}"
    )


def find_place(config: Config, index: int) -> Location:
    """Return where the networks of a collection are kept, and where the configuration says so."""
    chosen = config.collection[index]
    keys = {
        key: config.locate("collection", index, key) for key in ("network_set", "folder", "account")
    }
    return Location(chosen.network_set, chosen.folder, chosen.account, keys)


def _open_collection(
    config: CollectionConfig, place: Location, root: Path, selection: Selection
) -> Collection:
    paths = find_records(root, config.records)
    if not paths:
        raise ConfigError(
            f"collection {config.name}: no file below {root} matches {config.records!r}"
        )
    selected = _select(root, paths, config.map, selection)
    own = _divide(selected, selection.shard)
    return Collection(
        root=root,
        paths=Paths(own),
        others=Paths(_left_of(paths, selected)),
        complete=selection.is_all,
        unmapped_only=selection.unmapped_only,
        layout=config.record_layout,
        map_path=config.map,
        organisms=config.counted_organisms,
        place=place,
        desired=config.desired_state,
        compared=config.compared,
        shard=selection.shard,
        other_shards=Paths(_left_of(selected, own)),
    )


def _left_of(paths: Sequence[str], taken: Sequence[str]) -> tuple[str, ...]:
    """Return the paths that were not taken; both lists are sorted, and ``taken`` is part of
    ``paths``.
    """
    if len(taken) == len(paths):
        return ()
    return tuple(sorted(set(paths).difference(taken)))


def _divide(paths: tuple[str, ...], shard: Shard | None) -> tuple[str, ...]:
    if shard is None:
        return paths
    return tuple(path for path in paths if shard.holds(PurePosixPath(path).stem))


def _select(
    root: Path, paths: Sequence[str], map_path: str | None, selection: Selection
) -> tuple[str, ...]:
    if selection.patterns:
        paths = [path for path in paths if _is_selected(path, selection.patterns)]
    if selection.changed_since is not None:
        changed = find_changed(root, selection.changed_since, paths, map_path)
        paths = [path for path in paths if path in changed]
    return tuple(paths)


def _require_match(collections: Sequence[Collection], patterns: Sequence[str]) -> None:
    """Refuse patterns that match no record, changed or not."""
    paths = [
        path for each in collections for path in (*each.paths, *each.other_shards, *each.others)
    ]
    if any(_is_selected(path, patterns) for path in paths):
        return
    known = [PurePosixPath(path).stem for path in paths]
    raise ConfigError(
        *(f"--select: no record is called {each}{did_you_mean(each, known)}" for each in patterns)
    )


def _is_selected(path: str, patterns: Sequence[str]) -> bool:
    """Return whether a pattern matches the record's id, its file's stem (formats 1, 3, 4)."""
    return any(fnmatchcase(PurePosixPath(path).stem, pattern) for pattern in patterns)


def require_checked_out(root: Path, pattern: str) -> None:
    """Refuse to prune if git tracks records that are not checked out, as in a sparse checkout.

    Raises:
        ConfigError: names a record that is not checked out.
    """
    if absent := find_absent(root, pattern):
        raise ConfigError(
            f"--prune: git tracks {plural(len(absent), 'record that is', 'records that are')} not "
            f"checked out, such as {absent[0]}: their networks would look unclaimed; check all "
            "records out (git sparse-checkout disable), or leave the option out"
        )
