"""Settle: a golden record is a function of the sheets linked to it, the rules, the decisions of persons, and now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from conflict import decisions as decided
from conflict.claim import GOLDEN, Own, make, steward
from conflict.columns import Column, Resolve, Waiting, columns_of, gather
from conflict.decisions import NO_DECISIONS, Decision, Decisions
from conflict.rules import BoundRules
from conflict.sheet import Sheet, flapping
from conflict.strategies import PICKS, Candidate, Reason, Rule, agree, choose
from mappings.canonical import Entity
from mappings.rollups import Missing
from mappings.types import Type, is_blank

State = Literal["settled", "contested", "none"]


class Verdict(NamedTuple):
    """`winner`: a record key, `golden`, or `steward:<position>`. `rivals`: the record keys of competing claims."""

    state: State
    value: Any
    reason: Reason
    winner: str | None = None
    rivals: tuple[str, ...] = ()


class Rolled(NamedTuple):
    """A value made from golden children, or why there is none."""

    value: Any
    origin: str = GOLDEN


class Settled(NamedTuple):
    """`values` by field, families whole; it lacks what is contested, waiting, partial, or said by nobody. A blank is None.

    `verdicts` by field, or by cell key for members of families. `next`: when the next pin expires.
    """

    values: dict[str, Any]
    verdicts: dict[str, Verdict]
    next: int | None


NOTHING_SEEN = Verdict("none", None, Reason.NONE)
INCOMPLETE = Verdict("none", None, Reason.PARTIAL)


def settle(
    entity: Entity,
    rules: BoundRules,
    sheets: Iterable[Sheet],
    *,
    decisions: Iterable[Decision] = (),
    now: int,
    resolve: Resolve | None = None,
    rolled: Mapping[str, Rolled] | None = None,
) -> Settled:
    """`resolve(record key, RefValue)` gives the golden id that a reference in that record means; None: not known yet."""
    table = rules.table(entity)
    standing = decided.at(decisions, now)
    columns = columns_of(entity, sheets, resolve)
    for key in (*standing.resolves, *standing.pins):
        columns.setdefault(key, [])
    values: dict[str, Any] = {}
    verdicts: dict[str, Verdict] = {}
    members: dict[str, dict[str, Any]] = {}
    waiting = Reason.WAITING
    for key, column in columns.items():
        ruled = table.get(key) or table[key.partition(":")[0]]
        if ruled.rolled:
            continue
        verdict = _unopposed(key, ruled.rule, column) if standing is NO_DECISIONS else None
        if verdict is None:
            verdict = _verdict(key, ruled.rule, ruled.type, column, standing)
        verdicts[key] = verdict
        if verdict.winner is None or verdict.reason is waiting:
            continue
        if ruled.family:
            members.setdefault(ruled.field, {})[key[len(ruled.field) + 1 :]] = verdict.value
        else:
            values[key] = verdict.value
    for name, held in members.items():
        values[name] = gather(entity.fields[name].type, held)
    for name, each in (rolled or {}).items():
        verdicts[name] = _rolled(each)
        if verdicts[name].state == "settled":
            values[name] = each.value
    return Settled(values, verdicts, standing.next)


def _rolled(each: Rolled) -> Verdict:
    if each.value is Missing.PARTIAL:
        return INCOMPLETE
    if each.value is Missing.NOT_SEEN:
        return NOTHING_SEEN
    return Verdict("settled", each.value, Reason.SUM, each.origin)


def _unopposed(key: str, rule: Rule, column: Column) -> Verdict | None:
    """One value that all say, and nobody covers or cleared, needs no weighing: so it is in most fields. None: weigh it."""
    if not column:
        return None
    winner, (claim, _) = column[0]
    best = rule.ranks.get(winner.connection, rule.last)
    if claim is None or is_blank(claim.value) or claim.value.__class__ is Waiting:
        return None
    for sheet, (own, echo) in column:
        rank = rule.ranks.get(sheet.connection, rule.last)
        if own is None or echo is not None or (rule.locked and rank == rule.last):
            return None
        if sheet is not winner:
            if sheet.returns or own.value.__class__ is not claim.value.__class__ or own.value != claim.value:
                return None
            if rank < best or (rank == best and (sheet.connection, sheet.key) < (winner.connection, winner.key)):
                winner, claim, best = sheet, own, rank
    if winner.returns and len(column) > 1:
        return None
    return make(Verdict, ("settled", claim.value, _why(key, rule, claim, best, column, None), winner.key, ()))


def _verdict(key: str, rule: Rule, type: Type, column: Column, standing: Decisions) -> Verdict:
    candidates: Sequence[Candidate] = _candidates(rule, type, column, standing.expired)
    if standing is not NO_DECISIONS and (verdict := _by_person(key, rule, column, candidates, standing)) is not None:
        return verdict
    if not candidates:
        return _echoed(column, type, standing.expired)
    speaking = candidates
    if len(candidates) > 1:
        candidates = _heard(rule, type, candidates)
        if len(candidates) > 1 and agree(candidates):
            return _settled(key, rule, candidates[0], column)
    if len(column) > 1 and _flaps(key, type, column, speaking if _stands(rule) else candidates):
        return Verdict("contested", None, Reason.FLAPPING, None, _records(candidates))
    if len(candidates) == 1:
        return _settled(key, rule, candidates[0], column)
    choice = choose(rule, candidates)
    if choice.winner is not None:
        return _settled(key, rule, choice.winner, column, reason=choice.reason, rivals=_records(candidates, choice.winner))
    waits = any(each.normal.__class__ is Waiting for each in choice.rivals)
    state: State = "none" if waits else "contested"
    return Verdict(state, None, Reason.WAITING if waits else choice.reason, None, _records(choice.rivals))


def _candidates(rule: Rule, type: Type, column: Column, expired: frozenset[str]) -> list[Candidate]:
    """The own claims that speak and may speak, best rank first."""
    found: list[Candidate] = []
    ranks = rule.ranks
    for sheet, (own, echo) in column:
        if own is None or (echo is not None and echo.covers and echo.origin not in expired):
            continue
        rank = ranks.get(sheet.connection)
        if rank is None:
            if rule.locked:
                continue
            rank = rule.last
        if found and found[0].own.value.__class__ is own.value.__class__ and found[0].own.value == own.value:
            normal = found[0].normal  # what is equal means the same
        else:
            normal = type.normal(own.value)
        found.append(make(Candidate, (rank, sheet.connection, sheet.key, normal, own)))
    if len(found) > 1:
        found.sort()  # by rank, connection, record; no record speaks twice
    return found


def _records(candidates: Iterable[Candidate], apart: Candidate | None = None) -> tuple[str, ...]:
    return tuple([each.record for each in candidates if each is not apart])


def _named(rule: Rule, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    return candidates if rule.named is None else [each for each in candidates if each.connection in rule.named]


def _heard(rule: Rule, type: Type, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Without those that the rule does not name, if a named one has a value; without what a clearing silences; blanks yield."""
    named = _named(rule, candidates)
    if candidates[0].normal is not None and agree(candidates):
        return named or candidates  # as most copies do; none of them is a blank, so none is a clearing
    heard = _after_clearings(rule, type, named)
    if len(named) < len(candidates) and not any(each.normal is not None or rule.blank_counts for each in heard):
        heard = _after_clearings(rule, type, candidates)
    return heard if rule.blank_counts else [each for each in heard if each.normal is not None] or heard


