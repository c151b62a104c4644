"""The command line as a person meets it: help in groups, completion, mistakes explained."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.running import clean_environment, run_command

MISTAKES = {
    "command": (["chek"], "no such command: chek (did you mean 'check'?)"),
    "option": (["check", "--selct", "x"], "no such option: --selct (did you mean '--select'?)"),
    "unlike any": (
        ["check", "--xyz"],
        "no such option: --xyz\nfor help: ",
    ),
    "number": (["check", "--rate", "x"], "invalid value for '--rate': "),
    "bounds": (["check", "--concurrency", "99"], "'--concurrency': must be less than or equal"),
    "argument": (["accept"], "missing argument 'REPORT'"),
    "collection": (["check", "--collection", "figure"], "(did you mean 'figures'?)"),
    "record": (
        ["check", "--select", "PMC9000013__demo-f"],
        "(did you mean 'PMC9000013__demo-f3'?)",
    ),
    "format": (["check", "--format", "jsno"], "unknown format 'jsno' (did you mean 'json'?)"),
}


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("usage")
    run_command("demo", "--keep", "practice", "--quiet", cwd=folder)
    return folder / "practice"


@pytest.mark.parametrize(("arguments", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_error_of_one_style(
    practice: Path, arguments: list[str], said: str
) -> None:
    done = run_command(*arguments, cwd=practice)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ndex-sync: ")
    assert said in done.stderr


def test_a_misspelt_key_is_guessed(practice: Path, tmp_path: Path) -> None:
    text = (practice / "ndex-sync.toml").read_text()
    (tmp_path / "ndex-sync.toml").write_text(text.replace("account =", "acount =", 1))

    done = run_command("check", cwd=tmp_path)

    assert "collection.1.acount: unknown key 'acount' (did you mean 'account'?)" in done.stderr


@pytest.mark.parametrize("asked", ["-h", "--help"])
def test_options_stand_in_groups(tmp_path: Path, asked: str) -> None:
    lines = run_command("check", asked, cwd=tmp_path).stdout.splitlines()

    titles = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert titles == ["Options:", "What to look at:", "Server:", "State:", "Output:"]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (["convert"], "convert [OPTIONS] FILE-OR-FOLDER..."),
        (["accept"], "accept [OPTIONS] REPORT"),
        (["report", "merge"], "report merge [OPTIONS] REPORT..."),
    ],
)
def test_an_argument_is_named_as_in_the_documentation(
    tmp_path: Path, words: list[str], usage: str
) -> None:
    text = run_command(*words, "--help", cwd=tmp_path).stdout

    # Where pytest was started as a module, its name comes first.
    assert text.partition("\n")[0].endswith(f"ndex-sync {usage}")
    assert f"\n  {usage.rsplit(maxsplit=1)[-1]}  " in text


def test_a_configuration_is_found_in_a_folder_above(practice: Path) -> None:
    subprocess.run(["git", "init", "--quiet", practice], check=True)

    within = run_command("check", "--offline", "--quiet", cwd=practice / "figures" / "_figures")
    shutil.rmtree(practice / ".git")
    outside = run_command("check", "--offline", cwd=practice / "figures" / "_figures")

    assert "22 of 24 records read" in within.stdout
    assert outside.returncode == 2


COMPLETING = {
    "bash": (
        'source "$0"; COMP_WORDS=(ndex-sync che); COMP_CWORD=1; '
        '_ndex_sync_completion ndex-sync; echo "${COMPREPLY[@]}"'
    ),
    "zsh": (
        'compdef() { :; }; source "$0"; words=(ndex-sync che); CURRENT=2; '
        "_arguments() { echo $@; }; _ndex_sync_completion"
    ),
    "fish": 'source $argv[1]; complete --do-complete "ndex-sync che"',
}


@pytest.mark.slow
@pytest.mark.parametrize("shell", COMPLETING)
def test_a_shell_completes_a_command(shell: str, tmp_path: Path) -> None:
    programs = Path(sys.executable).parent
    if shutil.which(shell) is None or not (programs / "ndex-sync").exists():
        pytest.skip(f"{shell} or ndex-sync is not installed")
    environment = clean_environment(HOME=str(tmp_path))
    environment["PATH"] = f"{programs}:{environment['PATH']}"

    asking = {**environment, "_NDEX_SYNC_COMPLETE": f"source_{shell}"}
    script = subprocess.run(["ndex-sync"], env=asking, capture_output=True, check=True)
    (tmp_path / "script").write_bytes(script.stdout)
    done = subprocess.run(
        [shell, "-c", COMPLETING[shell], tmp_path / "script"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "check" in done.stdout
    assert done.stderr == ""
