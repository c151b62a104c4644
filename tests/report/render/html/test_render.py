"""The HTML report as a file: whole in itself, and closed to what it quotes."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import orjson
from hypothesis import given
from hypothesis import strategies as st

from sync.model import Verdict
from sync.report.document import Report
from sync.report.json import render_json
from sync.report.render.html.render import render_html
from tests.builders import make_report, make_result
from tests.report import samples


class Reader(HTMLParser):
    """Collects the tags of a page and what stands in its scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, str] = {}
        self.within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag; what follows stands within it."""
        self.tags.append((tag, dict(attrs)))
        self.within = dict(attrs).get("type") or tag

    def handle_endtag(self, tag: str) -> None:
        """End the tag."""
        self.within = f"after {tag}"

    def handle_data(self, data: str) -> None:
        """Keep what stands in the tag."""
        self.raw[self.within] = self.raw.get(self.within, "") + data


def read(report: Report, previous: Report | None = None) -> Reader:
    reader = Reader()
    reader.feed(samples.rendered(render_html, report, previous))
    return reader


def test_the_policy_allows_our_script_and_style_and_nothing_else() -> None:
    page = read(samples.every_kind())
    (policy,) = (
        str(attributes["content"])
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    style, script = (
        b64encode(sha256(page.raw[name].encode()).digest()).decode() for name in ("style", "script")
    )

    assert policy == (
        f"default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}';"
        " base-uri 'none'; form-action 'none'"
    )


def test_nothing_is_loaded_and_no_attribute_runs() -> None:
    for tag, attributes in read(samples.hostile(), samples.every_kind()).tags:
        assert tag not in {"img", "link", "iframe", "object", "embed", "base"}
        assert not {"src", "style", "srcdoc"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]


def test_the_page_holds_all_that_the_report_says() -> None:
    report = samples.every_kind()
    document = orjson.loads(samples.rendered(render_json, report))
    data = orjson.loads(read(report).raw["application/json"])

    assert data["records"] == document["records"]
    assert data["remote_only"] == document["remote_only"]


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_text_ends_the_data(text: str) -> None:
    report = make_report(make_result(f"<!--<script>{text}", Verdict.FAILED))
    _, start, rest = samples.rendered(render_html, report).partition('id="data">\n')
    content = rest.partition("</script>")[0]

    assert start
    assert "<" not in content
    assert orjson.loads(content)["records"][0]["id"] == f"<!--<script>{text}"
