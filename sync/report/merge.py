"""Join the reports of all shards of a run into the report that a single run would have made."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from sync.amounts import plural
from sync.collection.shards import Shard
from sync.errors import ConfigError
from sync.model import Verdict
from sync.report.causes import find_causes
from sync.report.document import (
    Acceptance,
    AcceptedEntry,
    CollectionSummary,
    Concurrency,
    Http,
    RemoteOnly,
    Report,
    ReportedRecord,
    Run,
    count_verdicts,
    occurring,
)

_MAX_NAMED = 3
_ESCAPED = re.compile(r"\\u(d[89a-f][0-9a-f]{2})")


@dataclass(frozen=True, slots=True)
class ShardReport:
    """The report of a shard, and the file that it was read from."""

    file: str
    report: Report

    @property
    def shard(self) -> Shard | None:
        """The shard that the report is of, None for the report of a whole run."""
        return self.report.run.shard


def merge_reports(shards: Sequence[ShardReport]) -> Report:
    """Join the reports of all shards of one run, in any order.

    The run begins with its first shard and ends with its last, costs what all of them cost, and is
    complete if all of them are. Its id is the one that they share.

    Raises:
        ConfigError: they are not all the shards of one run, or differ in server, commit, command,
            program or list of collections; lists all reasons.
    """
    problems = [*_foreign(shards), *_differing(shards), *_out_of_number(shards)]
    if problems:
        raise ConfigError(*problems)
    reports = [shard.report for shard in sorted(shards, key=_index)]
    unclaimed = list(_merge_unclaimed(reports))
    records = tuple(_merge_records(reports))
    remote_only = tuple(network for networks in unclaimed for network in networks)
    return Report(
        schema_version=reports[0].schema_version,
        tool=reports[0].tool,
        run=_merge_runs([report.run for report in reports]),
        collections=tuple(_merge_collections(reports, unclaimed)),
        http=_merge_http([report.http for report in reports]),
        records=records,
        remote_only=remote_only,
        accepted=_merge_accepted([report.accepted for report in reports]),
        causes=find_causes(records, remote_only),
    )


def _index(shard: ShardReport) -> int:
    return 0 if shard.shard is None else shard.shard.index


def _foreign(shards: Sequence[ShardReport]) -> Iterator[str]:
    """Yield which reports cannot be those of a shard, whatever the others are."""
    for each in shards:
        if each.shard is None:
            yield f"{each.file}: this is not a report of a shard: make it with --shard"
        elif each.shard.index > each.shard.of:
            yield f"{each.file}: there is no shard {each.shard.index} of {each.shard.of}"
        counted = each.report.verdicts[Verdict.REMOTE_ONLY]
        listed = len(each.report.remote_only)
        if counted != listed:
            yield (
                f"{each.file}: it counts {plural(counted, 'network')} without a record and lists"
                f" {listed:,}: make it again"
            )


_SAME: Sequence[tuple[str, Callable[[Report, Shard], object]]] = (
    ("runs", lambda _, shard: shard.run),
    ("divisions", lambda _, shard: f"into {shard.of}"),
    ("servers", lambda report, _: report.run.server),
    ("commits", lambda report, _: report.run.commit),
    ("commands", lambda report, _: report.run.command),
    ("versions", lambda report, _: f"{report.tool.name} {report.tool.version}"),
    ("collections", lambda report, _: ", ".join(each.name for each in report.collections)),
)
"""What all shards of a run must have in common."""


def _differing(shards: Sequence[ShardReport]) -> Iterator[str]:
    for subject, read in _SAME:
        files: dict[object, list[str]] = defaultdict(list)
        for each in shards:
            if each.shard is not None:
                files[read(each.report, each.shard)].append(each.file)
        if len(files) > 1:
            found = "; ".join(f"{value!r} in {_some(named)}" for value, named in files.items())
            yield f"the shards are of different {subject}: {found}"


def _out_of_number(shards: Sequence[ShardReport]) -> Iterator[str]:
    """Yield which shards appear twice and, if their number is known, which are missing."""
    files: dict[int, list[str]] = defaultdict(list)
    numbers = set()
    for each in shards:
        if each.shard is not None:
            files[each.shard.index].append(each.file)
            numbers.add(each.shard.of)
    for index, named in sorted(files.items()):
        if len(named) > 1:
            yield f"shard {index} appears {len(named)} times: {_some(named)}; keep one"
    if len(numbers) == 1:
        [of] = numbers
        missing = [str(index) for index in range(1, of + 1) if index not in files]
        if missing:
            yield f"of {of} shards these are missing: {_some(missing, 20)}"


def _some(names: Sequence[str], most: int = _MAX_NAMED) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _merge_runs(runs: Sequence[Run]) -> Run:
    first = runs[0]
    return Run(
        id=first.id if first.shard is None else first.shard.run,
        started=min(run.started for run in runs),
        finished=max(run.finished for run in runs),
        server=first.server,
        command=first.command,
        complete=all(run.complete for run in runs),
        commit=first.commit,
        source=first.source,
    )


def _merge_http(costs: Sequence[Http]) -> Http:
    return Http(
        requests=sum(each.requests for each in costs),
        retries=sum(each.retries for each in costs),
        bytes_received=sum(each.bytes_received for each in costs),
        bytes_sent=sum(each.bytes_sent for each in costs),
        concurrency=_merge_concurrency([each.concurrency for each in costs]),
        rate_per_s=max((each.rate_per_s for each in costs if each.rate_per_s), default=None),
        rated_s=sum(each.rated_s for each in costs),
        held_s=sum(each.held_s for each in costs),
        protocols=tuple(sorted({name for each in costs for name in each.protocols})),
    )


def _merge_concurrency(found: Sequence[Concurrency | None]) -> Concurrency | None:
    """Return the highest limit of any shard, the lowest one used, and all cuts."""
    known = [each for each in found if each is not None]
    if not known:
        return None
    return Concurrency(
        allowed=max(each.allowed for each in known),
        lowest=min(each.lowest for each in known),
        cuts=sum(each.cuts for each in known),
    )


def _merge_accepted(parts: Sequence[Acceptance]) -> Acceptance:
    """Join the shards' results for one accepted file.

    An entry is about a record of one shard. An entry about a network alone is stale for each shard
    that does not account for the network, so it is stale only if all of them say so.
    """
    stale = Counter(entry for part in parts for entry in part.stale)
    return Acceptance(
        file=next((part.file for part in parts if part.file is not None), None),
        networks=tuple(dict.fromkeys(each for part in parts for each in part.networks)),
        expired=_once(entry for part in parts for entry in part.expired),
        changed=_once(entry for part in parts for entry in part.changed),
        stale=_once(entry for entry, count in stale.items() if entry.record or count == len(parts)),
    )


def _once(entries: Iterable[AcceptedEntry]) -> tuple[AcceptedEntry, ...]:
    """Return each entry once, in the order of the accepted file."""
    return tuple(sorted(dict.fromkeys(entries), key=lambda entry: entry.line or 0))


def _merge_collections(
    reports: Sequence[Report], unclaimed: Sequence[Sequence[RemoteOnly]]
) -> Iterator[CollectionSummary]:
    """Sum up each collection; ``unclaimed`` are its networks without a record, already merged."""
    for number, left in enumerate(unclaimed):
        parts = [report.collections[number] for report in reports]
        counts = count_verdicts(part.verdicts for part in parts)
        counts[Verdict.REMOTE_ONLY] = len(left)
        yield CollectionSummary(
            name=parts[0].name,
            records=sum(part.records for part in parts),
            verdicts=occurring(counts),
            accepted_differences=sum(part.accepted_differences for part in parts),
            accepted_networks=sum(part.accepted_networks for part in parts),
            notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
            rows_left_out=sum(part.rows_left_out for part in parts),
            map_beside=sum(part.map_beside for part in parts),
            map_newer=sum(part.map_newer for part in parts),
            selected=any(part.selected for part in parts),
        )


def _merge_records(reports: Sequence[Report]) -> Iterator[ReportedRecord]:
    """Yield the records in the order of a whole report, with one of each shard in memory."""
    places = {each.name: number for number, each in enumerate(reports[0].collections)}

    def place(record: ReportedRecord) -> tuple[int, str]:
        return places.get(record.collection, len(places)), _path_on_disk(record)

    return merge(*(report.records for report in reports), key=place)


def _path_on_disk(record: ReportedRecord) -> str:
    """Undo the escapes of a name that is not UTF-8: a report is sorted before they are made."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), record.path)


def _merge_unclaimed(reports: Sequence[Report]) -> Iterator[list[RemoteOnly]]:
    """Yield each collection's networks without a record, each network once.

    Two shards report the same network if its claim changed between their runs.
    """
    rests = [iter(report.remote_only) for report in reports]
    for number in range(len(reports[0].collections)):
        found = {}
        for report, rest in zip(reports, rests, strict=True):
            count = report.collections[number].verdicts.get(Verdict.REMOTE_ONLY, 0)
            found.update({network.network: network for network in islice(rest, count)})
        yield [network for _, network in sorted(found.items())]
