"""One way of reading all records of a collection, in a process of its own, which tells its cost.

    python -m benchmarks.read_way WAY ROOT PATTERN CACHE

Interpreter and imports are not counted; the processes that a way starts are, with their imports.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.records.cached import RecordSource
    from sync.state.cache import Cache
    from sync.state.encoded_record import RecordRow

# What a way needs is imported where it is prepared: the processes that it starts import this module
# again.


def main() -> None:
    """Read as the arguments say and print the cost as JSON."""
    import orjson

    from sync.gc_tuning import collect_seldom
    from sync.records.discover import find_records

    way, root, pattern, cache = sys.argv[1:]
    paths = find_records(Path(root), pattern)
    prepare = WAYS[way]
    collect_seldom()
    read = prepare(Path(root), paths, Path(cache))
    started, cpu = time.perf_counter(), _cpu_s()
    read()
    cost = {
        "wall_us": (time.perf_counter() - started) / len(paths) * 1e6,
        "cpu_us": (_cpu_s() - cpu) / len(paths) * 1e6,
        "peak_mb": _peak_mb(resource.RUSAGE_SELF),
        "child_peak_mb": _peak_mb(resource.RUSAGE_CHILDREN),
    }
    print(orjson.dumps(cost).decode())


Read = Callable[[], None]


def _compose(root: Path, paths: Sequence[str], _cache: Path) -> Read:
    import yaml

    def read() -> None:
        for path in paths:
            yaml.compose(_front_matter(root / path), Loader=yaml.CSafeLoader)

    return read


def _load(root: Path, paths: Sequence[str], _cache: Path) -> Read:
    return lambda: load_front_matters(root / path for path in paths)


def _load_all(root: Path, paths: Sequence[str], _cache: Path) -> Read:
    """The bare loader, and the bare readers of the files beside: tables and drawings."""
    beside = {path: files_beside(root, path) for path in paths}

    def read() -> None:
        for path in paths:
            load_front_matters([root / path])
            load_beside(beside[path])

    return read


def load_front_matters(files: Iterable[Path]) -> None:
    """Read front matters by the bare loader."""
    import yaml

    for file in files:
        yaml.load(_front_matter(file), Loader=yaml.CSafeLoader)


def load_beside(files: Iterable[Path]) -> None:
    """Read tables and drawings by the bare readers."""
    import csv
    from xml.parsers import expat

    for file in files:
        if file.suffix == ".gpml":
            parser = expat.ParserCreate(namespace_separator="}")
            parser.StartElementHandler = _tell_nothing
            with file.open("rb") as drawing:
                parser.ParseFile(drawing)
        else:
            with file.open(encoding="utf-8", newline="") as table:
                for _ in csv.reader(table, delimiter="\t"):
                    pass


def _tell_nothing(_tag: str, _attributes: dict[str, str]) -> None:
    """Take an element: without anything to take it, expat makes no values of what it reads."""


def _cold(root: Path, paths: Sequence[str], _cache: Path) -> Read:
    return _stream(root, paths, None, 1, _leave)


def _cold_on_all_cores(root: Path, paths: Sequence[str], _cache: Path) -> Read:
    return _stream(root, paths, None, None, _leave)


def _kept(root: Path, paths: Sequence[str], path: Path) -> Read:
    return _stream(root, paths, path, 1, _leave)


def _kept_and_opened(root: Path, paths: Sequence[str], path: Path) -> Read:
    return _stream(root, paths, path, 1, _open)


def _leave(*_read: object) -> None:
    """Take a record as it is passed on: encoded."""


def _open(read: RecordRow, source: RecordSource, cache: Cache) -> None:
    """Do what a check does later, if it has to judge a record again."""
    from sync.records.cached import open_row

    open_row(read, source, cache)


WAYS = {
    "compose": _compose,
    "load": _load,
    "load all": _load_all,
    "cold": _cold,
    "cold on all cores": _cold_on_all_cores,
    "kept": _kept,
    "kept and opened": _kept_and_opened,
}


def _stream(
    root: Path,
    paths: Sequence[str],
    state: Path | None,
    processes: int | None,
    take: Callable[..., None],
) -> Read:
    """Read as a check does, with the cache at ``state`` if any; ``processes`` None: as it likes."""
    import asyncio

    from sync.records.cached import RecordSource
    from sync.records.organisms import Organisms
    from sync.records.parallel import ReadingPolicy, stream_records
    from sync.state.cache import Cache

    source = RecordSource(root, None, Organisms.of(["Homo sapiens"]))
    policy = ReadingPolicy() if processes is None else ReadingPolicy(processes)

    async def read() -> None:
        count = 0
        with Cache(state, "none") as cache:
            async for each in stream_records(source, paths, cache, policy):
                take(each, source, cache)
                count += 1
        assert count == len(paths)

    return lambda: asyncio.run(read())


def _front_matter(path: Path) -> str:
    return path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---")[0]


def files_beside(root: Path, path: str) -> Sequence[Path]:
    """Return the tables and drawings that go with a record."""
    from sync.records.fingerprint import sources_of

    places = {root / source for source in sources_of(path, None)[1:]}
    return sorted(place for place in places if place.is_file())


def _cpu_s() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


if __name__ == "__main__":
    main()
