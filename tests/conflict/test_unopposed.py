"""The short way through settle, for values that nobody contradicts, gives what weighing them gives."""

from __future__ import annotations

from typing import Any

from histories import ENTITY, World, histories, members, promise, rules, set_histories
from hypothesis import given
from hypothesis import strategies as st

from conflict.columns import columns_of
from conflict.decisions import NO_DECISIONS
from conflict.settle import _unopposed, _verdict

RULES = [
    rules(rule)
    for rule in (
        "{order: [a, b, c]}",
        "{order: [c]}",
        "{order: [b], locked: true}",
        "{latest: all, unsure: ask}",
        "{latest: [b, a]}",
        "{pick: highest}",
        "{ask: true}",
    )
]


def both_ways_agree(world: World) -> None:
    table = world.rules.table(ENTITY)
    for key, column in columns_of(ENTITY, world.sheets.values(), None).items():
        ruled = table[key.partition(":")[0]]
        short = _unopposed(key, ruled.rule, column)
        assert short in (None, _verdict(key, ruled.rule, ruled.type, column, NO_DECISIONS))


@promise
@given(histories, st.sampled_from(RULES))
def test_of_plain_fields(events: Any, by: Any) -> None:
    world = World(by)
    for event in events:
        world.step(event)
        both_ways_agree(world)


@promise
@given(st.tuples(members, members, members), set_histories, st.sampled_from(RULES))
def test_of_sets(first: Any, events: Any, by: Any) -> None:
    world = World(by, field="tags")
    for connection, held in zip("abc", first, strict=True):
        world.step(("edit", connection, held))
    for event in events:
        world.step(event)
        both_ways_agree(world)
