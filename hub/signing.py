"""What finance signs: snapshots of the tie-out from draft to closed, and adjustments beside the figures. Each is one transaction."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Connection as Database
from sqlalchemy import insert, select

from hub import db, tables
from hub.clock import from_micros, to_micros
from hub.context import Hub
from hub.finance.snapshots import (
    PREPARED,
    Acceptance,
    Accepted,
    Adjustment,
    Facts,
    Settled,
    Signature,
    Snapshot,
    settle,
    sign,
    signable,
    state,
    take,
)
from hub.finance.tieout.inputs import canonical
from hub.finance.tieout.report import Report
from hub.people import Person
from hub.words import Problem
from mappings.currency import iso_digits

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stored:
    """A snapshot without its bytes."""

    facts: Facts
    as_of: datetime
    known_at: int
    policy: dict[str, str]
    ties_out: bool
    by: str
    at: datetime
    signatures: tuple[Signature, ...]

    @property
    def state(self) -> str:
        return state(self.signatures)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What became of preparing snapshot `id`: a draft still, as long as differences are open."""

    id: int
    state: str
    settled: Settled


def draft(hub: Hub, report: Report, by: Person) -> int:
    """Keeps a report as a snapshot that can be signed; its id. Raises `Problem` where nothing could be signed."""
    inputs, now = report.inputs, hub.clock.now()
    if inputs.as_of > now:
        raise Problem("snapshot_not_yet_true", as_of=inputs.as_of.isoformat())
    kept = take(report)
    signable(Facts(0, kept.hash, inputs.policy.sign_off, len(report.rows), _missing(report)))
    row = {
        "hash": kept.hash, "inputs": zlib.compress(kept.inputs), "report": zlib.compress(kept.report),
        "as_of": to_micros(inputs.as_of), "known_at": inputs.known_at, "policy": inputs.policy.identity,
        "sign_off": inputs.policy.sign_off, "complete": report.complete, "ties_out": report.ties_out,
        "rows": len(report.rows), "by": by.name, "at": to_micros(now),
    }  # fmt: skip

    def store(database: Database) -> int:
        return int(database.execute(insert(tables.snapshot).values(row).returning(tables.snapshot.c.id)).scalar_one())

    return _transaction(hub, store)


def _missing(report: Report) -> tuple[str, ...]:
    told = tuple(f"{each.connection}: {', '.join(each.missing)}" for each in report.inputs.sources if each.missing)
    return told or (() if report.inputs.complete or not report.rows else ("-",))


def prepare(
    hub: Hub, id: int, by: Person, accept: Sequence[Acceptance] = (), *, given: str | None = None, comment: str | None = None
) -> Prepared:
    """Signs a draft as prepared, if somebody answers for every difference. Raises `Problem`."""
    if not all(each.comment.strip() for each in accept):
        raise Problem("comment_empty")

    def inside(database: Database) -> Prepared:
        stored, kept = _locked(database, id, given)
        found = settle(kept.lines, accept, adjustments(database, stored.as_of))
        if found.unmet:
            raise Problem("accept_unmet", given=found.unmet[0].what)
        step = sign(
            stored.facts, stored.signatures, PREPARED, by.name, hub.clock.now(), accepted=found.accepted, comment=comment
        )
        if not found.open:
            _append(database, id, step)
        return Prepared(id, stored.state if found.open else PREPARED, found)

    return _transaction(hub, inside)


def advance(hub: Hub, id: int, new: str, by: Person, *, given: str | None = None, comment: str | None = None) -> Signature:
    """Signs a snapshot as `new` (reviewed, closed). `given`: the hash that the person looked at. Raises `Problem`."""

    def inside(database: Database) -> Signature:
        stored, _ = _locked(database, id, given)
        step = sign(stored.facts, stored.signatures, new, by.name, hub.clock.now(), comment=comment)
        _append(database, id, step)
        return step

    return _transaction(hub, inside)


def _locked(database: Database, id: int, given: str | None) -> tuple[Stored, Snapshot]:
    """The snapshot with its bytes, under a lock that lets one sign at a time. Raises `Problem` where its hash is not that of its bytes."""
    database.execute(select(tables.snapshot.c.id).where(tables.snapshot.c.id == id).with_for_update())
    stored, kept = load(database, id), content(database, id)
    if kept.hash != stored.facts.hash:
        raise Problem("snapshot_differs", id=id)
    if given is not None and not (len(given) >= 8 and kept.hash.startswith(given.lower())):
        raise Problem("snapshot_hash", id=id, hash=kept.hash, given=given)
    return stored, kept


