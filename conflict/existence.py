"""Existence is a field with a rule like any other: who says that a record is there, and where it is created."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from conflict.rules import BoundExists
from conflict.sheet import Sheet


def exists(rule: BoundExists, sheets: Iterable[Sheet]) -> bool:
    """Whether the golden record lives. The best named connection that has, or had, a record decides: one living record of it
    is enough. If none of the named has one, any living record is.
    """
    sheets = list(sheets)
    ranked = [rule.ranks[sheet.connection] for sheet in sheets if sheet.connection in rule.ranks]
    if ranked:
        sheets = [sheet for sheet in sheets if rule.ranks.get(sheet.connection) == min(ranked)]
    return any(not sheet.deleted for sheet in sheets)


def may_create(rule: BoundExists, connection: str, values: Mapping[str, Any]) -> bool:
    """Whether the rule names this connection, and its conditions hold for these golden values."""
    conditions = rule.create.get(connection)
    return conditions is not None and all(_holds(values.get(field), wanted) for field, wanted in conditions.items())


def _holds(value: Any, wanted: Collection[str]) -> bool:
    """A condition names values as text: `status: [customer]`, `strategic: [true]`; of a set one member is enough."""
    if isinstance(value, frozenset):
        return any(_holds(each, wanted) for each in value)
    return (str(value).lower() if isinstance(value, bool) else str(value)) in wanted and value is not None
