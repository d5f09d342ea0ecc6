"""What became of a snapshot since: restated, moved on, turned from a match."""

from __future__ import annotations

from decimal import Decimal

from snapshot_made import snapshot

from hub.finance.snapshots.changes import changes, standings

WAS = standings(snapshot({"acme": "1200.00", "boron": "1200.00"}).lines)


def test_nothing_changed_is_nothing_told() -> None:
    assert changes(WAS, WAS, WAS) == []


def test_a_match_that_turned_is_told() -> None:
    now = standings(snapshot({"acme": "1200.00", "boron": "900.00"}).lines)
    [changed] = changes(WAS, WAS, now)
    assert (changed.account, changed.turned, changed.restatement) == ("boron", True, Decimal(0))


def test_an_account_that_is_gone_from_the_same_instant_is_a_restatement() -> None:
    """boron was signed with 1,200.00; as known now it had nothing then: -1,200.00."""
    restated = {key: each for key, each in WAS.items() if key[0] == "acme"}
    [changed] = changes(WAS, restated, WAS)
    assert (changed.account, changed.restatement) == ("boron", Decimal("-1200.00"))


def test_where_the_instant_cannot_be_asked_about_any_more_nothing_is_restated() -> None:
    [changed] = changes(WAS, None, {})[:1]
    assert changed.restatement is None


def test_an_account_that_became_part_of_another_is_the_other() -> None:
    """Both were billed 1,200.00: together 2,400.00."""
    merged = standings(snapshot({"acme": "1200.00", "boron": "1200.00"}).lines, {"boron": "acme"})
    assert {key: each.billing for key, each in merged.items()} == {("acme", "USD"): Decimal("2400.00")}
