"""Customers to choose from, and where each stands in the practice systems."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection as Database

from connectors.kit.screens.asked import link
from hub.context import Hub
from hub.practice import twins
from hub.practice.faces.values import money
from hub.readings.records import find
from hub.readings.rows import fetch
from hub.words import Problem

PART = 50

_LISTED = (
    "SELECT g.id, g.values->>'name', g.values->'arr', array_agg(DISTINCT c.connector), count(*) OVER () FROM golden g"
    " JOIN record r ON r.golden_id = g.id AND r.deleted IS NULL JOIN connection c ON c.name = r.connection"
    " WHERE g.entity = 'account' AND g.records > 0 AND position(lower(%s) IN lower(concat_ws(' ', g.id, g.values->>'name', g.values->>'domain'))) > 0"
    " GROUP BY g.id, g.values ORDER BY lower(g.values->>'name'), g.id LIMIT %s OFFSET %s"
)
_RECORDS = (
    "SELECT c.connector, r.object, r.external_id FROM record r JOIN connection c ON c.name = r.connection"
    " WHERE r.golden_id = %s AND r.deleted IS NULL ORDER BY r.follower, r.object, r.external_id"
)


@dataclass(frozen=True, slots=True)
class Window:
    """One practice system. `pages`: its own page of each record that is this customer; `address`: None if it does not answer."""

    connector: str
    title: str
    address: str | None
    pages: list[str]


def listed(database: Database, query: str, part: int) -> dict[str, Any]:
    rows = fetch(database, _LISTED, [query.strip(), PART, (part - 1) * PART])
    titles = twins.titles()
    found = [
        {"id": id, "name": name or id, "arr": money(arr), "systems": [titles[each] for each in titles if each in connectors]}
        for id, name, arr, connectors, _ in rows
    ]
    return {"found": found, "query": query, "part": part, "total": rows[0][4] if rows else 0, "size": PART}


def windows(hub: Hub, database: Database, id: str) -> list[Window]:
    """Of every practice system that is offered. Raises `Problem`."""
    rows = fetch(database, _RECORDS, [find(hub, database, "account", id)])
    return [_window(hub.settings.home, name, title, rows) for name, title in twins.titles().items()]


def _window(home: Path, connector: str, title: str, rows: list[tuple[Any, ...]]) -> Window:
    address = address_of(home, connector)
    mine = [(object, external) for system, object, external in rows if system == connector]
    pages = [] if address is None else [f"{address}{link('records', object, external)}" for object, external in mine]
    return Window(connector, title, address, pages)


def address_of(home: Path, connector: str) -> str | None:
    """Where people open that practice system."""
    try:
        return twins.address(home, connector).url
    except Problem:
        return None
