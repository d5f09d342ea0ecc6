"""The promises: a pure function of the log, the order of sources, quiet in the end, owned fields, no lost edit."""

from __future__ import annotations

from typing import Any

from histories import (
    CONNECTIONS,
    ENTITY,
    World,
    connections,
    golden_bytes,
    golden_values,
    histories,
    members,
    numbers,
    promise,
    rules,
    set_histories,
    sheet,
    stored,
)
from hypothesis import given
from hypothesis import strategies as st

from conflict.cell import held
from conflict.claim import EMPTY, NEVER, Cell
from conflict.settle import settle
from conflict.sheet import Read, Sent, answered, flapping, fold, withdrawn

ORDER = rules("{order: [a, b, c]}")
BACKWARDS = rules("{order: [c, a, b]}")
LATEST = rules("{latest: all}")
ASKING = rules("{latest: [a, b, c], unsure: ask}")
ASK = rules("{ask: true}")
OWNED = rules("{order: [a], locked: true}")
EVERY = st.sampled_from([ORDER, BACKWARDS, LATEST, ASKING, ASK, rules("{order: [b], blank: counts}"), rules("{order: [c]}")])

VALUES = st.fixed_dictionaries(
    {},
    optional={
        "f": numbers,
        "name": st.sampled_from(["", "Acme", "Acme Inc", "acme"]) | st.none(),
        "phone": st.sampled_from(["+1 202 555 0100", "+12025550100", "+1 202 555 0199"]) | st.none(),
        "tags": members,
        "marks": st.dictionaries(st.sampled_from("mn"), numbers, max_size=2),
    },
)


@st.composite
def logs(draw: Any) -> dict[str, list[tuple[Any, ...]]]:
    """By record: reads and answers to writes, in the record's own sequence, with instants of one common clock."""
    log: dict[str, list[tuple[Any, ...]]] = {name: [] for name in CONNECTIONS}
    seen = dict.fromkeys(CONNECTIONS, NEVER)
    for position in range(1, draw(st.integers(1, 12)) + 1):
        name, time = draw(connections), position * 10
        if seen[name] != NEVER and draw(st.booleans()):
            log[name].append(("answer", draw(numbers), draw(numbers), draw(connections), position))
        else:
            updated = draw(st.none() | st.integers(time - 15, time))
            read = Read(time - 1, time, seen[name], None if updated is None else (updated, updated), position=position)
            log[name].append(("read", draw(VALUES), read))
        seen[name] = time - draw(st.integers(1, 9))
    return log


def apply(sheets: dict[str, Any], name: str, entry: tuple[Any, ...]) -> None:
    if entry[0] == "read":
        sheets[name] = fold(sheets[name], entry[1], entry[2], ENTITY).sheet
    else:
        _, sent, shown, origin, position = entry
        cells = sheets[name].cells
        planned = Sent("f", sent, {"f": cells.get("f", EMPTY)}, {"f": f"{origin}:things:1"})
        sheets[name] = answered(sheets[name], [planned], {"f": shown}, ENTITY, mapping="m1", position=position).sheet


@promise
@given(logs(), EVERY, st.data())
def test_golden_records_are_a_pure_function_of_the_log(log: dict[str, Any], by: Any, data: st.DataObject) -> None:
    plain = {name: sheet(name) for name in CONNECTIONS}
    for name, entries in log.items():
        for entry in entries:
            apply(plain, name, entry)
    shuffled = {name: sheet(name) for name in CONNECTIONS}
    waiting = {name: list(entries) for name, entries in log.items()}
    while any(waiting.values()):
        name = data.draw(st.sampled_from(sorted(name for name, entries in waiting.items() if entries)))
        entry = waiting[name].pop(0)
        apply(shuffled, name, entry)
        if entry[0] == "read" and data.draw(st.booleans()):
            apply(shuffled, name, entry)
        if data.draw(st.booleans()):
            shuffled[name] = stored(shuffled[name])
    once = settle(ENTITY, by, plain.values(), now=999)
    again = settle(ENTITY, by, list(shuffled.values())[::-1], now=999)
    assert golden_bytes(once) == golden_bytes(again)


FIRST = st.dictionaries(
    connections, st.tuples(VALUES, st.none() | st.integers(0, 50), st.none() | st.integers(40, 99)), min_size=2
)


@promise
@given(FIRST, EVERY, st.permutations(CONNECTIONS), st.permutations(CONNECTIONS))
def test_the_order_of_sources_does_not_matter_before_the_first_delivery(first: Any, by: Any, one: Any, other: Any) -> None:
    results = set()
    for sequence in (one, other):
        sheets = []
        for time, name in enumerate((name for name in sequence if name in first), start=100):
            values, created, updated = first[name]
            read = Read(
                time,
                time,
                updated=None if updated is None else (updated, updated),
                created=NEVER if created is None else created,
            )
            sheets.append(fold(sheet(name), values, read, ENTITY).sheet)
        settled = settle(ENTITY, by, sheets, now=999)
        results.add(golden_values(settled))
    assert len(results) == 1


