"""The action ``ndex-sync-issue``, against GitHub's rules on a port."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from sync.sandbox.store import Store
from tests.automation.github_server import MAX_BODY, REPOSITORY, TOKEN, GitHub, running_github
from tests.automation.runner import ACTIONS, Done, Runner, make_runner, this_python
from tests.samples import Sample, figure

pytestmark = pytest.mark.slow

MARK = "<!-- ndex-sync: nightly -->\n"
DRIFT = {"drifted": 2, "in_sync": 1}
ALL_IN_SYNC = {"in_sync": 3}
PYTHON = {"python.outputs.python-path": this_python()["prepare.outputs.python"]}


@pytest.fixture
def github() -> Iterator[GitHub]:
    with running_github() as github:
        github.labels.add("ndex-sync")
        yield github


@pytest.fixture
def runner(tmp_path: Path, github: GitHub) -> Runner:
    variables = {
        "GITHUB_API_URL": github.url,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_TOKEN": TOKEN,
    }
    return make_runner(tmp_path, ACTIONS / "ndex-sync-issue", variables)


def keep(
    runner: Runner,
    status: int | str,
    verdicts: Mapping[str, int],
    summary: str = "# What differs\n",
    *,
    complete: bool = True,
    inputs: Mapping[str, str] = MappingProxyType({}),
) -> Done:
    collection = {"name": "figures", "records": 3, "verdicts": verdicts}
    report = {"run": {"complete": complete}, "collections": [collection]}
    (runner.workspace / "check.json").write_text(json.dumps(report))
    (runner.workspace / "check.md").write_text(summary, encoding="utf-8")
    given = {"exit-status": str(status), "report": "check.json", "summary": "check.md"}
    done = runner.run("keep", {**given, **inputs}, PYTHON)
    assert TOKEN not in done.stdout + done.stderr
    return done


def kept(
    runner: Runner,
    status: int,
    verdicts: Mapping[str, int],
    summary: str = "# What differs\n",
    **inputs: str,
) -> Mapping[str, str]:
    """Keep the issue and return the outputs."""
    done = keep(runner, status, verdicts, summary, inputs=inputs)
    assert done.status == 0, done.stdout + done.stderr
    return done.outputs


def test_drift_opens_an_issue_that_is_brought_up_to_date_and_closed(
    runner: Runner, github: GitHub
) -> None:
    assert kept(runner, 1, DRIFT) == {"issue": "1", "done": "created"}
    issue = github.issue(1)
    assert issue["title"] == "Records and NDEx networks differ"
    assert issue["labels"] == [{"name": "ndex-sync"}]
    assert issue["body"].startswith(f"{MARK}# What differs\n")
    assert f"(https://github.com/{REPOSITORY}/actions/runs/4711)" in issue["body"]

    issue["title"] = "Renamed by a person"
    assert kept(runner, 1, DRIFT, summary="# Less differs\n") == {"issue": "1", "done": "updated"}
    assert issue["title"] == "Renamed by a person"
    assert "# Less differs" in issue["body"]
    assert "# What differs" not in issue["body"]

    assert kept(runner, 0, ALL_IN_SYNC, summary="# Fine\n") == {"issue": "1", "done": "closed"}
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert "# Fine" in issue["body"]
    assert len(github.issues) == 1


def test_the_same_again_changes_nothing(runner: Runner, github: GitHub) -> None:
    kept(runner, 1, DRIFT)
    github.issue(1)["body"] = github.issue(1)["body"].replace("\n", "\r\n")
    github.writes.clear()

    assert kept(runner, 1, DRIFT) == {"issue": "1", "done": "nothing"}
    assert github.writes == []

    kept(runner, 0, ALL_IN_SYNC)
    github.writes.clear()
    assert kept(runner, 0, ALL_IN_SYNC) == {"issue": "", "done": "nothing"}
    assert github.writes == []


def test_the_newest_closed_issue_is_opened_again(runner: Runner, github: GitHub) -> None:
    github.add(f"{MARK}old", state="closed")
    github.add(f"{MARK}newer", state="closed")

    assert kept(runner, 1, DRIFT) == {"issue": "2", "done": "reopened"}
    assert github.open_numbers() == [2]
    assert "# What differs" in github.issue(2)["body"]


def test_of_several_the_oldest_is_kept_and_the_others_refer_to_it(
    runner: Runner, github: GitHub
) -> None:
    github.add(f"{MARK}closed", state="closed")
    for _ in range(3):
        github.add(f"{MARK}x")

    assert kept(runner, 1, DRIFT) == {"issue": "2", "done": "updated"}
    assert github.open_numbers() == [2]
    assert [each["issue"] for each in github.comments] == [3, 4]
    assert "#2" in github.comments[0]["body"]


def test_all_of_several_are_closed_when_all_is_in_sync(runner: Runner, github: GitHub) -> None:
    github.add(f"{MARK}x")
    github.add(f"{MARK}y")

    assert kept(runner, 0, ALL_IN_SYNC) == {"issue": "1", "done": "closed"}
    assert github.open_numbers() == []


def test_issues_of_others_are_left_alone(runner: Runner, github: GitHub) -> None:
    github.add(None)
    github.add(f"quoted:\n{MARK}")
    github.add(f"{MARK}a stranger's", labels=[{"name": "question"}])
    github.add(f"{MARK}a pull request", pull_request={})
    github.add("<!-- ndex-sync: nightly-2 -->\nof another collection")
    before = json.dumps(github.issues)

    assert kept(runner, 0, ALL_IN_SYNC) == {"issue": "", "done": "nothing"}
    assert json.dumps(github.issues) == before
    assert kept(runner, 1, DRIFT) == {"issue": "6", "done": "created"}


def test_each_key_has_an_issue_of_its_own(runner: Runner, github: GitHub) -> None:
    kept(runner, 1, DRIFT, key="pfocr")
    kept(runner, 1, DRIFT, key="--> <b>wikipathways")
    kept(runner, 0, ALL_IN_SYNC, key="pfocr")

    assert github.open_numbers() == [2]
    assert github.issue(2)["body"].startswith("<!-- ndex-sync: -b-wikipathways -->\n")


def test_an_issue_beyond_the_first_page_is_found(runner: Runner, github: GitHub) -> None:
    for _ in range(230):
        github.add("another")
    github.add(f"{MARK}x")

    assert kept(runner, 1, DRIFT) == {"issue": "231", "done": "updated"}


def test_a_label_that_is_not_there_is_made(runner: Runner, github: GitHub) -> None:
    kept(runner, 1, DRIFT, label="NDEx drift / näher")

    assert github.issue(1)["labels"] == [{"name": "NDEx drift / näher"}]
    assert kept(runner, 1, DRIFT, label="ndex DRIFT / näher")["done"] == "nothing"


UNSURE = [
    (3, {"drifted": 1, "failed": 1}, True, [1]),
    (3, {"invalid_record": 1, "in_sync": 2}, True, [1]),
    (3, {"accepted": 2, "failed": 1}, True, []),
    (0, {}, True, []),
    (1, DRIFT, False, []),
    (0, ALL_IN_SYNC, False, []),
    (130, DRIFT, False, []),
    (2, {}, True, []),
    ("", {}, True, []),
]


@pytest.mark.parametrize(("status", "verdicts", "complete", "made"), UNSURE)
def test_what_was_not_seen_closes_no_issue_and_opens_none(
    runner: Runner,
    github: GitHub,
    status: int | str,
    verdicts: Mapping[str, int],
    complete: bool,
    made: list[int],
) -> None:
    assert keep(runner, status, verdicts, complete=complete).status == 0
    assert github.open_numbers() == made

    github.issues.clear()
    github.add(f"{MARK}x")
    github.add(f"{MARK}y")
    assert keep(runner, status, verdicts, complete=complete).status == 0
    assert github.open_numbers() == [1, 2]
    changed = github.issue(1)["body"] != f"{MARK}x"
    assert changed == (complete and status in {0, 1, 3})


def test_a_long_summary_is_cut_between_lines_and_a_long_line_left_out(
    runner: Runner, github: GitHub
) -> None:
    line = "- `α → β, a drifted record`\n"
    kept(runner, 1, DRIFT, summary=line * 30_000)

    body = github.issue(1)["body"]
    assert len(body) < MAX_BODY
    assert len(body.encode()) > 60_000
    lines = body.split("\n")
    assert {each for each in lines if each.startswith("-") and each != "---"} == {line.strip()}
    assert "the rest had no room here" in body
    assert f"/{REPOSITORY}/actions/runs/4711" in lines[-2]
    assert kept(runner, 1, DRIFT, summary=line * 30_000)["done"] == "nothing"

    kept(runner, 1, DRIFT, summary="x" * 70_000)
    assert "xxx" not in github.issue(1)["body"]


REFUSED = {
    "not allowed": ("GET", 403, "Resource not accessible", "needs the permission issues: write"),
    "no issues": ("GET", 410, "Issues are disabled", "switch them on"),
    "moved": ("GET", 301, "Moved", "the repository was renamed"),
    "broken": ("POST", 502, "a\n::error::b", "502 a%0A::error::b"),
}


@pytest.mark.parametrize(("method", "status", "said", "told"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_told_with_what_to_do(
    runner: Runner, github: GitHub, method: str, status: int, said: str, told: str
) -> None:
    github.refuse[method] = (status, said, {})
    done = keep(runner, 1, DRIFT)

    assert done.status == 1
    assert done.stdout.startswith(f"::error title=ndex-sync::{method} /repos/{REPOSITORY}/issues")
    assert told in done.stdout
    assert done.stdout.count("\n") == 1
    assert done.outputs == {}


def test_an_issue_that_could_not_be_found_again_is_an_error(runner: Runner, github: GitHub) -> None:
    github.drops_labels = True
    done = keep(runner, 1, DRIFT)

    assert done.status == 1
    assert "issue #1 came without the label 'ndex-sync'" in done.stdout


def test_a_token_is_sent_over_https_only(runner: Runner) -> None:
    plain = {**runner.variables, "GITHUB_API_URL": "http://example.org"}
    done = keep(Runner(runner.workspace, runner.home, runner.action, plain), 1, DRIFT)

    assert done.status == 1
    assert "https only" in done.stdout


WRONG = {
    "no file": ({"report": "none.json"}, "none.json: cannot be read"),
    "no report": ({"report": "check.md"}, "check.md is no report of ndex-sync"),
    "no label": ({"label": " "}, "label: is not given"),
    "two labels": ({"label": "a,b"}, "label: 'a,b' is no single label"),
}


@pytest.mark.parametrize(("inputs", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_input_is_told_of(
    runner: Runner, github: GitHub, inputs: dict[str, str], message: str
) -> None:
    done = keep(runner, 1, DRIFT, inputs=inputs)

    assert done.status == 1
    assert message in done.stdout
    assert github.issues == []


def test_what_a_real_check_wrote_becomes_the_issue(runner: Runner, github: GitHub) -> None:
    sample = Sample(runner.workspace)
    sample.add_pair(1, figureTitle="<img onerror=alert()> @everyone `` ::error::")
    sample.add_file(
        "ndex-sync.toml",
        '[server]\nurl = "sandbox:db"\n[[collection]]\nname = "f"\nrecords = "_figures/*.md"\n',
    )
    with Store.open(runner.workspace / "db") as store:
        sample.fill(store)
    checking = Runner(runner.workspace, runner.home, ACTIONS / "ndex-sync")
    checked = checking.run("run", {}, this_python()).outputs
    inputs = {
        "exit-status": checked["exit_status"],
        "report": checked["report_json"],
        "summary": checked["report_markdown"],
    }
    done = runner.run("keep", inputs, PYTHON)

    assert done.outputs == {"issue": "1", "done": "created"}, done.stdout + done.stderr
    body = github.issue(1)["body"]
    assert figure(1) in body
    assert "```<img onerror=alert()> @everyone `` ::error::```" in body


LIMITS = {
    "a secondary rate limit": (403, "You have exceeded a secondary rate limit.", {}),
    "a primary rate limit": (429, "API rate limit exceeded", {"X-RateLimit-Remaining": "0"}),
    "a server in trouble": (502, "Bad gateway", {}),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("status", "said", "headers"), LIMITS.values(), ids=LIMITS)
def test_a_limit_is_waited_for_as_long_as_github_says(
    runner: Runner,
    github: GitHub,
    method: str,
    status: int,
    said: str,
    headers: dict[str, str],
) -> None:
    github.refuse[method] = (status, said, {**headers, "Retry-After": "0"})

    assert kept(runner, 1, DRIFT) == {"issue": "1", "done": "created"}
    assert len(github.issues) == 1


def test_a_limit_that_lasts_is_no_missing_permission(runner: Runner, github: GitHub) -> None:
    said = "You have exceeded a secondary rate limit."
    github.refuse["GET"] = (403, said, {"Retry-After": "3600"})
    done = keep(runner, 1, DRIFT)

    assert done.status == 1
    assert "run the job again later" in done.stdout
    assert "permission" not in done.stdout


def test_a_pull_request_has_one_comment_that_is_brought_up_to_date(
    runner: Runner, github: GitHub
) -> None:
    github.add_comment(7, f"{MARK}of a stranger", author="User")
    said = {"pull-request": "7"}
    assert kept(runner, 0, ALL_IN_SYNC, **said) == {"issue": "", "done": "nothing"}
    assert kept(runner, 1, DRIFT, **said) == {"issue": "7", "done": "created"}
    assert kept(runner, 1, DRIFT, **said) == {"issue": "7", "done": "nothing"}
    assert kept(runner, 0, ALL_IN_SYNC, "# Fine\n", **said) == {"issue": "7", "done": "updated"}

    assert [each["user"]["type"] for each in github.comments] == ["User", "Bot"]
    assert github.comments[0]["body"] == f"{MARK}of a stranger"
    assert github.comments[1]["body"].startswith(f"{MARK}# Fine\n")
    assert github.issues == []
