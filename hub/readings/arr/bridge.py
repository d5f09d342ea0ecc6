"""Gathers a bridge: the closing that it begins with, what is known of that instant now, and the closing that it ends with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection as Database

from hub import signing
from hub.bulk import decode_json
from hub.clock import to_micros
from hub.context import Hub
from hub.finance.bridge import Ahead, Line, ahead, bridge
from hub.finance.bridge.movements import ZERO, Key
from hub.finance.csv import Sheet
from hub.finance.snapshots import CLOSED, DRAFT
from hub.finance.snapshots.changes import Line as ReportLine
from hub.finance.snapshots.changes import Standing, standings
from hub.finance.tieout.inputs import Inputs, instant, load
from hub.finance.tieout.lines import lines
from hub.finance.tieout.report import tie_out
from hub.readings.arr.gather import report
from hub.readings.arr.opening import Opening, opening_of
from hub.readings.arr.since import aliases
from hub.readings.rows import fetch
from hub.signing import Stored
from hub.words import Problem

Point = datetime | int
"""An instant, or the id of a snapshot."""

SIGNED = "signed"
Balances = dict[Key, Decimal | None]


@dataclass(frozen=True, slots=True)
class Bridged:
    """`lines`: by account and currency; `begun_with`: signed | imported | unsigned. `begins` is None where an imported opening has no
    date. `complete`: every source of a closing that nobody signed was read whole."""

    lines: list[Line]
    ahead: Mapping[Key, Ahead]
    begun_with: str
    begins: datetime | None
    ends: datetime
    policy: dict[str, str]
    complete: bool


@dataclass(frozen=True, slots=True)
class _Start:
    """`restated`: the opening's instant as it is known now."""

    opening: Opening
    restated: Balances
    begun_with: str
    begins: datetime | None


@dataclass(frozen=True, slots=True)
class _End:
    """`known_until`: when it was signed; None: nobody signed it, it is known as of now."""

    inputs: Inputs
    lines: list[ReportLine]
    complete: bool
    known_until: datetime | None


def bridged(hub: Hub, database: Database, begin: Point | None, end: Point | None, sheet: Sheet | None) -> Bridged:
    """`begin` None: the last closing before `end`; `end` None: now. `database`: as for `gather.report`. Raises `Problem`."""
    renamed = aliases(database)
    last = _end(hub, database, end)
    start = _imported(hub, database, begin, sheet) if sheet is not None else _start(hub, database, begin, last, renamed)
    if start.begins is not None and start.begins >= last.inputs.as_of:
        raise Problem("bridge_backwards", from_=instant(start.begins), to=instant(last.inputs.as_of))
    closing = _balances(standings(last.lines, renamed))
    entered = {key for key, amount in closing.items() if amount and not start.restated.get(key, ZERO)}
    before = start.opening.before | _before(database, start.begins, entered, renamed)
    made = bridge(start.opening.balances, start.restated, closing, before)
    marks = _marks(begin, start, last)
    tagged = [line.tagged(*marks, *start.opening.tags.get((str(line.account), line.currency), ())) for line in made]
    policy, ends = last.inputs.policy.identity, last.inputs.as_of
    return Bridged(tagged, ahead(last.inputs), start.begun_with, start.begins, ends, policy, last.complete)


def _marks(begin: Point | None, start: _Start, last: _End) -> list[str]:
    found = [] if start.begun_with == SIGNED else [f"{start.begun_with}_opening"]
    if isinstance(begin, datetime) and start.begins != begin:
        found.append("earlier_opening")
    found += [] if last.complete else ["not_complete"]
    return [*found, "test"] if last.inputs.test else found


def _imported(hub: Hub, database: Database, begin: Point | None, sheet: Sheet) -> _Start:
    """It is taken as it is: there is nothing of our own to restate it by."""
    opening = opening_of(hub, database, sheet)
    begins = _snapshot(database, begin).as_of if isinstance(begin, int) else begin
    return _Start(opening, opening.balances, "imported", begins)