NORMS = st.sampled_from(
    [
        lambda _, value: value,
        lambda at, value: value if value is None or at == "b" else (value % 3 if at == "a" else value - value % 2),
    ]
)


@promise
@given(histories, st.sampled_from([ORDER, BACKWARDS, LATEST, rules("{pick: highest}")]), NORMS)
def test_writes_end_and_all_agree(events: Any, by: Any, norm: Any) -> None:
    world = World(by, norm=norm)
    world.run(events)
    world.quiet(8)
    assert world.quiet(3) == 0
    if world.sheets and not world.flaps and norm("a", 5) == 5:
        golden = world.settle().values["f"]
        assert set(world.vendors.values()) == {golden}


@promise
@given(histories)
def test_no_edit_is_lost_under_latest(events: Any) -> None:
    world = World(LATEST)
    world.run(("edit", name, 5) for name in CONNECTIONS)
    world.run(events)
    world.quiet(8)
    if world.last_edit is not None and not world.flaps:
        assert world.settle().values["f"] == world.last_edit[1]


@promise
@given(histories, connections)
def test_a_clearing_sticks_under_order(events: Any, who: str) -> None:
    world = World(ORDER)
    world.run(events)
    world.quiet(8)
    if who not in world.vendors or world.vendors[who] is None or world.flaps:
        return
    world.step(("edit", who, None))
    world.quiet(6)
    assert world.flaps or set(world.vendors.values()) == {None}


@promise
@given(histories)
def test_an_owned_field_is_changed_by_others_only_until_our_next_write(events: Any) -> None:
    world = World(OWNED)
    world.step(("edit", "a", 1))
    for event in events:
        world.step(event)
        assert world.settle().values["f"] == held(world.sheets["a"].cells["f"])
    world.quiet(2)
    for name, value in world.vendors.items():
        assert value == world.vendors["a"] or flapping(world.sheets[name], "f", ENTITY.fields["f"].type)


@promise
@given(st.tuples(members, members, members), set_histories)
def test_sets_unite_on_first_contact_and_removals_travel(first: Any, events: Any) -> None:
    """Of every element the last edit that could be seen counts: who added or removed it last.

    What is undone again while a write is on its way was never seen by anybody: such edits come after the answer here.
    """
    world = World(LATEST, field="tags")
    there = set().union(*first)
    world.run(("edit", name, tags) for name, tags in zip(CONNECTIONS, first, strict=True))
    for event in events:
        if event[0] == "edit" and event[1] in world.flying:
            world.step(("ack", event[1]))
        before = world.vendors[event[1]]
        world.step(event)
        if event[0] == "edit":
            there |= event[2] - before
            there -= before - event[2]
    world.quiet(8)
    assert world.quiet(3) == 0
    if not world.flaps:
        assert set(world.vendors.values()) == {frozenset(there)}


@promise
@given(histories, st.sampled_from([ORDER, BACKWARDS, LATEST]))
def test_unmerge_is_a_recomputation_and_claims_nothing(events: Any, by: Any) -> None:
    """What came from the record that was cut off falls silent; what it had covered speaks again; then all is quiet."""
    world = World(by)
    world.run(("edit", name, number) for number, name in enumerate(CONNECTIONS))
    world.run(events)
    world.quiet(8)
    others = {each.key for name, each in world.sheets.items() if name != "a"}
    world.sheets = {name: withdrawn(each, others) for name, each in world.sheets.items() if name != "a"}
    del world.vendors["a"]
    never_written = [
        each._replace(cells={key: Cell(cell.own) if from_a(cell) else cell for key, cell in each.cells.items()})
        for each in world.sheets.values()
    ]
    assert world.settle().values == settle(ENTITY, by, never_written, now=world.time).values
    before = dict(world.sheets)
    for name in before:
        world.step(("read", name))
    assert world.sheets == before
    world.quiet(8)
    assert world.quiet(3) == 0
    assert world.flaps or set(world.vendors.values()) == {world.settle().values["f"]}


def from_a(cell: Cell) -> bool:
    return cell.echo is not None and cell.echo.origin == "a:things:1"


def test_late_normalisers_end_as_flapping() -> None:
    """Three vendors that each rewrite what they are sent, after they have answered."""
    forms = {"a": str.lower, "b": str.title, "c": str.upper}
    for by in (LATEST, ORDER):
        world = World(by, field="name")
        for name in CONNECTIONS:
            world.step(("edit", name, "aCme"))
        writes = []
        for _ in range(30):
            writes.append(world.quiet(1))
            for name in CONNECTIONS:
                value = world.vendors[name]
                world.step(("edit", name, value if value is None else forms[name](value)))
        assert world.flaps
        assert sum(writes[-5:]) == 0


def test_a_foreign_integration_that_puts_its_value_back_ends_as_flapping() -> None:
    world = World(ORDER, field="name")
    for name in CONNECTIONS:
        world.step(("edit", name, "ours"))
    for _ in range(10):
        world.step(("edit", "b", "theirs"))
        world.quiet(2)
    assert world.flaps
    assert world.vendors["b"] == "theirs"
    assert world.quiet(5) == 0