def _append(database: Database, id: int, step: Signature) -> None:
    row = {"snapshot": id} | asdict(step) | {"at": to_micros(step.at), "accepted": [asdict(each) for each in step.accepted]}
    database.execute(insert(tables.signature).values(row))


def load(database: Database, id: int) -> Stored:
    """Raises `Problem`."""
    found = snapshots(database, id)
    if not found:
        raise Problem("snapshot_unknown", id=id)
    return found[0]


def snapshots(database: Database, id: int | None = None) -> list[Stored]:
    """All of them, or the one of that id; the oldest first, without their bytes."""
    table = tables.snapshot
    bytes_ = {"inputs", "report"}
    query = select(*(column for column in table.c if column.name not in bytes_)).order_by(table.c.id)
    rows = database.execute(query if id is None else query.where(table.c.id == id)).all()
    signed = _signatures(database, [row.id for row in rows])
    return [_stored(row, signed.get(row.id, ())) for row in rows]


def _stored(row: Any, signatures: tuple[Signature, ...]) -> Stored:
    facts = Facts(row.id, row.hash, row.sign_off, row.rows, () if row.complete else ("-",))
    as_of, at = from_micros(row.as_of), from_micros(row.at)
    return Stored(facts, as_of, row.known_at, row.policy, row.ties_out, row.by, at, signatures)


def _signatures(database: Database, ids: Sequence[int]) -> dict[int, tuple[Signature, ...]]:
    table = tables.signature
    found: dict[int, tuple[Signature, ...]] = {}
    for row in database.execute(select(table).where(table.c.snapshot.in_(ids)).order_by(table.c.id)):
        accepted = tuple(Accepted(**each) for each in row.accepted)
        step = Signature(row.hash, row.old, row.new, row.by, from_micros(row.at), accepted, row.comment)
        found[row.snapshot] = (*found.get(row.snapshot, ()), step)
    return found


def content(database: Database, id: int) -> Snapshot:
    """The bytes of a snapshot that is there."""
    table = tables.snapshot
    row = database.execute(select(table.c.inputs, table.c.policy, table.c.report).where(table.c.id == id)).one()
    return Snapshot(zlib.decompress(row.inputs), canonical(row.policy), zlib.decompress(row.report))


def adjust(hub: Hub, by: Person, account: str, currency: str, amount: Decimal, *, until: datetime, reason: str) -> Adjustment:
    """Answers for `amount` of the difference of one row, until then. A newer one of the same row takes its place. Raises `Problem`."""
    now = hub.clock.now()
    if until <= now:
        raise Problem("adjustment_over", until=until.isoformat())
    if not reason.strip():
        raise Problem("comment_empty")
    digits = -int(amount.as_tuple().exponent)
    if digits > iso_digits(currency):
        raise Problem("adjustment_unusable", amount=str(amount), currency=currency, digits=iso_digits(currency))
    made = Adjustment(account, currency, amount, until, reason.strip(), by.name)
    row = asdict(made) | {"until": to_micros(until), "at": to_micros(now)}
    _transaction(hub, lambda database: database.execute(insert(tables.adjustment).values(row)))
    return made


def adjustments(database: Database, at: datetime, known: datetime | None = None) -> dict[tuple[str, str], Adjustment]:
    """Those that last at that instant, by account and currency; of what was said until `known` (None: until now)."""
    table = tables.adjustment
    query = select(table).order_by(table.c.id)
    rows = database.execute(query if known is None else query.where(table.c.at <= to_micros(known)))
    newest = {(row.account, row.currency): row for row in rows}
    lasting = {key: row for key, row in newest.items() if row.until > to_micros(at) and row.amount != 0}
    return {
        key: Adjustment(row.account, row.currency, row.amount, from_micros(row.until), row.reason, row.by)
        for key, row in lasting.items()
    }


def _transaction(hub: Hub, work: Callable[[Database], T]) -> T:
    return db.transaction(hub.engine, work, clock=hub.clock, chance=hub.chance)
