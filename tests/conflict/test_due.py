"""What is due to a record, and what is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from histories import ENTITY, FIELDS, rules, sheet

from conflict.claim import NEVER, Cell, Echo, Own
from conflict.plan import Due, due, unmoved
from conflict.rules import load_rules
from conflict.settle import settle
from conflict.sheet import Return, Sheet
from mappings.fields import Entity, Field
from mappings.types import Ref, RefValue, Set

ORDER = rules("{order: [a, b, c]}")
A = "a:things:1"


def own(value: Any, position: int = 1) -> Cell:
    return Cell(Own(value, NEVER, 10, position, first=True))


def plan(target: Sheet, fields: Any = FIELDS, by: Any = ORDER, **source: Cell) -> list[Due]:
    settled = settle(ENTITY, by, [sheet("a")._replace(cells=source), target], now=0)
    return due(ENTITY, fields, settled, target, "m2")


def test_what_differs_is_due_with_the_cell_it_was_planned_on() -> None:
    target = sheet("b")._replace(cells={"f": own(2), "name": own(" acme")})
    assert plan(target, f=own(1), name=own("acme ")) == [Due("f", 1, {"f": own(2)}, {"f": A})]


@pytest.mark.parametrize(
    ("echo", "is_due"),
    [
        (Echo(1, 1, "m1", A, 5, covers=True), False),
        (Echo(2, 1, "m2", A, 5, covers=True), False),
        (Echo(2, 1, "m1", A, 5, covers=True), True),
        (Echo(2, 3, "m2", A, 5, covers=True), True),
        (Echo(2, None, "", "", 5, covers=True), True),
    ],
    ids=["held", "sent", "sent under an older mapping", "another value sent", "only held"],
)
def test_no_write_is_due_for_what_is_held_or_was_sent(echo: Echo, is_due: bool) -> None:
    assert bool(plan(sheet("b")._replace(cells={"f": Cell(None, echo)}), f=own(1))) == is_due


def test_followers_tombstones_and_read_only_fields_receive_nothing() -> None:
    target = sheet("b")._replace(cells={"f": own(2)})
    assert plan(target, f=own(1))
    assert not plan(target._replace(follower=True), f=own(1))
    assert not plan(target._replace(deleted=True), f=own(1))
    for way in ("read", "create"):
        assert not plan(target, {"f": SimpleNamespace(way=way)}, f=own(1))


def test_a_creation_fills_what_has_a_value() -> None:
    source = {"f": own(1), "name": own(None), "tags:x": own(True)}
    settled = settle(ENTITY, ORDER, [sheet("a")._replace(cells=source)], now=0)
    planned = due(ENTITY, FIELDS, settled, sheet("b"), "m1", creating=True)
    assert [(each.field, each.value) for each in planned] == [("f", 1), ("tags", frozenset("x"))]


def test_an_agreed_blank_clears_what_is_held() -> None:
    target = sheet("b")._replace(cells={"f": Cell(None, Echo(2, 2, "m2", A, 5, covers=True))})
    assert [each.value for each in plan(target, f=Cell(Own(None, 10, 20, 2, cleared=2)))] == [None]


def test_a_family_is_written_whole_and_keeps_what_is_undecided() -> None:
    unsure = rules("{latest: all, unsure: ask}")
    target = sheet("b")._replace(cells={"tags:x": own(True), "tags:u": Cell(Own(True, 10, 20, 1))})
    planned = plan(target, by=unsure, **{"tags:y": own(True), "tags:u": Cell(Own(False, 15, 25, 2))})
    assert planned == [Due("tags", frozenset("xyu"), {**target.cells, "tags:y": Cell()}, {"tags:y": A})]


def test_a_value_that_came_back_twice_waits_for_a_person() -> None:
    locked = rules("{order: [a], locked: true}")
    target = sheet("b")._replace(cells={"f": own(2)}, returns=(Return("f", 1, 2, 1),))
    assert plan(target, by=locked, f=own(1))
    (again,) = plan(target._replace(returns=(Return("f", 1, 2, 2),)), by=locked, f=own(1))
    assert (again.value, again.returned) == (1, True)
    (other,) = plan(target._replace(returns=(Return("f", 3, 2, 2),)), by=locked, f=own(1))
    assert not other.returned  # it was put back over another agreed value


def test_a_member_that_came_back_twice_holds_up_no_other() -> None:
    locked = rules("{order: [a], locked: true}")
    cells = {"tags:x": own(False), "tags:y": own(False)}
    target = sheet("b")._replace(cells=cells, returns=(Return("tags:x", True, False, 2),))
    sent, back = plan(target, by=locked, **{"tags:x": own(True), "tags:y": own(True)})
    assert (sent.value, list(sent.origin), sent.returned) == (frozenset("y"), ["tags:y"], False)
    assert (back.value, list(back.origin), back.returned) == (frozenset("x"), ["tags:x"], True)


PEOPLE = Entity(
    "account",
    "Account",
    {"owner": Field("owner", Ref("user"), "", ""), "accounts": Field("accounts", Set(Ref("account")), "", "")},
)
MEANS = {"1": "usr_1", "x": "usr_1", "y": "usr_2"}


def resolve(_: str, ref: RefValue) -> str | None:
    return MEANS.get(ref.id)


def references(refer: dict[str, RefValue], cells: dict[str, Cell], by: dict[str, Cell]) -> list[Due]:
    bound = load_rules('account:\n  "*": {order: [a, b]}\n', {"account": PEOPLE}, ("a", "b")).bind({"a": (), "b": ()})
    target = sheet("b")._replace(cells=cells)
    settled = settle(PEOPLE, bound, [sheet("a")._replace(cells=by), target], now=0, resolve=resolve)
    return due(
        PEOPLE,
        dict.fromkeys(PEOPLE.fields, FIELDS["f"]),
        settled,
        target,
        "m1",
        resolve=resolve,
        refer=lambda id, _: refer.get(id),
    )


def test_a_reference_is_written_as_the_destination_calls_it() -> None:
    said = {"owner": own(RefValue("o", "1"))}
    assert references({}, {"owner": own(RefValue("u", "x"))}, said) == []
    planned = references({"usr_1": RefValue("u", "x")}, {"owner": own(RefValue("u", "y"))}, said)
    assert [each.value for each in planned] == [RefValue("u", "x")]
    assert references({}, {"owner": own(RefValue("u", "y"))}, said) == []


def test_a_set_of_references_is_written_as_the_destination_calls_them() -> None:
    planned = references({"usr_1": RefValue("u", "x")}, {"accounts:u/y": own(True)}, {"accounts:o/1": own(True)})
    assert [(each.value, list(each.origin)) for each in planned] == [
        (frozenset({RefValue("u", "x"), RefValue("u", "y")}), ["accounts:u/x"])
    ]


def test_an_intent_is_void_if_any_member_of_its_family_moved() -> None:
    target = sheet("b")._replace(cells={"tags:x": own(True), "f": own(2)})
    (planned,) = plan(target, **{"tags:y": own(True), "f": own(2)})
    assert unmoved(planned, target)
    assert unmoved(planned, target._replace(cells={**target.cells, "f": own(3, 2)}))
    assert not unmoved(planned, target._replace(cells={**target.cells, "tags:x": own(False, 2)}))
    assert not unmoved(planned, target._replace(cells={**target.cells, "tags:z": own(True, 2)}))
