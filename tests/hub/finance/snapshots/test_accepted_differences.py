"""Who answers for a difference: a comment for a row or a reason, or an adjustment of exactly that amount."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from snapshot_made import AS_OF, snapshot

from hub.finance.snapshots import Acceptance, Adjustment, settle

# Billing says 1,200.00 for each. The CRM is a cent short for acme, 200.00 over for boron, right for cobalt.
CRM = {"acme": "1199.99", "boron": "1400.00", "cobalt": "1200.00"}
LINES = snapshot(CRM).lines


def adjustment(account: str, amount: str) -> dict[tuple[str, str], Adjustment]:
    made = Adjustment(account, "USD", Decimal(amount), AS_OF + timedelta(days=30), "credit note to come", "Ada")
    return {(account, "USD"): made}


def test_without_a_word_every_row_that_differs_is_open() -> None:
    assert [row["account"] for row in settle(LINES, [], {}).open] == ["acme", "boron"]


def test_a_comment_answers_for_one_row() -> None:
    found = settle(LINES, [Acceptance("acme", "a cent, known", "USD")], {})
    assert [row["account"] for row in found.open] == ["boron"]
    [accepted] = found.accepted
    assert (accepted.account, accepted.difference, accepted.comment, accepted.adjusted) == (
        "acme",
        "-0.01",
        "a cent, known",
        False,
    )


def test_a_comment_for_another_currency_answers_for_nothing_and_is_told() -> None:
    found = settle(LINES, [Acceptance("acme", "why", "EUR")], {})
    assert len(found.open) == 2
    assert [each.what for each in found.unmet] == ["acme"]


def test_a_comment_for_a_reason_answers_for_each_row_of_it() -> None:
    [reason] = {line["reason"] for line in LINES if line.get("account") == "boron"}
    found = settle(LINES, [Acceptance(reason, "typed there, will be overwritten tonight")], {})
    assert "boron" not in [row["account"] for row in found.open]


def test_what_matches_cannot_be_accepted() -> None:
    assert [each.what for each in settle(LINES, [Acceptance("cobalt", "why", "USD")], {}).unmet] == ["cobalt"]


def test_an_adjustment_answers_for_exactly_its_amount() -> None:
    exact = settle(LINES, [], adjustment("boron", "200.00"))
    assert [row["account"] for row in exact.open] == ["acme"]
    assert [(each.account, each.comment, each.adjusted) for each in exact.accepted] == [("boron", "credit note to come", True)]
    for other in ("199.99", "-200.00", "200.01"):
        assert "boron" in [row["account"] for row in settle(LINES, [], adjustment("boron", other)).open]
