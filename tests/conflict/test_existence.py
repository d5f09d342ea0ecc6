"""Who says that a record is there, and where it is created."""

from __future__ import annotations

import pytest
from histories import sheet

from conflict.existence import exists, may_create
from conflict.rules import BoundExists

RULE = BoundExists({"a": 0, "b": 1}, "archive", {"c": {"status": ("customer", "trial"), "strategic": ("true",)}, "b": {}})


@pytest.mark.parametrize(
    ("living", "deleted", "lives"),
    [
        ("a", "b", True),
        ("b", "a", False),
        ("c", "a", False),
        ("c", "", True),
        ("", "c", False),
        ("c", "b", False),
        ("a", "a", True),
    ],
)
def test_the_best_named_connection_that_has_a_record_decides(living: str, deleted: str, lives: bool) -> None:
    sheets = [*map(sheet, living), *(sheet(name, deleted=True) for name in deleted)]
    assert exists(RULE, sheets) == lives


def test_a_record_is_created_only_where_the_rule_names_the_connection_and_its_conditions_hold() -> None:
    assert may_create(RULE, "c", {"status": "trial", "strategic": True})
    assert not may_create(RULE, "c", {"status": "trial", "strategic": False})
    assert not may_create(RULE, "c", {"strategic": True})
    assert may_create(RULE, "b", {})
    assert not may_create(RULE, "a", {"status": "customer"})
