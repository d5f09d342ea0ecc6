"""CSV in and out, for spreadsheets: exact numbers, ids as text, and no text that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from hub.words import Problem
from mappings.currency import amount_text, currency_code
from mappings.values import Refused

_FORMULA = re.compile("[\\s\ufeff\u200b\u2060]*[=+\\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b\0]|[\t\r\n]")
"""At the beginning of a cell: also the full-width and small forms, and whatever stands behind blanks."""
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
"""So many digits that sums of them are exact."""


class Amount(NamedTuple):
    """Written as a plain number with the ISO decimals of its currency."""

    value: Decimal
    currency: str


Cell = str | int | Amount | None


def safe(text: str) -> str:
    """A text that a spreadsheet might run, with an apostrophe before it; every other one as it is."""
    return f"'{text}" if _FORMULA.match(text.lstrip("'")) else text


def unsafe(text: str) -> str:
    """Inverse of `safe`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text.lstrip("'")) else text


def written(rows: Iterable[Sequence[Cell]]) -> str:
    """Texts quoted and made safe, numbers bare, without thousands separators; lines end as RFC 4180 has it."""
    return "".join(",".join(map(_cell, row)) + "\r\n" for row in rows)


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, Amount):
        return amount_text(value.value, value.currency)
    return '"' + safe(value).replace('"', '""') + '"' if isinstance(value, str) else str(value)


class Entry(NamedTuple):
    """A line of finance's own sheet. `arr`: None where the cell is empty. `more`: every other column."""

    line: int
    key: str
    currency: str
    arr: Decimal | None
    more: dict[str, str]


class Sheet(NamedTuple):
    """`kind`: the key column: `account`, `domain` or `<connection>_id`."""

    kind: str
    entries: tuple[Entry, ...]


def parsed(text: str, name: str, connections: Iterable[str]) -> Sheet:
    """From a file's text. Raises `Problem` with file and line: for a header without exactly one key column, an unreadable amount or currency."""
    rows = filled(text, name)
    line, columns = next(rows, (1, []))
    kind = _kind(columns, name, line, connections)
    return Sheet(kind, tuple(_entry(columns, cells, kind, name, line) for line, cells in rows))


def filled(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins, cells without blanks around them; empty rows are left out. Raises `Problem`."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Problem("csv_broken", file=name, line=line, why=str(error)) from None


def _kind(columns: Sequence[str], name: str, line: int, connections: Iterable[str]) -> str:
    keys = ("account", "domain", *(f"{connection}_id" for connection in connections))
    found = [column for column in columns if column in keys]
    if len(found) != 1:
        raise Problem("csv_key_column", file=name, line=line, known=", ".join(keys), found=", ".join(columns) or "-")
    for column in ("currency", "arr"):
        if columns.count(column) != 1:
            raise Problem("csv_column", file=name, line=line, column=column, found=", ".join(columns))
    return found[0]


def _entry(columns: Sequence[str], cells: Sequence[str], kind: str, name: str, line: int) -> Entry:
    if len(cells) != len(columns):
        raise Problem("csv_cells", file=name, line=line, cells=len(cells), columns=len(columns))
    more = dict(zip(columns, cells, strict=True))
    key, said, amount = unsafe(more.pop(kind)), more.pop("currency"), more.pop("arr")
    if not key:
        raise Problem("csv_key_empty", file=name, line=line, column=kind)
    try:
        currency = currency_code(said)
    except Refused:
        raise Problem("csv_currency", file=name, line=line, value=said) from None
    if amount and not _NUMBER.fullmatch(amount):
        raise Problem("csv_amount", file=name, line=line, value=amount)
    return Entry(line, key, currency, Decimal(amount) if amount else None, more)
