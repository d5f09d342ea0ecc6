"""What rings and what does not: the database alone decides, and what is being done by somebody else is left out."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, insert

from hub import tables
from scheduler import due

NOW = 1_000_000_000
BEFORE, LATER = NOW - 1, NOW + 1

CONNECTION = {
    "connector": "stripe", "roles": ["billing"], "may_hold": [], "config": {}, "created_at": 0, "next_pull": LATER,
    "writes": "on", "confirmed": True,
}  # fmt: skip
INTENT = {
    "connection": "a", "object": "customers", "verb": "update", "golden_id": "acc1", "entity": "account", "fields": "{}",
    "mapping": "1", "planned_at": 0, "next_at": BEFORE, "status": "planned",
}  # fmt: skip


def store(engine: Engine, table: Any, **values: Any) -> None:
    with engine.begin() as database:
        database.execute(insert(table).values(**values))


def work(engine: Engine) -> due.Work:
    with engine.connect() as database:
        return due.work(database, NOW)


def test_nothing_is_due_in_an_empty_hub(engine: Engine) -> None:
    assert work(engine) == due.Work([], [], [], settle=False)


@pytest.mark.parametrize(
    ("values", "rings"),
    [
        ({"next_pull": BEFORE}, True),
        ({"next_pull": NOW}, True),
        ({"next_pull": None}, True),
        ({"next_pull": LATER}, False),
        ({"next_pull": BEFORE, "state": "paused"}, False),
        ({"next_pull": BEFORE, "state": "reconnect"}, False),
        ({"next_pull": BEFORE, "writes": "off"}, True),
    ],
)
def test_a_connection_is_read_when_its_time_has_come(engine: Engine, values: dict[str, Any], rings: bool) -> None:
    store(engine, tables.connection, name="a", **(CONNECTION | values))
    assert work(engine).read == (["a"] if rings else [])


@pytest.mark.parametrize(("not_before", "rings"), [(BEFORE, True), (LATER, False)])
def test_a_record_to_be_read_again_pulls_nothing_else(engine: Engine, not_before: int, rings: bool) -> None:
    store(engine, tables.connection, name="a", **CONNECTION)
    store(engine, tables.refetch, connection="a", object="customers", external_id="1", not_before=not_before)
    found = work(engine)
    assert (found.read, found.reread) == ([], ["a"] if rings else [])


def test_a_pull_reads_again_what_was_asked_for(engine: Engine) -> None:
    store(engine, tables.connection, name="a", **(CONNECTION | {"next_pull": BEFORE}))
    store(engine, tables.refetch, connection="a", object="customers", external_id="1", not_before=BEFORE)
    found = work(engine)
    assert (found.read, found.reread) == (["a"], [])


@pytest.mark.parametrize(("failures", "rings"), [(0, True), (3, False)])
def test_an_object_that_was_asked_for_brings_the_pull_forward(engine: Engine, failures: int, rings: bool) -> None:
    store(engine, tables.connection, name="a", **(CONNECTION | {"failures": failures}))
    store(engine, tables.refetch, connection="a", object="customers", external_id="", not_before=BEFORE)
    found = work(engine)
    assert (found.read, found.reread) == (["a"] if rings else [], [])


@pytest.mark.parametrize(("until", "rings"), [(LATER, False), (BEFORE, True)])
def test_who_is_at_it_is_not_disturbed_until_its_lease_ends(engine: Engine, until: int, rings: bool) -> None:
    store(engine, tables.connection, name="a", **(CONNECTION | {"next_pull": BEFORE}))
    store(engine, tables.intent, key="k", **INTENT)
    for kind in ("sync", "deliver"):
        store(engine, tables.lease, name=f"{kind}:a", owner="somebody", fence=1, until=until)
    found = work(engine)
    assert (found.read, found.deliver) == ((["a"], ["a"]) if rings else ([], []))


@pytest.mark.parametrize(
    ("connection", "intent", "rings"),
    [
        ({}, {}, True),
        ({}, {"next_at": LATER}, False),
        ({"writes": "off"}, {}, False),
        ({"writes": "ask"}, {}, False),
        ({"confirmed": False}, {}, False),
        ({"state": "paused"}, {}, False),
        ({"state": "reconnect"}, {}, False),
        ({}, {"status": "sending"}, True),
        ({"writes": "ask"}, {"status": "sending"}, True),
        ({"confirmed": False}, {"status": "unclear"}, True),
        ({}, {"status": "confirmed"}, False),
        ({}, {"status": "refused"}, False),
        ({}, {"status": "void"}, False),
    ],
)
def test_what_may_be_sent_and_what_nobody_knows_of(
    engine: Engine, connection: dict[str, Any], intent: dict[str, Any], rings: bool
) -> None:
    store(engine, tables.connection, name="a", **(CONNECTION | connection))
    store(engine, tables.intent, key="k", **(INTENT | intent))
    assert work(engine).deliver == (["a"] if rings else [])


def test_golden_records_that_a_dead_run_left_are_settled(engine: Engine) -> None:
    store(engine, tables.due, golden_id="acc1", entity="account", rank=1)
    assert work(engine).settle


def test_the_longest_waiting_is_read_first(engine: Engine) -> None:
    for name, next_pull in (("a", NOW), ("b", BEFORE), ("c", None)):
        store(engine, tables.connection, name=name, **(CONNECTION | {"next_pull": next_pull}))
    assert work(engine).read == ["c", "b", "a"]
