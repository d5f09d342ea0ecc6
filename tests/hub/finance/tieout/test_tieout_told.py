"""A report as it leaves the hub: JSON lines and CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tieout_made import AS_OF, body, inputs, sub

from hub.finance.csv import written
from hub.finance.snapshots import Adjustment
from hub.finance.tieout import tie_out
from hub.finance.tieout.lines import lines
from hub.finance.tieout.table import Beside, table

ONE_AT_ZERO = inputs([sub("a", body()), sub("b", body(status="trialing"), id="sub_2")])


def parts(beside: Beside = Beside(), *, test: bool = False) -> tuple[list[list[str]], list[dict[str, str]]]:  # noqa: B008  # frozen
    billing, crm = ONE_AT_ZERO.sources
    given = replace(ONE_AT_ZERO, sources=(replace(billing, test=test), crm))
    header, _, body = written(table(tie_out(given), beside)).partition("\r\n\r\n")
    return list(csv.reader(io.StringIO(header, newline=""))), list(csv.DictReader(io.StringIO(body, newline="")))


def test_what_is_at_zero_is_no_row_and_told_only_on_demand():
    report = tie_out(ONE_AT_ZERO)
    assert [line["event"] for line in lines(report, every=False)] == ["row", "report"]
    assert [line["event"] for line in lines(report)] == ["row", "at_zero", "report"]


def test_every_line_that_counts_test_objects_says_so():
    billing, crm = ONE_AT_ZERO.sources
    report = tie_out(replace(ONE_AT_ZERO, sources=(replace(billing, test=True), crm)))
    assert {line["mode"] for line in lines(report)} == {"TEST"}
    assert not any("mode" in line for line in lines(tie_out(ONE_AT_ZERO)))
    header, _ = parts(test=True)
    assert ["mode", "TEST"] in header
    assert [line[:4] for line in header if line[0] == "source"] == [
        ["source", "stripe", "billing", "TEST"],
        ["source", "hubspot", "crm", "live"],
    ]


def test_who_asked_and_what_is_answered_for_stand_in_the_header():
    made = Adjustment("a", "USD", Decimal(-5), AS_OF + timedelta(days=1), "=later", "Ada")
    header, _ = parts(Beside("Ada", (made,)))
    assert ["by", "Ada"] in header
    assert ["known_at", "7"] in header
    assert ["adjustment", "a", "USD", "-5.00", "2026-12-01T12:00:00Z", "'=later", "Ada"] in header


def test_each_subscription_has_its_formula_and_where_it_comes_from():
    _, told = parts(Beside(paper=lambda formula: [step["step"] for step in formula]))
    found = [
        [line[name] for name in ("subscription", "arr", "code", "formula", "read_at")]
        for line in told
        if line["line"] == "subscription"
    ]
    assert found == [
        ["sub_1", "12000.00", "", "line | year | arr", "2026-10-31T12:00:00Z"],
        ["sub_2", "0.00", "status_trialing", "excluded | arr", "2026-10-31T12:00:00Z"],
    ]
