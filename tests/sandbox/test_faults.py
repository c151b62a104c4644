"""Fault rules: how they are written, and when they strike."""

from __future__ import annotations

import pytest

from sync.errors import ConfigError
from sync.sandbox.faults import FaultBox, FaultKind, FaultRule, parse_rules, read_rules


def test_a_rule_in_words_names_method_path_and_what_goes_wrong() -> None:
    (rule,) = parse_rules(
        "PUT /v3/networks/* error status=503 rate=0.5 times=2 after=1 message='No such luck'"
    )
    assert rule == FaultRule(
        kind=FaultKind.ERROR,
        method="PUT",
        path="/v3/networks/*",
        status=503,
        rate=0.5,
        times=2,
        after=1,
        message="No such luck",
    )


def test_the_method_may_be_left_out_and_rules_are_parted_by_semicolons() -> None:
    rules = parse_rules("* latency seconds=0.5; ; /v2/* throttle seconds=1..3;")
    assert [(rule.method, rule.path, rule.seconds) for rule in rules] == [
        ("*", "*", (0.5, 0.5)),
        ("*", "/v2/*", (1.0, 3.0)),
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("latency", "expected .METHOD. PATH KIND"),
        ("GET /a explode", "kind: must be 'latency'"),
        ("* latency secnds=1", "secnds: Extra inputs"),
        ("* latency seconds=soon", "seconds"),
        ("* latency seconds=3..1", "not a range of waiting times"),
        ("* error rate=2", "rate: must be less than or equal to 1"),
        ("* error status=200", "status: must be greater"),
        ("* error message='open", "No closing quotation"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_with_its_words(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as caught:
        parse_rules(f"* slow; {text}")
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("item", "said"), [({"kind": "slow", "rate": "often"}, ": rate"), (7, ""), (None, "")]
)
def test_a_rule_in_json_is_told_by_its_number(item: object, said: str) -> None:
    with pytest.raises(ConfigError, match=f"fault rule 2{said}"):
        read_rules([{"kind": "slow"}, item])


def test_a_rule_strikes_only_calls_that_fit() -> None:
    box = FaultBox(parse_rules("put /v3/networks/* lost"), seed=0)
    assert box.draw("GET", "/v3/networks/1") == []
    assert box.draw("PUT", "/v2/network/1") == []
    assert [fault.rule.kind for fault in box.draw("PUT", "/v3/networks/1")] == [FaultKind.LOST]


def test_a_rule_lets_the_first_calls_pass_and_stops_after_so_many() -> None:
    box = FaultBox(parse_rules("* error after=1 times=2"), seed=0)
    struck = [bool(box.draw("GET", "/")) for _ in range(5)]
    assert struck == [False, True, True, False, False]


def test_the_same_seed_gives_the_same_faults() -> None:
    rules = parse_rules("* error rate=0.5; * latency seconds=0..1")

    def play(seed: int) -> list[tuple[FaultKind, float]]:
        box = FaultBox(rules, seed)
        return [(f.rule.kind, f.seconds) for _ in range(50) for f in box.draw("GET", "/")]

    assert play(1) == play(1)
    assert play(1) != play(2)


def test_a_drawn_wait_stays_in_its_range() -> None:
    box = FaultBox(parse_rules("* latency seconds=0.2..0.4"), seed=3)
    waits = [fault.seconds for _ in range(100) for fault in box.draw("GET", "/")]
    assert 0.2 <= min(waits) < max(waits) <= 0.4


def test_the_log_tells_what_was_done_to_which_call() -> None:
    box = FaultBox(parse_rules("GET /a latency seconds=2"), seed=0)
    for path in ("/a", "/b", "/a"):
        box.draw("GET", path)
    assert [(entry.number, entry.path, entry.seconds) for entry in box.log] == [
        (1, "/a", 2.0),
        (2, "/a", 2.0),
    ]


def test_new_rules_begin_with_an_empty_log_and_the_first_throw() -> None:
    box = FaultBox(parse_rules("* error times=1"), seed=0)
    box.draw("GET", "/")
    box.set_rules(box.rules)
    assert box.log == []
    assert len(box.draw("GET", "/")) == 1
