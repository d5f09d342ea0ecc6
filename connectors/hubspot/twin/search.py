"""The search index: late, capped at 10,000, blind for archived records, and picky about the name of a date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.hubspot.twin.answers import Answer, Row, millis

CAP = 10_000
PAGE = 200
BODY = 3_000


class Index:
    """Properties by object and id as the search knows them; a change is known `lag` seconds after it was made."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Row]] = {}
        self._late: list[tuple[datetime, str, str, Row | None]] = []

    def note(self, object: str, id: str, properties: Row | None, *, at: datetime, lag: float) -> None:
        """`properties` None: the record is to be forgotten (archived, merged away)."""
        self._late.append((at + timedelta(seconds=lag), object, id, properties))

    def rows(self, object: str, now: datetime) -> dict[str, Row]:
        still = []
        for entry in self._late:
            due, of, id, properties = entry
            if due > now:
                still.append(entry)
            elif properties is None:
                self._known.get(of, {}).pop(id, None)
            else:
                self._known.setdefault(of, {})[id] = properties
        self._late = still
        return self._known.get(object, {})


def find(rows: dict[str, Row], schema: dict[str, Row], object: str, asked: Row, size: int) -> tuple[int, list[str], str | None]:
    """(total, ids of this page, after)."""
    _check(asked, size)
    limit, after = int(asked.get("limit", 10)), int(asked.get("after") or 0)
    if after + limit > CAP:
        raise Answer(400, "VALIDATION_ERROR", f"Search is limited to {CAP} results: paging beyond them is not possible.")
    groups = [[_test(schema, object, f) for f in group.get("filters", [])] for group in asked.get("filterGroups", [])]
    ids = [id for id, row in rows.items() if not groups or any(all(test(row) for test in group) for group in groups)]
    sorts = asked.get("sorts") or [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
    name, down = (
        (sorts[0], False)
        if isinstance(sorts[0], str)
        else (sorts[0]["propertyName"], sorts[0].get("direction") == "DESCENDING")
    )
    ids.sort(key=int)
    ids.sort(key=lambda each: _rank(schema, name, rows[each].get(name)), reverse=down)
    end = after + limit
    return len(ids), ids[after:end], str(end) if end < len(ids) else None


def _check(asked: Row, size: int) -> None:
    groups = asked.get("filterGroups", [])
    filters = [filter for group in groups for filter in group.get("filters", [])]
    problems = {
        f"request body is too long: {size} > {BODY} characters": size > BODY,
        f"limit must be at most {PAGE}": int(asked.get("limit", 10)) > PAGE,
        "at most 5 filterGroups": len(groups) > 5,
        "at most 6 filters in a group": any(len(group.get("filters", [])) > 6 for group in groups),
        "at most 18 filters": len(filters) > 18,
        "at most one sort": len(asked.get("sorts") or []) > 1,
    }
    for message, wrong in problems.items():
        if wrong:
            raise Answer(400, "VALIDATION_ERROR", f"There was a problem with the request: {message}")


def _test(schema: dict[str, Row], object: str, filter: Row) -> Callable[[Row], bool]:
    name, operator = filter["propertyName"], filter["operator"]
    if name not in schema:
        raise Answer(400, "VALIDATION_ERROR", f'There was a problem with the request: property "{name}" does not exist')
    if object == "contacts" and name == "hs_lastmodifieddate":
        return lambda _: False  # the wart: contacts are indexed by `lastmodifieddate`
    if operator == "HAS_PROPERTY":
        return lambda row: row.get(name) is not None
    if operator == "NOT_HAS_PROPERTY":
        return lambda row: row.get(name) is None
    wanted = [_rank(schema, name, value) for value in filter.get("values", [filter.get("value")])]
    high = _rank(schema, name, filter.get("highValue"))
    compare: dict[str, Callable[[Any], bool]] = {
        "EQ": lambda value: value == wanted[0],
        "NEQ": lambda value: value != wanted[0],
        "LT": lambda value: value < wanted[0],
        "LTE": lambda value: value <= wanted[0],
        "GT": lambda value: value > wanted[0],
        "GTE": lambda value: value >= wanted[0],
        "BETWEEN": lambda value: wanted[0] <= value <= high,
        "IN": lambda value: value in wanted,
        "NOT_IN": lambda value: value not in wanted,
    }
    if operator not in compare:
        raise Answer(400, "VALIDATION_ERROR", f"There was a problem with the request: operator {operator} is not known")
    passes = compare[operator]
    return lambda row: row.get(name) is not None and passes(_rank(schema, name, row[name]))


def _rank(schema: dict[str, Row], name: str, value: Any) -> Any:
    """Values in the order in which HubSpot compares them: numbers and times by size, text without case."""
    type = schema[name]["type"] if name in schema else "string"
    if type == "number":
        return Decimal(value or 0)
    if type in {"date", "datetime"}:
        return millis(str(value)) or 0
    return str(value or "").lower()
