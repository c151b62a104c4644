"""Write the files with which a step of a GitHub job passes on its results.

GitHub names them in the environment: ``GITHUB_STEP_SUMMARY`` takes Markdown, ``GITHUB_OUTPUT``
values for later steps. If a variable is not set, that file is not written.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import starmap
from pathlib import Path
from urllib.parse import quote

from sync.errors import refuse_write
from sync.model import Verdict
from sync.report.document import Report
from sync.report.exit_status import exit_status
from sync.report.headline import conclusion
from sync.report.render.formats import FORMATS, FormatRequest
from sync.report.since import describe_since

_SUMMARY = "GITHUB_STEP_SUMMARY"
_OUTPUT = "GITHUB_OUTPUT"
_WORKSPACE = "GITHUB_WORKSPACE"
_SUMMARY_LIMIT = 1024 * 1024 - 1


@dataclass(frozen=True, slots=True)
class Job:
    """Where a step writes its summary and its outputs, None for nowhere.

    ``folder`` is the path from the repository to the records, which GitHub wants before their
    paths; ``""`` if they are the same, or if it is not known. ``repository`` is its web address.
    """

    summary: Path | None = None
    output: Path | None = None
    folder: str = ""
    repository: str | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], root: Path) -> Job:
        """Read GitHub's variables; ``root`` is the folder that the records' paths start from."""
        return cls(
            summary=_path(environ.get(_SUMMARY)),
            output=_path(environ.get(_OUTPUT)),
            folder=_folder(_path(environ.get(_WORKSPACE)), root),
            repository=_repository(environ),
        )

    def source(self, commit: str | None) -> str | None:
        """Return the web address of the records' folder in a commit, None if not known."""
        if self.repository is None or commit is None:
            return None
        return f"{self.repository}/blob/{commit}/{quote(self.folder)}".rstrip("/")


NO_JOB = Job()
"""The value outside of GitHub."""


def write_job_files(report: Report, requests: Sequence[FormatRequest], job: Job) -> None:
    """Add the Markdown report to the step's summary, and the counts to its outputs.

    Outputs: ``exit_status``, ``complete``, ``records``, ``checked``, each verdict with its count,
    ``since`` with what changed since the last complete run, ``rows_left_out``, how many accepted
    entries are ``expired``, ``changed`` and ``stale``, and ``report_NAME`` with the path of every
    report that was written to a file.

    Raises:
        ConfigError, DiskFull: a file that GitHub names cannot be written.
    """
    page = StringIO()
    FORMATS["markdown"](report, page)
    add_to_job(job, page.getvalue(), conclusion(report), _outputs(report), requests)


def add_to_job(
    job: Job,
    page: str,
    headline: str,
    outputs: Iterable[tuple[str, str]],
    requests: Sequence[FormatRequest],
) -> None:
    """Add a page to the step's summary, or only its headline if there is no room, and outputs.

    Raises:
        ConfigError, DiskFull: a file that GitHub names cannot be written.
    """
    if job.summary is not None:
        _append(job.summary, _SUMMARY, _fit(page, headline, job.summary))
    if job.output is not None:
        files = ((f"report_{each.name}", each.path) for each in requests if each.path is not None)
        lines = [*(f"{name}={value}\n" for name, value in outputs), *starmap(_multiline, files)]
        _append(job.output, _OUTPUT, "".join(lines))


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _folder(workspace: Path | None, root: Path) -> str:
    if workspace is None or not root.resolve().is_relative_to(workspace.resolve()):
        return ""
    folder = root.resolve().relative_to(workspace.resolve()).as_posix()
    return "" if folder == "." else folder


def _repository(environ: Mapping[str, str]) -> str | None:
    server, name = environ.get("GITHUB_SERVER_URL"), environ.get("GITHUB_REPOSITORY")
    return f"{server}/{name}" if server and name else None


def _fit(page: str, headline: str, path: Path) -> str:
    used = path.stat().st_size if path.is_file() else 0
    if used + len(page.encode()) <= _SUMMARY_LIMIT:
        return page
    line = f"**{headline}** (no room for more in this step's summary)\n"
    return line if used + len(line.encode()) <= _SUMMARY_LIMIT else ""


def _outputs(report: Report) -> Iterator[tuple[str, str]]:
    yield "exit_status", str(int(exit_status(report)))
    yield "complete", str(report.run.complete).lower()
    yield "records", str(report.total)
    yield "checked", str(report.checked)
    for verdict in Verdict:
        yield verdict.value, str(report.verdicts[verdict])
    yield "since", describe_since(report)
    yield "rows_left_out", str(report.rows_left_out)
    for name in ("expired", "changed", "stale"):
        yield name, str(len(getattr(report.accepted, name)))


def _multiline(name: str, value: str) -> str:
    """Write a value that its own text cannot end: the delimiter is random."""
    delimiter = f"end-{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _append(path: Path, variable: str, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise refuse_write(f"{variable}={path}", error) from error
