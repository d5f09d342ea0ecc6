"""`hub twins`: rows served as they stand, addresses that stay, kills that lose nothing, faults on request."""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from machine import Machine, until

from hub.practice import telling, twins
from hub.practice.twins import Base, Spec
from hub.words import Problem

ROW = {
    "id": "cus_1",
    "object": "customer",
    "name": "Wobbly Teapot Works",
    "email": "a@teapot.example",
    "created": 1700000000,
    "metadata": {},
}


@pytest.fixture
def machine(open_folder: Path) -> Iterator[Machine]:
    (open_folder / "stripe.json").write_text(json.dumps({"customers": [ROW]}))
    made = Machine(open_folder / "home")
    yield made
    made.close()


def data(machine: Machine) -> str:
    return f"stripe={machine.home.parent / 'stripe.json'}"


def test_a_line_per_twin_and_rows_as_they_stand(machine: Machine) -> None:
    serving = machine.start("twins", "serve", "--data", data(machine), "--json")
    log = machine.home.parent / "twins.log"
    [line] = until(lambda: log.read_text().splitlines(), 30, "the twin answers")
    told = json.loads(line)
    assert set(told) == {"name", "url", "config", "webhook_secret"}
    assert told["name"] == "stripe"
    assert told["config"]["base_url"] == told["url"]
    served = telling.ask(machine.twin("stripe"), "state", object="customers")
    assert served["cus_1"]["name"] == ROW["name"]
    file = machine.home / "twins" / "stripe.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert machine.stop(serving) == 0
    assert not file.exists()


def test_a_killed_twin_comes_back_where_it_was_with_what_was_written(machine: Machine) -> None:
    serving = machine.start("twins", "serve", "--data", data(machine))
    before = machine.twin("stripe")
    telling.tell(before, "edit", object="customers", id="cus_1", changes={"name": "Renamed"})
    os.kill(machine.pid(serving, "hub.practice.twin"), signal.SIGKILL)
    served = until(lambda: machine.twin("stripe"), 20, "it is back")
    assert served.url == before.url
    assert telling.ask(served, "state", object="customers")["cus_1"]["name"] == "Renamed"


def test_the_next_time_it_starts_anew_at_the_same_address_unless_told_to_go_on(machine: Machine) -> None:
    names = []
    urls = set()
    for more in ([], [], ["--resume"]):
        serving = machine.start("twins", "serve", "--data", data(machine), *more)
        twin = machine.twin("stripe")
        urls.add(twin.url)
        names.append(telling.ask(twin, "state", object="customers")["cus_1"]["name"])
        telling.tell(twin, "edit", object="customers", id="cus_1", changes={"name": "Renamed"})
        machine.stop(serving)
    assert names == [ROW["name"], ROW["name"], "Renamed"]
    assert len(urls) == 1


def test_faults_on_request(machine: Machine) -> None:
    machine.start("twins", "serve", "--data", data(machine))
    machine.twin("stripe")
    done = machine.hub("twins", "fail", "stripe", "rate_limited", "--times", "3", "--json")
    assert (done.returncode, json.loads(done.stdout)["times"]) == (0, 3)
    wrong = machine.hub("twins", "fail", "stripe", "gremlins")
    assert wrong.returncode == 2
    assert "gremlins" in wrong.stderr
    unknown = machine.hub("twins", "fail", "hubspot", "rate_limited")
    assert unknown.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch"], "nosuch"),
        (["--data", "stripe"], "NAME=FILE"),
        (["--data", "stripe=/nowhere.json"], "/nowhere.json"),
        (["--today", "yesterday"], "yesterday"),
        (["--customers", "/nowhere.csv"], "/nowhere.csv"),
    ],
)
def test_what_cannot_be_served_is_said_before_anything_starts(machine: Machine, arguments: list[str], said: str) -> None:
    done = machine.hub("twins", "serve", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert not machine.home.exists()


@pytest.mark.parametrize("text", ["[1]", '{"customers": {"id": "1"}}', '{"customers": ["cus_1"]}', "{"])
def test_data_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "data.json"
    file.write_text(text)
    with pytest.raises(Problem) as caught:
        twins.read_data(file)
    assert caught.value.data["path"] == str(file)


def test_a_spec_survives_the_command_line(tmp_path: Path) -> None:
    from datetime import date

    for customers, file in ((None, None), (tmp_path / "a.csv", tmp_path / "b.json")):
        spec = Spec("stripe", tmp_path, Base(7, date(2026, 11, 1), customers, 12), file, 60.0)
        assert Spec.read(spec.role().arguments[0]) == spec
