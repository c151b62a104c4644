"""``ndex-sync convert``: what it writes, says and returns."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.running import clean_environment, command, run_command

DEMO = Path(__file__).parents[2] / "fixtures" / "demo" / "pathways"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(DEMO, tmp_path / "pathways")
    return tmp_path


def test_a_folder_of_drawings_becomes_networks(checkout: Path) -> None:
    done = run_command("convert", "pathways", "--out", "networks", cwd=checkout)

    assert (done.returncode, done.stderr, done.stdout) == (0, "", "Converted 2 of 2 files\n")
    written = sorted(path.name for path in (checkout / "networks").iterdir())
    assert written == ["WP90001.cx2", "WP90006.cx2"]


def test_what_was_left_out_is_counted_with_its_reason(checkout: Path) -> None:
    drawing = checkout / "pathways" / "WP90001" / "WP90001.gpml"
    text = drawing.read_text(encoding="utf-8")
    drawing.write_text(text.replace("<InfoBox", '<Group GroupId="g"/><InfoBox'), encoding="utf-8")

    done = run_command("convert", str(drawing), "--out", "networks", cwd=checkout)

    assert done.stdout == "Converted 1 of 1 file\nLeft out 1 of 1 groups: without members\n"


def test_a_drawing_becomes_a_picture_beside_it(checkout: Path) -> None:
    done = run_command("convert", "pathways/WP90001/WP90001.gpml", "--to", "svg", cwd=checkout)

    picture = (checkout / "pathways" / "WP90001" / "WP90001.svg").read_text(encoding="utf-8")
    assert (done.returncode, done.stdout) == (0, "Converted 1 of 1 file\n")
    assert picture.startswith("<svg")


def test_a_bad_drawing_is_named_and_the_others_are_converted(checkout: Path) -> None:
    bad = checkout / "pathways" / "WP90001" / "WP90001.gpml"
    bad.write_text(bad.read_text(encoding="utf-8").replace('CenterX="190.25"', 'CenterX="NaN"', 1))

    done = run_command("convert", "pathways", "--out", "networks", cwd=checkout)

    assert done.returncode == 3
    assert done.stdout == (
        "invalid_record  pathways/WP90001/WP90001.gpml:4: DataNode 'Folate' has the CenterX "
        "'NaN', not a number up to 1,000,000; export the drawing again\n"
        "Converted 1 of 2 files\n"
    )
    assert [path.name for path in (checkout / "networks").iterdir()] == ["WP90006.cx2"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_a_stopped_run_leaves_whole_files_only(tmp_path: Path, number: int) -> None:
    label = '<Label TextLabel="a"><Graphics CenterX="1" CenterY="1" Width="1" Height="1"/></Label>'
    text = f'<Pathway xmlns="http://pathvisio.org/GPML/2013a">{label * 4_000}</Pathway>'
    for name in range(15):
        (tmp_path / f"{name}.gpml").write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    run = subprocess.Popen(
        command("convert", ".", "--out", "out"),
        cwd=tmp_path,
        env=clean_environment(HOME=str(tmp_path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while run.poll() is None and not list(out.glob("*.cx2")):
        time.sleep(0.01)
    run.send_signal(number)
    said, _ = run.communicate(timeout=60)

    assert (run.returncode, said) == (130, "")
    assert {path.suffix for path in out.iterdir()} == {".cx2"}
