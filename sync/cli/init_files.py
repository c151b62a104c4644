"""The files that ``ndex-sync init`` writes: a configuration and a workflow, with comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from sync.amounts import plural
from sync.config import CollectionConfig
from sync.ndex.address import PUBLIC_SERVER
from sync.version import REPOSITORY

if TYPE_CHECKING:
    from sync.records.recognise import Recognised

WORKFLOW_PATH = ".github/workflows/ndex-sync.yml"

_SERVER_LINE = re.compile(r"^ *SERVER\n", re.M)
_COMMENT_COLUMN = 38
_HEAD = """\
# Configuration of ndex-sync, begun by `ndex-sync init`; yours to change.
# Paths are relative to this file. Credentials do not belong here.
# What each key means:
# REPOSITORY/blob/main/docs/reference/configuration.md
"""
_LAYOUTS = {
    "pfocr": "genes in a table beside, _data/FIGID-genes.tsv",
    "pfocr-embedded": "genes in the front matter",
    "wikipathways": "genes in a table beside, WPxxx-datanodes.tsv",
    "auto": "detected file by file",
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
# Pull requests check the records that they touch, the nightly run checks all of them and keeps one
# issue up to date. Public networks need no account. For private ones, and to push, give the
# repository the secrets NDEX_USERNAME and NDEX_PASSWORD; pull requests always run without them.
# More: REPOSITORY/blob/COMMIT/docs/how-to/github-actions.md
name: ndex-sync

on:
  pull_request:
  schedule:
    - cron: "17 3 * * *"
  workflow_dispatch:

permissions: {}

concurrency:
  group: ndex-sync-${{ github.workflow }}-${{ github.ref }}
  cancel-in-progress: ${{ github.event_name == 'pull_request' }}

jobs:
  pull-request:
    name: Check the records that changed
    if: ${{ github.event_name == 'pull_request' }}
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    permissions:
      contents: read # to check out the records
    outputs:
      exit_status: ${{ steps.check.outputs.exit_status }}
      report: ${{ steps.check.outputs.report_json }}
      summary: ${{ steps.check.outputs.report_markdown }}
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          fetch-depth: 0 # to compare with the branch that it is for
          persist-credentials: false
      - id: check
        uses: SLUG@COMMIT
        with:
          config: CONFIG
          SERVER
          changed-since: origin/${{ github.base_ref }}
          cache: "true"
          fail-on: incomplete # a changed record differs from its network until it is pushed
      - name: Keep the reports
        if: ${{ !cancelled() }}
        uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
        with:
          name: ndex-sync-reports
          path: ndex-sync-reports
          if-no-files-found: ignore

  comment:
    name: Keep a comment on the pull request
    needs: pull-request
    # Pull requests from forks get no token that may write; their reports are in the step's summary.
    if: >-
      ${{ !cancelled() && needs.pull-request.outputs.report != ''
      && github.event.pull_request.head.repo.full_name == github.repository }}
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      pull-requests: write # to write the comment
    steps:
      - uses: actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1
        with:
          name: ndex-sync-reports
          path: ndex-sync-reports
      - uses: SLUG/.github/actions/ndex-sync-issue@COMMIT
        with:
          pull-request: ${{ github.event.pull_request.number }}
          exit-status: ${{ needs.pull-request.outputs.exit_status }}
          report: ${{ needs.pull-request.outputs.report }}
          summary: ${{ needs.pull-request.outputs.summary }}

  nightly:
    name: Check all records
    if: ${{ github.event_name != 'pull_request' }}
    permissions:
      contents: read # to check out the records
      issues: write # to keep the issue up to date
    uses: SLUG/.github/workflows/nightly.yml@COMMIT
    with:
      config: CONFIG
      SERVER
      # plan: true   # also plan what a push would do; needs the secrets
      # apply: true  # and do it, within the limits of the configuration
    secrets:
      NDEX_USERNAME: ${{ secrets.NDEX_USERNAME }}
      NDEX_PASSWORD: ${{ secrets.NDEX_PASSWORD }}
"""


def render_config(server: str, collections: Sequence[Recognised]) -> str:
    """Return a commented ``ndex-sync.toml`` for the collections that were found."""
    lines = [_HEAD.replace("REPOSITORY", REPOSITORY), "[server]", f"url = {_quoted(server)}"]
    for collection in collections:
        lines += ["", "[[collection]]"]
        lines += [_commented(*line) for line in _known(collection)]
        lines += [_commented(setting, _meaning(setting)) for setting in _OPTIONAL]
    return "\n".join(lines) + "\n"


def render_workflow(commit: str, config: str, server: str = PUBLIC_SERVER) -> str:
    """Return a GitHub workflow that uses ndex-sync as of ``commit``.

    ``config`` is the configuration file's name at the top of the checkout. A ``server`` other than
    the public one is named in the workflow too: credentials are never sent to a server that only
    the configuration names.
    """
    ours = {
        "REPOSITORY": REPOSITORY,
        "SLUG": urlsplit(REPOSITORY).path.strip("/"),
        "COMMIT": commit,
        "CONFIG": _quoted(config),
    }
    text = reduce(lambda text, name: text.replace(name, ours[name]), ours, _WORKFLOW)
    if server == PUBLIC_SERVER:
        return _SERVER_LINE.sub("", text)
    return text.replace("SERVER\n", f"server: {_quoted(server)}\n")


def _known(collection: Recognised) -> Iterator[tuple[str, str]]:
    name = f"name = {_quoted(collection.name)}"
    yield name, _meaning(name)
    layout = collection.layout or "auto"
    yield f"layout = {_quoted(layout)}", _LAYOUTS[layout]
    found = f"{plural(collection.count, 'file')} when this was written"
    yield f"records = {_quoted(collection.records)}", found
    if collection.map is not None:
        map_file = f"map = {_quoted(collection.map)}"
        yield map_file, _meaning(map_file)


def _meaning(setting: str) -> str:
    """Return the first sentence of a key's description, as a comment."""
    key = setting.removeprefix("# ").partition(" ")[0]
    first = (CollectionConfig.model_fields[key].description or "").partition(". ")[0]
    return f"{first[:1].lower()}{first[1:]}".removesuffix(".").replace("`", "")


def _commented(setting: str, comment: str) -> str:
    return f"{setting:<{_COMMENT_COLUMN}}# {comment}"


def _quoted(text: str) -> str:
    """Write a text as TOML does; its basic strings are those of JSON."""
    return orjson.dumps(text).decode()
