"""The HTML report as a file: whole in itself, and closed to what it quotes."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import orjson
from hypothesis import given
from hypothesis import strategies as st

from sync.model import Verdict
from sync.report.json import render_json
from sync.report.render.html.render import render_html
from tests.builders import make_report, make_result
from tests.report import samples


def part(text: str, start: str, end: str = "</script>") -> str:
    """Return what stands between two texts, the first of which must be there once."""
    [_, rest] = text.split(start)
    return rest.partition(end)[0]


def test_the_policy_allows_our_script_and_style_and_nothing_else() -> None:
    text = samples.rendered(render_html, samples.every_kind())
    style, script = (
        b64encode(sha256(part(text, f"<{name}>", f"</{name}>").encode()).digest()).decode()
        for name in ("style", "script")
    )

    assert part(text, '<meta http-equiv="Content-Security-Policy" content="', '">') == (
        f"default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}';"
        " base-uri 'none'; form-action 'none'"
    )


class Harmless(HTMLParser):
    """Refuses what loads or runs."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag and its attributes."""
        names = {name for name, _ in attrs}
        assert tag not in {"img", "link", "iframe", "object", "embed", "base"}
        assert not {"src", "style", "srcdoc"} & names
        assert not [name for name in names if name.startswith("on")]


def test_nothing_is_loaded_and_no_attribute_runs() -> None:
    Harmless().feed(samples.rendered(render_html, samples.hostile(), samples.every_kind()))


def test_the_page_holds_all_that_the_report_says() -> None:
    report = samples.every_kind()
    document = orjson.loads(samples.rendered(render_json, report))
    data = orjson.loads(part(samples.rendered(render_html, report), 'id="data">'))

    assert data["records"] == document["records"]
    assert data["remote_only"] == document["remote_only"]


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_text_ends_the_data(text: str) -> None:
    report = make_report(make_result(f"<!--<script>{text}", Verdict.FAILED))
    content = part(samples.rendered(render_html, report), 'id="data">')

    assert "<" not in content
    assert orjson.loads(content)["records"][0]["id"] == f"<!--<script>{text}"


def test_only_what_is_right_is_green() -> None:
    data = orjson.loads(part(samples.rendered(render_html, samples.every_kind()), 'id="data">'))
    tones = {name: verdict["tone"] for name, verdict in data["verdicts"].items()}

    assert [name for name, tone in tones.items() if tone == "good"] == ["in_sync", "accepted"]
