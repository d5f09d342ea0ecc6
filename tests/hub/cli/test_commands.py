"""The command line as people and programs use it: real processes, real practice systems."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from connectors.kit.faults import Fault

ROOT = Path(__file__).parents[3]


def test_help_comes_at_once_and_imports_no_engine():
    code = (
        "import sys; from hub.cli import make_app; make_app();"
        " print([name for name in ('sqlalchemy', 'stripe', 'hubspot', 'psycopg', 'pydantic', 'celery') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_the_whole_way_from_connecting_to_agreement(connected):
    first = connected("sync", "--json")
    assert first.status == 3
    assert "--confirm" in first.err
    rows = {row["connection"]: row for row in first.lines}
    assert {row["delivery"] for row in rows.values()} <= {"waiting", "nothing"}
    assert all(row["status"] == "succeeded" and row["read"] == row["stored"] == row["settled"] > 0 for row in rows.values())
    *lines, total = connected("status", "--json").lines
    assert [line["connection"] for line in lines] == ["hubspot", "stripe"]
    assert total["waiting"]["confirm"] >= 1

    second = connected("sync", "--confirm", "--json")
    assert second.status == 0, second.err
    assert sum(row["sent"] for row in second.lines) > 0
    third = connected("sync", "--json")
    assert third.status == 0
    assert sum(row["sent"] for row in third.lines) == 0
    *_, total = connected("status", "--json").lines
    assert total["idle"] is True
    assert total["waiting"]["confirm"] == 0

    assert connected("changes", "verify", "--json").lines == []
    accounts = connected("records", "account", "--json").lines
    assert len(accounts) == 4
    shown = connected("show", "account", ":".join(accounts[0]["links"][0].values()), "--json").lines
    assert shown == [accounts[0]]
    [why] = connected("explain", "account", accounts[0]["id"], "name", "--json").lines
    assert why["winner"]["connection"] == "hubspot"
    assert why["winner"]["value"] == accounts[0]["values"]["name"]
    [first_digest] = connected("digest", "--json").lines
    assert len(first_digest["digest"]) == 64
    assert connected("digest").out.strip() == first_digest["digest"]
    assert len(connected("changes", "--entity", "account", "--json").lines) > 4


def test_people_get_tables_and_plain_words(connected):
    said = connected("connections", "list")
    assert said.status == 0
    assert "hubspot" in said.out
    assert connected("sync", "--read-only").status == 0
    for words in (("status",), ("records", "account"), ("conflicts",), ("dead", "list"), ("duplicates", "list")):
        said = connected(*words)
        assert said.status == 0, said.err
        assert "Traceback" not in said.err


def test_secrets_are_never_shown(connected, twins):
    said = connected("connections", "list", "--json")
    tried = connected("try", "stripe", "check", "--json")
    secrets = [str(value) for each in twins.values() for key, value in each.config.items() if "key" in key or "token" in key]
    assert secrets
    for secret in secrets:
        assert secret not in said.out + said.err + tried.out + tried.err


def test_what_cannot_be_used_is_named(connected):
    for words, needle in (
        (("show", "acount", "x"), "account"),
        (("show", "account", "nobody"), "CONNECTION:OBJECT:EXTERNAL_ID"),
        (("sync", "strype"), "stripe"),
        (("connections", "add", "stripe", "stripe", "--set=api_key=sk"), "set stripe"),
        (("connections", "add", "stripe", "other", "--set=api_key=sk_test_x", "--set=nonsense=1"), "nonsense"),
        (("connections", "add", "nobody", "other"), "nobody"),
        (("connections", "set", "stripe", "--every", "soon"), "30s"),
        (("conflicts", "resolve", "x"), "--from"),
        (("conflicts", "resolve", "x", "--value", "y"), "conflicts list"),
        (("dead", "drop", "write-1"), "dead list"),
        (("try", "stripe", "pull", "customer"), "customers"),
    ):
        said = connected(*words)
        assert said.status == 2, (words, said)
        assert needle in said.err, (words, said.err)
        assert "Traceback" not in said.err, (words, said.err)
        assert said.out == ""


def test_check_lists_everything_that_is_wrong(connected):
    good = connected("check")
    assert good.status == 0, good.err
    assert connected("connections", "set", "hubspot", "--may-hold", "none").status == 0
    bad = connected("check", "--offline", "--json")
    assert bad.status == 2
    named = {(line["code"], line["data"]["connection"], line["data"]["field"]) for line in bad.lines}
    assert ("may_not_hold", "hubspot", "account.arr") in named
    assert all("may_hold" in line["sentence"] for line in bad.lines)


def test_a_vendor_that_refuses_us_is_a_failure_not_a_mistake_of_arguments(connected):
    assert connected("connections", "set", "stripe", "--set=api_key=sk_test_wrong").status == 0
    said = connected("connections", "test", "stripe")
    assert said.status == 1, said.err
    assert "Enter" in said.err, said.err
    assert "sk_test_wrong" not in said.out + said.err
    said = connected("sync", "--json")
    rows = {row["connection"]: row for row in said.lines}
    assert said.status == 1
    assert rows["hubspot"]["status"] == "succeeded"
    assert rows["stripe"]["error"]["kind"] == "AuthFailed"
    assert [line["state"] for line in connected("status", "--json").lines[:-1]] == ["on_time", "reconnect"]


def test_trying_shows_raw_and_mapped_side_by_side_and_sends_nothing(connected, twins, tmp_path):
    rows = connected("try", "stripe", "pull", "customers", "--limit", "2", "--json").lines
    assert len(rows) == 2
    assert rows[0]["raw"]["name"] == rows[0]["mapped"]["name"]
    [row] = connected("try", "stripe", "fetch", f"customers:{rows[0]['id']}", "--json").lines
    assert row["id"] == rows[0]["id"]
    (tmp_path / "push.json").write_text(f'{{"object": "customers", "id": "{row["id"]}", "fields": {{"name": "Other"}}}}')
    [pushed] = connected("try", "stripe", "push", "push.json", "--no-send", "--json").lines
    assert pushed["would_send"] == {"name": "Other"}
    assert pushed["sent"] is False
    assert twins["stripe"].twin.table("customers")[row["id"]]["name"] != "Other"


def test_connections_come_from_a_file_and_twice_is_once(hub, twins, tmp_path):
    config = twins["stripe"].config
    lines = "\n".join(f"    {key}: {value}" for key, value in config.items())
    (tmp_path / "hub.yaml").write_text(f"stripe:\n  connector: stripe\n  every: 5m\n  set:\n{lines}\n")
    assert hub("check", HUB_CONNECTIONS="hub.yaml").status == 0
    (tmp_path / "hub.yaml").write_text("stripe:\n  conector: stripe\n")
    said = hub("check", "--offline", HUB_CONNECTIONS="hub.yaml")
    assert said.status == 2
    assert "hub.yaml:2" in said.err
    assert "Did you mean connector?" in said.err


def test_a_misspelt_connector_or_setting_is_told_with_the_nearest_word(hub):
    said = hub("connections", "add", "strype", "x")
    assert (said.status, said.out) == (2, "")
    assert "Did you mean stripe?" in said.err
    said = hub("connections", "add", "stripe", "x", "--set", "api_kee=rk_live_secret")
    assert said.status == 2
    assert "api_kee" in said.err
    assert "Did you mean api_key?" in said.err
    assert "rk_live_secret" not in said.err


def test_what_was_not_accepted_is_told_in_words_on_one_line_each(hub, twins):
    twins["hubspot"].twin.edit(
        "companies",
        next(iter(twins["hubspot"].twin.table("companies"))),
        concord_arr="5",
        concord_arr_currency="",
        concord_arr_by_currency="",
    )
    pairs = [f"--set={key}={value}" for key, value in twins["hubspot"].config.items()]
    hub("connections", "add", "hubspot", "crm", *pairs)
    assert hub("sync").status == 0
    [row] = hub("dead", "list", "--json").lines
    assert (row["connection"], row["field"], row["code"]) == ("crm", "arr", "missing_currency")
    header, line = hub("dead").out.splitlines()
    assert "an amount without its currency." in line
    assert header.split()[:2] == ["id", "connection"]


def test_a_database_that_does_not_answer_is_a_failure_told_in_words(hub):
    said = hub("status", "--json", HUB_DATABASE_URL="postgresql+psycopg://x@127.0.0.1:1/x")
    assert (said.status, said.out) == (1, "")
    assert "The database does not answer" in said.err
    assert "Traceback" not in said.err


def test_a_failing_vendor_is_told_with_connection_object_and_reason_and_the_other_goes_on(connected, twins):
    twins["stripe"].twin.armed.arm(Fault.HTML, times=30, match="/v1/customers")
    said = connected("sync", "--json")
    assert said.status == 1
    assert "stripe: customers: it answered something that is not JSON" in said.err
    assert {row["connection"]: row["status"] for row in said.lines} == {"hubspot": "succeeded", "stripe": "incomplete"}
    twins["stripe"].twin.armed.clear()
    assert {row["status"] for row in connected("sync", "--json").lines} == {"succeeded"}


def test_a_value_typed_wrong_is_told_in_words(connected):
    connected("sync", "--read-only")
    [account, *_] = connected("records", "account", "--json").lines
    said = connected("conflicts", "pin", "account", account["id"], "phone", "--value", "abc")
    assert said.status == 2
    assert "'abc' is no phone number." in said.err
