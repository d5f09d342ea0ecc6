"""The four strategies: order, latest, pick, ask. Each chooses among candidates that speak and whose values differ."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from conflict.claim import Own


class Reason(StrEnum):
    """Why a value is agreed, or why there is none. People's sentences belong to these codes."""

    ONLY = "only"
    OWNED = "owned"
    FIRST = "first"
    FALLBACK = "fallback"
    NEWEST = "newest"
    UNSURE_ORDERED = "unsure_ordered"
    BASELINE = "baseline"
    CONTESTED = "contested"
    ASK = "ask"
    FLAPPING = "flapping"
    WAITING = "waiting"
    PARTIAL = "partial"
    PERSON = "person"
    KEPT = "kept"
    SUM = "sum"
    STRICTEST = "strictest"
    SET_ADDED = "set_added"
    SET_REMOVED = "set_removed"
    CLEARED = "cleared"
    NONE = "none"
    ECHO = "echo"


class Rule(NamedTuple):
    """A rule bound to connections. `named`: rank of those it names, None where all count alike; `ranks`: who goes first
    where order decides; `last`: the rank of everybody else.
    """

    name: str
    strategy: str
    named: Mapping[str, int] | None
    ranks: Mapping[str, int]
    last: int
    pick: str | None = None
    blank_counts: bool = False
    unsure_ask: bool = False
    locked: bool = False


class Candidate(NamedTuple):
    """An own claim that speaks. Candidates sort by who goes first. `normal` is the value's normal form."""

    rank: int
    connection: str
    record: str
    normal: Hashable
    own: Own


class Choice(NamedTuple):
    """`winner` is None where a person has to decide; `rivals` are then the claims between which."""

    winner: Candidate | None
    reason: Reason
    rivals: Sequence[Candidate] = ()


def choose(rule: Rule, candidates: Sequence[Candidate]) -> Choice:
    """The strategy's choice. `candidates`: two or more, best rank first, not all of one value."""
    if rule.strategy in ("latest", "ask") and all(each.own.first for each in candidates):
        return Choice(candidates[0], Reason.BASELINE)
    return _CHOOSERS[rule.strategy](rule, candidates)


def _order(_rule: Rule, candidates: Sequence[Candidate]) -> Choice:
    return Choice(candidates[0], Reason.FIRST)


def _latest(rule: Rule, candidates: Sequence[Candidate]) -> Choice:
    rivals = competing(candidates)
    if agree(rivals):
        return Choice(max(rivals, key=lambda each: each.own.after), Reason.NEWEST)
    if rule.unsure_ask:
        return Choice(None, Reason.CONTESTED, rivals)
    return Choice(rivals[0], Reason.UNSURE_ORDERED)


def competing(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The claims that are not entirely before another one."""
    newest = max(each.own.after for each in candidates)
    return [each for each in candidates if each.own.at > newest]


def agree(candidates: Sequence[Candidate]) -> bool:
    first = candidates[0].normal
    for each in candidates:  # noqa: SIM110  # asked of every field of every record: a generator costs twice as much
        if each.normal != first:
            return False
    return True


def _ask(_rule: Rule, candidates: Sequence[Candidate]) -> Choice:
    return Choice(None, Reason.ASK, candidates)


def _pick(rule: Rule, candidates: Sequence[Candidate]) -> Choice:
    """The best by the named scale; several equals go by order. Values that no scale compares are a person's."""
    scale = PICKS[rule.pick or ""].scale
    values = [each for each in candidates if each.normal is not None]
    if len({each.own.value.currency for each in values if hasattr(each.own.value, "currency")}) > 1:
        return Choice(None, Reason.CONTESTED, candidates)
    return Choice(max(values, key=lambda each: scale(each.own.value)), Reason.STRICTEST)


_CHOOSERS: Mapping[str, Callable[[Rule, Sequence[Candidate]], Choice]] = {
    "order": _order,
    "latest": _latest,
    "ask": _ask,
    "pick": _pick,
}

_RESTRICTIVENESS = {"denied": 2, "granted": 1, "unknown": 0}


def _restrictiveness(value: Any) -> int:
    """Denied before granted before unknown; of two answers, no before yes."""
    if isinstance(value, bool):
        return 0 if value else 1
    return _RESTRICTIVENESS.get(value["state"] if isinstance(value, dict) else value, -1)


class Pick(NamedTuple):
    """The highest on `scale` wins. `types`: the field types that it can compare.

    `stands`: what one system says is taken back only there; a clearing elsewhere does not silence it.
    """

    scale: Callable[[Any], Any]
    types: frozenset[str]
    stands: bool = False


_NUMBERS = frozenset({"int", "decimal", "money"})
_TIMES = frozenset({"date", "datetime"})


class _Backwards:
    """A value that sorts the other way round."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Backwards) -> bool:
        return bool(other.value < self.value)

    def __gt__(self, other: _Backwards) -> bool:
        return bool(other.value > self.value)


def _plain(value: Any) -> Any:
    return value


PICKS: Mapping[str, Pick] = {
    "most_restrictive": Pick(_restrictiveness, frozenset({"consent", "bool", "enum"}), stands=True),
    "highest": Pick(_plain, _NUMBERS),
    "lowest": Pick(_Backwards, _NUMBERS),
    "newest": Pick(_plain, _TIMES),
    "oldest": Pick(_Backwards, _TIMES),
    "true_wins": Pick(_plain, frozenset({"bool"}), stands=True),
    "false_wins": Pick(_Backwards, frozenset({"bool"})),
}
