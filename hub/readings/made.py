"""Whose records a rolled-up value was made from: the claim behind "sum"."""

from __future__ import annotations

from typing import NamedTuple

from hub.intake.work import Work, split_key
from hub.settling.loading import Golden
from mappings.rollups import ROLLUPS


class MadeFrom(NamedTuple):
    """`records`: record keys of the children, else of what is linked where there could be some. `at`, `run`: of the newest read of them."""

    connection: str
    records: list[str]
    at: int | None
    run: int | None


def made_from(work: Work, golden: Golden, field: str) -> MadeFrom | None:
    """None: nobody feeds this field."""
    rollup = next((each for each in ROLLUPS.get(golden.entity, ()) if each.field == field), None)
    if rollup is None:
        return None
    work.cur.execute(
        "SELECT r.connection || ':' || r.object || ':' || r.external_id, l.at, l.run FROM golden_ref f"
        " JOIN golden g ON g.id = f.child AND g.entity = %s JOIN record r ON r.golden_id = g.id AND r.deleted IS NULL"
        " JOIN log l ON l.position = r.position WHERE f.parent = %s AND f.field = %s ORDER BY 1",
        (rollup.child, golden.id, rollup.through),
    )
    rows = work.cur.fetchall()
    if not rows:
        feeding = {connection for connection, _ in work.view.suppliers(rollup.child)}
        rows = [(sheet.key, None, None) for _, sheet in golden.sheets if sheet.connection in feeding and not sheet.deleted]
    if not rows:
        return None
    connections = sorted({split_key(key)[0] for key, _, _ in rows})
    newest = max(rows, key=lambda row: (row[1] or 0, row[0]))
    return MadeFrom(", ".join(connections), [row[0] for row in rows], newest[1], newest[2])
