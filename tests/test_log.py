"""What the log shows, in the process that writes it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import orjson
import pytest

from sync.cli.log import configure_logging
from sync.cli.options import LogFormat, OutputOptions


@pytest.fixture(autouse=True)
def _logger_as_it_was() -> Iterator[None]:
    logger = logging.getLogger("sync")
    handlers, level, propagate = logger.handlers[:], logger.level, logger.propagate
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)
    logger.propagate = propagate


@pytest.mark.parametrize("log_format", LogFormat)
def test_a_name_does_nothing_to_who_reads_it(
    log_format: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(OutputOptions(log_format=log_format))
    logging.getLogger("sync.records").warning("%s is odd", "a\n::error::b\x1b[31m\udcff")

    [line] = capsys.readouterr().err.splitlines()
    message = orjson.loads(line)["message"] if log_format is LogFormat.JSON else line
    assert message.endswith(r"a\n::error::b\x1b[31m\udcff is odd")
