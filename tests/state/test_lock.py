"""The lock of a state folder: one holder, who is named, and none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sync.errors import ConfigError, StateLocked
from sync.state.lock import lock_state

HOLD = """\
import sys, time
from pathlib import Path
from sync.state.lock import lock_state
with lock_state(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_second_run_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with (
        lock_state(tmp_path),
        pytest.raises(StateLocked, match=rf"process {os.getpid()} on .*, started 20") as caught,
        lock_state(tmp_path),
    ):
        pass
    assert "--state" in str(caught.value)


def test_a_lock_is_free_when_its_block_is_left(tmp_path: Path) -> None:
    for _ in range(2):
        with lock_state(tmp_path / "made"):
            assert (tmp_path / "made").is_dir()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StateLocked, match=f"process {holder.pid}"), lock_state(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL)
    with lock_state(tmp_path):
        assert f"process {os.getpid()}" in (tmp_path / "lock-holder.txt").read_text()


def test_a_holder_that_left_no_good_note_is_told_so(tmp_path: Path) -> None:
    with lock_state(tmp_path):
        (tmp_path / "lock-holder.txt").write_bytes(b"\x1b[31m\xff")
        with pytest.raises(StateLocked, match="it left no note"), lock_state(tmp_path):
            pass


def test_a_folder_that_cannot_be_used_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match="--state"), lock_state(tmp_path / "file"):
        pass
