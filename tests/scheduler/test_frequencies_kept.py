"""How often a source is read, changed while worker and beat run: nothing is restarted, and the old date is not waited for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from machine import Machine, until


@pytest.fixture
def machine(open_folder: Path) -> Iterator[Machine]:
    (open_folder / "customers.csv").write_text("name\nWobbly Teapot Works\n")
    made = Machine(open_folder / "home")
    made.start("twins", "serve", "stripe", "--customers", str(open_folder / "customers.csv"))
    made.twin("stripe")
    added = made.hub("connections", "add", "stripe", "stripe", "--twin", "--every", "1d")
    assert added.returncode == 0, added.stderr
    yield made
    made.close()


def reads(machine: Machine) -> int:
    [(count,)] = machine.ask("SELECT count(*) FROM run WHERE kind = 'sync' AND status = 'succeeded'") or [(0,)]
    return int(count)


def tomorrow(machine: Machine) -> bool:
    return bool(
        machine.ask("SELECT 1 FROM connection WHERE next_pull > (SELECT max(started_at) FROM run) + 80000 * 1000000::bigint")
    )


def test_a_promise_changes_at_run_time(machine: Machine) -> None:
    up = machine.start("up")
    until(lambda: reads(machine) == 1 and tomorrow(machine), 40, "the first read")
    assert machine.hub("connections", "set", "stripe", "--every", "1s").returncode == 0
    until(lambda: reads(machine) >= 4, 30, "it is read every second or so")
    assert machine.hub("connections", "set", "stripe", "--every", "1d").returncode == 0
    until(lambda: tomorrow(machine), 20, "a read that was under way keeps the new promise")
    assert machine.stop(up) == 0
