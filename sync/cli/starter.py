"""The files that ``ndex-sync init`` writes: a configuration and a workflow, with comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import orjson

from sync.config import CollectionConfig

if TYPE_CHECKING:
    from sync.records.recognise import Recognised

WORKFLOW_PATH = ".github/workflows/ndex-sync.yml"

_COMMENT_COLUMN = 38
_HEAD = """\
# Configuration of ndex-sync, begun by `ndex-sync init`; yours to change.
# Paths are relative to this file. Credentials never stand here.
# What each key means:
# https://github.com/wikipathways/ndex-sync/blob/main/docs/reference/configuration.md
"""
_LAYOUTS = {
    "pfocr": "genes in a table beside, _data/FIGID-genes.tsv",
    "pfocr-embedded": "genes in the front matter",
    "wikipathways": "genes in a table beside, WPxxx-datanodes.tsv",
    "auto": "told file by file",
}
_OPTIONAL = (
    '# network_set = "UUID"',
    '# folder = "UUID"',
    '# account = "NAME"',
    'organisms = ["Homo sapiens"]',
    '# visibility = "PUBLIC"',
    "# read_only = true",
    '# push = ["genes", "properties"]',
)
_WORKFLOW = """\
# Begun by `ndex-sync init`; yours to change.
# Pull requests check the records that they touch, the nightly run checks all of them.
# Public networks need no account. For private ones give the repository the secrets
# NDEX_USERNAME and NDEX_PASSWORD; pull requests from forks run without them.
name: ndex-sync

on:
  pull_request:
  schedule:
    - cron: "17 3 * * *"
  workflow_dispatch:

permissions: {}

concurrency:
  group: ndex-sync-${{ github.ref }}
  cancel-in-progress: true

jobs:
  check:
    name: Compare records with NDEx
    runs-on: ubuntu-latest
    timeout-minutes: 120
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0
        with:
          python-version: "3.13"
      - name: Install ndex-sync
        run: python -m pip install "ndex-sync @ git+https://github.com/wikipathways/ndex-sync@COMMIT"
      - name: Check
        env:
          BASE: ${{ github.base_ref }}
          NDEX_USERNAME: ${{ secrets.NDEX_USERNAME }}
          NDEX_PASSWORD: ${{ secrets.NDEX_PASSWORD }}
        run: |
          status=0
          ndex-sync check ${BASE:+--changed-since "origin/$BASE"} --format terminal \\
            --format json=ndex-sync.json --format markdown=ndex-sync.md || status=$?
          if [ -f ndex-sync.md ]; then cat ndex-sync.md >> "$GITHUB_STEP_SUMMARY"; fi
          exit "$status"
      - name: Keep the report
        if: always()
        uses: actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2
        with:
          name: ndex-sync-report
          path: |
            ndex-sync.json
            ndex-sync.md
          if-no-files-found: ignore
"""


def render_config(server: str, collections: Sequence[Recognised]) -> str:
    """Return a commented ``ndex-sync.toml`` for the collections that were recognised."""
    lines = [_HEAD, "[server]", f"url = {_quoted(server)}"]
    for collection in collections:
        lines += ["", "[[collection]]"]
        lines += [_commented(*line) for line in _known(collection)]
        lines += [_commented(setting, _meaning(setting)) for setting in _OPTIONAL]
    return "\n".join(lines) + "\n"


def render_workflow(commit: str) -> str:
    """Return a GitHub workflow that installs ndex-sync as of ``commit`` and checks."""
    return _WORKFLOW.replace("COMMIT", commit)


def _known(collection: Recognised) -> Iterator[tuple[str, str]]:
    name = f"name = {_quoted(collection.name)}"
    yield name, _meaning(name)
    layout = collection.layout or "auto"
    yield f"layout = {_quoted(layout)}", _LAYOUTS[layout]
    found = f"{collection.count:,} file{'s' if collection.count > 1 else ''} when this was written"
    yield f"records = {_quoted(collection.records)}", found
    if collection.map is not None:
        map_file = f"map = {_quoted(collection.map)}"
        yield map_file, _meaning(map_file)


def _meaning(setting: str) -> str:
    """Return the first sentence of what the configuration says of a key, as a comment."""
    key = setting.removeprefix("# ").partition(" ")[0]
    first = (CollectionConfig.model_fields[key].description or "").partition(". ")[0]
    return f"{first[:1].lower()}{first[1:]}".removesuffix(".").replace("`", "")


def _commented(setting: str, comment: str) -> str:
    return f"{setting:<{_COMMENT_COLUMN}}# {comment}"


def _quoted(text: str) -> str:
    """Write a text as TOML does; its basic strings are those of JSON."""
    return orjson.dumps(text).decode()
