"""`hub tieout` as people and programs call it: exit statuses, and the same totals on the screen, in JSON and in CSV."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest

from connectors.kit.faults import Fault

ROW = {"event", "account", "billing_customers", "currency", "billing", "sides", "class", "reason", "difference"}
SIDE = {"value", "difference", "class", "reason"}
REPORT = {"event", "as_of", "policy", "complete", "ties_out", "totals", "subscriptions"}


@pytest.fixture
def agreed(connected):
    assert connected("sync", "--confirm").status == 0
    assert connected("sync").status == 0
    return connected


def test_it_ties_after_the_sync_everywhere_alike(agreed, tmp_path):
    said = agreed("tieout", "--json", "--csv", "arr.csv")
    *rows, report = said.lines
    assert said.status == 0, said.out
    assert {row["event"] for row in rows} == {"row"}
    assert all(set(row) == ROW and set(row["sides"]) == {"golden", "crm"} for row in rows)
    assert all(set(side) == SIDE for row in rows for side in row["sides"].values())
    assert set(report) == REPORT
    assert (report["complete"], report["ties_out"], set(report["policy"])) == (True, True, {"name", "version", "hash"})
    told = report["subscriptions"]
    assert told["read"] == told["counted"] + sum(told["excluded"].values()) + sum(told["error"].values()) > 0
    header, _, table = (tmp_path / "arr.csv").read_bytes().decode().partition("\r\n\r\n")
    lines = list(csv.DictReader(io.StringIO(table, newline="")))
    screen = agreed("tieout")
    assert screen.status == 0
    assert f'"rows",{len(rows)}\r\n' in header + "\r\n"
    for currency, total in report["totals"].items():
        [written] = [line for line in lines if (line["line"], line["currency"]) == ("total", currency)]
        assert (written["billing"], written["crm"]) == (total["billing"], total["sides"]["crm"]["value"])
        mine = [line for line in lines if (line["line"], line["currency"]) == ("row", currency)]
        assert sum(Decimal(line["billing"]) for line in mine) == Decimal(total["billing"])
        shown = f"{Decimal(total['billing']):,}"
        assert re.search(
            rf"^{currency} +{shown} +{shown} +{shown} +0\S* ● +{total['matching']} of {total['rows']}", screen.out, re.MULTILINE
        )


def test_a_difference_is_exit_3_and_names_its_account(agreed, twins):
    hubspot = twins["hubspot"].twin
    id, company = next((id, row) for id, row in hubspot.table("companies").items() if row["properties"].get("concord_arr"))
    hubspot.edit("companies", id, concord_arr="1.11")
    assert agreed("connections", "set", "hubspot", "--writes", "off").status == 0
    agreed("sync", "hubspot")
    said = agreed("tieout")
    assert said.status == 3
    assert "▲ Does not tie: 1 of" in said.out
    assert company["properties"]["name"] in said.out
    assert "somebody typed it there" in said.out
    assert "hub sync" in said.out
    hidden = re.search(r"Rows that match: (\d+)", said.out)
    assert hidden is not None
    everything = agreed("tieout", "--all").out
    counted, _, at_zero = everything.partition("At zero, because nothing there counts: ")
    assert counted.count("  match ") == int(hidden[1])
    assert "Rows that match" not in everything
    [listed] = [line for line in agreed("tieout", "--all", "--json").lines if line["event"] == "at_zero"]
    assert at_zero.startswith("1.")
    assert f" {listed['currency']} " in at_zero


def test_what_was_never_read_is_exit_1_and_printed_all_the_same(connected):
    said = connected("tieout", "--json")
    assert said.status == 1
    assert [line["event"] for line in said.lines] == ["report"]
    assert said.lines[0]["complete"] is False
    assert "No subscriptions were read. That is a failure, not a pass." in connected("tieout").out


def test_billing_down_is_exit_1(agreed, twins):
    twins["stripe"].twin.armed.arm(Fault.SERVER_ERROR, times=500)
    agreed("sync", "stripe")
    said = agreed("tieout")
    assert said.status == 1
    assert "not complete: last read only in part" in said.out
    assert "cannot be signed" in said.out


def test_finances_sheet_is_one_more_column(agreed, tmp_path):
    *rows, _ = agreed("tieout", "--json").lines
    lines = [f"{row['account']},{row['currency']},{row['billing']}" for row in rows]
    (tmp_path / "finance.csv").write_text("\n".join(["account,currency,arr", *lines]))
    said = agreed("tieout", "--against", "finance.csv", "--json")
    assert said.status == 0
    assert {row["sides"]["file"]["class"] for row in said.lines[:-1]} == {"match"}


UNUSABLE = [
    (("--as-of", "2026-11-30T12:00:00"), "time zone"),
    (("--as-of", "yesterday"), "time zone"),
    (("--as-of", "2001-01-01T00:00:00Z"), "Billing systems give only the present"),
    (("--against", "none.csv"), "none.csv"),
    (("--against", "bad.csv"), "bad.csv:3: '1,5' is no amount"),
    (("--against", "keyless.csv"), "keyless.csv:1: the header needs exactly one key column"),
    (("--csv", "no/such/folder/arr.csv"), "cannot be written"),
]


def test_unusable_arguments_are_exit_2(agreed, tmp_path):
    (tmp_path / "bad.csv").write_text('domain,currency,arr\na.example,USD,1\nb.example,USD,"1,5"\n')
    (tmp_path / "keyless.csv").write_text("name,currency,arr\n")
    for words, told in UNUSABLE:
        said = agreed("tieout", *words)
        assert (said.status, said.out) == (2, ""), said
        assert told in said.err


def test_without_any_connection_it_is_a_failure(hub):
    said = hub("tieout", "--json")
    assert (said.status, said.lines[-1]["complete"], said.lines[-1]["totals"]) == (1, False, {})
