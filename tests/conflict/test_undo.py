"""Undo is identity, quiet, and yields to the next edit; undo of an undo is the same function."""

from __future__ import annotations

from typing import Any

from histories import CONNECTIONS, ENTITY, World, connections, histories, numbers, promise, rules
from hypothesis import given
from hypothesis import strategies as st

from conflict.cell import acknowledge
from conflict.claim import Echo, steward
from conflict.decisions import Decision
from conflict.settle import Settled, settle
from conflict.undo import Changed, Undone, Wrote, undo

F = ENTITY.fields["f"].type


class Undoing(World):
    """A world whose hub knows decisions, and can take a run back."""

    def __init__(self, by: Any) -> None:
        super().__init__(by)
        self.decisions: list[Decision] = []

    def settle(self) -> Settled:
        return settle(ENTITY, self.rules, self.sheets.values(), decisions=self.decisions, now=self.time)

    def take_back(self, before: Settled, after: Settled, held: dict[str, Any], since: int) -> Undone:
        """Plans and carries out the undo of the run that began at `since` and changed `before` to `after`."""
        now = self.settle()
        self.time += 1
        old, new = before.verdicts["f"], after.verdicts["f"]
        wrote = [
            Wrote(sheet.key, "f", held[name], echo.position)
            for name, sheet in self.sheets.items()
            if (echo := sheet.cells["f"].echo) is not None and echo.position > since
        ]
        changed = [Changed("f", old.value, new.value, new.winner or "")] if F.normal(old.value) != F.normal(new.value) else []
        mappings = {sheet.key: "m1" for sheet in self.sheets.values()}
        plan = undo(ENTITY, now, self.sheets.values(), wrote=wrote, changed=changed, position=self.time, mappings=mappings)
        self.decisions += plan.resolves
        for name, sheet in self.sheets.items():
            cells = sheet.cells | plan.excused.get(sheet.key, {})
            for back in plan.writes:
                if back.record == sheet.key:
                    self.vendors[name] = back.value
                    echo = Echo(back.value, back.sent, "m1", steward(self.time), self.time, covers=True)
                    cells["f"] = acknowledge(cells["f"], cells["f"].own, echo, F)
            self.sheets[name] = sheet._replace(cells=cells)
        return plan


def a_run(events: Any, by: Any, who: str, value: Any) -> tuple[Undoing, Settled, dict[str, Any], int]:
    """A world at rest, then one edit that a run spreads."""
    world = Undoing(by)
    world.run(events)
    for name in CONNECTIONS:
        if name not in world.vendors:
            world.step(("edit", name, 1))
    world.quiet(8)
    before, since = world.settle(), world.time
    world.time += 1
    world.vendors[who], world.edited[who] = (value if value != world.vendors[who] else 99), world.time
    held = dict(world.vendors)
    world.quiet(4)
    return world, before, held, since


ORDERS = st.sampled_from([rules("{order: [a, b, c]}"), rules("{order: [c, a, b]}"), rules("{latest: all}")])


@promise
@given(histories, ORDERS, st.tuples(connections, numbers), st.tuples(connections, st.integers(20, 23)))
def test_undo_is_identity_and_quiet_and_yields_to_the_next_edit(events: Any, by: Any, edit: Any, later_edit: Any) -> None:
    (who, value), (next_at, later) = edit, later_edit
    world, before, held, since = a_run(events, by, who, value)
    if world.flaps or before.verdicts["f"].state == "contested":
        return
    after = world.settle()
    world.take_back(before, after, held, since)
    assert world.vendors == held
    assert F.normal(world.settle().verdicts["f"].value) == F.normal(before.verdicts["f"].value)
    assert world.quiet(3) == 0
    assert world.vendors == held
    if after.values == before.values:
        return  # only a drift was corrected: nothing is resolved, and the next edit is judged by the rule
    world.step(("edit", next_at, later))
    world.quiet(6)
    assert world.flaps or world.settle().values["f"] == later
    assert world.flaps or set(world.vendors.values()) == {later}


@promise
@given(histories, ORDERS, connections, numbers)
def test_undo_of_an_undo_brings_the_run_back(events: Any, by: Any, who: str, value: Any) -> None:
    world, before, held, since = a_run(events, by, who, value)
    if world.flaps or before.verdicts["f"].state == "contested":
        return
    after, spread, undone_since = world.settle(), dict(world.vendors), world.time
    world.take_back(before, after, held, since)
    undone, back = world.settle(), dict(world.vendors)
    world.take_back(after, undone, spread, undone_since)
    assert world.vendors == spread
    assert back == held
    assert F.normal(world.settle().verdicts["f"].value) == F.normal(after.verdicts["f"].value)
    assert world.quiet(3) == 0


def test_what_changed_since_goes_to_a_person_and_is_not_touched() -> None:
    world, before, held, since = a_run([], rules("{latest: all}"), "a", 5)
    after = world.settle()
    world.step(("edit", "b", 7))
    plan = world.take_back(before, after, held, since)
    assert plan.resolves == []
    assert ("", "f") in plan.moved
    assert world.vendors["b"] == 7


def test_records_that_we_created_and_nobody_touched_are_archived() -> None:
    world, _, _, _ = a_run([], rules("{order: [a]}"), "a", 5)
    ours = world.sheets["b"]._replace(cells={"f": world.sheets["b"].cells["f"]._replace(own=None)})
    theirs = world.sheets["c"]
    created = [ours.key, theirs.key]
    plan = undo(ENTITY, world.settle(), [ours, theirs], wrote=[], changed=[], created=created, position=1, mappings={})
    assert plan.archives == [ours.key]
