"""Rows one after another from a cursor at the server, so that memory stays flat however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice
from typing import Any, TypeVar

from sqlalchemy import Connection as Database

from hub.bulk import cursor
from hub.clock import from_micros
from hub.context import Hub
from hub.intake.work import Work
from hub.session import view_of

T = TypeVar("T")
PAGE = 1_000
_names = count()


def stream(database: Database, query: str, values: Sequence[Any] = (), *, page: int = PAGE) -> Iterator[tuple[Any, ...]]:
    """The rows of a query. Other queries of the same transaction may run while it is read."""
    driver = cursor(database).connection
    with driver.cursor(name=f"reading_{next(_names)}", binary=True) as cur:
        cur.itersize = page
        cur.execute(query, values)
        yield from cur


def fetch(database: Database, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a small answer."""
    with cursor(database) as cur:
        cur.execute(query, values)
        return cur.fetchall()


def single(database: Database, query: str, values: Sequence[Any] = ()) -> Any:
    """The one value of a query that gives one row."""
    return fetch(database, query, values)[0][0]


def batches(items: Iterable[T], size: int = PAGE) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def work_of(hub: Hub, database: Database) -> Work:
    """For readings that settle again what is stored; they write nothing."""
    return Work(hub, view_of(hub), cursor(database), None, hub.clock.micros())


def moment(micros: int | None) -> str | None:
    """ISO 8601 UTC."""
    return None if micros is None else from_micros(micros).isoformat().replace("+00:00", "Z")
