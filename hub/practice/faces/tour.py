"""The twelve cards of the tour, with links to their customers' windows and to the practice systems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection as Database

from hub.practice import twins
from hub.practice.faces.customers import address_of
from hub.practice.story.scenes import NEEDS, SCENES
from hub.readings.rows import fetch


def cards(database: Database, home: Path) -> dict[str, Any]:
    known = _ids(database, sorted({name for scene in SCENES for name in scene.customers}))
    return {
        "cards": [(scene, [(name, known.get(name)) for name in scene.customers]) for scene in SCENES],
        "needs": NEEDS,
        "systems": [(title, address_of(home, name)) for name, title in twins.titles().items()],
    }


def _ids(database: Database, names: list[str]) -> dict[str, str]:
    """Golden ids by agreed name, or by the name that the story gave them and somebody has changed since."""
    query = (
        "SELECT DISTINCT ON (n.name) n.name, g.id FROM unnest(%s::text[]) AS n(name) JOIN golden g ON g.entity = 'account' AND g.records > 0"
        " AND (g.values->>'name' = n.name OR EXISTS (SELECT 1 FROM change c WHERE c.golden_id = g.id AND position(to_json(n.name)::text IN c.fields) > 0))"
        " ORDER BY n.name, g.values->>'name' = n.name DESC, g.id"
    )
    return {str(name): str(id) for name, id in fetch(database, query, [names])}
