"""The only ways in which a cell changes: it is observed, acknowledged, held, withdrawn, covered, or inherited in a merge."""

from __future__ import annotations

from typing import Any, NamedTuple

from conflict.claim import EMPTY, Cell, Echo, Own
from mappings.types import ABSENT, Type


class Stamp(NamedTuple):
    """When a value changed, `(after, at]`, and the observation that showed it. The last four parts of an Own claim."""

    after: int
    at: int
    position: int
    first: bool


def held(cell: Cell) -> Any:
    """What the record holds as far as we know; ABSENT if nothing was ever seen there."""
    if cell.echo is not None:
        return cell.echo.held
    return ABSENT if cell.own is None else cell.own.value


def spoken(cell: Cell) -> Own | None:
    """The own claim, unless an echo covers it."""
    return None if cell.echo is not None and cell.echo.covers else cell.own


def same(type: Type, a: Any, b: Any) -> bool:
    """Whether two values mean the same. ABSENT means what a blank means here: nothing is held."""
    return bool(normal(type, a) == normal(type, b))


def normal(type: Type, value: Any) -> Any:
    return None if value is ABSENT else type.normal(value)


def observe(cell: Cell, value: Any, stamp: Stamp, type: Type) -> Cell:
    """A read: what is held already changes nothing, anything else is a new own claim and ends the echo."""
    before = held(cell)
    if value is ABSENT:
        return cell if before is ABSENT else EMPTY
    if before is ABSENT:
        return Cell(Own(value, *stamp))
    was, now = type.normal(before), type.normal(value)
    if was == now:
        return cell
    return Cell(Own(value, *stamp, cleared=before if now is None else None))


def hold(cell: Cell, value: Any, position: int, type: Type) -> Cell:
    """A read of what may not claim: `way: write`, or what a vendor added by itself when we created the record."""
    before = held(cell)
    if value is ABSENT:
        return cell if before is ABSENT else EMPTY
    if before is not ABSENT and same(type, before, value):
        return cell
    return Cell(cell.own, Echo(value, None, "", "", position, covers=True))


def refuses(cell: Cell, sent: Any, stored: Any, type: Type) -> bool:
    """Whether the answer to our write shows the value from before it."""
    return same(type, held(cell), stored) and not same(type, sent, stored)


def acknowledge(cell: Cell, base: Own | None, echo: Echo, type: Type) -> Cell:
    """The answer to a write that was planned on the own claim `base`; `echo.covers` is decided here.

    If the own claim changed in between, or the vendor refused, the echo silences nothing that spoke before.
    """
    if refuses(cell, echo.sent, echo.held, type):
        return Cell(cell.own, echo._replace(covers=cell.echo is not None and cell.echo.covers))
    return Cell(cell.own, echo._replace(covers=cell.own == base))


def withdraw(cell: Cell) -> Cell:
    """The echo ends: what it covered speaks again. What the record really holds is still known."""
    if cell.echo is None or not cell.echo.covers:
        return cell
    return Cell(cell.own, cell.echo._replace(covers=False))


def cover(cell: Cell, sent: Any, origin: str, position: int, mapping: str) -> Cell:
    """Silences the own claim without a write: the record is excused from holding `sent`."""
    now = held(cell)
    return Cell(cell.own, Echo(None if now is ABSENT else now, sent, mapping, origin, position, covers=True))


def unsent(cell: Cell, type: Type) -> Cell:
    """What the vendor ignored counts as never sent, so that it may be planned again; what is held stays known."""
    if cell.echo is None or same(type, cell.echo.sent, cell.echo.held):
        return cell
    return Cell(cell.own, cell.echo._replace(sent=None, mapping="", origin=""))


def inherit(survivor: Cell, loser: Cell, value: Any, type: Type) -> Cell:
    """A vendor merge: of two cells the one that holds what the merged record shows (`value`) lives on."""
    if held(survivor) is ABSENT:
        return loser
    if value is ABSENT or held(loser) is ABSENT or same(type, held(survivor), value):
        return survivor
    return loser if same(type, held(loser), value) else survivor
