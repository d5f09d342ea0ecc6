"""The demo as a person or a program starts it: real processes, from nothing to quiet."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from machine import Machine, until, using

from hub.practice import telling

KEYS = {
    "source_says", "read", "stored", "settled", "linked", "changed", "written", "sent", "refused", "waiting",
}  # fmt: skip


@pytest.fixture
def machine(open_folder: Path) -> Iterator[Machine]:
    made = Machine(open_folder / "home")
    yield made
    made.close()


def test_a_small_base_until_quiet(machine: Machine) -> None:
    done = machine.hub("demo", "--once", "--json", "--count", "12", "--today", "2026-11-01", "--timeout", "100", seconds=110)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["event"] for line in lines] == ["practice_system"] * 4 + ["listening", "listened", "writing", "report"]
    listened, report = lines[-3], lines[-1]
    assert listened["written"] == 0
    assert listened["disagreements"]
    assert (report["quiet"], report["second_round_writes"]) == (True, 0)
    for counts in report["connections"].values():
        assert set(counts) == KEYS
        assert counts["read"] == counts["stored"] == counts["settled"]
        assert counts["source_says"] in (None, counts["read"])
        assert counts["sent"] >= counts["written"]
        assert counts["waiting"] == 0
    assert report["peak_rss_bytes"] > 10_000_000
    assert not using(machine.home)
    digest = machine.hub("digest", "--json")
    assert json.loads(digest.stdout)["digest"] == report["digest"]


def test_the_story_is_told_to_the_cent_then_a_scene_and_a_kill(machine: Machine) -> None:
    demo = machine.start("demo", "--json")
    log = machine.home.parent / "demo.log"
    until(lambda: '"event": "report"' in log.read_text(), 150, "the report")
    report = json.loads(next(line for line in log.read_text().splitlines() if '"event": "report"' in line))
    assert {name: counts["sent"] for name, counts in report["connections"].items()} == {
        "stripe": 9, "hubspot": 13, "zendesk": 10, "mixpanel": 0,
    }  # fmt: skip
    assert report["arr"] == {"USD": "256883.88", "EUR": "45480.00", "JPY": "576000"}
    assert (report["differences_decided"], report["blanks_filled"], report["second_round_writes"]) == (26, 6, 0)
    assert report["listening"]["values"] == 32
    assert (report["listening"]["arr_rows"]["matching"], report["arr_rows"]["matching"], report["arr_rows"]["rows"]) == (
        102,
        113,
        114,
    )
    played = machine.hub("demo", "scene", "5", "--json")
    assert played.returncode == 0, played.stdout + played.stderr
    killed = machine.hub("demo", "kill", "--json", seconds=120)
    assert killed.returncode == 0, killed.stdout + killed.stderr
    assert "process_ended" in log.read_text()
    assert machine.stop(demo) == 0


def test_a_scene_that_nobody_wrote(machine: Machine) -> None:
    assert machine.hub("demo", "scene", "13").returncode == 2


def test_it_goes_on_until_ctrl_c_and_an_edit_arrives(machine: Machine) -> None:
    demo = machine.start("demo", "--json", "--count", "4", "--today", "2026-11-01")
    log = machine.home.parent / "demo.log"
    until(lambda: '"event": "report"' in log.read_text(), 90, "the report")
    stripe, hubspot = machine.twin("stripe"), machine.twin("hubspot")
    paying = {
        row["metadata"].get("domain") or row["email"].partition("@")[2]
        for row in telling.ask(stripe, "state", object="customers").values()
    }
    companies = telling.ask(hubspot, "state", object="companies").values()
    id = next(row["id"] for row in companies if row["properties"]["domain"] in paying)
    telling.tell(hubspot, "edit", object="companies", id=id, changes={"name": "Infinite Sock Drawer GmbH"})
    until(
        lambda: (
            "Infinite Sock Drawer GmbH" in {row["name"] for row in telling.ask(stripe, "state", object="customers").values()}
        ),
        20,
        "the new name in the other system",
    )
    assert machine.stop(demo) == 0


def test_a_folder_that_no_demo_made_is_left_alone(machine: Machine) -> None:
    machine.home.mkdir()
    (machine.home / "letter.txt").write_text("mine")
    done = machine.hub("demo", "--once", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert str(machine.home) in done.stderr
    assert (machine.home / "letter.txt").read_text() == "mine"


def test_a_customer_file_that_cannot_be_read_touches_nothing(machine: Machine) -> None:
    file = machine.home.parent / "customers.csv"
    file.write_text("colour\nred\n")
    done = machine.hub("demo", "--once", "--json", "--customers", str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert str(file) in done.stderr
    assert not machine.home.exists()


def test_customers_are_given_or_counted_not_both(machine: Machine) -> None:
    done = machine.hub("demo", "--once", "--customers", "customers.csv", "--count", "3")
    assert (done.returncode, done.stderr.strip()) == (2, "Say either --customers FILE or --count N.")


def test_not_quiet_in_time_is_a_failure_that_still_reports(machine: Machine) -> None:
    done = machine.hub("demo", "--once", "--json", "--count", "3", "--timeout", "2")
    report = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, report["event"], report["quiet"]) == (1, "report", False)


def test_ctrl_c_at_the_very_start(machine: Machine) -> None:
    demo = machine.start("demo", "--json")
    until((machine.home / "made-by-demo").exists, 20, "it began")
    demo.send_signal(signal.SIGINT)
    assert demo.wait(10) == 0
    until(lambda: not using(machine.home), 5, "nothing is left")
