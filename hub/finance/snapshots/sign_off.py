"""Draft, prepared, reviewed, closed: who may take a snapshot from one to the next. There is no way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.finance.snapshots.differences import Accepted
from hub.words import Problem

DRAFT, PREPARED, REVIEWED, CLOSED = STATES = ("draft", "prepared", "reviewed", "closed")


@dataclass(frozen=True, slots=True)
class Facts:
    """What signing depends on. `sign_off`: four_eyes | single. `missing`: connections that were not read whole and in time."""

    id: int
    hash: str
    sign_off: str
    rows: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """One step, of exactly the bytes that `hash` names."""

    hash: str
    old: str
    new: str
    by: str
    at: datetime
    accepted: tuple[Accepted, ...] = ()
    comment: str | None = None


def state(signatures: Sequence[Signature]) -> str:
    return signatures[-1].new if signatures else DRAFT


def sign(
    facts: Facts,
    signatures: Sequence[Signature],
    new: str,
    by: str,
    at: datetime,
    *,
    accepted: Sequence[Accepted] = (),
    comment: str | None = None,
) -> Signature:
    """The next signature. Raises `Problem` where it is not this step's turn, or not this person's."""
    signable(facts)
    old, needed = state(signatures), STATES[STATES.index(new) - 1]
    if old != needed:
        raise Problem("snapshot_state", id=facts.id, state=old, needed=needed, new=new)
    if any(each.hash != facts.hash for each in signatures):
        raise Problem("snapshot_differs", id=facts.id)
    if new == REVIEWED and facts.sign_off != "single" and any(each.by == by for each in signatures):
        raise Problem("snapshot_same_person", name=by)
    return Signature(facts.hash, old, new, by, at, tuple(accepted), comment)


def signable(facts: Facts) -> None:
    """Raises `Problem`: a run that is incomplete, or has no rows, says nothing that could be signed."""
    if facts.missing:
        raise Problem("snapshot_incomplete", sources=", ".join(facts.missing))
    if facts.rows == 0:
        raise Problem("snapshot_without_rows")
