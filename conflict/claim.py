"""Claims: what one record says of one field, and how our own writes cover it. Pure; see docs/precise-rules.md."""

from __future__ import annotations

from typing import Any, NamedTuple

NEVER = -(2**53)
"""Stamp bound "unknown, long ago". Stamps are whole microseconds since 1970 UTC, in the hub's clock."""

GOLDEN = "golden"
"""Winner and origin of what was rolled up from golden children."""


def steward(position: int) -> str:
    """Winner and origin of what a person decided at that position of the log."""
    return f"steward:{position}"


def is_record(origin: str) -> bool:
    """Whether an origin is a record key, not the golden record itself nor a person."""
    return origin.count(":") >= 2


class Own(NamedTuple):
    """What was seen in the record itself: it changed to `value` after `after` and no later than `at`.

    `position`: the observation in the log (run, actor and raw value are looked up there). `first`: dates from the
    record's first read. `cleared`: the value that this blank replaced under the hub's eyes; None if it is no clearing.
    """

    value: Any
    after: int
    at: int
    position: int
    first: bool = False
    cleared: Any = None


class Echo(NamedTuple):
    """What we wrote there. `held`: what the record holds since; `sent`: the golden value we sent; `mapping`: under which
    mapping version ("": never sent, only held); `origin`: whose claim it carried (record key, `golden`, or
    `steward:<position>`); `covers`: whether it silences the own claim beside it.
    """

    held: Any
    sent: Any
    mapping: str
    origin: str
    position: int
    covers: bool


class Cell(NamedTuple):
    """One field of one record: its own claim, and perhaps an echo over it. Both are kept."""

    own: Own | None = None
    echo: Echo | None = None


EMPTY = Cell()

make = tuple.__new__
"""`make(Cell, (own, echo))`: what `Cell(own, echo)` gives at a third of its price, where every value of every record goes through."""
