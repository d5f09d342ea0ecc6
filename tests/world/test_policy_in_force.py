"""Another ARR policy: planned before it happens, then in force; every figure is settled again by it, as one run that limits stop."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scenes import MARMALADE, company, customer, subscription
from worlds import World

from hub import guard
from hub.catalog import read_policy
from hub.finance import Policy
from hub.readings.explain import explain
from hub.readings.planned_policy import planned_policy
from hub.words import Problems

Make = Callable[..., World]


def late() -> dict[str, Any]:
    """Two customers of one company, 6,000.00 USD a year past due and 6,600.00 in good standing."""
    data = copy.deepcopy(MARMALADE)
    data["stripe"]["subscriptions"][0]["status"] = "past_due"
    return data


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    return tmp_path / "policy.yaml"


def enforce(world: World, policy: Path, text: str) -> None:
    """The operator writes the file and starts the hub again."""
    policy.write_text(text)
    settings = world.hub.settings.model_copy(update={"arr_policy": policy})
    world.hub = dataclasses.replace(world.hub, settings=settings)
    world.restart()


def runs(world: World) -> list[tuple[Any, ...]]:
    return [
        tuple(row) for row in world.rows("SELECT connection, status, changed FROM run WHERE kind = 'documents' ORDER BY id")
    ]


def in_crm(world: World, id: str = "7") -> str:
    return str(world.twins["hubspot"].table("companies")[id]["properties"]["concord_arr"])


def test_a_changed_policy_settles_every_figure_again_and_tells_the_crm(make_world: Make, policy: Path) -> None:
    world = make_world(late())
    world.settle_down()
    assert (in_crm(world), runs(world)) == ("12600.00", [])
    enforce(world, policy, "past_due: exclude\n")
    world.settle_down()
    assert world.golden("hubspot:companies:7")["arr"] == {"USD": "6600.00"}
    assert in_crm(world) == "6600.00"
    moved = {"account.arr": "1", "account.mrr": "1", "arr_moved/USD": "6000.00"}
    assert runs(world) == [(None, "succeeded", moved)]


def test_the_same_policy_again_settles_nothing_and_the_old_one_is_a_change_like_any_other(
    make_world: Make, policy: Path
) -> None:
    world = make_world(late())
    world.settle_down()
    enforce(
        world, policy, "# the defaults, written down\npast_due: count\nclose_at: {day: 3, time: 18:00, zone: Europe/Berlin}\n"
    )
    world.settle_down()
    assert runs(world) == []
    enforce(world, policy, "past_due: exclude\n")
    world.settle_down()
    enforce(world, policy, "past_due: count\n")
    world.settle_down()
    assert in_crm(world) == "12600.00"
    assert [row[1] for row in runs(world)] == ["succeeded"] * 2
    names = world.rows("SELECT name FROM document WHERE kind = 'policy' ORDER BY position")
    assert [row[0] for row in names] == [Policy().label, Policy(past_due="exclude").label, Policy().label]
    log = world.rows("SELECT kind, subject FROM log WHERE position IN (SELECT position FROM document)")
    assert {tuple(row) for row in log} == {("document", "policy")}


def test_a_process_that_dies_half_way_leaves_nothing_between_two_policies(make_world: Make, policy: Path) -> None:
    world = make_world(late())
    world.settle_down()
    enforce(world, policy, "past_due: exclude\n")

    def die(name: str) -> None:
        if name == "policy_settled":
            raise KeyboardInterrupt

    world.hub = dataclasses.replace(world.hub, point=die)
    with pytest.raises(KeyboardInterrupt):
        world.read()
    enforce(world, policy, "past_due: count\n")
    world.settle_down()
    assert in_crm(world) == "12600.00"
    assert [row[1] for row in runs(world)] == ["succeeded"]


def test_every_verdict_and_every_explanation_names_the_policy(make_world: Make, policy: Path) -> None:
    world = make_world(late())
    enforce(world, policy, "past_due: exclude\n")
    world.settle_down()
    used = read_policy(policy)
    [documents] = world.rows("SELECT DISTINCT documents FROM golden WHERE entity = 'account' AND records > 0")
    assert documents[0].split() == [documents[0].split()[0], used.hash]
    with world.hub.engine.connect() as database:
        [arr] = explain(world.hub, database, "account", "hubspot:companies:7", "arr")
        [name] = explain(world.hub, database, "account", "hubspot:companies:7", "name")
    assert (arr["policy"], arr["code"], arr["test"]) == (used.identity, None, False)
    assert "policy" not in name


def crowd(count: int) -> dict[str, Any]:
    """So many companies that pay 120.00 USD a year, the first two past due."""
    stripe: dict[str, Any] = {"customers": [], "subscriptions": []}
    companies = []
    for n in range(count):
        domain = f"many-{n}.example"
        stripe["customers"].append(customer(f"cus_{n}", name=f"Many {n}", email=f"pay@{domain}"))
        one = subscription(f"sub_{n}", f"cus_{n}", 1_000, "month")
        stripe["subscriptions"].append(one | ({"status": "past_due"} if n < 2 else {}))
        companies.append(company(str(n), name=f"Many {n}", domain=domain))
    return {"stripe": stripe, "hubspot": {"companies": companies}}


def test_above_the_limit_a_person_looks_before_anything_is_written(make_world: Make, policy: Path) -> None:
    world = make_world(crowd(guard.ARR_AT_LEAST))  # 240.00 of 6,000.00 are 4 %, allowed are 2 %
    world.settle_down()
    enforce(world, policy, "past_due: exclude\n")
    world.read()
    [(connection, status, _)] = runs(world)
    assert (connection, status) == (None, "waiting")
    assert world.golden("hubspot:companies:0")["arr"] == {"USD": "0.00"}
    world.deliver(confirm=False)
    assert in_crm(world, "0") == "120.00"
    world.deliver(confirm=True)
    assert in_crm(world, "0") == "0.00"


def test_a_draft_says_which_accounts_how_much_and_which_writes_and_stores_nothing(make_world: Make) -> None:
    world = make_world(late())
    world.settle_down()
    before = world.rows("SELECT (SELECT count(*) FROM log), (SELECT count(*) FROM intent), (SELECT max(version) FROM golden)")
    draft = Policy(past_due="exclude")
    with world.hub.engine.connect() as database:
        account, *writes, report = planned_policy(world.hub, database, draft)
        nothing = list(planned_policy(world.hub, database, draft, ["stripe"]))
    assert (account["event"], account["name"], account["currency"]) == ("account", "Marmalade Submarines", "USD")
    assert (account["old"], account["new"], account["difference"]) == ("12600.00", "6600.00", "-6000.00")
    assert [(one["connection"], one["record"], one["field"], one["old"], one["new"]) for one in writes] == [
        ("hubspot", "hubspot:companies:7", "arr", {"USD": "12600.00"}, {"USD": "6600.00"}),
        ("hubspot", "hubspot:companies:7", "mrr", {"USD": "1050.00"}, {"USD": "550.00"}),
    ]
    assert report == {
        "event": "report",
        "policy": Policy().identity,
        "draft": draft.identity,
        "accounts": 1,
        "moved": {"USD": {"old": "12600.00", "new": "6600.00", "difference": "-6000.00", "accounts": 1}},
        "writes": {"hubspot": {"records": 1, "values": 2}},
    }
    assert [one["event"] for one in nothing] == ["account", "report"]
    assert before == world.rows(
        "SELECT (SELECT count(*) FROM log), (SELECT count(*) FROM intent), (SELECT max(version) FROM golden)"
    )


def test_a_draft_that_changes_no_figure_is_a_report_alone(make_world: Make) -> None:
    world = make_world(MARMALADE)
    world.settle_down()
    with world.hub.engine.connect() as database:
        [report] = planned_policy(world.hub, database, Policy(week="365/7"))
    assert (report["accounts"], report["moved"], report["writes"]) == (0, {}, {})


def test_a_hub_does_not_start_with_a_policy_that_it_cannot_read(make_world: Make, policy: Path) -> None:
    world = make_world(MARMALADE)
    with pytest.raises(Problems) as raised:
        enforce(world, policy, "# ours\npast_deu: exclude\n")
    [problem] = raised.value.found
    assert (problem.code, problem.data["line"], problem.data["nearest"]) == ("unknown_key", 2, "past_due")
