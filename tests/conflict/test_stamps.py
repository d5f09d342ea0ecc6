"""Stamps, first contact, members of families, and what a read changes."""

from __future__ import annotations

from histories import ENTITY, promise, sheet, stored
from hypothesis import given
from hypothesis import strategies as st

from conflict import storage
from conflict.claim import NEVER, Cell, Echo, Own
from conflict.sheet import Read, Sent, answered, decoded_again, fold, merged, stamp_of, withdrawn

instants = st.integers(0, 100)


@promise
@given(instants, instants, st.none() | st.tuples(instants, instants), st.none() | instants)
def test_a_stamp_is_never_empty_and_never_later_than_the_read(
    proven: int, received: int, updated: tuple[int, int] | None, created: int | None
) -> None:
    for before in (NEVER, proven):
        stamp = stamp_of(Read(received, received, before, updated, NEVER if created is None else created))
        assert stamp.after < stamp.at <= received
        assert stamp.first == (before == NEVER)


def test_the_updated_time_narrows_a_stamp_from_above() -> None:
    assert stamp_of(Read(90, 100, 10, (40, 50)))[:2] == (10, 50)


def test_an_updated_time_before_what_was_proven_is_not_believed() -> None:
    assert stamp_of(Read(90, 100, 60, (40, 50)))[:2] == (60, 100)


def test_first_contact_reaches_back_to_creation() -> None:
    assert stamp_of(Read(90, 100, created=20))[:2] == (20, 100)
    assert stamp_of(Read(90, 100))[:2] == (NEVER, 100)
    assert stamp_of(Read(90, 100, created=500))[:2] == (NEVER, 100)


def test_only_fields_whose_value_changed_get_a_new_stamp() -> None:
    first = fold(sheet("a"), {"f": 1, "name": "Acme"}, Read(9, 10, position=1), ENTITY).sheet
    second = fold(first, {"f": 2, "name": " Acme "}, Read(19, 20, 9, position=2), ENTITY)
    assert second.changed == {"f"}
    assert second.sheet.cells["f"].own == Own(2, 9, 20, 2)
    assert second.sheet.cells["name"].own == Own("Acme", NEVER, 10, 1, first=True)


def test_an_unchanged_read_gives_the_very_same_sheet() -> None:
    first = fold(sheet("a"), {"f": 1, "tags": frozenset("x")}, Read(9, 10), ENTITY).sheet
    again = fold(first, {"f": 1, "tags": frozenset("x")}, Read(19, 20, 9), ENTITY)
    assert again.sheet is first
    assert again.changed == frozenset()


def test_five_kinds_of_nothing_stay_apart() -> None:
    cells = fold(sheet("a"), {"f": 0, "name": "", "phone": None, "flag": False}, Read(9, 10), ENTITY).sheet.cells
    assert [cells[name].own.value for name in ("f", "name", "phone", "flag")] == [0, "", None, False]  # type: ignore[union-attr]  # all were read
    assert "tags" not in cells


def test_a_blank_that_replaced_a_value_is_a_clearing_and_zero_is_not() -> None:
    first = fold(sheet("a"), {"f": 5, "name": "Acme"}, Read(9, 10), ENTITY).sheet
    cells = fold(first, {"f": 0, "name": None}, Read(19, 20, 9), ENTITY).sheet.cells
    assert cells["name"].own == Own(None, 9, 20, 0, cleared="Acme")
    assert cells["f"].own == Own(0, 9, 20, 0)


def test_a_first_read_claims_only_members_that_are_there() -> None:
    first = fold(sheet("a"), {"tags": frozenset("x"), "marks": {"m": 1}}, Read(9, 10), ENTITY).sheet
    assert set(first.cells) == {"tags:x", "marks:m"}
    second = fold(first, {"tags": frozenset("y"), "marks": {}}, Read(19, 20, 9), ENTITY)
    assert second.sheet.cells["tags:x"].own == Own(False, 9, 20, 0)
    assert second.sheet.cells["tags:y"].own == Own(True, 9, 20, 0)
    assert second.sheet.cells["marks:m"] == Cell()  # a map's topic that is not offered any more says nothing
    third = fold(first, {"marks": {"m": None}}, Read(19, 20, 9), ENTITY)
    assert third.sheet.cells["marks:m"].own == Own(None, 9, 20, 0, cleared=1)


def test_fields_that_are_only_written_are_held_and_never_claim() -> None:
    seen = fold(sheet("a"), {"f": 5}, Read(9, 10, position=3), ENTITY, writes_only=frozenset({"f"})).sheet
    assert seen.cells["f"] == Cell(None, Echo(5, None, "", "", 3, covers=True))


