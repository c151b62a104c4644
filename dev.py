#!/usr/bin/env python3
"""Run ndex-sync, or its tests, from a fresh checkout: ``python3 dev.py demo``, ``dev.py test``.

Needs Python 3.11 or newer and nothing else. Everything is installed into ``.venv`` beside this
file, so a system Python that refuses ``pip install`` (PEP 668) is left alone. What is installed
is locked, with hashes, in ``.ci``. Only the standard library is used here.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCKS = {name: f".ci/{name}.txt" for name in ("runtime", "dev", "docs")}
MADE = {"docs": ("dev", "docs.generate"), "site": ("docs", "mkdocs", "build", "--clean")}
USAGE = """usage: python3 dev.py COMMAND [ARGUMENT...]

  demo          check the sample collection against the built-in server and show the report
  test          run the tests, the slow ones too
  test --fast   run the tests that are not slow, in a third of the time
  test --coverage  run all of them, measuring coverage, which takes twice as long
  test --nightly  run the long laws, the fuzzing and every kill, which takes an hour
  test ...      run pytest with these arguments, as in: python3 dev.py test -k compare
  lint          check style, types, layers and workflows
  docs          make docs/reference from the code
  site          build the documentation as a site, in site/
  lock          lock the newest versions of all that is installed, with hashes, in .ci
  run [...]     run ndex-sync itself, as in: python3 dev.py run check --help
"""


def main(arguments: list[str]) -> int:
    """Do what the first argument says; return the exit status."""
    match arguments:
        case [("demo" | "run") as command, *rest]:
            install("runtime")
            return call(PYTHON, "-m", "sync", *(["demo"] if command == "demo" else []), *rest)
        case ["test", *rest]:
            install("dev")
            options = SUITES.get(" ".join(rest), rest)
            return call(PYTHON, "-m", "pytest", *options, cwd=ROOT, environment=keep_bytecode())
        case [("docs" | "site") as what]:
            install(MADE[what][0])
            return call(PYTHON, "-m", *MADE[what][1:], cwd=ROOT)
        case ["lock"]:
            return lock()
        case ["lint"]:
            install("dev")
            return max(
                call(PYTHON.with_name(tool), *options, cwd=ROOT) for tool, *options in LINTERS
            )
        case _:
            print(USAGE, end="")
            return 0 if arguments in ([], ["-h"], ["--help"]) else 2


# Half of the time a test waits: for a disk, a process, or a server that is slow on purpose. What is
# slow begins, and a worker without tests takes some from another, so that all end together.
ON_ALL_CORES = (f"--numprocesses={2 * (os.cpu_count() or 1)}", "--dist=worksteal")
ALL_TESTS = (*ON_ALL_CORES, "-m", "not nightly")
SUITES: dict[str, tuple[str, ...]] = {
    "": ALL_TESTS,
    "--fast": (*ON_ALL_CORES, "-m", "not slow and not nightly"),
    "--coverage": (*ALL_TESTS, "--cov", "--cov-report=term:skip-covered", "--cov-fail-under=95"),
    "--nightly": (*ON_ALL_CORES, "--hypothesis-profile=nightly", "-m", "nightly or hypothesis"),
}
LINTERS: tuple[tuple[str, ...], ...] = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy",),
    ("lint-imports",),
    # Workflows and actions: their correctness with the scripts in them, then their security.
    ("jactionlint", f"--shellcheck={PYTHON.with_name('shellcheck')}"),
    (
        "zizmor",
        "--offline",
        "--quiet",
        "--strict-collection",
        "--persona=pedantic",
        ".github",
        "action.yml",
    ),
)


def install(what: str) -> None:
    """Bring ``.venv`` up to date; at once where nothing changed since the last time."""
    if sys.version_info < (3, 11):  # noqa: UP036 - any Python may be asked to run this
        sys.exit(f"ndex-sync needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    stamp = VENV / f"installed-{what}"
    inputs = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", LOCKS[what]):
        inputs.update((ROOT / name).read_bytes())
    if stamp.is_file() and stamp.read_text() == inputs.hexdigest():
        return
    print(f"Installing into {VENV} ...", file=sys.stderr)
    make_environment()
    # The lock names everything. Older pips search anew for what has an extra, as "pydantic[email]",
    # and end on the first day that there is a newer version: so nothing is searched for here.
    locked = ("--require-hashes", "--no-deps", "--requirement", str(ROOT / LOCKS[what]))
    pip("install", "--quiet", *locked)
    pip("install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    pip("check", "--quiet")
    stamp.write_text(inputs.hexdigest())


def lock() -> int:
    """Lock build, runtime and development requirements, for every system and Python; needs uv."""
    compiling = ("pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version=3.11")
    options = ("--generate-hashes", "--no-annotate", "--custom-compile-command=python3 dev.py lock")
    for name, *inputs in (
        ("build", ".ci/build.in"),
        ("uv", ".ci/uv.in"),
        ("runtime", "pyproject.toml", ".ci/build.in"),
        ("dev", "--extra=dev", "pyproject.toml", ".ci/build.in"),
        ("docs", "--extra=docs", "pyproject.toml", ".ci/build.in"),
    ):
        output = f"--output-file=.ci/{name}.txt"
        if status := call("uv", *compiling, *options, output, *inputs, cwd=ROOT):
            return status
    return 0


def make_environment() -> None:
    """Make the virtual environment; some systems ship Python without the part that adds pip."""
    if PYTHON.exists():
        return
    bare = ["--without-pip"] if importlib.util.find_spec("ensurepip") is None else []
    if call(sys.executable, "-m", "venv", *bare, VENV) != 0:
        sys.exit("no virtual environment could be made; on Debian: apt install python3-venv")


def pip(*arguments: str) -> None:
    """Run pip for ``.venv``: its own, else the system's pointed at it (pip 22.3 or newer)."""
    own = [str(PYTHON), "-m", "pip"]
    borrowed = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    has_own = subprocess.run([*own, "--version"], capture_output=True, check=False).returncode == 0
    if call(*(own if has_own else borrowed), "--disable-pip-version-check", *arguments) != 0:
        sys.exit("installing failed; on Debian, pip itself comes with: apt install python3-venv")


def keep_bytecode() -> dict[str, str]:
    """Return an environment in which Python compiles a module once, not for every interpreter."""
    return {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def call(
    *command: str | Path, cwd: Path | None = None, environment: dict[str, str] | None = None
) -> int:
    """Run a command and return its exit status."""
    try:
        words = [str(part) for part in command]
        return subprocess.run(words, cwd=cwd, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
