"""Celery as a doorbell, in real processes: two beats, doubled and strange messages, a promise that changes while they run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from machine import Machine, until

from hub.clock import SystemClock
from hub.keeper import keep
from hub.practice import telling
from hub.settings import Settings
from hub.supervising import Supervisor
from hub.supervising.roles import hub_role


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


def runs(machine: Machine) -> int:
    [(count,)] = machine.ask("SELECT count(*) FROM run WHERE kind = 'sync' AND status = 'succeeded'") or [(0,)]
    return int(count)


def ticks(machine: Machine) -> int:
    [(fence,)] = machine.ask("SELECT coalesce(max(fence), 0) FROM lease WHERE name = 'tick'") or [(0,)]
    return int(fence)


def test_two_beats_and_doubled_rings_read_once(machine: Machine) -> None:
    """Read in the practice system's log: the customers were listed once, however often somebody rang."""
    settings = Settings(home=machine.home)
    with keep(settings, durable=False) as services:
        roles = [
            hub_role(name, settings, services, log=machine.home / "log" / "all.log") for name in ("worker", "beat", "beat")
        ]
        with Supervisor(roles, SystemClock()):
            until(lambda: runs(machine) == 1, 40, "the first run")
            ring(services.broker_url or "", ["read"] * 5 + ["deliver"] * 5 + ["no_such_task"])
            heard = ticks(machine)
            until(lambda: ticks(machine) >= heard + 4, 30, "the worker went on")
        assert machine.ask("SELECT kind, status FROM run") == [("sync", "succeeded")]
    listed = [entry for entry in telling.ask(machine.twin("stripe"), "log") if entry["path"] == "/v1/customers"]
    assert sum("starting_after" not in entry["query"] for entry in listed) == 1


def ring(broker: str, names: list[str]) -> None:
    """From a process of its own: Celery keeps its connections for good."""
    program = (
        "import sys\nfrom celery import Celery\napp = Celery(broker=sys.argv[1])\n"
        "for name in sys.argv[2:]: app.send_task(name, args=('stripe',))\n"
    )
    subprocess.run([sys.executable, "-c", program, broker, *names], check=True, timeout=30)


def tomorrow(machine: Machine) -> bool:
    return bool(
        machine.ask("SELECT 1 FROM connection WHERE next_pull > (SELECT max(started_at) FROM run) + 80000 * 1000000::bigint")
    )


def test_a_promise_changes_at_run_time(machine: Machine) -> None:
    """Nothing is restarted, and the old date is not waited for."""
    up = machine.start("up")
    until(lambda: runs(machine) == 1 and tomorrow(machine), 40, "the first read")
    assert machine.hub("connections", "set", "stripe", "--every", "1s").returncode == 0
    until(lambda: runs(machine) >= 4, 30, "it is read every second or so")
    assert machine.hub("connections", "set", "stripe", "--every", "1d").returncode == 0
    until(lambda: tomorrow(machine), 20, "a read that was under way keeps the new promise")
    assert machine.stop(up) == 0
