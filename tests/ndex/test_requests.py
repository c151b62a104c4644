"""What the answers of NDEx mean, by the contract's table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import (
    BadRequest,
    Redirected,
    ServerBroken,
    ServerError,
    Throttled,
    Unauthorized,
)
from sync.ndex.requests import Answer, Request, call_about, decipher, split_rows
from tests.ndex.builders import NOON
from tests.ndex.refusals import REFUSALS, Refusal

REQUEST = Request("GET", "/v3/networks/x")
BATCH = Request("POST", "/v2/batch/network/summary", parse=split_rows)
URL = "https://ndex.example/v3/networks/x"


def error_of(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> ServerError:
    with pytest.raises(ServerError) as caught:
        decipher(REQUEST, Answer(URL, status, headers or {}, body), NOON)
    return caught.value


def ndex_error(error_code: str, message: str | None) -> bytes:
    return orjson.dumps(
        {
            "errorCode": error_code,
            "message": message,
            "stackTrace": "org.ndexbio.model.exceptions.NdexException",
            "threadId": "42",
            "timeStamp": "2026-07-02 9:05:01,123",
        }
    )


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_a_refusal_is_told_by_its_code_and_words(refusal: Refusal) -> None:
    error = error_of(refusal.status, ndex_error(refusal.error_code, refusal.message))
    assert type(error) is refusal.kind
    assert error.status == refusal.status
    assert error.error_code == refusal.error_code
    assert error.message == refusal.message.strip()
    assert error.call == REQUEST.call


PLAIN = b"Not able to deserialize data provided."
PAGE = b"\xef\xbb\xbf \n<!DOCTYPE html><html>Sorry</html>"
UNKNOWN_CODE = ndex_error("NDEx_Brand_New_Exception", "news")


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, PLAIN, BadRequest, "Not able to deserialize data provided."),
        (400, UNKNOWN_CODE, BadRequest, "news"),
        (400, PAGE, ServerBroken, "a web page came"),
        (401, b"", Unauthorized, "the answer is empty"),
        (401, PAGE, Unauthorized, "a web page came"),
        (403, PAGE, ServerBroken, "a web page came"),
        (403, b'{"message": "not NDEx"}', ServerBroken, "not NDEx"),
        (404, b'{"detail": "Not Found"}', ServerBroken, "Not Found"),
        (404, UNKNOWN_CODE, ServerBroken, "news"),
        (408, b"", ServerBroken, "the answer is empty"),
        (413, PAGE, BadRequest, "a web page came"),
        (500, ndex_error("NDEx_Exception", None), ServerBroken, "refused without a reason"),
        (500, UNKNOWN_CODE, ServerBroken, "news"),
        (502, PAGE, ServerBroken, "a web page came"),
        (502, ndex_error("NDEx_Bad_Request_Exception", "x"), ServerBroken, "x"),
        (599, b"odd", ServerBroken, "odd"),
    ],
)
def test_where_ndex_did_not_speak_only_the_plainest_statuses_are_believed(
    status: int, body: bytes, kind: type[ServerError], words: str
) -> None:
    error = error_of(status, body)
    assert type(error) is kind
    assert words in error.message


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (PAGE, "web page"),
        (b'[{"nodes": [', "cut short"),
        (b"https://ndex.example/v2/network/x", "not JSON"),
        (b"[NaN]", "not JSON"),
    ],
)
def test_a_success_without_json_is_broken(body: bytes, words: str) -> None:
    error = error_of(200, body)
    assert type(error) is ServerBroken
    assert words in error.message
    assert error.status == 200


@pytest.mark.parametrize("value", [[], {}, "x", 5, None, [{"nodes": []}]])
def test_a_success_is_its_json(value: object) -> None:
    assert decipher(REQUEST, Answer(URL, 200, {}, orjson.dumps(value)), NOON) == value


def test_a_batch_is_the_texts_of_its_rows() -> None:
    rows = decipher(BATCH, Answer(URL, 200, {}, b' [{"a": [1, 2]},\n null, "x]"] '), NOON)

    assert isinstance(rows, list)
    assert list(map(bytes, rows)) == [b'{"a": [1, 2]}', b"null", b'"x]"']


@pytest.mark.parametrize("value", [{}, "x", 5, None, {"a": []}])
def test_a_batch_that_is_no_list_is_its_json(value: object) -> None:
    assert decipher(BATCH, Answer(URL, 200, {}, orjson.dumps(value)), NOON) == value


@pytest.mark.parametrize("body", [b"", PAGE, b'[{"nodes": [', b"[NaN]", b"[" * 100_000])
def test_a_batch_without_json_is_broken(body: bytes) -> None:
    with pytest.raises(ServerBroken):
        decipher(BATCH, Answer(URL, 200, {}, body), NOON)


def test_no_content_is_none_by_rights() -> None:
    assert decipher(REQUEST, Answer(URL, 204, {}, b""), NOON) is None


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Thu, 02 Jul 2026 12:02:00 GMT", 120.0),
        ("Thu, 02 Jul 2026 12:02:00 -0000", 120.0),
        ("Thu, 02 Jul 2026 11:00:00 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("inf", None),
        ("9" * 40, None),
        ("soon", None),
        (None, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_read_as_seconds_or_a_date(
    status: int, value: str | None, wait_s: float | None
) -> None:
    error = error_of(status, PAGE, {} if value is None else {"retry-after": value})
    assert isinstance(error, Throttled)
    assert error.retry_after_s == wait_s


@given(st.text(max_size=40))
def test_no_retry_after_is_negative_or_a_crash(value: str) -> None:
    error = error_of(429, b"", {"retry-after": value})
    assert isinstance(error, Throttled)
    assert error.retry_after_s is None or error.retry_after_s >= 0


@given(st.integers(0, 10**8))
def test_a_retry_after_date_is_the_seconds_until_then(seconds: int) -> None:
    moment = format_datetime(NOON + timedelta(seconds=seconds), usegmt=True)
    error = error_of(503, b"", {"retry-after": moment})
    assert isinstance(error, Throttled)
    assert error.retry_after_s == seconds


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://other.example/login?next=1#x", "https://other.example/login;"),
        ("/elsewhere", "https://ndex.example/elsewhere;"),
        ("//ada:geheim@other.example/x", "https://other.example/x;"),
        ("http://[broken", "an address that cannot be read;"),
        (None, "another place;"),
    ],
)
def test_a_redirect_names_both_addresses_without_secrets(location: str | None, shown: str) -> None:
    error = error_of(302, b"", {} if location is None else {"location": location})
    assert type(error) is Redirected
    assert error.message.startswith(f"{URL} redirects to {shown}")
    assert "geheim" not in str(error)


def test_words_of_a_stranger_become_one_short_line() -> None:
    error = error_of(400, ("\x1b[31mtwo\nlines\x00 " + "x" * 5000).encode())
    assert error.message.startswith("[31mtwo lines xxx")
    assert 290 < len(error.message) <= 301
    assert error.message.endswith("…")


@pytest.mark.parametrize("scheme", ["Basic", "bearer", "BEARER"])
def test_credentials_that_an_answer_sends_back_are_blotted_out(scheme: str) -> None:
    error = error_of(400, f"bad header: Authorization: {scheme} YWRhOmdlaGVpbQ== !".encode())
    assert error.message == f"bad header: Authorization: {scheme} [hidden] !"


STATUSES = st.integers(100, 999)
BODIES = st.binary(max_size=60) | st.builds(
    ndex_error,
    st.sampled_from([each.error_code for each in REFUSALS]) | st.text(max_size=20),
    st.none() | st.text(),
)


@given(STATUSES, BODIES, st.text(max_size=30))
def test_any_answer_is_json_or_an_error_of_ours_in_one_line(
    status: int, body: bytes, location: str
) -> None:
    answer = Answer(URL, status, {"location": location}, body)
    raised: ServerError | None = None
    try:
        decipher(REQUEST, answer, datetime(2026, 1, 1, tzinfo=UTC))
    except ServerError as error:
        raised = error
    if raised is None:
        assert 200 <= status < 300
    else:
        assert raised.status == status
        assert str(raised).isprintable()
        assert len(str(raised)) < 1000


@given(st.text())
def test_only_lower_case_uuids_get_into_a_path(text: str) -> None:
    with pytest.raises(BadRequest, match="nothing was sent"):
        call_about("GET", "/v2/networkset/{id}", text)
