"""Personal values lie where they can be erased for one person, while rows, order and salted hashes stay."""

from __future__ import annotations

from collections.abc import Callable

from worlds import World

from hub.marks import mark

PERSON = "marta@teapot.example"


def contacts(world: World) -> list[tuple[int, str]]:
    return [tuple(row) for row in world.rows("SELECT id, golden_id FROM record WHERE object = 'contacts' ORDER BY id")]


def test_rows_keep_place_and_hash_when_one_persons_values_go(make_world: Callable[..., World]) -> None:
    world = make_world(customers=3)
    world.settle_down()
    (record, golden), *others = contacts(world)
    marks = world.rows("SELECT position, mark FROM log WHERE record_id = :r ORDER BY position", r=record)
    kept = world.rows("SELECT count(*) FROM payload WHERE body IS NOT NULL")[0][0]
    with world.hub.engine.begin() as database:
        database.exec_driver_sql(f"UPDATE payload SET body = NULL, salt = NULL, actor = NULL WHERE record_id = {record}")
        database.exec_driver_sql(f"UPDATE change SET fields = NULL, salt = NULL WHERE golden_id = '{golden}'")
    assert world.rows("SELECT position, mark FROM log WHERE record_id = :r ORDER BY position", r=record) == marks
    assert kept - world.rows("SELECT count(*) FROM payload WHERE body IS NOT NULL")[0][0] == len(marks)
    assert others


def test_every_log_row_is_covered_by_its_salted_hash(make_world: Callable[..., World]) -> None:
    world = make_world(customers=3)
    world.settle_down()
    rows = world.rows("SELECT l.mark, p.body, p.salt FROM log l JOIN payload p USING (position)")
    rows += world.rows("SELECT mark, convert_to(fields, 'UTF8'), salt FROM change")
    assert rows
    assert all(mark(bytes(body), bytes(salt)) == bytes(kept) for kept, body, salt in rows)
    assert len({bytes(salt) for _, _, salt in rows}) == len(rows)


def test_no_column_of_the_log_itself_names_a_person(make_world: Callable[..., World]) -> None:
    world = make_world(customers=3)
    world.settle_down()
    mails = {row[0] for row in world.rows("SELECT values->>'email' FROM golden WHERE entity = 'contact'")}
    said = str(world.rows("SELECT position, kind, record_id, subject, at, run, actor_kind FROM log"))
    said += str(world.rows("SELECT position, at, entity, golden_id, run FROM change"))
    assert mails
    assert not [mail for mail in mails if mail in said]
