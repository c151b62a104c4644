"""Answers of a server that is ill, or of somebody else who stands in its place: bytes by name.

Most hold the right answer in a form that must not be believed: a reader who trusts it says
that all is well.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping

from tests.ndex.faulty_server import Step, hang, refuse, reset, respond, respond_json, send_raw

_OK = b"HTTP/1.1 200 OK\r\n"
_JSON = {"Content-Type": "application/json"}
_BOMB = gzip.compress(b" " * 50_000_000, 1)

STATUSES: Mapping[str, Step] = {
    f"status {status}": respond(status, b"no", {"Content-Type": "text/plain"})
    for status in (
        *(400, 402, 405, 406, 407, 408, 409, 411, 412, 413, 414, 415, 416, 418, 421, 422, 423),
        *(424, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 506, 507, 508),
        *(510, 511, 520, 521, 522, 523, 524, 525, 526, 530, 599, 300, 301, 302, 303, 305, 307, 308),
        *(202, 203, 205, 206, 226),
    )
}
"""Statuses of proxies, guards and confused servers, with a body that says nothing."""

VALUES: Mapping[str, Step] = {
    "null": respond_json(None),
    "true": respond_json(True),
    "a number": respond_json(7),
    "a text": respond_json("OK"),
    "an object": respond_json({}),
    "an error with status 200": respond_json({"errorCode": "NDEx_Exception", "message": "no"}),
    "a list of null": respond_json([None]),
    "a list of lists": respond_json([[]]),
    "a list of texts": respond_json(["a"]),
    "a list of empty objects": respond_json([{}]),
}
"""JSON of another shape than was asked for."""

REFUSALS: Mapping[str, Step] = {
    f"{status} of NDEx": refuse(status, "NDEx_Unauthorized_Operation_Exception", "no")
    for status in (401, 403)
}


def broken_lines(good: bytes) -> Mapping[str, Step]:
    """Return what breaks on the wire before there is a body, by name; ``good`` is the right one."""
    length = b"Content-Length: %d" % len(good)
    whole = length + b"\r\n\r\n" + good

    def _headed(*lines: bytes, body: bytes = good) -> Step:
        return send_raw(_OK + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body)

    def _chunked(body: bytes) -> Step:
        return _headed(b"Transfer-Encoding: chunked", body=body)

    return {
        "nothing at all": send_raw(b""),
        "a reset": reset(),
        "a reset in the head": reset(_OK),
        "a reset in the body": reset(_OK + whole[:-1]),
        "silence": hang(),
        "silence in the head": hang(_OK),
        "silence in the body": hang(_OK + whole[:-1]),
        "a greeting of mail": send_raw(b"220 mail.example ESMTP\r\n"),
        "TLS": send_raw(b"\x15\x03\x01\x00\x02\x02\x28"),
        "HTTP/0.9": send_raw(good),
        "a preface of HTTP/2": send_raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        "a status that is no number": send_raw(b"HTTP/1.1 abc OK\r\n" + whole),
        "a status of two digits": send_raw(b"HTTP/1.1 20 OK\r\n" + whole),
        "a status beyond 599": send_raw(b"HTTP/1.1 999 Beyond\r\n" + whole),
        "zeros": send_raw(b"\0" * 1_000),
        "a header without a colon": _headed(b"this is no header", length),
        "a header with a zero in it": _headed(b"X: a\0b", length),
        "a header of 200 kB": _headed(b"X: " + b"a" * 200_000, length),
        "a length that is no number": _headed(b"Content-Length: two"),
        "a length below nothing": _headed(b"Content-Length: -2"),
        "two lengths": _headed(length, b"Content-Length: 3"),
        "a length of 99 digits": _headed(b"Content-Length: " + b"9" * 99),
        "a body shorter than its length": send_raw(_OK + whole[:-1]),
        "chunks without a size": _chunked(b"zz\r\n" + good + b"\r\n0\r\n\r\n"),
        "chunks without an end": _chunked(b"%x\r\n" % len(good) + good + b"\r\n"),
        "a chunk longer than its size": _chunked(b"1\r\n" + good + b"\r\n0\r\n\r\n"),
        "a transfer encoding that is none": _headed(b"Transfer-Encoding: snappy"),
        "a redirect to itself": respond(302, good, {"Location": "/"}),
        "a redirect to nowhere": respond(302, good, {"Location": "\x7f://"}),
    }


def broken_bodies(good: bytes) -> Mapping[str, Step]:
    """Return bodies that nobody can read, with status 200, by name; ``good`` is the right one."""

    def _plain(body: bytes, **headers: str) -> Step:
        return respond(200, body, {**_JSON, **headers})

    def _encoded(encoding: str, body: bytes) -> Step:
        return respond(200, body, {**_JSON, "Content-Encoding": encoding})

    packed = gzip.compress(good)
    return {
        "an empty body": _plain(b""),
        "blanks": _plain(b" \r\n\t "),
        "a web page": respond(200, b"<html>Welcome</html>", {"Content-Type": "text/html"}),
        "a web page that is called JSON": _plain(b"<!DOCTYPE html><title>Login</title>"),
        "XML": _plain(b"<?xml version='1.0'?><error/>"),
        "JSON cut short": _plain(good[:-1]),
        "two documents": _plain(good + good),
        "JSON and more": _plain(good + b"<!-- served by cache 7 -->"),
        "a byte before the JSON": _plain(b"\x00" + good),
        "single quotes": _plain(good.replace(b'"', b"'")),
        "not a number": _plain(good[:-1] + b",NaN]"),
        "a comma too many": _plain(good[:-1] + b",]"),
        "bytes that are no UTF-8": _plain(good.replace(b'"A paper', b'"A \xff paper')),
        "half of a pair": _plain(good.replace(b'"A paper', b'"A \\ud800 paper')),
        "UTF-16": _plain(good.decode().encode("utf-16")),
        "zeros in the body": _plain(b"\0" * 64),
        "brackets without end": _plain(b"[" * 100_000),
        "brackets without end and back": _plain(b"[" * 100_000 + b"]" * 100_000),
        "more than the limit": _plain(good + b" " * 1_100_000),
        "gzip that is none": _encoded("gzip", good),
        "gzip cut short": _encoded("gzip", packed[:-9]),
        "gzip with a wrong checksum": _encoded("gzip", packed[:-8] + b"\0" * 8),
        "gzip twice": _encoded("gzip", gzip.compress(packed)),
        "a gzip bomb": _encoded("gzip", _BOMB),
        "brotli": _encoded("br", b"\x0b\x01\x80" + good + b"\x03"),
        "deflate": _encoded("deflate", zlib.compress(good)),
        "an encoding that is none": _encoded("snappy", good),
    }
