"""Reads a customer base from CSV: a header, then a row per company; every bad row is named before any is used."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NAME_LIMIT = 300

# Our word for a column, and the headers it may have, in any case.
_COLUMNS = {
    "name": ("name", "security", "company", "company name"),
    "sector": ("industry", "sector", "gics sector"),
    "headquarters": ("headquarters", "headquarters location"),
    "city": ("city",),
    "region": ("region", "state"),
    "country": ("country",),
    "employees": ("employees", "number of employees"),
    "founded": ("founded",),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the file: `row` is the line in the file, None for the file itself; `found` is what stands there."""

    code: str
    row: int | None = None
    found: str = ""


class CustomersError(ValueError):
    """The file cannot be a customer base; `problems` lists everything that is wrong with it."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path, self.problems = path, problems
        told = [f"{one.code}{'' if one.row is None else f' in row {one.row}'}: {one.found}".rstrip(": ") for one in problems]
        super().__init__(f"{path}: " + "; ".join(told[:10]) + (f"; and {len(told) - 10} more" if len(told) > 10 else ""))


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows by our own column words, blank cells left out; raises `CustomersError`."""
    reader = csv.reader(io.StringIO(_text(path)), delimiter=_delimiter(_text(path)), strict=True)
    problems: list[Problem] = []
    try:
        header = _header(path, next(reader, []))
        rows = list(_rows(reader, header, problems))
    except csv.Error as error:
        raise CustomersError(path, [*problems, Problem("not_csv", reader.line_num, str(error))]) from error
    if not rows and not problems:
        problems.append(Problem("no_customers"))
    if problems:
        raise CustomersError(path, problems)
    return rows


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CustomersError(path, [Problem("not_readable", found=error.strerror or "")]) from error
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        raise CustomersError(path, [Problem("not_utf8", row, f"byte 0x{error.object[error.start]:02x}")]) from error
    return text


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _header(path: Path, cells: list[str]) -> list[str]:
    """Our word for each column, "" for one that we do not use."""
    words = [" ".join(cell.casefold().split()) for cell in cells]
    known = [next((ours for ours, theirs in _COLUMNS.items() if word in theirs), "") for word in words]
    if "name" not in known:
        raise CustomersError(path, [Problem("no_name_column", 1, ", ".join(cells))])
    twice = sorted({ours for ours in known if ours and known.count(ours) > 1})
    if twice:
        raise CustomersError(path, [Problem("column_twice", 1, ", ".join(twice))])
    return known


def _rows(reader: Iterator[list[str]], header: list[str], problems: list[Problem]) -> Iterator[dict[str, str]]:
    for cells in reader:
        number: int = reader.line_num  # type: ignore[attr-defined]  # csv's reader has it; its iterator type does not say so
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.append(Problem("ragged_row", number, f"{len(cells)} cells, the header has {len(header)}"))
            continue
        row = {ours: " ".join(cell.split()) for ours, cell in zip(header, cells, strict=True) if ours and cell.strip()}
        problem = _name_problem(row.get("name", ""))
        if problem is None:
            yield row
        else:
            problems.append(Problem(problem, number, row.get("name", "")[:60]))


def _name_problem(name: str) -> str | None:
    if not name:
        return "name_missing"
    if len(name) > NAME_LIMIT:
        return "name_too_long"
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name):
        return "name_has_control_characters"
    return None if re.search(r"\w", name) else "name_has_no_letters"
