"""Install ndex-sync from the action's own checkout, and tell the next steps where things are.

It is installed into a virtual environment of its own, with the dependencies that its CI was green
with, each held to its hash, once a job. Python runs isolated (``-I``): a folder of the repository
that is checked, called ``pip`` or ``venv``, must not be taken for the module.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from job import Inputs, annotate_error, write_outputs

SOURCE = Path(__file__).resolve().parents[3]
LOCK = ".ci/runtime.txt"


def main() -> int:
    """Install, write the outputs, and return the exit status."""
    environment = Path(os.environ["RUNNER_TEMP"]) / "ndex-sync"
    try:
        python = install(environment)
    except subprocess.CalledProcessError as error:
        annotate_error(f"installing ndex-sync failed (exit status {error.returncode}): see the log")
        return 1
    inputs = Inputs(os.environ)
    outputs = {"python": str(python), "state": inputs.state, "cache_key": inputs.cache_key}
    write_outputs(os.environ, outputs)
    return 0


def install(environment: Path) -> Path:
    """Return the Python of the environment, made if this job has not made it yet.

    Raises:
        subprocess.CalledProcessError: venv or pip failed, and said why.
    """
    python = environment / "bin/python"
    stamp = environment / "installed-from"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == str(SOURCE):
        return python
    run(sys.executable, "-I", "-m", "venv", "--clear", environment)
    pip = (python, "-I", "-m", "pip", "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--require-hashes", "--no-deps", "--requirement", SOURCE / LOCK)
    # What builds it is locked too, and nothing else is fetched.
    run(*pip, "install", "--quiet", "--no-deps", "--no-build-isolation", SOURCE)
    stamp.write_text(str(SOURCE), encoding="utf-8")
    return python


def run(*command: str | Path) -> None:
    """Run a command that says itself what is wrong."""
    subprocess.run([str(part) for part in command], check=True)


if __name__ == "__main__":
    sys.exit(main())
