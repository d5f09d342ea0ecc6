"""Laws of the tie-out: order does not matter, totals foot everywhere, inputs give the same bytes again."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tieout_made import body, inputs, item, sub, tiered

from hub.finance.csv import written
from hub.finance.tieout import tie_out
from hub.finance.tieout.inputs import Held, canonical, dump, load
from hub.finance.tieout.lines import encoded, lines
from hub.finance.tieout.table import table

CURRENCIES = ("USD", "JPY", "KWD")
accounts = st.sampled_from("abcde")
quantities = st.integers(0, 60).map(str)
items = st.builds(
    item, st.sampled_from(["25.00", "33.335", "1"]), quantities, interval=st.sampled_from(["month", "year", "week"])
)
tiers = st.builds(
    tiered, st.sampled_from(["graduated", "volume"]), quantities, st.just(("10", "3", "7")), st.just((None, "2", "0")),
)  # fmt: skip
bodies = st.builds(
    body,
    items | tiers,
    currency=st.sampled_from(CURRENCIES),
    status=st.sampled_from(["active", "active", "past_due", "trialing", "unpaid", None]),
)
amounts = st.none() | st.sampled_from(["0", "12000", "300", "-5", "0.01"]).map(Decimal)


@st.composite
def worlds(draw):
    """Billing, and three sides that hold some of it right, some wrong, and some that nobody bills."""
    subs = [sub(draw(accounts | st.none()), each, id=f"sub_{n}", customer=draw(st.sampled_from(["cus_1", "cus_2"])))
            for n, each in enumerate(draw(st.lists(bodies, max_size=6)))]  # fmt: skip
    made = inputs(subs)
    sides = {name: _bent(draw, made.sides["golden"], name) for name in ("golden", "crm", "file")}
    return replace(made, sides=sides)


def _bent(draw, right, name):
    kept = [each for each in right if draw(st.booleans())]
    wrong = draw(st.lists(st.builds(_held, accounts, st.dictionaries(st.sampled_from(CURRENCIES), amounts)), max_size=3))
    return tuple(replace(each, record=f"{name}:{n}", follower=n > 0) for n, each in enumerate([*kept, *wrong]))


def _held(account, arr):
    return Held("", account, arr)


@given(worlds(), st.randoms())
def test_the_order_of_inputs_does_not_matter(world, random):
    def shuffled(these):
        mixed = list(these)
        random.shuffle(mixed)
        return tuple(mixed)

    other = replace(
        world,
        accounts=shuffled(world.accounts),
        subscriptions=shuffled(world.subscriptions),
        sources=shuffled(world.sources),
        sides={name: shuffled(held) for name, held in world.sides.items()},
    )
    assert encoded(tie_out(other)) == encoded(tie_out(world))
    assert canonical(dump(other)) == canonical(dump(world))


@given(worlds())
def test_stored_inputs_give_the_same_report_to_the_byte(world):
    again = load(json.loads(canonical(dump(world))))
    assert canonical(dump(again)) == canonical(dump(world))
    assert encoded(tie_out(again)) == encoded(tie_out(world))


@given(worlds())
def test_totals_are_the_sums_of_the_rows_to_be_seen(world):
    told = [json.loads(line) for line in encoded(tie_out(world)).splitlines()]
    rows, whole = [line for line in told if line["event"] == "row"], told[-1]
    assert whole["event"] == "report"
    assert sum(total["rows"] for total in whole["totals"].values()) == len(rows)
    for currency, total in whole["totals"].items():
        mine = [row for row in rows if row["currency"] == currency]
        assert total["matching"] == sum(row["class"] == "match" for row in mine)
        for side, found in total["sides"].items():
            assert Decimal(found["value"]) == _sum(row["sides"][side]["value"] for row in mine)
            if total["billing"] is None:
                assert found["difference"] is None
            else:
                assert Decimal(found["difference"]) == _sum(row["sides"][side]["difference"] for row in mine)
                assert Decimal(found["difference"]) == Decimal(found["value"]) - Decimal(total["billing"])
        incomplete = any(row["class"] == "incomplete" for row in mine)
        assert (total["billing"] is None) == incomplete
        assert total["ties_out"] <= (total["matching"] == len(mine))
    told = whole["subscriptions"]
    assert told["read"] == len(world.subscriptions)
    assert told["read"] == told["counted"] + sum(told["excluded"].values()) + sum(told["error"].values())


@given(worlds())
def test_every_account_and_currency_that_anybody_speaks_of_is_there(world):
    found = tie_out(world)
    there = {(row.account, row.currency) for row in (*found.rows, *found.at_zero)}
    for held in (each for side in world.sides.values() for each in side):
        for currency, amount in held.arr.items():
            assert amount is None or (held.account, currency) in there


@given(worlds())
def test_csv_lines_and_totals_are_those_of_json(world):
    found = tie_out(world)
    told = list(lines(found))
    text = written(table(found))
    _, _, body = text.partition("\r\n\r\n")
    rows = list(csv.DictReader(io.StringIO(body, newline="")))
    kinds = {kind: [row for row in rows if row["line"] == kind] for kind in ("row", "at_zero", "total")}
    for kind in ("row", "at_zero"):
        json_rows = [line for line in told if line["event"] == kind]
        assert [_row(each) for each in kinds[kind]] == [_json(each) for each in json_rows]
    for row in kinds["total"]:
        total = told[-1]["totals"][row["currency"]]
        assert row["billing"] == (total["billing"] or "")
        assert row["crm"] == total["sides"]["crm"]["value"]
        assert Decimal(row["crm"]) == _sum(each["crm"] or None for each in kinds["row"] if each["currency"] == row["currency"])


@given(worlds())
def test_a_row_is_the_sum_of_its_subscriptions(world):
    found = tie_out(world)
    rows = list(csv.DictReader(io.StringIO(written(table(found)).partition("\r\n\r\n")[2], newline="")))
    subscriptions = [row for row in rows if row["line"] == "subscription"]
    assert len(subscriptions) == found.tally.read
    for row in (*found.rows, *found.at_zero):
        if row.billing is not None and row.account is not None:
            mine = [each for each in subscriptions if (each["account"], each["currency"]) == (row.account, row.currency)]
            assert row.billing == _sum(each["arr"] or None for each in mine)


def _row(row):
    return row["account"], row["currency"], row["billing"], row["golden"], row["crm"], row["file"], row["file_difference"]


def _json(line):
    sides = line["sides"]
    values = line["billing"], *(sides[side]["value"] for side in ("golden", "crm", "file")), sides["file"]["difference"]
    return (line["account"] or "", line["currency"], *(value or "" for value in values))


def _sum(texts):
    return sum((Decimal(text) for text in texts if text is not None), Decimal(0))


@pytest.mark.long
def test_a_hundred_thousand_accounts():
    many = [sub(f"a{n}", body(), id=f"sub_{n}") for n in range(100_000)]
    found = tie_out(inputs(many))
    assert (found.ties_out, found.totals["USD"].rows) == (True, 100_000)
    assert found.totals["USD"].billing == 100_000 * 12_000
