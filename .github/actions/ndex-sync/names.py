"""Tell the steps that follow where things are, and what their caches are called."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Mapping

from job import LOCKS, Inputs, is_installed, packages_folder, write_outputs


def main() -> int:
    """Write the outputs and return the exit status."""
    inputs = Inputs(os.environ)
    outputs = {
        "state": inputs.state,
        "cache_key": inputs.cache_key,
        "packages": str(packages_folder(os.environ)),
        "packages_key": packages_key(os.environ),
        "installed": str(is_installed(os.environ)).lower(),
    }
    write_outputs(os.environ, outputs)
    return 0


def packages_key(environ: Mapping[str, str]) -> str:
    """Return what names the cache of packages: the locks, the system and the Python."""
    locked = hashlib.sha256(b"".join(path.read_bytes() for path in LOCKS)).hexdigest()
    system = (environ.get("RUNNER_OS", sys.platform), platform.machine())
    return "-".join(("ndex-sync-packages", *system, platform.python_version(), locked[:16]))


if __name__ == "__main__":
    sys.exit(main())