def _start(hub: Hub, database: Database, begin: Point | None, last: _End, renamed: Mapping[str, str]) -> _Start:
    """The last closing at or before `begin`; the figures of that instant, which nobody signed, where nothing was closed until then."""
    if isinstance(begin, int):
        stored: Stored | None = _snapshot(database, begin)
    else:
        stored = _closed(database, lambda each: each < last.inputs.as_of if begin is None else each <= begin)
    if stored is not None:
        kept = signing.content(database, stored.facts.id)
        signed = _balances(standings(kept.lines, renamed))
        then = _known(hub, database, kept.as_of, last, signed=True)
        return _Start(Opening(signed), signed if then is None else then, SIGNED, kept.as_of)
    if not isinstance(begin, datetime):
        raise Problem("bridge_without_opening")
    found = _known(hub, database, begin, last, signed=False) or {}
    return _Start(Opening(found), found, "unsigned", begin)


def _end(hub: Hub, database: Database, point: Point | None) -> _End:
    """What was closed for exactly that instant is its figure."""
    stored = _snapshot(database, point) if isinstance(point, int) else _closed(database, lambda each: each == point)
    if stored is not None:
        kept = signing.content(database, stored.facts.id)
        return _End(load(json.loads(kept.inputs)), list(kept.lines), True, stored.at)
    found = report(hub, database, point if isinstance(point, datetime) else None)
    return _End(found.inputs, list(lines(found)), found.complete, None)


def _snapshot(database: Database, id: int) -> Stored:
    stored = signing.load(database, id)
    if stored.state == DRAFT:
        raise Problem("snapshot_unsigned", id=id, state=stored.state)
    return stored


def _closed(database: Database, fits: Callable[[datetime], bool]) -> Stored | None:
    """The newest closed snapshot whose instant fits; of several for one instant the last."""
    closed = [each for each in signing.snapshots(database) if each.state == CLOSED and fits(each.as_of)]
    return max(closed, key=lambda each: (each.as_of, each.facts.id), default=None)


def _known(hub: Hub, database: Database, moment: datetime, last: _End, *, signed: bool) -> Balances | None:
    """That instant, as it was known when the closing was taken and by the closing's policy. None: before the first complete reading,
    where only a signed figure can be had."""
    try:
        found = report(hub, database, moment).inputs
    except Problem as problem:
        if problem.code == "as_of_not_covered" and signed:
            return None
        raise
    seen = replace(_until(found, last.known_until), policy=last.inputs.policy)
    return _balances(standings(lines(tie_out(seen))))


def _until(inputs: Inputs, moment: datetime | None) -> Inputs:
    """Without what was read after that instant."""
    if moment is None:
        return inputs
    kept = (replace(each, versions=tuple(one for one in each.versions if one.at <= moment)) for each in inputs.subscriptions)
    return replace(inputs, subscriptions=tuple(each for each in kept if each.versions))


def _balances(found: Mapping[Key, Standing]) -> Balances:
    return {key: None if each.incomplete else each.billing or ZERO for key, each in found.items()}


def _before(database: Database, moment: datetime | None, keys: Iterable[Key], renamed: Mapping[str, str]) -> set[Key]:
    """Which of them had ARR at some time before: in an earlier snapshot that somebody signed, or in the change log."""
    wanted = set(keys)
    if moment is None or not wanted:
        return set()
    found = wanted & _ever(database, moment, {account for account, _ in wanted}, renamed)
    for stored in signing.snapshots(database):
        if wanted - found and stored.as_of < moment and stored.state != DRAFT:
            held = standings(signing.content(database, stored.facts.id).lines, renamed)
            found |= {key for key in wanted if key in held and held[key].billing}
    return found


def _ever(database: Database, moment: datetime, accounts: set[str], renamed: Mapping[str, str]) -> set[Key]:
    """Every currency in which these accounts had agreed ARR before."""
    ids = [*accounts, *(old for old, new in renamed.items() if new in accounts)]
    query = "SELECT golden_id, fields FROM change WHERE golden_id = ANY(%s) AND at < %s AND fields LIKE %s"
    found: set[Key] = set()
    for id, fields in fetch(database, query, [ids, to_micros(moment), '%"arr"%']):
        old, new, *_reason = decode_json(fields).get("arr") or (None, None)
        amounts = [item for value in (old, new) if isinstance(value, dict) for item in value.items()]
        found |= {(renamed.get(id, id), currency) for currency, amount in amounts if Decimal(amount)}
    return found
