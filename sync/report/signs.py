"""What one record shows of why it differs: signs that its data gives, and none that it does not."""

from __future__ import annotations

from datetime import UTC, timedelta

from sync.model import (
    IN_TRASH,
    LOAD_FAILED,
    NO_CONTENT,
    NOT_LISTED,
    STILL_LOADING,
    UNREAD_MEMBER,
    DifferenceKind,
)
from sync.report.document import ReportedRecord

SOURCE = "source"
"""The attribute of a gene that names the part of the lexicon by which it was found."""

_SERVER_FAILURES = (LOAD_FAILED, STILL_LOADING, NO_CONTENT)
MAKING = timedelta(days=1)
"""How long making a network may take: what is changed within it was not changed afterwards."""

_FEWEST_SHARED = 2


def was_changed(record: ReportedRecord) -> bool | None:
    """Say whether the network was changed after it was made; None if NDEx tells no times.

    A day is allowed for the making: properties are written after the upload, and NDEx mixes two
    clocks and local time (contract 3.9). Visibility, read-only and membership leave no trace.
    """
    times = record.times
    return None if times is None else times.modified - times.created > MAKING


def was_edited_here(record: ReportedRecord) -> bool | None:
    """Say whether the record was edited since its network was made; None if nothing tells.

    Revisions tell where both sides state one. Else the day of the last edit does, against that of
    the release that was uploaded, or of the upload where the network does not name its release; on
    the same day nobody knows what came first.
    """
    found = record.revisions
    if found is None:
        return None
    if found.record is not None and found.network is not None:
        return found.record > found.network
    day = found.exported
    if day is None and record.times is not None:
        day = record.times.created.astimezone(UTC).date()
    if found.last_edited is None or day is None or found.last_edited == day:
        return None
    return found.last_edited > day


def states_later_revision(record: ReportedRecord) -> bool:
    """Say whether the record is of a later revision than its network was made from."""
    found = record.revisions
    return found is not None and (found.record or 0) > (found.network or found.record or 0)


def sources_of(record: ReportedRecord) -> tuple[set[str], set[str]]:
    """Return the sources of genes that the record and its network name in their differences."""
    local: set[str] = set()
    remote: set[str] = set()
    for difference in record.differences:
        for side, sources in ((difference.local, local), (difference.remote, remote)):
            if side and SOURCE in side:
                sources.update(side[SOURCE].split(" | "))
    return local, remote


def is_of_other_sources(record: ReportedRecord) -> bool:
    """Say whether the genes of record and network were found by lexicons without a common part.

    So it is where that holds for every gene that they share, of which there must be a few.
    """
    genes = record.genes
    if genes is None or genes.shared < _FEWEST_SHARED:
        return False
    differing = sum(
        each.kind is DifferenceKind.GENE_ATTRIBUTE and each.name == SOURCE
        for each in record.differences
    )
    local, remote = sources_of(record)
    return differing >= genes.shared and bool(local and remote) and local.isdisjoint(remote)


def says_server_failed(record: ReportedRecord) -> bool:
    """Say whether the server itself calls the network failed, unfinished or empty."""
    return bool(record.messages) and record.messages[0].startswith(_SERVER_FAILURES)


def is_in_trash(record: ReportedRecord) -> bool:
    """Say whether the record's network is in the trash of the account that is logged in."""
    return bool(record.messages) and record.messages[0].startswith(IN_TRASH)


def hangs_on_list(record: ReportedRecord) -> bool:
    """Say whether only the list of the collection's networks could tell of the record."""
    return bool(record.messages) and record.messages[0].startswith((NOT_LISTED, UNREAD_MEMBER))


def count_kind(record: ReportedRecord, kind: DifferenceKind) -> int:
    """Return how many differences of a kind the record has."""
    return sum(difference.kind is kind for difference in record.differences)
