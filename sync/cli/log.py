"""Write log lines for people and machines to standard error, never a request's URL or body."""

from __future__ import annotations

import logging
import sys

import orjson

from sync.cli.options import LogFormat, OutputOptions
from sync.report.text import visible

_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class _Lines(logging.Formatter):
    """Formats one line for each message; control characters from files or servers do no harm."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{record.levelname}: {visible(record.getMessage())}"


class _JsonLines(logging.Formatter):
    """Formats one JSON object for each line: time (epoch seconds), level, logger, message."""

    def format(self, record: logging.LogRecord) -> str:
        return orjson.dumps(
            {
                "time": round(record.created, 3),
                "level": record.levelname.lower(),
                "logger": record.name,
                "message": visible(record.getMessage()),
            }
        ).decode()


def configure_logging(output: OutputOptions) -> None:
    """Send the log of ndex-sync to standard error, at the level that the options ask for."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if output.log_format is LogFormat.JSON else _Lines())
    level = logging.ERROR if output.quiet else _LEVELS[min(output.verbose, len(_LEVELS) - 1)]
    root = logging.getLogger("sync")
    root.handlers[:] = [handler]
    root.setLevel(level)
    root.propagate = False
