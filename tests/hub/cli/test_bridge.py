"""`hub bridge` in real processes: lines, file and screen have the same figures.

Before: 213 and 217 seats x 11.90 EUR x 12 = 30,416.40 and 30,987.60, together 61,404.00; 485 x 50,400 JPY a year, unpaid.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal

import pytest

COLUMNS = ("opening", "new", "expansion", "reactivation", "contraction", "churn", "restatement", "closing")
ADA, LOU = ("--as", "Ada Invented"), ("--as", "Lou Nobody")


@pytest.fixture
def closed(connected, twins):
    """Closed once; then the unpaid 24,444,000 JPY are paid and one of the two EUR subscriptions ends."""
    for _ in range(2):
        assert connected("sync", "--confirm").status == 0
    for _, name in (ADA, LOU):
        assert connected("people", "add", name, "--email", "finance@lanternfish.example", "--role", "finance").status == 0
    assert connected("tieout", "prepare", *ADA).status == 0
    assert connected("tieout", "review", "1", *LOU).status == 0
    assert connected("tieout", "close", "1", *LOU).status == 0
    stripe = twins["stripe"].twin
    for id, each in stripe.table("subscriptions").items():
        if each["status"] == "unpaid":
            stripe.edit("subscriptions", id, status="active")
        elif each["items"]["data"][0]["quantity"] == 213:
            stripe.edit("subscriptions", id, status="canceled", ended_at=each["created"])
    assert connected("sync").status == 0
    return connected


def test_lines_are_as_documented_and_foot(closed):
    said = closed("bridge", "--from", "1", "--json")
    assert said.status == 0, said.err
    euro, yen = said.lines
    assert set(euro) == {"currency", *COLUMNS, "tags"}
    assert {name: euro[name] for name in ("opening", "churn", "closing")} == {
        "opening": "61404.00", "churn": "-30416.40", "closing": "30987.60",
    }  # fmt: skip
    assert (yen["currency"], yen["opening"], yen["new"], yen["closing"]) == ("JPY", "0", "24444000", "24444000")
    for line in said.lines:
        assert sum(Decimal(line[name]) for name in COLUMNS[:-1]) == Decimal(line["closing"])
    assert closed("bridge", "--json").lines == said.lines


def test_each_number_can_be_followed_to_accounts_and_the_file_foots_to_the_screen(closed, tmp_path):
    lines = closed("bridge", "--accounts", "--json", "--csv", str(tmp_path / "b.csv")).lines
    accounts = [line for line in lines if "account" in line]
    totals = [line for line in lines if "account" not in line and "event" not in line]
    for total in totals:
        mine = [line for line in accounts if line["currency"] == total["currency"]]
        assert all(sum(Decimal(line[name]) for line in mine) == Decimal(total[name]) for name in COLUMNS)
    assert {line["currency"]: line["contracted"] for line in lines if line.get("event") == "ahead"} == {
        "EUR": "30987.60", "JPY": "24444000",
    }  # fmt: skip
    _header, _, body = (tmp_path / "b.csv").read_text().partition("\n\n")
    rows = list(csv.DictReader(body.splitlines()))
    filed = {row["currency"]: row["closing"] for row in rows if row["line"] == "total"}
    assert filed == {total["currency"]: total["closing"] for total in totals}
    screen = closed("bridge").out
    for shown in ("61,404.00", "-30,416.40", "24,444,000", "what was signed then", "To come"):
        assert shown in screen


def test_converted_it_is_labelled_and_a_missing_rate_is_no_number(closed, tmp_path):
    """24,444,000 JPY x 0.0061 = 149,108.40 EUR new, at both ends; 30,987.60 + 149,108.40 = 180,096.00. EUR stay EUR."""
    begins = date.fromisoformat(closed("tieout", "list", "--json").lines[0]["as_of"][:10])
    rates = tmp_path / "rates.csv"
    days = (begins, begins + timedelta(days=1))  # it may be close to midnight
    rates.write_text("date,from,to,rate,source\n" + "".join(f"{day},JPY,EUR,0.0061,ECB\n" for day in days))
    said = closed("bridge", "--convert", "EUR", "--rates", str(rates), "--json")
    assert said.status == 0, said.err
    *_, converted = said.lines
    assert set(converted) == {"currency", *COLUMNS, "fx", "tags"}
    assert {name: converted[name] for name in ("new", "churn", "fx", "closing")} == {
        "new": "149108.40", "churn": "-30416.40", "fx": "0.00", "closing": "180096.00",
    }  # fmt: skip
    assert converted["tags"] == ["converted"]
    rates.write_text("date,from,to,rate,source\n2020-01-01,JPY,EUR,0.0061,ECB\n")
    said = closed("bridge", "--convert", "EUR", "--rates", str(rates), "--json")
    assert said.status == 1
    assert said.lines[-1]["closing"] is None
    assert "fx_missing" in said.lines[-1]["tags"]


def test_an_imported_opening_is_marked_as_such(closed, tmp_path):
    """cus is billed 30,987.60 EUR; the file says 30,000.00: 987.60 more. Nobody else opens."""
    [account] = [
        line["account"]
        for line in closed("bridge", "--accounts", "--json").lines
        if line.get("closing") == "30987.60" and "account" in line
    ]
    opening = tmp_path / "opening.csv"
    opening.write_text(f"account,currency,arr\n{account},EUR,30000.00\n")
    euro = closed("bridge", "--opening", str(opening), "--json").lines[0]
    assert (euro["opening"], euro["expansion"], euro["closing"]) == ("30000.00", "987.60", "30987.60")
    assert euro["tags"] == ["imported_opening"]
    opening.write_text(f"account,currency,arr\n{account},EUR,30000,00\n")
    said = closed("bridge", "--opening", str(opening))
    assert said.status == 2
    assert "opening.csv:2" in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--from", "yesterday"], "neither an instant with its time zone nor the number of a snapshot"),
        (["--from", "2026-11-01T00:00:00"], "neither an instant"),
        (["--from", "9"], "no snapshot 9"),
        (["--convert", "EUR"], "--convert and --rates go together"),
        ([], "Nothing was closed yet"),
    ],
)
def test_unusable_arguments_are_told(connected, words, told):
    said = connected("bridge", *words)
    assert said.status == 2
    assert told in said.err
