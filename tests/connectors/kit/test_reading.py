"""What is no JSON is no answer."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.errors import Retry, Unclear
from connectors.kit.reading import parse_json, read_json

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(values)
def test_json_is_read(value: Any) -> None:
    assert parse_json(json.dumps(value).encode()) == value


@given(st.dictionaries(st.text(), values, min_size=1), st.integers(min_value=0))
def test_a_cut_answer_is_none(value: Any, cut: int) -> None:
    body = json.dumps(value).encode()
    with pytest.raises(Retry, match="not_json"):
        parse_json(body[: cut % len(body)])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1, "a": 2}',
        b'{"a": "\xff"}',
        b"[" * 100_000 + b"]" * 100_000,
        b"9" * 5000,
        '{"a": 1}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
    ],
)
def test_refused(body: bytes) -> None:
    with pytest.raises(Retry, match="not_json"):
        parse_json(body)
    with pytest.raises(Unclear, match="not_json"):
        parse_json(body, wrote=True)


@pytest.mark.parametrize(
    ("method", "reads", "error"),
    [("GET", False, Retry), ("POST", False, Unclear), ("POST", True, Retry), ("DELETE", False, Unclear)],
)
def test_after_a_write_it_stays_unclear(method: str, reads: bool, error: type[Exception]) -> None:
    response = httpx.Response(200, content=b"{", request=httpx.Request(method, "https://api.example/x"))
    with pytest.raises(error):
        read_json(response, reads=reads)