def _after_clearings(rule: Rule, type: Type, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    if _stands(rule):
        return candidates
    clearings = [each for each in candidates if each.own.cleared is not None]
    if not clearings:
        return candidates
    return [each for each in candidates if not any(_silences(type, clearing, each) for clearing in clearings)]


def _stands(rule: Rule) -> bool:
    """Where no clearing silences a value, a blank that keeps coming back over it is no way out either: a person is asked."""
    return rule.pick is not None and PICKS[rule.pick].stands


def _silences(type: Type, clearing: Candidate, other: Candidate) -> bool:
    """A clearing silences what is older, and what overlaps it and holds the very value that it cleared."""
    if other.own.at <= clearing.own.after:
        return True
    return other.own.after < clearing.own.at and other.normal == type.normal(clearing.own.cleared)


def _flaps(key: str, type: Type, column: Column, candidates: Sequence[Candidate]) -> bool:
    """Whether one of the candidates is a value that came back a second time over the same golden value."""
    tried = [sheet for sheet, _ in column if sheet.returns]
    records = _records(candidates) if tried else ()
    return any(sheet.key in records and flapping(sheet, key, type) for sheet in tried)


def _by_person(key: str, rule: Rule, column: Column, candidates: Sequence[Candidate], standing: Decisions) -> Verdict | None:
    pin, resolve = standing.pins.get(key), standing.resolves.get(key)
    if pin is not None:
        return Verdict("settled", pin.value, Reason.KEPT, steward(pin.position), _records(candidates))
    if resolve is None:
        return None
    speaking = [(each.record, each.own.position) for each in _named(rule, candidates) or candidates]
    if not decided.stands(resolve, speaking, (cell for _, cell in column)):
        return None
    return Verdict("settled", resolve.value, Reason.PERSON, steward(resolve.position), _records(candidates))


def _echoed(column: Column, type: Type, expired: frozenset[str]) -> Verdict:
    """Nobody speaks: the echo sent last does."""
    echoes = [cell.echo for _, cell in column if cell.echo is not None and cell.echo.mapping != ""]
    last = max((each for each in echoes if each.origin not in expired), key=lambda each: each.position, default=None)
    if last is None:
        return NOTHING_SEEN
    if last.sent.__class__ is Waiting:
        return Verdict("none", None, Reason.WAITING, last.origin)
    return Verdict("none" if type.normal(last.sent) is None else "settled", last.sent, Reason.ECHO, last.origin)


def _settled(
    key: str, rule: Rule, winner: Candidate, column: Column, *, reason: Reason | None = None, rivals: tuple[str, ...] = ()
) -> Verdict:
    own = winner.own
    if winner.normal is None and not rule.blank_counts:
        return Verdict("none", None, Reason.NONE if own.cleared is None else Reason.CLEARED, winner.record, rivals)
    if winner.normal.__class__ is Waiting:
        return Verdict("none", None, Reason.WAITING, winner.record, rivals)
    if reason is None or reason is Reason.FIRST or rule.locked or ":" in key:
        reason = _why(key, rule, own, winner.rank, column, reason)
    return make(Verdict, ("settled", own.value, reason, winner.record, rivals))


def _why(key: str, rule: Rule, own: Own, rank: int, column: Column, chosen: Reason | None) -> Reason:
    """The reason of a settled value, as people ask for it: the same before and after its losers were corrected."""
    if rule.locked:
        return Reason.OWNED
    if ":" in key and own.value.__class__ is bool and not own.first:
        return Reason.SET_ADDED if own.value else Reason.SET_REMOVED
    if len(column) == 1:
        return Reason.ONLY
    if rule.strategy == "order":
        return Reason.FALLBACK if _yielded(rule, rank, column) else Reason.FIRST
    if chosen is not None:
        return chosen
    if rule.strategy == "latest":
        return Reason.FIRST if own.first else Reason.NEWEST
    return Reason.STRICTEST if rule.strategy == "pick" else Reason.FIRST


def _yielded(rule: Rule, rank: int, column: Column) -> bool:
    """Whether somebody goes before the winner but has no value of its own."""
    if rank == 0 or len(column) == 1:
        return False
    return any(
        cell.own is not None and is_blank(cell.own.value) and rule.ranks.get(sheet.connection, rule.last) < rank
        for sheet, cell in column
    )


def conflict_id(entity: str, smallest_key: str, field: str, claims: Iterable[tuple[str, Hashable]]) -> str:
    """The identity of a conflict: who says what, never when. `claims`: record key and normal value."""
    said = sorted((record, _text(normal)) for record, normal in claims)
    text = json.dumps([entity, smallest_key, field, said], ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


def _text(normal: Any) -> str:
    """Equal texts for equal normal forms, on every machine."""
    if isinstance(normal, Decimal):
        return f"{normal.normalize():f}" if normal else "0"
    if isinstance(normal, frozenset):
        return "{" + ",".join(sorted(map(_text, normal))) + "}"
    if isinstance(normal, tuple):
        return "(" + ",".join(map(_text, normal)) + ")"
    return repr(normal)
