"""Files that a person names: read as text, or as finance's own sheet; written as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from hub.finance.csv import Cell, Sheet, parsed, written
from hub.words import Problem


def sheet(path: Path, connections: Iterable[str]) -> Sheet:
    """As `parsed`. Raises `Problem` with file and line."""
    return parsed(text_of(path), path.name, connections)


def text_of(path: Path) -> str:
    """A file's text, without the mark that Excel begins it with. Raises `Problem`."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Problem("file_unreadable", path=str(path), why=str(error.strerror or error)) from None
    except UnicodeDecodeError as error:
        raise Problem("csv_not_utf8", file=path.name, line=1 + error.object[: error.start].count(b"\n")) from None


def save(rows: Iterable[Sequence[Cell]], path: Path) -> None:
    """As `written`. Raises `Problem`."""
    try:
        path.write_text(written(rows), encoding="utf-8", newline="")
    except OSError as error:
        raise Problem("file_not_written", path=str(path), why=str(error.strerror or error)) from None
