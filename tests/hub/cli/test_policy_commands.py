"""The ARR policy and test data on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    return tmp_path / "policy.yaml"


def test_a_policy_that_cannot_be_read_is_told_with_line_and_nearest_word_before_anything_is_done(connected, policy):
    policy.write_text("# ours\npast_deu: exclude\nclose_at: {day: 31, time: late, zone: Europe/Berlim}\n")
    for words in (["check", "--offline"], ["sync"], ["plan"], ["up"]):
        said = connected(*words, HUB_ARR_POLICY=str(policy))
        assert said.status == 2, words
        assert "policy.yaml:2: past_deu: there is no setting past_deu. Did you mean past_due?" in said.err
        assert "policy.yaml:3: close_at.day: 31 is no day that every month has: 1 to 28." in said.err
        assert "policy.yaml:3: close_at.time: late is no time of a day. Write one such as 18:00." in said.err
        assert "Europe/Berlin" in said.err


def test_a_draft_is_planned_for_people_and_for_programs(connected, policy):
    assert connected("sync", "--confirm").status == 0
    policy.write_text("discounts: none\nweek: 365/7\n")
    said = connected("plan", "--policy", str(policy), "--json")
    assert (said.status, said.lines[-1]["event"]) == (0, "report")
    assert said.lines[-1]["draft"]["name"] == "net_billed_run_rate_v1 discounts=none week=365/7"
    told = connected("plan", "--policy", str(policy))
    assert told.status == 0
    assert "Draft: net_billed_run_rate_v1 discounts=none week=365/7" in told.out
    bad = connected("plan", "--policy", str(policy.with_name("none.yaml")))
    assert (bad.status, "none.yaml" in bad.err) == (2, True)


def test_the_mode_of_a_connection_is_set_listed_and_refused(connected):
    assert connected("connections", "set", "stripe", "--mode", "test").status == 0
    modes = {row["name"]: row["mode"] for row in connected("connections", "list", "--json").lines}
    assert modes == {"stripe": "test", "hubspot": "live"}
    bad = connected("connections", "set", "stripe", "--mode", "tset")
    assert (bad.status, bad.err.strip()) == (2, "stripe: mode cannot be tset. Use one of: live, test.")


def test_every_figure_says_by_which_policy_it_was_made_and_whether_of_test_data(connected):
    assert connected("sync", "--confirm").status == 0
    account = next(row["id"] for row in connected("records", "account", "--json").lines if row["values"].get("arr"))
    said = connected("explain", "account", account, "arr")
    assert "By the policy net_billed_run_rate_v1 (version 1, " in said.out
    assert "TEST" not in said.out
    assert connected("connections", "set", "stripe", "--mode", "test").status == 0
    assert "TEST: made of a billing system's test data." in connected("explain", "account", account, "arr").out


def test_switching_writing_on_makes_the_properties_that_it_needs(hub, twins):
    twin = twins["hubspot"].twin
    known = twin.store.schema["companies"]
    twin.store.schema["companies"] = {name: row for name, row in known.items() if not name.startswith("concord_arr")}
    pairs = [f"--set={key}={value}" for key, value in twins["hubspot"].config.items()]
    assert hub("connections", "add", "hubspot", "crm", *pairs).status == 0
    assert not [name for name in twin.store.schema["companies"] if name.startswith("concord_arr")]
    said = hub("connections", "set", "crm", "--writes", "on")
    assert said.status == 0
    made = {name: row["type"] for name, row in twin.store.schema["companies"].items() if name.startswith("concord_arr")}
    assert made == {"concord_arr": "number", "concord_arr_currency": "string", "concord_arr_by_currency": "string"}
    assert "companies.concord_arr" in said.err
    del twin.store.schema["companies"]["concord_arr"]
    twin.scopes -= {"crm.schemas.companies.write"}
    checked = hub("check")
    assert checked.status != 0
    assert "crm has no property companies.concord_arr (number)." in checked.err


def test_a_new_policy_is_told_when_it_comes_into_force(connected, policy):
    assert connected("sync", "--confirm").status == 0
    policy.write_text("grain: item\n")
    said = connected("sync", HUB_ARR_POLICY=str(policy))
    assert (said.status, "ARR is counted by net_billed_run_rate_v1 grain=item now" in said.err) == (0, True)
    assert "is counted by" not in connected("sync", HUB_ARR_POLICY=str(policy)).err
