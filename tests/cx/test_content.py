"""What the server serves can be sent back to it."""

from __future__ import annotations

import orjson
import pytest

from sync.cx.content import write_upload
from sync.cx.validate_cx2 import validate_cx2
from sync.errors import NetworkError
from sync.sandbox.uploads import load_cx1
from tests.cx.documents import END, HEADER
from tests.cx.uploads import make_cx1


def test_wrong_counts_that_came_from_cx1_are_mended() -> None:
    loaded = load_cx1(make_cx1({"nodes": [{"@id": 1, "n": "TNF"}]}, nodes=7))
    assert loaded.cx2 is not None
    content = orjson.loads(loaded.cx2)
    with pytest.raises(NetworkError, match="Element count mismatch"):
        validate_cx2(orjson.dumps(content))
    assert validate_cx2(write_upload(content)).node_count == 1


def test_a_network_without_nodes_can_be_sent_back() -> None:
    assert validate_cx2(write_upload([HEADER, {"nodes": []}, END])).node_count == 0


def test_what_is_no_network_cannot_be_sent() -> None:
    with pytest.raises(NetworkError, match="does not end with its status"):
        write_upload([HEADER, {"nodes": []}])
