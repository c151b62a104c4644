"""What a command costs: wall and processor time, and the most memory that it held.

    python -m benchmarks.measured COMMAND [ARGUMENT...]

runs a command, its output thrown away, and prints its cost as JSON.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

_HOME = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Cost:
    """Times in seconds, of children too; memory in MB, the peak of the command itself."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    status: int


def run_measured(command: Sequence[str], folder: Path) -> Cost:
    """Run a command to its end.

    It is started by a small process in between: Linux counts what the process that starts another
    one holds as the peak of that other.
    """
    between = [sys.executable, "-m", "benchmarks.measured", *command]
    search = os.pathsep.join(filter(None, (str(_HOME), os.environ.get("PYTHONPATH"))))
    environ = {**os.environ, "PYTHONPATH": search}
    # An installed program is compiled already; this would have each run compile it again.
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        between,
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        check=True,
    )
    return Cost(**orjson.loads(done.stdout))


def _measure(command: Sequence[str]) -> Cost:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        wall_s=time.perf_counter() - started,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / 1024,
        status=process.returncode,
    )


if __name__ == "__main__":
    print(orjson.dumps(asdict(_measure(sys.argv[1:]))).decode())
