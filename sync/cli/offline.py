"""``check --offline``: read every record and map, ask no server, and tell how the reading went."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from sync.cli.log import configure_logging
from sync.cli.options import Manner
from sync.locate import Collection, read_entries, read_records
from sync.records.survey import Survey, survey_records
from sync.report.exit_status import ExitStatus
from sync.report.survey import Refusal, SurveyRow, render_survey


def run_offline(collections: Sequence[tuple[str, Collection]], manner: Manner) -> int:
    """Print a table by layout and every reason for a refusal; return the exit status.

    Raises:
        ConfigError: a map file cannot be read; nothing is printed then.
    """
    configure_logging(manner)
    for _, collection in collections:
        read_entries(collection)
    refused = 0
    for number, (name, collection) in enumerate(collections):
        if number:
            sys.stdout.write("\n")
        survey = survey_records(read_records(collection, collection.paths))
        render_survey(name, _rows(survey), _refusals(survey), sys.stdout)
        refused += len(survey.refusals)
    return ExitStatus.INCOMPLETE if refused else ExitStatus.IN_SYNC


def _rows(survey: Survey) -> list[SurveyRow]:
    return [
        SurveyRow(count.layout or "not recognised", count.read, count.refused, count.without_genes)
        for count in survey.layouts
    ]


def _refusals(survey: Survey) -> list[Refusal]:
    return [
        Refusal(
            f"{refusal.reason}, as in: {refusal.example.reason}",
            refusal.count,
            refusal.example.path,
        )
        for refusal in survey.refusals
    ]
