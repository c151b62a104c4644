"""Put the commit of the checkout into what is built, so that an installed ndex-sync knows it.

``sync/commit.txt`` says it where there is no git: git writes it into an archive, as GitHub offers
them, by ``.gitattributes``; this writes it into an sdist and a wheel.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STAMP = "sync/commit.txt"


class StampCommit(BuildHookInterface):  # type: ignore[type-arg]
    """Replaces the file by one with the commit that git names."""

    @property
    def stamp(self) -> Path:
        """The file to include, beside what is built."""
        return Path(self.directory) / "commit.txt"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write it, unless this is no checkout, or an editable install, which asks git itself."""
        if version == "editable" or not (Path(self.root) / ".git").exists():
            return
        command = ["git", "-C", self.root, "rev-parse", "HEAD"]
        try:
            asked = subprocess.run(command, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            self.app.display_warning(f"the commit is not stamped: git does not name it: {error}")
            return
        self.stamp.parent.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(asked.stdout, encoding="utf-8")
        build_data["force_include"][str(self.stamp)] = STAMP

    def finalize(self, *_: object) -> None:
        """Take the file away again."""
        self.stamp.unlink(missing_ok=True)
