"""The few shapes that canonical values have beyond plain Python, and the way a value is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, NamedTuple


class Refused(ValueError):
    """A value that cannot be accepted: a code plus data, worded when a person reads it."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code, data)
        self.code = code
        self.data = data

    def __str__(self) -> str:
        return f"{self.code} {self.data}" if self.data else self.code


class Money(NamedTuple):
    """An amount in major units with its ISO 4217 currency."""

    amount: Decimal
    currency: str


class RefValue(NamedTuple):
    """A reference as the vendor gives it: its object and id. The connection is the record's own."""

    object: str
    id: str


BY_KEY: Final = "key"
"""`RefValue("key", "email:ann@acme.example")` points at whichever record holds that exact key."""


class _Absent:
    """The vendor said nothing at all about this path. Not null, not empty."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        raise TypeError("compare ABSENT by identity: presence is tested, never truthiness")


ABSENT: Final = _Absent()


def is_blank(value: object) -> bool:
    """None, "" and empty collections are blank; 0 and False are not."""
    return value is None or (value.__class__ in _SIZED and len(value) == 0)


_SIZED: Final = frozenset({str, frozenset, dict, list, tuple})
