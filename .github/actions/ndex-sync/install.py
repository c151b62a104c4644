"""Install ndex-sync from the action's own checkout, once a job.

It is installed by uv into a virtual environment of its own, with the dependencies that its CI was
green with, each held to its hash. uv itself is locked too, and comes by pip where the cache of the
packages does not have it. Python runs isolated (``-I``): a folder of the repository that is
checked, called ``pip``, must not be taken for the module.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from job import (
    BUILT_WITH,
    RUNTIME,
    SOURCE,
    annotate_error,
    environment_folder,
    is_installed,
    packages_folder,
    stamp_file,
    write_outputs,
)


def main() -> int:
    """Install, write the outputs, and return the exit status."""
    try:
        python = install()
    except (OSError, subprocess.CalledProcessError) as error:
        annotate_error(f"installing ndex-sync failed: {error}; see the log")
        return 1
    write_outputs(os.environ, {"python": str(python)})
    return 0


def install() -> Path:
    """Return the Python of the environment, made if this job has not made it yet.

    Raises:
        OSError, subprocess.CalledProcessError: pip or uv failed, and said why.
    """
    environment = environment_folder(os.environ)
    python = environment / "bin/python"
    if is_installed(os.environ):
        return python
    packages = packages_folder(os.environ)
    uv = (find_uv(packages), "--no-config", "--no-progress")
    into = ("pip", "install", "--quiet", "--python", python, "--no-deps")
    run(*uv, "venv", "--quiet", "--clear", "--python", sys.executable, environment)
    cached = ("--cache-dir", packages / "cache", "--link-mode", "copy")
    run(*uv, *into, *cached, "--require-hashes", "--requirement", RUNTIME)
    # What builds it is locked too, nothing else is fetched, and no earlier build is taken.
    run(*uv, *into, "--no-cache", "--no-build-isolation", SOURCE)
    stamp_file(os.environ).write_text(str(SOURCE), encoding="utf-8")
    return python


def find_uv(packages: Path) -> Path:
    """Return uv, fetched by pip where it is not there."""
    folder = packages / "uv"
    uv = folder / "bin/uv"
    if not uv.exists():
        pip = (sys.executable, "-I", "-m", "pip", "--disable-pip-version-check", "--no-cache-dir")
        locked = ("--require-hashes", "--no-deps", "--requirement", BUILT_WITH)
        run(*pip, "install", "--quiet", *locked, "--target", folder)
    return uv


def run(*command: str | Path) -> None:
    """Run a command that says itself what is wrong."""
    subprocess.run([str(part) for part in command], check=True)


if __name__ == "__main__":
    sys.exit(main())
