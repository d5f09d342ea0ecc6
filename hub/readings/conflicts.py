"""What waits for a person's decision: the last agreed value, and who says what instead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection as Database

from conflict.explain import Explanation
from hub.bulk import decode_json
from hub.context import Hub
from hub.intake.work import Work
from hub.readings.changes import present
from hub.readings.explain import Teller, explained
from hub.readings.rows import batches, fetch, work_of
from hub.settling.loading import Golden
from hub.words import Problem

PAGE = 200


def conflicts(hub: Hub, database: Database, id: str | None = None) -> Iterator[dict[str, Any]]:
    """Open conflicts by golden record; only `id` if given (raises `Problem` if there is none)."""
    rows = fetch(
        database,
        "SELECT entity, golden_id, field, id FROM conflict WHERE %s::text IS NULL OR id = %s ORDER BY entity, golden_id, field",
        [id, id],
    )
    if id is not None and not rows:
        raise Problem("conflict_unknown", id=id)
    work = work_of(hub, database)
    for entity in sorted({row[0] for row in rows}):
        for page in batches([row for row in rows if row[0] == entity], PAGE):
            yield from _page(work, entity, page)


def _page(work: Work, entity: str, rows: list[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    wanted: dict[str, dict[str, str]] = defaultdict(dict)
    for _, golden_id, field, id in rows:
        wanted[golden_id][field] = id
    for found in explained(work, entity, wanted):
        ids = wanted[found.golden.id]
        cells = [cell for key, cell in found.cells.items() if key in ids]
        teller = Teller(work, work.view.entities[entity], found.golden, cells)
        for cell in cells:
            yield _line(work, ids[cell.field], found.golden, cell, teller)


def _line(work: Work, id: str, golden: Golden, cell: Explanation, teller: Teller) -> dict[str, Any]:
    return {
        "id": id,
        "entity": golden.entity,
        "record": golden.id,
        "field": cell.field,
        "reason": str(cell.reason),
        "was": last_agreed(work, golden, cell.field, _first_edit(cell)),
        "claims": [teller.claim(cell.field, each) for each in cell.others],
    }


def _first_edit(cell: Explanation) -> int | None:
    """Where in the log the edits that compete begin: what was agreed between reading one and the other was nobody's agreement."""
    newest = max((said.after for said in cell.others if said.after is not None), default=None)
    edits = [said.position for said in cell.others if newest is None or said.at is None or said.at > newest]
    return min((position for position in edits if position is not None), default=None)


def last_agreed(work: Work, golden: Golden, key: str, before: int | None = None) -> Any:
    """The value last settled before that position, as the change log tells; None if there never was one. Of a member: what was said of it."""
    field, _, member = key.partition(":")
    if member:
        return _member(golden.values.get(field), member)
    work.cur.execute(
        "SELECT fields FROM change WHERE golden_id = %s AND fields IS NOT NULL AND (%s::int8 IS NULL OR position < %s) ORDER BY position DESC",
        (golden.id, before, before),
    )
    for (text,) in work.cur.fetchall():
        if (change := decode_json(text or "{}").get(field)) is not None:
            return present(change[0]) if before is None and present(change[1]) is None else present(change[1])
    return None


def _member(value: Any, member: str) -> Any:
    if isinstance(value, dict):
        return value.get(member)
    return member in (value or ())
