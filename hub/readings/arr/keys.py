"""Finance's own sheet as a side of the tie-out: whose account each key is, and what it says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import Connection as Database

from hub.finance.csv import Entry, Sheet
from hub.finance.tieout.inputs import Held
from hub.readings.arr import sources
from hub.readings.rows import fetch
from hub.view import View
from mappings.types import Domain
from mappings.values import Refused

_ACCOUNTS = "SELECT id, id FROM golden WHERE entity = 'account' UNION SELECT old, golden_id FROM alias"
_RECORDS = "SELECT external_id, golden_id FROM record WHERE entity = 'account' AND connection = %s AND golden_id IS NOT NULL"
_DOMAINS = (
    "SELECT domain, min(id) FROM (SELECT values->>'domain' AS domain, id FROM golden WHERE entity = 'account' AND records > 0 UNION"
    " SELECT d, id FROM golden, jsonb_array_elements_text(CASE jsonb_typeof(values->'domains') WHEN 'array' THEN values->'domains' END) AS d"
    " WHERE entity = 'account' AND records > 0) AS said WHERE domain IS NOT NULL GROUP BY domain HAVING count(DISTINCT id) = 1"
)


def file_side(database: Database, view: View, sheet: Sheet) -> tuple[Held, ...]:
    """A key found twice in one currency says nothing there. Billing customers of one account add up; other keys do not."""
    owners, spelled = _owners(database, sheet.kind)
    by_key: dict[str, list[Entry]] = {}
    for entry in sheet.entries:
        by_key.setdefault(spelled(entry.key), []).append(entry)
    held = [_held(key, owners.get(key), entries) for key, entries in by_key.items()]
    if sheet.kind.removesuffix("_id") in sources.billing(view):
        return _added(held)
    return _ordered(held)


def _owners(database: Database, kind: str) -> tuple[dict[str, str], Callable[[str], str]]:
    """Accounts by key, and how a key is spelled there."""
    if kind == "account":
        return dict(fetch(database, _ACCOUNTS)), str
    if kind == "domain":
        return dict(fetch(database, _DOMAINS)), _domain
    return dict(fetch(database, _RECORDS, [kind.removesuffix("_id")])), str


def _domain(text: str) -> str:
    try:
        return str(Domain().check(text))
    except Refused:
        return text


def _held(key: str, account: str | None, entries: list[Entry]) -> Held:
    times = Counter(entry.currency for entry in entries)
    doubled = tuple(sorted(currency for currency, count in times.items() if count > 1))
    arr = {entry.currency: None if entry.currency in doubled else entry.arr for entry in entries}
    return Held(key, account, arr, doubled=doubled)


def _added(held: list[Held]) -> tuple[Held, ...]:
    found: dict[str, Held] = {}
    for each in held:
        known = found.get(each.account or each.record)
        found[each.account or each.record] = each if known is None else _sum(known, each)
    return tuple(found.values())


def _sum(a: Held, b: Held) -> Held:
    arr = {
        currency: None if a.arr.get(currency) is b.arr.get(currency) is None else _zero(a, currency) + _zero(b, currency)
        for currency in {*a.arr, *b.arr}
    }
    return replace(a, record=f"{a.record}, {b.record}", arr=arr, doubled=tuple(sorted({*a.doubled, *b.doubled})))


def _zero(held: Held, currency: str) -> Decimal:
    return held.arr.get(currency) or Decimal(0)


def _ordered(held: list[Held]) -> tuple[Held, ...]:
    """Of several keys of one account the first leads."""
    seen: set[str] = set()
    found = []
    for each in held:
        found.append(replace(each, follower=each.account in seen))
        if each.account is not None:
            seen.add(each.account)
    return tuple(found)
