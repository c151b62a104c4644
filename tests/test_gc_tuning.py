"""Python looks for rings of objects seldom: in a command, and in the processes that read.

As they end, not at all.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

AT_END = "atexit.register(lambda: print(len(gc.get_objects()) < 1_000))"
KEPT = "kept = [[] for _ in range(2_000)]"
SEEN = "print(gc.get_threshold() > (10_000, 10, 10) and gc.get_freeze_count() > 0)"
STARTS = {
    "command": "import sync.__main__ as m; m._run_app = lambda: None; m.main()",
    "reader": "from sync.records.worker import prepare_process; prepare_process()",
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_a_process_of_ours_looks_for_rings_seldom(start: str) -> None:
    found = subprocess.check_output(
        [sys.executable, "-c", f"import atexit, gc; {AT_END}; {start}; {SEEN}; {KEPT}"], text=True
    )

    assert found == "True\nTrue\n"
