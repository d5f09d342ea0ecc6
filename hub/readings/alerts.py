"""What finance is told unasked: ARR that matched in the last snapshot and does not any more, and a month that should be closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection as Database

from hub import signing
from hub.clock import from_micros
from hub.context import Hub
from hub.finance.snapshots import CLOSED
from hub.finance.snapshots.changes import standings
from hub.finance.snapshots.closing import due
from hub.finance.snapshots.differences import Key
from hub.finance.tieout.inputs import Held, instant
from hub.finance.tieout.lines import money
from hub.finance.tieout.reasons import MATCH
from hub.readings.arr import held, sources
from hub.readings.arr.since import aliases
from hub.readings.rows import fetch
from hub.session import view_of

Row = dict[str, Any]


def alerts(hub: Hub, database: Database) -> list[Row]:
    """Rows with `alert`: turned (account, currency, agreed, held, connection, snapshot) or close_due (as_of, since)."""
    return [*_turned(hub, database), *_close_due(hub, database)]


def _turned(hub: Hub, database: Database) -> Iterator[Row]:
    """Compares what is agreed with what the CRM holds. `hub tieout` prices billing again as well; that is too slow for a status."""
    taken = signing.snapshots(database)
    if not taken:
        return
    last = taken[-1].facts.id
    was = standings(signing.content(database, last).lines, aliases(database))
    now, view = hub.clock.now(), view_of(hub)
    bills = sources.billing(view)
    agreed = held.golden(database, bills, now)
    names = {each.id: each.name for each in agreed.accounts}
    golden = _amounts(agreed.held)
    for connection in sources.crm(view):
        there = _amounts(each for each in held.crm(database, view, connection, bills, now) if not each.follower)
        for key, standing in was.items():
            turned = golden.get(key) != there.get(key) and (
                golden.get(key) or there.get(key)
            )  # nought and nothing: nobody bills
            if standing.kind == MATCH and turned:
                yield _row(key, names.get(key[0], ""), golden.get(key), there.get(key)) | {
                    "connection": connection,
                    "snapshot": last,
                }


def _amounts(said: Iterable[Held]) -> dict[Key, Decimal | None]:
    return {(each.account, currency): amount for each in said if each.account for currency, amount in each.arr.items()}


def _row(key: Key, name: str, agreed: Decimal | None, there: Decimal | None) -> Row:
    account, currency = key
    amounts = {"agreed": money(agreed, currency), "held": money(there, currency)}
    return {"alert": "turned", "account": account, "name": name, "currency": currency} | amounts


def _close_due(hub: Hub, database: Database) -> Iterator[Row]:
    """Not for a month of which nobody can know how it ended."""
    view = view_of(hub)
    if view.policy.close_at is None:
        return
    month = due(view.policy.close_at, hub.clock.now())
    query = "SELECT max(first_scan), count(*) FILTER (WHERE first_scan IS NULL) FROM stream WHERE connection = ANY(%s)"
    [(first, unread)] = fetch(database, query, [list(sources.billing(view))])
    if first is None or unread or from_micros(first) > month.end:
        return
    if not any(each.state == CLOSED and month.closed_by(each.as_of) for each in signing.snapshots(database)):
        yield {"alert": "close_due", "as_of": instant(month.end), "since": instant(month.at)}
