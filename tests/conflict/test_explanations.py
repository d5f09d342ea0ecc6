"""Why is this value here: the winner, every other claim, rule and version."""

from __future__ import annotations

from typing import Any

from histories import ENTITY, World, histories, promise, rules, sheet
from hypothesis import given

from conflict.claim import NEVER, Cell, Echo, Own
from conflict.decisions import Decision
from conflict.explain import Said, explain
from conflict.settle import settle

OWNED = rules("{order: [a], locked: true}")


def test_a_corrected_claim_is_shown_with_the_write_that_answered_it() -> None:
    a = sheet("a")._replace(cells={"f": Cell(Own(12000, NEVER, 10, 1, first=True))})
    b = sheet("b")._replace(cells={"f": Cell(Own(9600, 20, 30, 2), Echo(12000, 12000, "m1", "a:things:1", 3, covers=True))})
    found = explain(ENTITY, OWNED, settle(ENTITY, OWNED, [a, b], now=0), [a, b])["f"]
    assert (found.state, found.value, found.reason, found.rule, found.version) == (
        "settled",
        12000,
        "owned",
        "account.f",
        OWNED.version,
    )
    assert found.winner == Said("a", "a:things:1", 12000, None, 10, 1)
    assert found.others == (Said("b", "b:things:1", 9600, 20, 30, 2, corrected=3),)


def test_a_decision_is_a_claim_of_the_steward() -> None:
    a = sheet("a")._replace(cells={"f": Cell(Own(1, NEVER, 10, 1, first=True))})
    pin = Decision("pin", "f", 5, 9)
    found = explain(ENTITY, OWNED, settle(ENTITY, OWNED, [a], decisions=[pin], now=0), [a])["f"]
    assert found.winner == Said("steward", "steward:9", 5, None, None, 9)
    assert [each.value for each in found.others] == [1]


@promise
@given(histories)
def test_every_own_claim_is_told_exactly_once(events: Any) -> None:
    world = World(rules("{latest: all}"))
    world.run(events)
    settled = world.settle()
    found = explain(ENTITY, world.rules, settled, world.sheets.values())
    assert set(found) == set(settled.verdicts)
    for key, each in found.items():
        told = sorted(said.record for said in (each.winner, *each.others) if said is not None and said.at is not None)
        owns = sorted(sheet.key for sheet in world.sheets.values() if sheet.cells[key].own is not None)
        assert told == owns
        assert each.value == settled.verdicts[key].value
