"""Kills in mid-run: real processes, SIGKILL, and the practice systems' request logs as witnesses. Nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from urllib.request import urlopen

import pytest
from machine import Machine, children, command, until, using
from redis import Redis

from hub.keeper.rooms import Rooms
from hub.practice import telling

WRITE = "POST /v1/customers/"


@pytest.fixture
def machine(open_folder: Path) -> Iterator[Machine]:
    """Two practice systems with three companies that disagree, connected; nothing is read yet."""
    (open_folder / "customers.csv").write_text("name\nWobbly Teapot Works\nGravity & Daughters\nCloud Sheep Farming\n")
    made = Machine(open_folder / "home")
    made.start("twins", "serve", "--customers", str(open_folder / "customers.csv"), "--today", "2026-11-01")
    for name in ("stripe", "hubspot"):
        made.twin(name)
        added = made.hub("connections", "add", name, name, "--twin", "--writes", "on", "--every", "1s")
        assert added.returncode == 0, added.stderr
    yield made
    made.close()


def rename(machine: Machine, name: str) -> None:
    """In the CRM, of a company that the billing system knows as well: the new name is due there."""
    paying = {row["metadata"].get("domain") or row["email"].partition("@")[2] for row in customers(machine)}
    found = telling.ask(machine.twin("hubspot"), "state", object="companies").values()
    id = next(row["id"] for row in found if row["properties"]["domain"] in paying)
    telling.tell(machine.twin("hubspot"), "edit", object="companies", id=id, changes={"name": name})


def customers(machine: Machine) -> list[dict[str, Any]]:
    return list(telling.ask(machine.twin("stripe"), "state", object="customers").values())


def confirm(machine: Machine) -> None:
    """Once everything was read: what a person does with `hub sync --confirm`, without its writing."""
    until(lambda: machine.ask("SELECT 1 FROM intent WHERE status = 'planned'"), 40, "something is planned")
    until(
        lambda: len(machine.ask("SELECT DISTINCT connection FROM run WHERE kind = 'sync' AND status = 'succeeded'")) == 2,
        40,
        "all read",
    )
    with machine.database() as line:
        line.execute("UPDATE connection SET confirmed = true")


def await_quiet(machine: Machine) -> None:
    """No write is open, and both were read again after the last one."""
    query = (
        "SELECT count(DISTINCT connection) FROM run WHERE kind = 'sync' AND status = 'succeeded'"
        " AND started_at > (SELECT coalesce(max(done_at), 0) FROM intent)"
        " AND NOT EXISTS (SELECT 1 FROM intent WHERE status IN ('planned', 'sending', 'unclear'))"
    )
    until(lambda: machine.ask(query) == [(2,)], 50, "quiet")


def sent(machine: Machine) -> Counter[tuple[str, str]]:
    """(record, values) of every write that took effect, read in the practice systems' own logs."""
    found: Counter[tuple[str, str]] = Counter()
    for entry in telling.ask(machine.twin("hubspot"), "log"):
        if entry["applied"] and entry["path"].endswith("/batch/update"):
            found.update(
                (one["id"], json.dumps(one["properties"], sort_keys=True)) for one in json.loads(entry["body"])["inputs"]
            )
        elif entry["applied"] and entry["method"] == "PATCH":
            found[entry["path"], entry["body"]] += 1
    for entry in telling.ask(machine.twin("stripe"), "log"):
        if entry["applied"] and entry["method"] == "POST":
            found[entry["path"], json.dumps(parse_qs(entry["body"]), sort_keys=True)] += 1
    return found


def assert_nothing_lost_nothing_twice(machine: Machine) -> None:
    counted = sent(machine)
    assert counted
    assert not {write: times for write, times in counted.items() if times > 1}
    assert machine.ask("SELECT count(*) FROM intent WHERE status = 'refused'") == [(0,)]
    verified = machine.hub("changes", "verify", "--json")
    assert (verified.returncode, verified.stdout) == (0, "")


def begin(machine: Machine) -> subprocess.Popen[bytes]:
    """`hub up`, until both systems agree for the first time."""
    up = machine.start("up")
    confirm(machine)
    await_quiet(machine)
    return up


def stop_in_the_middle(machine: Machine, fault: str, name: str) -> None:
    """Renames, and waits until the billing system is in the middle of answering the write of the new name."""
    stripe = machine.twin("stripe")
    telling.tell(stripe, "faults", name=fault, times=1, match=WRITE, value="30")
    rename(machine, name)
    until(lambda: any(entry["fault"] == fault for entry in telling.ask(stripe, "log")), 30, "the write is on its way")


def assert_written_once(machine: Machine, name: str) -> None:
    await_quiet(machine)
    bodies = [
        parse_qs(entry["body"])
        for entry in telling.ask(machine.twin("stripe"), "log")
        if entry["applied"] and entry["method"] == "POST"
    ]
    assert [body["name"] for body in bodies if body.get("name") == [name]] == [[name]]
    assert name in {row["name"] for row in customers(machine)}
    assert_nothing_lost_nothing_twice(machine)


@pytest.mark.parametrize("fault", ["slow", "hang"])
def test_worker_and_web_killed_in_the_middle_of_a_write_and_redis_wiped(machine: Machine, fault: str) -> None:
    """slow: the write took effect and nobody heard the answer. hang: it never did."""
    up = begin(machine)
    stop_in_the_middle(machine, fault, "Renamed in the Middle")
    os.killpg(machine.pid(up, "scheduler", "worker"), signal.SIGKILL)
    os.kill(machine.pid(up, "hub.web"), signal.SIGKILL)
    with Redis.from_url(str((Rooms(machine.home).read_notice() or {})["Redis"])) as line:
        line.flushall()
    assert_written_once(machine, "Renamed in the Middle")
    assert until(lambda: healthy(machine), 20, "the web pages are back")
    assert machine.stop(up) == 0


def test_supervisor_killed_in_the_middle_of_a_write(machine: Machine) -> None:
    up = begin(machine)
    twins = {pid for served in machine.running[:1] for pid in (served.pid, *children(served.pid))}
    stop_in_the_middle(machine, "slow", "Renamed in the Middle")
    up.kill()
    up.wait()
    until(lambda: set(using(machine.home)) <= twins, 5, "no process is left behind")
    machine.start("up")
    until(lambda: machine.ask("SELECT 1"), 20, "the database is back")
    assert_written_once(machine, "Renamed in the Middle")


@pytest.mark.long
@pytest.mark.parametrize("service", ["redis-server", "keeper"])
def test_services_killed(machine: Machine, service: str) -> None:
    """Redis comes back by its keeper; without a keeper everything starts anew."""
    begin(machine)
    words = "hub.keeper.process" if service == "keeper" else str(Rooms(machine.home).run / "redis.sock")
    found = [pid for pid in using(machine.home) if any(words in word for word in command(pid))]
    assert found
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    until(lambda: machine.ask("SELECT 1"), 20, "the database is back")
    rename(machine, "Renamed Afterwards")
    until(lambda: "Renamed Afterwards" in {row["name"] for row in customers(machine)}, 60, "the new name arrives")
    assert_written_once(machine, "Renamed Afterwards")


def healthy(machine: Machine) -> bool:
    try:
        with urlopen(machine.web() + "/healthz", timeout=2) as answer:  # noqa: S310  # our own loopback address
            return bool(answer.status == 200)
    except OSError:
        return False
