"""Reading the structures of a canonical subscription strictly: what is not as agreed is an error code, never a number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from hub.finance.outcome import Unpriceable


def structure(value: Any, where: str) -> Mapping[str, Any]:
    """A JSON object; blank is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Unpriceable("unsupported_shape", where=where)
    return value


def listed(value: Any, where: str) -> list[Mapping[str, Any]]:
    """A list of JSON objects; blank is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unpriceable("unsupported_shape", where=where)
    return [structure(member, where) for member in value]


def amount(value: Any, where: str) -> Fraction:
    """A decimal string, never negative. No float: it would have lost its cents before it came here."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Unpriceable("unsupported_shape", where=where)
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise Unpriceable("unsupported_shape", where=where) from error
    if not number.is_finite() or number < 0 or number.adjusted() > 30:
        raise Unpriceable("unsupported_shape", where=where)
    return Fraction(number)


def optional_amount(value: Any, where: str) -> Fraction | None:
    """As `amount`; None stays None."""
    return None if value is None else amount(value, where)


def count(value: Any, where: str) -> int:
    """A whole number of at least one."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise Unpriceable("unsupported_shape", where=where)
    return value


def instant(value: Any, where: str) -> datetime | None:
    """An instant with a zone, from ISO 8601 or as a datetime; None stays None."""
    if value is None:
        return None
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Unpriceable("unsupported_shape", where=where) from error
    if at.tzinfo is None:
        raise Unpriceable("unsupported_shape", where=where)
    return at
