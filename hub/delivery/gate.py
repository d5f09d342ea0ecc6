"""When an entity may be written at all."""

from __future__ import annotations

from hub.intake.work import Work


def gate_open(work: Work, entity: str) -> bool:
    """Every connection of the entity has completed one scan, or a person waived it."""
    wanted = [(c, o) for c, o in work.view.suppliers(entity) if not work.view.seats[c].waived]
    work.cur.execute("SELECT connection, object FROM stream WHERE first_scan IS NOT NULL")
    return set(wanted) <= set(work.cur.fetchall())
