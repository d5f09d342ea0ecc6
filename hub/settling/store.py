"""What settling changed: golden rows, one change-log row each, open conflicts, and who has to be settled again because of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.bulk import Json, allocate, copy, encode_json
from hub.intake.work import Work
from hub.marks import SALT_SIZE, mark
from hub.settling.loading import Golden


@dataclass(slots=True)
class Outcome:
    """One golden record after settling. `values` are dumped JSON; `changes`: {field: [old, new, reason]}, absent values left out."""

    golden: Golden
    values: dict[str, Any]
    verdicts: str
    contested: dict[str, str]
    reasons: Mapping[str, str]
    smallest: str
    living: int
    next_at: int | None
    changes: dict[str, list[Any]]


ABSENT_MARK = {"absent": True}
"""How the change log says that a field had, or now has, no golden value at all. No canonical value looks like it."""


def differences(old: Mapping[str, Any], new: Mapping[str, Any], reasons: Mapping[str, str]) -> dict[str, list[Any]]:
    """{field: [old, new, reason]} of what is not the same to the letter."""
    changes = {
        name: [old.get(name, ABSENT_MARK), value, reasons.get(name, "none")]
        for name, value in new.items()
        if name not in old or old[name] != value
    }
    changes.update({name: [value, ABSENT_MARK, reasons.get(name, "none")] for name, value in old.items() if name not in new})
    return changes


def save(work: Work, outcomes: Sequence[Outcome], documents: str) -> None:
    """Writes golden rows, change log and conflicts. Golden rows that did not move in any way are not touched."""
    minted = [outcome for outcome in outcomes if not outcome.golden.known]
    moved = [outcome for outcome in outcomes if outcome.golden.known and _moved(outcome, documents)]
    logged = [outcome for outcome in outcomes if outcome.changes]
    positions = allocate(work.cur, "log_position", len(minted) + len(logged)) if minted or logged else []
    _insert(work, minted, positions[: len(minted)], documents)
    _update(work, moved, documents)
    _log(work, logged, positions[len(minted) :])
    _conflicts(work, outcomes)


def _moved(outcome: Outcome, documents: str) -> bool:
    golden = outcome.golden
    stored = (golden.verdicts, golden.contested, golden.smallest, golden.next_at, golden.records, golden.documents)
    return bool(outcome.changes) or stored != (
        outcome.verdicts,
        outcome.contested,
        outcome.smallest,
        outcome.next_at,
        outcome.living,
        documents,
    )


def _insert(work: Work, outcomes: Sequence[Outcome], positions: Sequence[int], documents: str) -> None:
    if not outcomes:
        return
    copy(
        work.cur,
        "golden",
        "id, entity, values, verdicts, contested, smallest, born, version, documents, records, next_at",
        ("text", "text", "jsonb", "text", "jsonb", "text", "int8", "int8", "text", "int4", "int8"),
        (
            (
                out.golden.id, out.golden.entity, Json(encode_json(out.values)), out.verdicts, Json(encode_json(out.contested)),
                out.smallest, position, 1, documents, out.living, out.next_at,
            )
            for out, position in zip(outcomes, positions, strict=True)
        ),
    )  # fmt: skip


def _update(work: Work, outcomes: Sequence[Outcome], documents: str) -> None:
    if not outcomes:
        return
    work.cur.execute(
        "UPDATE golden g SET values = n.values, verdicts = n.verdicts, contested = n.contested, smallest = n.smallest, version = g.version + 1,"
        " documents = %s, records = n.records, next_at = n.next_at"
        " FROM unnest(%s::text[], %s::jsonb[], %s::text[], %s::jsonb[], %s::text[], %s::int4[], %s::int8[])"
        " AS n(id, values, verdicts, contested, smallest, records, next_at) WHERE g.id = n.id",
        (
            documents,
            [out.golden.id for out in outcomes],
            [Json(encode_json(out.values)) for out in outcomes],
            [out.verdicts for out in outcomes],
            [Json(encode_json(out.contested)) for out in outcomes],
            [out.smallest for out in outcomes],
            [out.living for out in outcomes],
            [out.next_at for out in outcomes],
        ),
    )


def _log(work: Work, outcomes: Sequence[Outcome], positions: Sequence[int]) -> None:
    if not outcomes:
        return
    salts = work.hub.chance.bytes(SALT_SIZE * len(outcomes))
    rows = []
    for number, (out, position) in enumerate(zip(outcomes, positions, strict=True)):
        text, salt = encode_json(out.changes), salts[number * SALT_SIZE : (number + 1) * SALT_SIZE]
        rows.append(
            (position, work.at, out.golden.entity, out.golden.id, work.run, text.decode(), salt, mark(text, salt)),
        )
    copy(
        work.cur,
        "change",
        "position, at, entity, golden_id, run, fields, salt, mark",
        ("int8", "int8", "text", "text", "int8", "text", "bytea", "bytea"),
        rows,
    )


def _conflicts(work: Work, outcomes: Sequence[Outcome]) -> None:
    """Opens what is newly contested and closes what is not; an unchanged conflict keeps its date."""
    gone = [
        (out.golden.id, name)
        for out in outcomes
        for name in out.golden.contested
        if out.contested.get(name) != out.golden.contested[name]
    ]
    new = [(out, name, id) for out in outcomes for name, id in out.contested.items() if out.golden.contested.get(name) != id]
    if gone:
        work.cur.execute(
            "DELETE FROM conflict c USING unnest(%s::text[], %s::text[]) AS g(id, field) WHERE c.golden_id = g.id AND c.field = g.field",
            ([id for id, _ in gone], [name for _, name in gone]),
        )
    if new:
        copy(
            work.cur,
            "conflict",
            "id, golden_id, entity, field, reason, opened_at",
            ("text", "text", "text", "text", "text", "int8"),
            (
                (id, out.golden.id, out.golden.entity, name, str(out.reasons.get(name, "contested")), work.at)
                for out, name, id in new
            ),
        )


def mark_due(work: Work, goldens: Iterable[tuple[str, str]]) -> None:
    """(golden id, entity): to be settled again, in the entities' fixed order."""
    ranks = work.view.ranks
    rows = sorted(set(goldens))
    if rows:
        work.cur.execute(
            "INSERT INTO due (golden_id, entity, rank) SELECT * FROM unnest(%s::text[], %s::text[], %s::int4[]) ON CONFLICT (golden_id) DO NOTHING",
            ([id for id, _ in rows], [entity for _, entity in rows], [ranks[entity] for _, entity in rows]),
        )