ORIGIN = {"f": "b:things:1"}


def test_an_answer_covers_the_own_claim_that_the_plan_had_seen() -> None:
    old = fold(sheet("a"), {"f": 1}, Read(9, 10), ENTITY).sheet
    new = answered(old, [Sent("f", 2, {"f": old.cells["f"]}, ORIGIN)], {"f": 2}, ENTITY, mapping="m", position=5).sheet
    assert new.cells["f"] == Cell(old.cells["f"].own, Echo(2, 2, "m", "b:things:1", 5, covers=True))


def test_an_answer_does_not_cover_a_claim_that_changed_in_between() -> None:
    old = fold(sheet("a"), {"f": 1}, Read(9, 10), ENTITY).sheet
    moved = fold(old, {"f": 7}, Read(19, 20, 9, position=4), ENTITY).sheet
    new = answered(moved, [Sent("f", 2, {"f": old.cells["f"]}, ORIGIN)], {"f": 2}, ENTITY, mapping="m", position=5).sheet
    assert new.cells["f"].echo == Echo(2, 2, "m", "b:things:1", 5, covers=False)


def test_an_answer_with_the_value_from_before_is_a_refusal_and_the_own_claim_speaks_on() -> None:
    old = fold(sheet("a"), {"f": 1}, Read(9, 10), ENTITY).sheet
    new = answered(old, [Sent("f", 2, {"f": old.cells["f"]}, ORIGIN)], {"f": 1}, ENTITY, mapping="m", position=5).sheet
    assert new.cells["f"].echo == Echo(1, 2, "m", "b:things:1", 5, covers=False)


def test_what_a_vendor_adds_to_the_answer_of_our_create_is_held_not_claimed() -> None:
    sent = [Sent("f", 2, {"f": Cell()}, ORIGIN)]
    new = answered(sheet("a"), sent, {"f": 2, "name": "default"}, ENTITY, mapping="m", position=5, creating=True).sheet
    assert all(cell.own is None for cell in new.cells.values())
    assert not fold(new, {"f": 2, "name": "default"}, Read(19, 20, 9), ENTITY).changed


def test_a_cut_link_withdraws_echoes_but_what_is_held_stays_known() -> None:
    old = fold(sheet("a"), {"f": 1}, Read(9, 10), ENTITY).sheet
    new = answered(old, [Sent("f", 2, {"f": old.cells["f"]}, ORIGIN)], {"f": 2}, ENTITY, mapping="m", position=5).sheet
    assert withdrawn(new, {"a:things:1", "b:things:1"}) == new
    alone = withdrawn(new, {"a:things:1"})
    assert alone.cells["f"].echo is not None
    assert not alone.cells["f"].echo.covers
    assert not fold(alone, {"f": 2}, Read(19, 20, 9), ENTITY).changed


def test_a_vendor_merge_keeps_the_claim_of_whoever_said_it() -> None:
    survivor = fold(sheet("a"), {"f": 1, "name": "Acme"}, Read(9, 10, position=1), ENTITY).sheet
    loser = fold(sheet("a"), {"f": 2, "phone": "+1 202 555 0100"}, Read(9, 10, position=2), ENTITY).sheet
    shown = {"f": 2, "name": "Acme", "phone": "+1 202 555 0100"}
    both = merged(survivor, loser, shown, ENTITY)
    assert {key: cell.own.position for key, cell in both.cells.items() if cell.own} == {"f": 2, "name": 1, "phone": 2}
    assert not fold(both, shown, Read(19, 20, 9), ENTITY).changed


def test_a_new_mapping_changes_values_but_no_stamp_and_no_cover() -> None:
    old = fold(sheet("a"), {"name": "ACME"}, Read(9, 10, position=1), ENTITY).sheet
    new = decoded_again(old, {"name": "Acme", "f": 3}, Read(9, 10, 5, position=1), ENTITY)
    assert new.changed == {"name", "f"}
    assert new.sheet.cells["name"].own == Own("Acme", NEVER, 10, 1, first=True)
    assert new.sheet.cells["f"].own == Own(3, NEVER, 10, 1, first=True)


def test_a_first_read_is_stored_with_one_stamp() -> None:
    first = fold(sheet("a"), {"f": 1, "name": "Acme", "tags": frozenset("xy")}, Read(9, 10, position=1), ENTITY).sheet
    json = storage.dump(first, ENTITY)
    assert json == {"own": [[NEVER, 10, 1, True, {"f": 1, "name": "Acme", "tags:x": True, "tags:y": True}]]}
    assert stored(first) == first
