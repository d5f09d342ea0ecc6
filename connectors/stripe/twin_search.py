"""Stripe's search language, as far as it goes: clauses joined by AND or OR. https://docs.stripe.com/search"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from connectors.stripe.twin_errors import invalid

FIELDS = {
    "customers": {"created", "email", "metadata", "name", "phone"},
    "invoices": {"created", "currency", "customer", "metadata", "number", "status", "subscription", "total"},
    "prices": {"active", "currency", "lookup_key", "metadata", "product", "type"},
    "products": {"active", "description", "metadata", "name", "shippable", "url"},
    "subscriptions": {"canceled_at", "created", "metadata", "status"},
}
_clause = re.compile(
    r"""\s*(-?)(\w+)(?:\['((?:[^'\\]|\\.)*)'\])?\s*(>=|<=|[:~<>])\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\w+))\s*"""
)
_joined = re.compile(r"(AND|OR)\s+")
Row = dict[str, Any]
Test = Callable[[Row], bool]


def compiled(object: str, query: str) -> Test:
    """Whether a row matches `query`. Raises `Refused` as Stripe does."""
    tests: list[Test] = []
    joins: set[str] = set()
    at = 0
    while True:
        found = _clause.match(query, at)
        if found is None:
            raise invalid("query", f"We were unable to parse your search query: {query}")
        tests.append(_test(object, found))
        at = found.end()
        if at == len(query):
            break
        joined = _joined.match(query, at)
        if joined is None:
            raise invalid("query", f"We were unable to parse your search query: {query}")
        joins.add(joined.group(1))
        at = joined.end()
    if len(joins) > 1:
        raise invalid("query", "AND and OR cannot be combined in one query.")
    return (lambda row: any(test(row) for test in tests)) if joins == {"OR"} else (lambda row: all(test(row) for test in tests))


def _test(object: str, found: re.Match[str]) -> Test:
    negated, field, key, operator, single, double, bare = found.groups()
    if field not in FIELDS[object]:
        raise invalid("query", f"Field `{field}` is an unsupported search field for resource `{object}`.")
    wanted = re.sub(r"\\(.)", r"\1", next(text for text in (single, double, bare) if text is not None))

    def test(row: Row) -> bool:
        held = row.get(field, 1) if field == "created" else row.get(field)  # what was not told when it was made was made once
        value = (held or {}).get(key) if key is not None else held
        return _holds(value, operator, wanted) is not bool(negated)

    return test


def _holds(value: Any, operator: str, wanted: str) -> bool:
    if value is None:
        return wanted == "null" and operator == ":"
    if operator in {">", "<", ">=", "<="}:
        left, right = float(value), float(wanted)
        return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[operator]
    text = str(value).lower()  # True is written 'true'
    return wanted.lower() in text if operator == "~" else text == wanted.lower()
