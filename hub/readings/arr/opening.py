"""An imported opening: finance's own file read as the balances that a bridge begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Connection as Database

from hub.context import Hub
from hub.finance.bridge.movements import ZERO, Key
from hub.finance.csv import Entry, Sheet
from hub.finance.tieout.inputs import Held
from hub.readings.arr.keys import file_side
from hub.session import view_of
from hub.words import Problem

BEFORE = "had_arr_before"
_SAID = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


@dataclass(frozen=True, slots=True)
class Opening:
    """`before`: had ARR in that currency some time earlier. `tags`: what is wrong with a key."""

    balances: dict[Key, Decimal | None]
    before: frozenset[Key] = frozenset()
    tags: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)


def opening_of(hub: Hub, database: Database, sheet: Sheet) -> Opening:
    """A key found twice adds nothing; a key that nobody knows is an account of its own. Raises `Problem`."""
    for entry in sheet.entries:
        _usable(entry)
    view = view_of(hub)
    found = Opening({})
    tags: dict[Key, tuple[str, ...]] = {}
    for held in file_side(database, view, sheet):
        for currency, amount in held.arr.items():
            key = _account(held), currency
            if held.follower or currency in held.doubled:
                tags[key] = ("duplicate_link",)
            elif held.account is None:
                tags[key] = ("unmapped_customer",)
            found.balances.setdefault(key, ZERO)
            if not held.follower:
                found.balances[key] = amount or ZERO
    returning = Sheet(sheet.kind, tuple(entry for entry in sheet.entries if _SAID[entry.more.get(BEFORE, "").lower()]))
    before = {(_account(held), currency) for held in file_side(database, view, returning) for currency in held.arr}
    return Opening(found.balances, frozenset(before), tags)


def _account(held: Held) -> str:
    return held.account or held.record


def _usable(entry: Entry) -> None:
    if entry.arr is not None and entry.arr < 0:
        raise Problem("opening_unusable", line=entry.line, column="arr", found=str(entry.arr))
    if (said := entry.more.get(BEFORE, "")).lower() not in _SAID:
        raise Problem("opening_unusable", line=entry.line, column=BEFORE, found=said)
