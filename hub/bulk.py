"""Set-based SQL on the driver's own cursor: binary COPY in, binary arrays for updates. The one path of the hot loop."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import msgspec
import psycopg
from psycopg import pq
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Dumper
from psycopg.types.array import ListBinaryDumper
from psycopg.types.json import set_json_loads
from sqlalchemy import Connection

Cursor = psycopg.Cursor[Any]

encode_json = msgspec.json.Encoder(decimal_format="string").encode
decode_json = msgspec.json.Decoder().decode
"""Stored JSON holds no floats but durations and scores; Decimals are strings by then (`Type.dump`)."""


class Json(bytes):
    """JSON text already encoded, on its way into a jsonb column."""

    __slots__ = ()


class _JsonText(Dumper):
    oid = psycopg.adapters.types["jsonb"].oid

    def dump(self, obj: Json) -> Buffer:
        return bytes(obj)


class _JsonBinary(Dumper):
    format = pq.Format.BINARY
    oid = psycopg.adapters.types["jsonb"].oid

    def dump(self, obj: Json) -> Buffer:
        return b"\x01" + obj  # version byte of the jsonb wire form


def adapt(context: AdaptContext) -> None:
    """Makes one driver connection speak `Json` and read JSON with our decoder."""
    context.adapters.register_dumper(Json, _JsonText)
    context.adapters.register_dumper(Json, _JsonBinary)
    context.adapters.register_dumper(list, ListBinaryDumper)  # as text, every quote in a sheet would be escaped in Python
    set_json_loads(decode_json, context)


def cursor(connection: Connection) -> Cursor:
    """The driver's cursor inside the SQLAlchemy transaction of `connection`; results come in binary."""
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    if not getattr(driver, "_concord_adapted", False):
        adapt(driver)
        driver._concord_adapted = True  # type: ignore[attr-defined]  # once per driver connection
    return driver.cursor(binary=True)


@contextmanager
def uncollected() -> Iterator[None]:
    """A page makes a hundred thousand small tuples and no cycle: the garbage collector would walk them again and again for nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def copy(cur: Cursor, table: str, columns: str, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows straight into `table`. `columns` is SQL text, `types` name each column's PostgreSQL type."""
    with cur.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)") as out:
        out.set_types(types)
        write = out.write_row
        for row in rows:
            write(row)


def allocate(cur: Cursor, sequence: str, count: int) -> list[int]:
    """`count` fresh numbers, ascending."""
    cur.execute(f"SELECT nextval('{sequence}') FROM generate_series(1, %s)", (count,))  # noqa: S608  # our own constant
    return [row[0] for row in cur.fetchall()]


def columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows turned into `width` columns, for `unnest`."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
