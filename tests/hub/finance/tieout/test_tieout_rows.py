"""Classes, null and zero, and whom a row belongs to: by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from decimal import Decimal

import pytest
from tieout_made import AS_OF, body, held, inputs, item, report, source, sub

from hub.finance.tieout import tie_out
from hub.finance.tieout.inputs import Held
from hub.finance.tieout.lines import report_line

TEAPOT = [sub("a", body())]  # 40 x 25.00 x 12 = 12000.00
TRIAL = [sub("a", body(status="trialing"))]
BROKEN = [sub("a", body(status=None))]


def crm(subscriptions, *of):
    """(billing, value, difference, class, reason) of the CRM in each row."""
    found = report(subscriptions, crm=of)
    return [(row.billing, *_parts(row.cells["crm"])) for row in found.rows]


def _parts(cell):
    return cell.value, cell.difference, cell.kind, cell.reason


D = Decimal


def test_equal_to_the_cent_is_a_match():
    assert crm(TEAPOT, held("a", USD="12000.00")) == [(D("12000.00"), D("12000.00"), D(0), "match", None)]


def test_a_cent_is_a_mismatch():
    [(_, _, difference, kind, _)] = crm(TEAPOT, held("a", USD="11999.99"))
    assert (difference, kind) == (D("-0.01"), "mismatch")


def test_no_record_there_is_an_unmapped_customer():
    assert crm(TEAPOT) == [(D("12000.00"), None, D("-12000.00"), "missing_in_hub", "unmapped_customer")]


def test_a_record_with_an_empty_field_is_null_and_not_zero():
    assert crm(TEAPOT, held("a")) == [(D("12000.00"), None, D("-12000.00"), "missing_in_hub", "hub_value_null")]
    [(_, value, _, kind, _)] = crm(TEAPOT, held("a", USD="0.00"))
    assert (value, kind) == (D("0.00"), "mismatch")


def test_an_amount_without_any_subscription_is_missing_in_billing():
    assert crm(TEAPOT, held("a", USD="12000"), held("b", USD="5.00"))[1] == (
        None, D("5.00"), D("5.00"), "missing_in_billing", "no_counting_subscription",
    )  # fmt: skip


def test_zero_without_any_subscription_is_an_amount():
    [_, (billing, value, difference, kind, _)] = crm(TEAPOT, held("a", USD="12000"), held("b", USD="0.00"))
    assert (billing, value, difference, kind) == (None, D("0.00"), D(0), "missing_in_billing")


@pytest.mark.parametrize("of", [(), (held("a"),), (held("a", USD="0.00"),)])
def test_excluded_only_where_everybody_says_null_or_zero_is_at_zero(of):
    found = report([*TRIAL, sub("b", body(), id="sub_2")], crm=(*of, held("b", USD="12000")))
    assert [row.account for row in found.rows] == ["b"]
    assert [row.account for row in found.at_zero] == ["a"]
    assert found.totals["USD"].rows == 1


def test_excluded_only_against_zero_is_a_match_once_it_is_a_row():
    found = report(TRIAL, crm=(held("a", USD="0.00"),), file=(held("a", USD="3.00"),))
    [row] = found.rows
    assert (row.cells["golden"].kind, row.cells["crm"].kind) == ("match", "match")
    assert (row.cells["file"].kind, row.cells["file"].reason) == ("mismatch", "no_counting_subscription")


def test_excluded_only_against_what_it_would_be_is_status_treatment():
    assert crm(TRIAL, held("a", USD="12000.00"))[0][-2:] == ("mismatch", "status_treatment")
    assert crm(TRIAL, held("a", USD="12000.01"))[0][-2:] == ("mismatch", "no_counting_subscription")


def test_what_counts_with_zero_is_a_row():
    nothing = [sub("a", body(item(quantity="0")))]
    assert crm(nothing, held("a", USD="0.00")) == [(D("0.00"), D("0.00"), D(0), "match", None)]


def test_incomplete_billing_is_never_a_match_and_leaves_no_total():
    found = report([*BROKEN, sub("b", body(), id="sub_2")], crm=(held("a", USD="0.00"), held("b", USD="12000")))
    first, second = found.rows
    assert [(cell.kind, cell.reason, cell.difference) for cell in first.cells.values()] == [
        ("incomplete", "unknown_status", None)
    ] * 2
    assert first.billing is None
    assert second.matches
    total = found.totals["USD"]
    assert (total.billing, total.sides["crm"].difference, total.sides["crm"].value) == (None, None, D("12000.00"))
    assert not found.ties_out


def test_one_bad_subscription_makes_the_whole_customer_incomplete():
    both = [sub("a", body(), id="sub_1"), sub("a", body(status=None, currency="EUR"), id="sub_2")]
    assert {(row.currency, row.cells["crm"].kind) for row in report(both).rows} == {
        ("USD", "incomplete"),
        ("EUR", "incomplete"),
    }


def test_a_subscription_without_currency_is_a_row_all_the_same():
    [row] = report([sub("a", body(status=None, currency=None, minor_digits=None))]).rows
    assert (row.currency, row.billing, row.cells["crm"].kind) == ("XXX", None, "incomplete")


def test_two_records_of_the_crm_for_one_billing_customer_are_never_a_match():
    follower = replace(held("a", "crm:second", USD="5.00"), follower=True)
    found = crm(TEAPOT, held("a", "crm:first", USD="12000.00"), follower)
    assert found == [
        (D("12000.00"), D("12000.00"), D(0), "mismatch", "duplicate_link"),
        (None, D("5.00"), D("5.00"), "mismatch", "duplicate_link"),
    ]


def test_a_second_company_that_stands_alone_with_the_same_key_is_a_duplicate_too():
    rival = replace(held("b", USD="12000.00"), rival="a")
    found = crm(TEAPOT, held("a", USD="12000.00"), rival)
    assert [parts[-2:] for parts in found] == [("mismatch", "duplicate_link")] * 2
    assert [parts[0] for parts in found] == [D("12000.00"), None]


def test_a_second_record_that_carries_nothing_is_no_duplicate():
    assert crm(TEAPOT, held("a", USD="12000.00"), replace(held("a", "crm:z"), follower=True))[0][-2:] == ("match", None)


def test_other_currencies_mark_both_rows():
    # 24,000.00 USD and 8,400.00 EUR are billed; the CRM has them in one sum.
    both = [sub("a", body(item(quantity="80")), id="sub_1"), sub("a", body(item(quantity="28"), currency="EUR"), id="sub_2")]
    assert [(parts[-2], parts[-1]) for parts in crm(both, held("a", USD="32400.00"))] == [
        ("missing_in_hub", "currency"),
        ("mismatch", "currency"),
    ]


def test_a_customer_that_was_never_read_is_a_row_with_its_billing_id():
    [row] = report([sub(None, body(), customer="cus_9")], golden=(), crm=()).rows
    assert (row.account, row.customers, row.billing) == (None, ("cus_9",), D("12000.00"))
    assert {cell.reason for cell in row.cells.values()} == {"unmapped_customer"}


def test_a_key_that_nobody_knows_is_a_row_of_its_own():
    stranger = Held("no-such.example", None, {"USD": D("7.00")})
    _, row = report(TEAPOT, file=(held("a", USD="12000.00"), stranger)).rows
    assert (row.account, row.cells["file"].kind, row.cells["file"].difference) == (
        "no-such.example",
        "missing_in_billing",
        D("7.00"),
    )
    assert {row.cells[side].kind for side in ("golden", "crm")} == {"match"}


def test_a_key_found_twice_adds_nothing():
    twice = replace(held("a", USD=None), doubled=("USD",))
    found = report(TEAPOT, file=(twice,))
    assert _parts(found.rows[0].cells["file"]) == (None, D("-12000.00"), "mismatch", "duplicate_link")
    assert found.totals["USD"].sides["file"].value == 0


def test_the_row_takes_the_first_side_that_is_no_match():
    [row] = report(TEAPOT, crm=(), file=(held("a", USD="1.00"),)).rows
    assert row.worst is row.cells["crm"]


def test_two_errors_that_cancel_do_not_tie():
    two = [sub("a", body(), id="sub_1"), sub("b", body(), id="sub_2")]
    found = report(two, crm=(held("a", USD="12001.00"), held("b", USD="11999.00")))
    assert found.totals["USD"].sides["crm"].difference == 0
    assert not found.totals["USD"].ties_out
    assert not found.ties_out


def test_a_report_on_no_accounts_is_a_failure():
    found = report([])
    assert (found.rows, found.complete, found.ties_out) == ((), False, False)


@pytest.mark.parametrize("code", ["stale", "incomplete", "not_read"])
def test_a_source_that_will_not_do_makes_the_report_incomplete(code):
    given = inputs(TEAPOT)
    assert tie_out(given).ties_out
    found = tie_out(replace(given, sources=(source(), source("crm", code))))
    assert (found.complete, found.ties_out, found.totals["USD"].ties_out) == (False, False, True)


def test_who_only_has_a_crm_proves_nothing():
    assert not tie_out(replace(inputs(TEAPOT), sources=(source("crm"),))).complete


def test_every_subscription_is_accounted_for():
    four = [
        sub("a", body(), id="sub_1"),
        sub("a", body(status="trialing"), id="sub_2"),
        sub("b", body(status="unpaid"), id="sub_3"),
        sub("c", body(problems=["items_truncated"]), id="sub_4"),
    ]
    tally = report(four).tally
    assert (tally.read, tally.counted) == (4, 1)
    assert (tally.excluded, tally.error) == ({"status_trialing": 1, "status_unpaid": 1}, {"items_truncated": 1})


def test_as_of_is_kept_in_the_zone_in_which_people_meant_it():
    berlin = AS_OF.astimezone(timezone(timedelta(hours=1)))
    assert report_line(tie_out(replace(inputs(TEAPOT), as_of=berlin)))["as_of"] == "2026-11-30T13:00:00+01:00"
