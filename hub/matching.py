"""What a person decides about identity: two golden records are one, are not, or are two again. Links are computed from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from hub.bulk import allocate, decode_json, encode_json
from hub.context import Hub
from hub.delivery.planning import plan_writes
from hub.intake import records
from hub.intake.identity import link
from hub.intake.work import Row, Work, record_key
from hub.marks import SALT_SIZE, mark
from hub.readings.rows import batches
from hub.session import Session, view_of
from hub.settling import sheets
from hub.settling.due import settle_due
from hub.settling.settle import settle_goldens
from hub.words import Problem

JOIN, CUT = "join", "cut"
Pair = tuple[str, str]


def merge(hub: Hub, entity: str, a: str, b: str, *, by: str) -> None:
    """Two golden records become one; the older id stays, the other is its alias for ever. Raises `Problem`."""
    if a == b:
        raise Problem("same_record", id=a)
    _decide(hub, lambda work: _merge(work, entity, a, b, by))


def unmerge(hub: Hub, entity: str, id: str, *, by: str) -> None:
    """The exact inverse of the last merge of that golden record. Raises `Problem`."""
    _decide(hub, lambda work: _unmerge(work, entity, id, by))


def not_same(hub: Hub, entity: str, a: str, b: str, *, by: str) -> None:
    """They are two, whatever keys they may come to share. Raises `Problem`."""
    if a == b:
        raise Problem("same_record", id=a)

    def inside(work: Work) -> None:
        left, right = _keys(work, entity, a), _keys(work, entity, b)
        _note(work, by, {"not_same": [left, right]})
        _insert(work, CUT, [(left[0], right[0])], by)
        work.cur.execute(
            "DELETE FROM duplicate WHERE entity = %s AND a = ANY(%s) AND b = ANY(%s)",
            (entity, [*left, *right], [*left, *right]),
        )

    _decide(hub, inside)


def _decide(hub: Hub, inside: Any) -> None:
    session = Session(hub, view_of(hub))
    session.write(inside)
    settle_due(session)


def _merge(work: Work, entity: str, a: str, b: str, by: str) -> None:
    left, right = _keys(work, entity, a), _keys(work, entity, b)
    cuts = _remove(work, CUT, left, right)
    joins = _joins(left, right)
    _note(work, by, {"merge": [left, right], "ids": [a, b], "called": _called(work, [a, b]), "joins": joins, "cuts": cuts})
    _insert(work, JOIN, joins, by)
    _relink(work, entity, [a, b])


def _unmerge(work: Work, entity: str, id: str, by: str) -> None:
    """The joins go, what was cut before is cut again; where keys or our own writes would hold them together, a cut keeps them apart."""
    here = _keys(work, entity, id)
    said = _last_merge(work, here)
    left, right = ([key for key in side if key in here] for side in said["merge"])
    _remove(work, JOIN, left, right)
    _insert(work, CUT, [*map(tuple, said["cuts"])], by)
    _note(work, by, {"unmerge": [left, right]})
    _relink(work, entity, said["ids"], _give_back(work, said, id))
    if _together(work, left, right):
        _insert(work, CUT, sorted(set(product(left, right)) - {tuple(cut) for cut in said["cuts"]}), by)
        _relink(work, entity, said["ids"], _give_back(work, said, id))


def _called(work: Work, ids: Sequence[str]) -> dict[str, str]:
    """Former ids of these golden records, each with the one it means now."""
    work.cur.execute("SELECT old, golden_id FROM alias WHERE golden_id = ANY(%s)", (list(ids),))
    return dict(work.cur.fetchall())


def _give_back(work: Work, said: dict[str, Any], kept: str) -> list[int]:
    """The id that gave way means its own records again, and so do its former ids. Returns the records that changed hands."""
    if kept not in said["ids"]:  # joined to an older one since: links find the places by themselves
        return []
    [(other, keys)] = [(id, keys) for id, keys in zip(said["ids"], said["merge"], strict=True) if id != kept]
    work.cur.execute("DELETE FROM alias WHERE old = %s", (other,))
    for old, id in said["called"].items():
        work.cur.execute("UPDATE alias SET golden_id = %s WHERE old = %s", (id, old))
    work.cur.execute(
        "UPDATE record SET golden_id = %s WHERE golden_id = %s AND (connection || ':' || object || ':' || external_id) = ANY(%s) RETURNING id",
        (other, kept, keys),
    )
    return [row[0] for row in work.cur.fetchall()]


def _joins(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """Every two records of one connection, so that neither has to stand alone; else the two that name their golden records."""
    pairs = [pair for pair in product(left, right) if pair[0].partition(":")[0] == pair[1].partition(":")[0]]
    return sorted({*pairs, (left[0], right[0])})


def _keys(work: Work, entity: str, id: str) -> list[str]:
    """Record keys of a golden record, smallest first. Locks it."""
    work.cur.execute("SELECT 1 FROM golden WHERE id = %s AND entity = %s FOR UPDATE", (id, entity))
    if work.cur.fetchone() is None:
        raise Problem("record_unknown", entity=entity, id=id)
    work.cur.execute("SELECT connection, object, external_id FROM record WHERE golden_id = %s", (id,))
    keys = sorted(record_key(*row) for row in work.cur.fetchall())
    if not keys:
        raise Problem("record_unknown", entity=entity, id=id)
    return keys


def _insert(work: Work, kind: str, pairs: Iterable[Pair], by: str) -> None:
    rows = sorted({(min(pair), max(pair)) for pair in pairs})
    for batch in batches(rows):
        positions = allocate(work.cur, "log_position", len(batch))
        work.cur.executemany(
            "INSERT INTO steward_link (position, kind, a, b, by, at) VALUES (%s, %s, %s, %s, %s, %s)",
            [(position, kind, a, b, by, work.at) for position, (a, b) in zip(positions, batch, strict=True)],
        )


def _remove(work: Work, kind: str, left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """Takes back what was decided between two sides; returns it."""
    work.cur.execute(
        "DELETE FROM steward_link WHERE kind = %s AND ((a = ANY(%s) AND b = ANY(%s)) OR (b = ANY(%s) AND a = ANY(%s))) RETURNING a, b",
        (kind, left, right, left, right),
    )
    return sorted(set(work.cur.fetchall()))


def _note(work: Work, by: str, said: dict[str, Any]) -> None:
    """The log remembers every decision, also one that is taken back."""
    [position] = allocate(work.cur, "log_position", 1)
    salt, body = work.hub.chance.bytes(SALT_SIZE), encode_json(said)
    [sides] = [value for key, value in said.items() if key in ("merge", "unmerge", "not_same")]
    work.cur.execute(
        "INSERT INTO log (position, kind, subject, at, run, actor_kind, mark) VALUES (%s, 'link', %s, %s, %s, 'person', %s)",
        (position, sides[0][0], work.at, work.run, mark(body, salt)),
    )
    work.cur.execute("INSERT INTO payload (position, salt, body, actor) VALUES (%s, %s, %s, %s)", (position, salt, body, by))


def _last_merge(work: Work, here: Sequence[str]) -> dict[str, Any]:
    """What the log says of the newest merge that still stands in this golden record."""
    work.cur.execute(
        "SELECT DISTINCT a, b FROM steward_link WHERE kind = %s AND a = ANY(%s) AND b = ANY(%s)", (JOIN, here, here)
    )
    standing = {tuple(pair) for pair in work.cur.fetchall()}
    work.cur.execute(
        "SELECT p.body FROM log l JOIN payload p ON p.position = l.position WHERE l.kind = 'link' AND l.subject = ANY(%s) ORDER BY l.position DESC",
        (here,),
    )
    for (body,) in work.cur.fetchall():
        said: dict[str, Any] = decode_json(bytes(body))
        if "merge" in said and {(min(pair), max(pair)) for pair in said["joins"]} & standing:
            return said
    raise Problem("never_merged", id=here[0])


def _together(work: Work, left: Sequence[str], right: Sequence[str]) -> bool:
    work.cur.execute(
        "SELECT count(DISTINCT golden_id) FROM record WHERE (connection || ':' || object || ':' || external_id) = ANY(%s)"
        " AND golden_id IN (SELECT golden_id FROM record WHERE (connection || ':' || object || ':' || external_id) = ANY(%s))",
        (list(left), list(right)),
    )
    [(shared,)] = work.cur.fetchall()
    return bool(shared)


def _relink(work: Work, entity: str, ids: Sequence[str], moved: Sequence[int] = ()) -> None:
    """The records of these golden records find their places again; everything that follows from it is settled and planned.

    `moved`: records that were given to another golden record already.
    """
    rows = _rows(work, entity, ids)
    linked = link(work, entity, rows, work.view.many(entity))
    linked.touched.update(ids)
    linked.moved += [id for id in moved if id not in linked.moved]
    names = records.withdraw_cut(work, linked, {}) if linked.moved else set[str]()
    settling = settle_goldens(work, entity, linked.touched, {}, names)
    plan_writes(work, work.view.entities[entity], settling)


def _rows(work: Work, entity: str, ids: Sequence[str]) -> list[Row]:
    work.cur.execute(
        "SELECT id, connection, object, external_id, golden_id, sheet, anchor,"
        " coalesce((SELECT array_agg(key ORDER BY key) FROM record_key k WHERE k.record_id = record.id), '{}')"
        " FROM record WHERE golden_id = ANY(%s) ORDER BY id FOR UPDATE",
        (list(ids),),
    )
    found = []
    for id, connection, object, external_id, golden_id, text, anchor, keys in work.cur.fetchall():
        key = record_key(connection, object, external_id)
        sheet = sheets.load(decode_json(text), key, entity, work.view)
        found.append(
            Row(id, key, connection, object, external_id, entity, golden_id, sheet, True, anchor=anchor, keys=tuple(keys))
        )
    return found
