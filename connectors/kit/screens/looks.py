"""How a value is shown to people, what stands in its form, and what is read back from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.kit.screens import paths

Row = dict[str, Any]

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
WHOLE = frozenset({"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"})


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


def _or_null(text: str) -> Any:
    return text or None


@dataclass(frozen=True, slots=True)
class Look:
    """`show(value, row)` for reading, `typed(value)` and `read(text)` for a form (`read` raises ValueError with words for people).

    `read` None: nobody edits it. `options`: value to words, where there is a choice.
    """

    show: Callable[[Any, Row], str] = lambda value, _: _as_text(value)
    typed: Callable[[Any], str] = _as_text
    read: Callable[[str], Any] | None = _or_null
    input: str = "text"
    options: Mapping[str, str] | None = None


def _number(value: Any, _: Row) -> str:
    try:
        return "" if value in (None, "") else f"{Decimal(str(value)):,}"
    except InvalidOperation:
        return str(value)


def _read_number(text: str) -> int | float | None:
    if not text:
        return None
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise ValueError(f"{text} is not a number") from None
    if not found.is_finite():
        raise ValueError(f"{text} is not a number")
    return int(found) if found == found.to_integral_value() else float(found)


def _day(value: Any, _: Row) -> str:
    try:
        return "" if not value else _day_words(date.fromisoformat(str(value)[:10]))
    except ValueError:
        return str(value)


def _read_day(text: str) -> str | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{text} is not a date: write it as 2026-11-30") from None


def _moment(value: Any, _: Row) -> str:
    try:
        return "" if not value else _moment_words(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _epoch(value: Any, _: Row) -> str:
    return "" if value is None else _moment_words(datetime.fromtimestamp(int(value), UTC))


def _day_words(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def _moment_words(at: datetime) -> str:
    return f"{_day_words(at.date())}, {at:%H:%M:%S}"


def _lines(value: Any, _: Row) -> str:
    return ", ".join(map(str, value or ()))


def _flag(value: Any, _: Row) -> str:
    return {"true": "Yes", "false": "No"}.get(str(value).lower(), "")


def _raw(value: Any, _: Row) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def shown_money(amount: Decimal, currency: str) -> str:
    """$12,000.00 USD, as billing screens write it."""
    code = currency.upper()
    return f"{SYMBOLS.get(code, '')}{amount:,.{0 if code in WHOLE else 2}f} {code}"


def minor(currency: str) -> Look:
    """Whole minor units (cents); `currency` is the path of the row's currency."""

    def show(value: Any, row: Row) -> str:
        code = str(paths.read(row, currency) or "").upper()
        return "" if value is None else shown_money(Decimal(str(value)) / (1 if code in WHOLE else 100), code)

    return Look(show, read=None)


def choice(options: Mapping[str, str]) -> Look:
    """One of the vendor's own values; `options`: value to what people see."""
    return Look(lambda value, _: options.get(_as_text(value), _as_text(value)), options=options)


TEXT = Look()
NUMBER = Look(_number, read=_read_number, input="number")
DAY = Look(_day, lambda value: _as_text(value)[:10], _read_day, "date")
MOMENT = Look(_moment, read=None)
EPOCH = Look(_epoch, read=None)
FLAG = Look(
    _flag,
    lambda value: _as_text(value).lower(),
    {"": None, "true": True, "false": False}.get,
    options={"true": "Yes", "false": "No"},
)
LINES = Look(
    _lines, lambda value: ", ".join(map(str, value or ())), lambda text: [one.strip() for one in text.split(",") if one.strip()]
)
RAW = Look(_raw, read=None)
