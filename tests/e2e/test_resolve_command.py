"""``ndex-sync resolve`` as it is called: what it finds, what it writes, what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.e2e.running import clean_environment, configure, refusal, run_command, run_process
from tests.records.repository import Repository
from tests.samples import CHEMOKINES, Sample, figure, figure_cx2, fill_sandbox, network_id

SET = network_id(0xFFFF)
MAP = "_data/ndex_map.tsv"
CONFIG = configure(f'map = "{MAP}"', f'network_set = "{SET}"', server="sandbox:sandbox.db")


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """A linked record, one that the server knows, one that the map knows, one that nobody does."""
    sample = Sample(tmp_path)
    sample.add_file("ndex-sync.toml", CONFIG)
    sample.add_pair(1)
    for number in (2, 3):
        sample.add_record(figure(number))
        sample.add_network(network_id(number), figure_cx2(figure(number), CHEMOKINES))
    sample.add_record(figure(4))
    sample.add_file(MAP, f"{figure(1)}\t{network_id(1)}\n{figure(3)}\t{network_id(3)}\n")
    sample.add_set(SET, [network_id(number) for number in (1, 2, 3)])
    return sample


def commit_all(root: Path) -> Repository:
    """Commit the records and their map."""
    repository = Repository(root)
    repository.git("add", "_figures", "_data")
    repository.git("commit", "--quiet", "--message=before")
    return repository


def record_text(root: Path, number: int) -> str:
    return (root / "_figures" / f"{figure(number)}.md").read_text()


def test_without_write_it_says_what_it_would_do_and_changes_nothing(sample: Sample) -> None:
    root = fill_sandbox(sample)
    repository = commit_all(root)
    done = run_command("resolve", cwd=root)

    assert done.returncode == 1, done.stderr
    assert "Linked 2 of 4 records" in done.stdout
    assert "3 files to write; --write does it." in done.stdout
    assert figure(4) in done.stdout
    assert repository.git("status", "--porcelain", "_figures", "_data") == ""


def test_what_is_certain_is_written_one_line_a_record(sample: Sample) -> None:
    root = fill_sandbox(sample)
    repository = commit_all(root)
    done = run_command("resolve", "--write", "both", cwd=root)

    assert done.returncode == 1, done.stderr
    assert "Wrote 3 files." in done.stdout
    assert repository.git("diff", "--numstat").splitlines() == [
        f"1\t0\t{MAP}",
        f"1\t1\t_figures/{figure(2)}.md",
        f"1\t1\t_figures/{figure(3)}.md",
    ]
    assert f"\nndex: {network_id(2)}\n" in record_text(root, 2)
    assert f"\nndex: {network_id(3)}\n" in record_text(root, 3)
    assert (root / MAP).read_text().endswith(f"{figure(2)}\t{network_id(2)}\n")


def test_a_dry_run_prints_a_diff_that_git_applies(sample: Sample) -> None:
    root = fill_sandbox(sample)
    repository = commit_all(root)
    done = run_command("resolve", "--dry-run", cwd=root)
    repository.git("apply", stdin=done.stdout.encode())
    again = run_command("resolve", "--dry-run", cwd=root)

    assert done.stderr == "Would change 3 files; nothing was written.\n"
    assert again.stderr == "Nothing to write: every certain link is already in the files.\n"
    assert done.stdout.startswith(f"--- a/_figures/{figure(2)}.md")
    assert f"\nndex: {network_id(2)}\n" in record_text(root, 2)
    assert repository.git("diff", "--numstat").count("\n") == 3


def test_a_dry_run_writes_the_reports_that_go_to_files(sample: Sample) -> None:
    root = fill_sandbox(sample)
    formats = ("--format", "terminal", "--format", "json=r.json")
    done = run_command("resolve", "--dry-run", *formats, cwd=root)

    assert done.stdout.startswith("--- a/")
    assert "Linked" not in done.stdout
    edits = orjson.loads((root / "r.json").read_bytes())["edits"]
    assert [edit["state"] for edit in edits] == ["pending"] * 3


@pytest.mark.slow
def test_a_diff_has_the_bytes_of_the_files_whatever_the_locale(sample: Sample) -> None:
    root = fill_sandbox(sample)
    path = root / "_figures" / f"{figure(2)}.md"
    path.write_bytes(path.read_text().replace("Title of", "δ of").encode())
    repository = commit_all(root)
    environment = clean_environment(HOME=str(root), PYTHONIOENCODING="ascii")
    done = run_process("resolve", "--dry-run", cwd=root, environment=environment)

    assert done.returncode == 1, done.stderr
    repository.git("apply", stdin=done.stdout.encode())
    assert f"\nndex: {network_id(2)}\n" in path.read_text("utf-8")
    assert f"\nfigtitle: δ of {figure(2)}\n" in path.read_text("utf-8")


def test_a_changed_map_is_carried_into_the_records_without_a_server(sample: Sample) -> None:
    sample.add_file(MAP, f"{figure(1)}\t{network_id(9)}\n{figure(3)}\t{network_id(3)}\n")
    repository = commit_all(sample.root)
    done = run_command(
        "resolve", "--from-map", "--write", "records", "--server", "sandbox:none", cwd=sample.root
    )

    assert done.returncode == 1, done.stderr
    assert repository.git("diff", "--numstat").splitlines() == [
        f"1\t1\t_figures/{figure(1)}.md",
        f"1\t1\t_figures/{figure(3)}.md",
    ]
    assert f"\nndex: {network_id(9)}\n" in record_text(sample.root, 1)


def surveyed_map(root: Path, *options: str) -> dict[str, object]:
    done = run_command("resolve", *options, "--format", "json", cwd=root)
    found: dict[str, object] = orjson.loads(done.stdout)["collections"][0]["map"]
    return found


def test_a_map_is_described_as_it_was_before_it_was_written(sample: Sample) -> None:
    root = fill_sandbox(sample)

    assert surveyed_map(root, "--write", "both")["rows"] == 2
    assert surveyed_map(root)["rows"] == 3


def test_no_id_of_a_map_lacks_its_record_where_records_were_left_out(sample: Sample) -> None:
    root = fill_sandbox(sample)
    with (root / MAP).open("a") as rows:
        rows.write(f"{figure(8)}\t{network_id(8)}\n")

    assert surveyed_map(root)["orphans"] == [figure(8)]
    assert surveyed_map(root, "--select", figure(2))["orphans"] is None


def test_a_map_that_is_not_configured_cannot_be_carried_into_records(sample: Sample) -> None:
    sample.add_file("ndex-sync.toml", CONFIG.replace(f'map = "{MAP}"\n', ""))
    assert "collection figures has no map for --from-map" in refusal(
        run_command("resolve", "--from-map", cwd=sample.root)
    )


@pytest.mark.parametrize(
    ("options", "numbers"),
    [(("--only-unmapped",), (2, 3, 4)), (("--changed-since", "HEAD"), (2,))],
    ids=["unmapped", "changed"],
)
def test_only_the_records_that_were_asked_for_are_looked_at(
    sample: Sample, options: tuple[str, ...], numbers: tuple[int, ...]
) -> None:
    root = fill_sandbox(sample)
    commit_all(root)
    path = root / "_figures" / f"{figure(2)}.md"
    path.write_text(path.read_text().replace("A figure.", "Another figure."))
    done = run_command("resolve", *options, "--format", "json", cwd=root)

    looked_at = [link["record"] for link in orjson.loads(done.stdout)["links"]]
    assert looked_at == [figure(number) for number in numbers]


def test_a_file_that_cannot_be_written_is_told_and_the_others_are_written(sample: Sample) -> None:
    path = sample.root / "_figures" / f"{figure(2)}.md"
    path.write_text(path.read_text().replace("ndex: ''", "ndex:\n  ''"))
    before = path.read_text()
    root = fill_sandbox(sample)
    (root / "_figures" / ".ndex-sync-1.tmp").mkdir()
    done = run_command("resolve", "--write", "both", cwd=root)

    assert done.returncode == 1
    assert "_figures/.ndex-sync-1.tmp: left by a killed run, cannot be deleted: " in done.stderr
    assert f"_figures/{figure(2)}.md" in done.stderr
    assert "ndex cannot be edited" in done.stderr
    assert "1 file cannot be written:" in done.stdout
    assert "--write does it" not in done.stdout
    assert path.read_text() == before
    assert f"\nndex: {network_id(3)}\n" in record_text(root, 3)


@pytest.mark.parametrize(
    "options", [["--only-unmapped"], ["--from-map"], ["--select", figure(3)]], ids=" ".join
)
def test_a_network_that_another_record_names_is_never_written(
    sample: Sample, options: list[str]
) -> None:
    (sample.root / "_figures" / f"{figure(1)}.md").unlink()
    sample.add_record(figure(1), network_id(3))
    sample.add_file(MAP, f"{figure(3)}\t{network_id(3)}\n")
    root = fill_sandbox(sample)
    before = record_text(root, 3)
    done = run_command("resolve", *options, "--write", "both", "--format", "json", cwd=root)
    verdicts = {link["record"]: link["verdict"] for link in orjson.loads(done.stdout)["links"]}

    assert verdicts[figure(3)] == "duplicate"
    assert record_text(root, 3) == before
    assert (root / MAP).read_text().count(network_id(3)) == 1
