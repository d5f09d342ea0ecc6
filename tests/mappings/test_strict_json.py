"""Vendors' JSON: exact, bounded, and no key twice."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.strict_json import BadJson, load_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(['a":1', '" :', '\\"'])
TREES = st.dictionaries(
    TEXTS,
    st.recursive(st.none() | st.booleans() | st.integers() | TEXTS, lambda each: st.lists(each) | st.dictionaries(TEXTS, each)),
)


@given(tree=TREES, spaced=st.booleans())
def test_reads_what_the_standard_parser_reads(tree: dict[str, Any], spaced: bool) -> None:
    body = json.dumps(tree, separators=(" , ", " : ") if spaced else None).encode()
    assert load_json(body) == tree


@given(tree=TREES.filter(bool), data=st.data(), gap=st.sampled_from(["", " ", "\n\t"]))
def test_a_doubled_key_is_found_however_it_is_written(tree: dict[str, Any], data: st.DataObject, gap: str) -> None:
    key = data.draw(st.sampled_from(sorted(tree)))
    inner = json.dumps(tree)[:-1] + f",{json.dumps(key)}{gap}:1}}"
    for body in (inner, f'{{"outer": [{inner}]}}'):
        with pytest.raises(BadJson) as bad:
            load_json(body.encode())
        assert bad.value.code == "duplicate_key"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"a": NaN}', "not_finite"),
        (b'{"a": -Infinity}', "not_finite"),
        (b'\xef\xbb\xbf{"a": 1}', "byte_order_mark"),
        (b'{"a": "\xff"}', "not_utf8"),
        (b'{"a": [1, 2', "syntax"),
        (b"<html></html>", "syntax"),
        (b"", "syntax"),
        (b"[1]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "too_deep"),
        (b"[" * 200_000, "too_deep"),
        (b'{"a":"' + b"x" * (10 * 1024 * 1024) + b'"}', "too_big"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused_with_a_code(body: bytes, code: str) -> None:
    with pytest.raises(BadJson) as bad:
        load_json(body)
    assert bad.value.code == code


def test_fractions_are_exact_and_whole_numbers_stay_whole() -> None:
    found = load_json(b'{"a": 0.1, "b": 1e2, "c": 12345678901234567890123, "d": 3}')
    assert found == {"a": Decimal("0.1"), "b": Decimal("1E+2"), "c": 12345678901234567890123, "d": 3}
    assert {type(each) for each in found.values()} == {Decimal, int}


def test_a_lone_surrogate_is_left_for_its_own_field_to_refuse() -> None:
    assert load_json(b'{"a": "\\ud800", "b": 1}')["b"] == 1
