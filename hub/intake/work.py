"""What one page's transaction carries along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from conflict.sheet import Sheet
from hub.bulk import Cursor
from hub.context import Hub
from hub.view import View


class Times(NamedTuple):
    """When a read was asked for and answered, in the hub's clock (microseconds)."""

    requested: int
    received: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a page comes from, and what is known of its times. `horizon`: start of the last pull that was complete up to its cursor."""

    connection: str
    object: str
    lag: float = 0.0
    horizon: int | None = None
    offset: tuple[int, int] | None = None  # bounds of the vendor's clock against ours, microseconds; None: not measured


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction on behalf of one run. `at` is the hub's time of everything it writes."""

    hub: Hub
    view: View
    cur: Cursor
    run: int | None
    at: int


@dataclass(slots=True)
class Row:
    """A record as this transaction leaves it. `known` rows are locked; the others are about to be inserted."""

    id: int
    key: str
    connection: str
    object: str
    external_id: str
    entity: str | None
    golden_id: str | None
    sheet: Sheet
    known: bool
    requested: int = 0
    acked: int | None = None
    updated: int | None = None
    anchor: str | None = None
    position: int = 0
    keys: tuple[str, ...] = ()
    relink: bool = False  # its place has to be looked at again whatever its keys
    body: dict[str, Any] | None = field(default=None, repr=False)


def record_key(connection: str, object: str, external_id: str) -> str:
    """The one name of a record everywhere: in links, digests and explanations."""
    return f"{connection}:{object}:{external_id}"


def split_key(key: str) -> tuple[str, str, str]:
    """Inverse of `record_key`; ids may hold colons, the other two never do."""
    connection, object, external_id = key.split(":", 2)
    return connection, object, external_id


def sorted_ids(ids: Iterable[str]) -> list[str]:
    """Ids in the order in which every transaction locks them."""
    return sorted(set(ids))
