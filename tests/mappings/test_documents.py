"""YAML read strictly: text stays text, every error has its place, and all are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.documents import BadDocument, DocumentError, load


def codes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(BadDocument) as bad:
        load(text, "rules.yaml")
    return [(error.line, error.code) for error in bad.value.errors]


def test_nothing_is_misread() -> None:
    root = load("country: no\nversion: 1.10\nat: 22:22\nquoted: 'null'\nnothing: ~\n").root
    assert root.plain() == {"country": "no", "version": "1.10", "at": "22:22", "quoted": "null", "nothing": "~"}
    assert root["nothing"].is_blank
    assert not root["quoted"].is_blank
    assert [root[key].line for key in root] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: &x 1\nb: *x\n", (2, "alias")),
        ("a: 1\nb: 2\na: 3\n", (3, "duplicate_key")),
        ("a: !!python/object:os.system x\n", (1, "tag")),
        ("a: 1\n---\nb: 2\n", (2, "several_documents")),
        ("a: [1\nb: 2\n", (2, "syntax")),
        ("? [a]\n: 1\n", (1, "key_not_text")),
        ("a: \x07\n", (1, "not_printable")),
        ("[" * 40 + "]" * 40, (1, "too_deep")),
        ("a: " + "x" * 300_000, (0, "too_big")),
    ],
)
def test_refused_with_line_and_code(text: str, found: tuple[int, str]) -> None:
    assert found in codes(text)


def test_all_errors_are_told_with_their_places() -> None:
    document = load("name: x\nlocked: maybe\nlimit: many\nordr: y\n", "rules.yaml")
    document.known_keys(document.root, ("name", "locked", "limit", "order"))
    document.boolean(document.root["locked"])
    document.integer(document.root["limit"])
    with pytest.raises(BadDocument) as bad:
        document.raise_errors()
    assert [(error.file, error.line, error.field, error.code) for error in bad.value.errors] == [
        ("rules.yaml", 2, "locked", "not_true_or_false"),
        ("rules.yaml", 3, "limit", "not_a_whole_number"),
        ("rules.yaml", 4, "ordr", "unknown_key"),
    ]
    assert bad.value.errors[2].data["nearest"] == "order"


def test_a_file_that_is_not_there_or_not_utf8_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadDocument) as bad:
        load(tmp_path / "no.yaml")
    assert bad.value.errors[0].code == "unreadable"
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: \xe9\n")
    with pytest.raises(BadDocument) as bad:
        load(tmp_path / "latin.yaml")
    assert (bad.value.errors[0].line, bad.value.errors[0].code) == (2, "not_utf8")


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=200) | st.text("ab:{}[]-&*!|> \n'\"", max_size=60))
def test_any_text_is_a_tree_or_a_bad_document(text: str) -> None:
    found: list[DocumentError] = []
    try:
        root = load(text).root
    except BadDocument as bad:
        found = bad.errors
    assert found or root.path == ""
