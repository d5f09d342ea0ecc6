"""A sum is called complete only if everything that it was made of was looked up after the scan had ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scenes import MARMALADE
from sqlalchemy import text
from worlds import World

from hub.session import Session, view_of
from hub.settling import rollups
from hub.settling.settle import settle_goldens

Make = Callable[..., World]


def test_a_scan_that_ends_while_another_connection_settles_leaves_no_partial_sum(
    make_world: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """6,000.00 + 6,600.00: the second subscription and the end of the scan are committed between two questions of one settling."""
    world = make_world(MARMALADE)
    world.settle_down()
    [(account,)] = world.rows("SELECT DISTINCT golden_id FROM record WHERE object = 'customers'")
    late = "child = (SELECT golden_id FROM record WHERE external_id = 'sub_b')"
    with world.hub.engine.begin() as database:
        kept = database.execute(text(f"DELETE FROM golden_ref WHERE {late} RETURNING *")).mappings().all()
        scan = database.execute(text("UPDATE stream SET first_scan = NULL WHERE object = 'subscriptions'"))
    assert kept
    assert scan.rowcount == 1
    children, settled = rollups._children, []

    def raced(*about: Any) -> Any:
        found = children(*about)
        with world.hub.engine.begin() as database:
            for row in kept:
                names = ", ".join(row)
                database.execute(
                    text(f"INSERT INTO golden_ref ({names}) VALUES ({', '.join(f':{name}' for name in row)})"), dict(row)
                )
            database.execute(text("UPDATE stream SET first_scan = 1 WHERE object = 'subscriptions'"))
        return found

    monkeypatch.setattr(rollups, "_children", raced)
    Session(world.hub, view_of(world.hub)).write(
        lambda work: settled.append(settle_goldens(work, "account", [account], {}).settled[account])
    )
    assert "arr" not in settled[0].values
    monkeypatch.undo()
    Session(world.hub, view_of(world.hub)).write(
        lambda work: settled.append(settle_goldens(work, "account", [account], {}).settled[account])
    )
    assert {key: str(value) for key, value in settled[1].values["arr"].items()} == {"USD": "12600.00"}
