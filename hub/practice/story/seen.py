"""What is told of a scene while it is played: each line says what was done, or what was seen and whether it is so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from hub.practice.faces.values import money

NOTHING = "\N{EN DASH}"


class Seen(NamedTuple):
    """`ok`: whether it is what should be seen; None of what was done."""

    ok: bool | None
    text: str


Play = Iterator[Seen]


def plain(value: Any) -> str:
    """As people read it: money with its currencies, a consent by its state."""
    if value is None:
        return NOTHING
    if isinstance(value, Mapping):
        return str(value["state"]) if "state" in value else money(value) or NOTHING
    return str(value)
