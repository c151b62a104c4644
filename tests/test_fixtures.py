"""The sample collection in ``fixtures/demo`` is made up, and complete."""

from __future__ import annotations

import re
from pathlib import Path

from sync.sandbox.manifest import read_manifest

DEMO = Path(__file__).resolve().parents[1] / "fixtures" / "demo"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_the_manifest_lists_every_network_file_once_with_its_own_uuid() -> None:
    entries = read_manifest(DEMO / "networks").networks

    files = {path.name for path in (DEMO / "networks").iterdir() if path.suffix != ".json"}
    assert sorted(entry.file for entry in entries) == sorted(files)
    assert len({entry.uuid for entry in entries}) == len(entries)


def test_no_sample_uuid_could_be_a_real_one() -> None:
    """A UUID ends with the address of the server that made it; no NDEx server has this one."""
    texts = [path.read_text("utf-8") for path in DEMO.rglob("*") if path.is_file()]
    nodes = {uuid[-12:] for text in texts for uuid in UUID.findall(text)}

    assert nodes == {"020000000000"}
