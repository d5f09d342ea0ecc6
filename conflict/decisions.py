"""What a person decided: *resolve* (until somebody edits the field) or *pin* (until a date). Both are claims of a steward."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from conflict.claim import Cell, steward


class Decision(NamedTuple):
    """`field`: a cell key. `claims`: the own claims that a resolve decided between, as (record key, position).

    `until`: when a pin expires, in microseconds; None: until another decision. To end a pin early, pin until now.
    """

    kind: Literal["resolve", "pin"]
    field: str
    value: Any
    position: int
    claims: frozenset[tuple[str, int]] = frozenset()
    until: int | None = None


class Decisions(NamedTuple):
    """The decisions of one golden record as they stand at one instant.

    `expired`: origins of pins whose echoes are withdrawn. `next`: when the next pin expires.
    """

    resolves: dict[str, Decision]
    pins: dict[str, Decision]
    expired: frozenset[str]
    next: int | None


NO_DECISIONS = Decisions({}, {}, frozenset(), None)


def at(decisions: Iterable[Decision], now: int) -> Decisions:
    """Of each field the newest resolve and, if it has not expired, the newest pin."""
    decisions = sorted(decisions, key=lambda each: each.position)
    if not decisions:
        return NO_DECISIONS
    newest = {(each.kind, each.field): each for each in decisions}
    pins = [each for each in decisions if each.kind == "pin"]
    live = {each.field: each for each in pins if each is newest["pin", each.field] and (each.until is None or each.until > now)}
    return Decisions(
        resolves={field: each for (kind, field), each in newest.items() if kind == "resolve"},
        pins=live,
        expired=frozenset(steward(each.position) for each in pins if each is not live.get(each.field)),
        next=min((each.until for each in live.values() if each.until is not None), default=None),
    )


def stands(resolve: Decision, speaking: Iterable[tuple[str, int]], cells: Iterable[Cell]) -> bool:
    """While nobody who may speak says anything but the claims it decided, and no later write carried another value."""
    if any(claim not in resolve.claims for claim in speaking):
        return False
    mine = steward(resolve.position)
    return all(
        cell.echo is None or cell.echo.mapping == "" or cell.echo.position < resolve.position or cell.echo.origin == mine
        for cell in cells
    )
