"""Read kinds of differences and verdicts, named by the words of a report or by their codes."""

from __future__ import annotations

from collections.abc import Iterable

from sync.accepted.waiver import WHOLE_VERDICTS, Kind, read_kind
from sync.errors import ConfigError
from sync.model import DifferenceKind
from sync.report.labels import DIFFERENCES, VERDICTS
from sync.suggest import did_you_mean


def read_kinds(texts: Iterable[str]) -> tuple[Kind, ...]:
    """Read what ``--kind`` names: ``gene_missing``, or ``only in the record`` as in a report.

    Raises:
        ConfigError: it is not a kind that can be chosen.
    """
    named = {label.lower(): str(kind) for kind, label in DIFFERENCES.items()}
    named |= {label.label: str(verdict) for verdict, label in VERDICTS.items()}
    known = [*DifferenceKind, *WHOLE_VERDICTS, *named]
    kinds = []
    for text in texts:
        word = " ".join(text.lower().split())
        try:
            kinds.append(read_kind(named.get(word, word.replace(" ", "_").replace("-", "_"))))
        except ValueError as error:
            raise ConfigError(f"--kind {text}: {error}{did_you_mean(text, known)}") from error
    return tuple(dict.fromkeys(kinds))
