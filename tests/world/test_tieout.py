"""The tie-out as finance would use it: practice systems, a real database, rows computed by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from billing_scenes import EVERYTHING, billed, companies, everything, priced
from scenes import company
from worlds import World, populated

from connectors.kit.faults import Fault
from hub import connections, runs
from hub.cli.tieout import gathered, status
from hub.finance.tieout import Report, tie_out
from hub.finance.tieout.inputs import canonical, dump, load
from hub.finance.tieout.lines import encoded
from hub.finance.tieout.rows import Row
from hub.practice.story.world import world as story
from hub.readings import freshness
from hub.words import Problem

Make = Callable[..., World]
BERLIN = timezone(timedelta(hours=1))


def one(**given: Any) -> dict[str, Any]:
    """One company, 4 x 25.00 x 12 = 1200.00."""
    return {
        "stripe": {"customers": billed("acme"), "subscriptions": [priced("sub_1", "cus_acme", 4, 2500, **given)]},
        "hubspot": {"companies": companies("acme")},
    }


def agreed(make_world: Make, data: dict[str, Any]) -> World:
    world = make_world(data)
    world.settle_down()
    return world


def only(report: Report) -> Row:
    [row] = report.rows
    return row


def more_seats(world: World, seats: int) -> None:
    """Somebody buys in billing, and billing is read again."""
    items = world.twins["stripe"].table("subscriptions")["sub_1"]["items"]
    [item] = items["data"]
    world.twins["stripe"].edit("subscriptions", "sub_1", items=items | {"data": [item | {"quantity": seats}]})
    world.read("stripe")


def typed(world: World, arr: str) -> None:
    world.twins["hubspot"].edit("companies", "10", concord_arr=arr, concord_arr_currency="USD")
    world.read("hubspot")


def test_everything_that_finance_argues_about(make_world: Make) -> None:
    world = agreed(make_world, everything())
    report = gathered(world.hub)
    found = {row.name.casefold(): (row.currency, str(row.billing)) for row in report.rows}
    assert found == EVERYTHING
    assert [(row.name, row.cells["crm"].kind, row.cells["crm"].reason) for row in report.differing] == [
        ("Museum", "missing_in_hub", "unmapped_customer")
    ]
    assert {row.name for row in report.at_zero} == {"Paused", "Trial"}
    usd = report.totals["USD"]
    assert (usd.billing, usd.sides["golden"].difference, usd.sides["crm"].difference) == (
        Decimal("19847.88"),
        0,
        Decimal("-4200.00"),
    )
    assert (usd.matching, usd.rows) == (6, 7)
    assert (report.tally.read, report.tally.counted) == (15, 13)
    assert report.tally.excluded == {"collection_paused_void": 1, "status_trialing": 1}
    assert (report.complete, report.ties_out, status(report)) == (True, False, 3)


def test_two_billing_customers_of_one_account_are_one_row(make_world: Make) -> None:
    report = gathered(agreed(make_world, everything()).hub)
    [row] = [row for row in report.rows if row.name == "Two"]
    assert row.customers == ("cus_two1", "cus_two2")


def test_it_ties_and_its_inputs_give_the_same_bytes_again(make_world: Make) -> None:
    report = gathered(agreed(make_world, one()).hub)
    assert (report.ties_out, status(report)) == (True, 0)
    stored = dump(report.inputs)
    again = load(stored)
    assert canonical(dump(again)) == canonical(stored)
    assert encoded(tie_out(again)) == encoded(report)


def test_an_arr_edited_in_the_crm_after_the_sync_is_an_override_until_it_is_put_right(make_world: Make) -> None:
    world = agreed(make_world, one())
    typed(world, "1300.00")
    report = gathered(world.hub)
    cell = only(report).cells["crm"]
    assert (cell.value, cell.kind, cell.reason, cell.difference) == (Decimal(1300), "mismatch", "manual_override", Decimal(100))
    assert status(report) == 3
    world.settle_down()
    assert gathered(world.hub).ties_out


def test_pain_what_cannot_be_read_in_the_crm_is_no_figure_and_no_match(make_world: Make) -> None:
    world = agreed(make_world, one())
    world.twins["hubspot"].edit("companies", "10", concord_arr_currency="DOLLARS")
    world.read("hubspot")
    cell = only(gathered(world.hub)).cells["crm"]
    assert (cell.value, cell.kind, cell.reason) == (None, "missing_in_hub", "hub_value_null")


def test_an_edit_that_is_what_mrr_times_twelve_gives_is_rounding(make_world: Make) -> None:
    """100.00 a year; 12 x 8.33 = 99.96."""
    world = agreed(make_world, one(every="year"))
    typed(world, "99.96")
    assert only(gathered(world.hub)).cells["crm"].reason == "rounding"


def test_a_crm_that_waits_for_its_update_has_billings_figure_of_before(make_world: Make) -> None:
    world = agreed(make_world, one())
    more_seats(world, 5)
    row = only(gathered(world.hub))
    assert (row.billing, row.cells["golden"].kind) == (Decimal("1500.00"), "match")
    assert (row.cells["crm"].value, row.cells["crm"].reason) == (Decimal("1200.00"), "stale_sync")


def test_as_of_an_earlier_instant_is_what_was_true_then(make_world: Make) -> None:
    world = agreed(make_world, one())
    then = world.hub.clock.now()
    world.read()  # nothing has changed by now
    more_seats(world, 5)
    world.settle_down()
    before, now = gathered(world.hub, then), gathered(world.hub)
    assert [(str(row.billing), row.matches) for row in (only(before), only(now))] == [("1200.00", True), ("1500.00", True)]
    assert before.complete


def test_a_change_that_may_have_come_before_or_after_as_of_is_timing(make_world: Make) -> None:
    """Between the last read that showed the old value and the first that showed the new one, nobody can tell."""
    world = agreed(make_world, one())
    world.read("stripe")
    between = world.hub.clock.now()
    more_seats(world, 5)
    with world.hub.engine.begin() as database:  # the old value was proven long before
        database.exec_driver_sql("UPDATE log SET proven = requested - 3600000000 WHERE kind = 'observation' AND proven > 0")
        database.exec_driver_sql("UPDATE log SET requested = requested - 3600000000 WHERE kind = 'observation'")
    row = only(gathered(world.hub, between))
    assert {(cell.kind, cell.reason) for cell in row.cells.values()} == {("mismatch", "timing")}


def test_there_is_no_figure_from_before_the_first_complete_reading(make_world: Make) -> None:
    world = agreed(make_world, one())
    with pytest.raises(Problem) as caught:
        gathered(world.hub, world.hub.clock.now() - timedelta(days=1))
    assert caught.value.code == "as_of_not_covered"
    first = datetime.fromisoformat(caught.value.data["first"])
    assert gathered(world.hub, first).rows


@pytest.mark.parametrize(("seconds", "billing"), [(-1, "1200.00"), (0, "0.00")])
@pytest.mark.parametrize("zone", [BERLIN, UTC, timezone(timedelta(hours=-11))])
def test_a_time_zone_boundary(make_world: Make, seconds: int, billing: str, zone: timezone) -> None:
    """Ends at midnight in Berlin: counted at 23:59:59, not at 00:00:00, however the instant is written."""
    world = make_world(one())
    midnight = (world.hub.clock.now().astimezone(BERLIN) + timedelta(days=2)).replace(hour=0, minute=0, second=0, microsecond=0)
    world.twins["stripe"].edit("subscriptions", "sub_1", cancel_at=int(midnight.timestamp()))
    world.settle_down()
    typed(world, "7")
    row = only(gathered(world.hub, (midnight + timedelta(seconds=seconds)).astimezone(zone)))
    assert str(row.billing) == billing


def test_billing_down_is_a_failure_and_the_report_is_still_there(make_world: Make) -> None:
    world = agreed(make_world, one())
    world.twins["stripe"].armed.arm(Fault.SERVER_ERROR, times=500)
    world.read("stripe")
    report = gathered(world.hub)
    assert [source.missing for source in report.inputs.sources] == [("incomplete",), ()]
    assert (report.complete, report.ties_out, status(report)) == (False, False, 1)
    assert only(report).matches


@pytest.mark.parametrize("then", ["reading", "paused"])
def test_billing_that_failed_stays_incomplete_while_it_is_tried_again_or_paused(make_world: Make, then: str) -> None:
    world = agreed(make_world, one())
    world.twins["stripe"].armed.arm(Fault.SERVER_ERROR, times=500)
    world.read("stripe")
    with world.hub.engine.begin() as database:
        if then == "paused":
            connections.change(database, "stripe", state="paused")
        else:
            runs.begin(world.hub, database, "stripe", "sync", "test")
    with world.hub.engine.connect() as database:
        assert {each.connection.name: each.state for each in freshness.read(world.hub, database)}["stripe"] == then
    assert [source.missing for source in gathered(world.hub).inputs.sources] == [("incomplete",), ()]


def test_a_source_that_is_older_than_promised_is_stale(make_world: Make) -> None:
    world = agreed(make_world, one())
    report = gathered(world.hub, world.hub.clock.now() + timedelta(hours=1))
    assert [source.missing for source in report.inputs.sources] == [("stale",), ("stale",)]
    assert status(report) == 1


def test_no_accounts_is_a_failure(make_world: Make) -> None:
    report = gathered(agreed(make_world, {"stripe": {}, "hubspot": {}}).hub)
    assert (report.rows, report.complete, status(report)) == ((), False, 1)


def test_what_was_never_read_is_a_failure(make_world: Make) -> None:
    report = gathered(make_world(one()).hub)
    assert ([source.missing for source in report.inputs.sources], status(report)) == ([("not_read",), ("not_read",)], 1)


def test_an_incomplete_subscription_is_no_number_and_no_match(make_world: Make) -> None:
    world = agreed(make_world, one())
    items = world.twins["stripe"].table("subscriptions")["sub_1"]["items"]
    [item] = items["data"]
    broken = item["price"] | {"recurring": item["price"]["recurring"] | {"interval": "fortnight"}}
    world.twins["stripe"].edit("subscriptions", "sub_1", items=items | {"data": [item | {"price": broken}]})
    world.read("stripe")
    report = gathered(world.hub)
    row = only(report)
    assert (row.billing, {cell.kind for cell in row.cells.values()}) == (None, {"incomplete"})
    assert (report.totals["USD"].billing, status(report)) == (None, 3)
    assert sum(report.tally.error.values()) == 1


def test_pain_a_second_company_of_the_same_domain_is_a_duplicate_link(make_world: Make) -> None:
    data = one()
    data["hubspot"]["companies"].append(
        company("99", name="Acme again", domain="acme.example", concord_arr="1200.00", concord_arr_currency="USD")
    )
    report = gathered(agreed(make_world, data).hub)
    assert {(row.cells["crm"].kind, row.cells["crm"].reason) for row in report.rows} == {("mismatch", "duplicate_link")}
    assert report.totals["USD"].billing == Decimal("1200.00")
    assert report.totals["USD"].sides["crm"].value == Decimal("2400.00")


def sheet(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "finance.csv"
    path.write_text(text)
    return path


def test_finances_own_sheet_by_billing_customer_domain_and_account(make_world: Make, tmp_path: Path) -> None:
    world = agreed(make_world, everything())
    account = next(row.account for row in gathered(world.hub).rows if row.name == "Late")
    for text, name, value in [
        ("stripe_id,currency,arr\ncus_two1,USD,1019.88\ncus_two2,USD,6600.00\n", "Two", "7619.88"),
        ("domain,currency,arr\nYEN.example,jpy,576000\n", "Yen", "576000"),
        (f"account,currency,arr\n{account},USD,1200\n", "Late", "1200"),
        ("hubspot_id,currency,arr\n12,USD,948.00\n", "Tiers", "948.00"),
    ]:
        report = gathered(world.hub, against=sheet(tmp_path, text))
        [row] = [row for row in report.rows if row.name == name]
        assert (row.cells["file"].kind, row.cells["file"].value) == ("match", Decimal(value))
        assert {row.cells["file"].reason for row in report.rows if row.name != name} == {"unmapped_customer"}


def test_a_key_twice_and_a_key_of_nobody(make_world: Make, tmp_path: Path) -> None:
    world = agreed(make_world, one())
    text = "domain,currency,arr\nacme.example,USD,600\nacme.example,USD,600\nno-such.example,USD,5.00\n"
    report = gathered(world.hub, against=sheet(tmp_path, text))
    known, stranger = sorted(report.rows, key=lambda row: row.account == "no-such.example")
    assert (known.cells["file"].value, known.cells["file"].reason) == (None, "duplicate_link")
    assert (stranger.cells["file"].kind, stranger.billing) == ("missing_in_billing", None)
    assert report.totals["USD"].sides["file"].value == Decimal("5.00")


def test_a_billing_customer_twice_adds_nothing_and_the_other_one_of_the_account_counts(
    make_world: Make, tmp_path: Path
) -> None:
    text = "stripe_id,currency,arr\ncus_two1,USD,1019.88\ncus_two1,USD,1019.88\ncus_two2,USD,6600.00\n"
    report = gathered(agreed(make_world, everything()).hub, against=sheet(tmp_path, text))
    [row] = [row for row in report.rows if row.name == "Two"]
    cell = row.cells["file"]
    assert (cell.value, cell.difference, cell.kind, cell.reason) == (
        Decimal("6600.00"),
        Decimal("-1019.88"),
        "mismatch",
        "duplicate_link",
    )
    assert report.totals["USD"].sides["file"].value == Decimal("6600.00")


def test_the_story_while_listening_and_after_writing(make_world: Make) -> None:
    world = make_world(populated(story(7, datetime.now(UTC).date())))
    world.read()
    report = gathered(world.hub)
    assert (len(report.rows), len(report.differing), len(report.at_zero)) == (114, 12, 6)
    [cents] = [row for row in report.rows if row.name == "Second-Hand Moonlight"]
    assert (cents.cells["crm"].difference, cents.cells["crm"].reason) == (Decimal("0.02"), "rounding")
    assert {row.cells["crm"].reason for row in report.rows if row.name == "Borrowed Horizon Airlines"} == {"currency"}
    world.settle_down()
    report = gathered(world.hub)
    [museum] = report.differing
    assert (museum.name, museum.cells["crm"].kind, museum.cells["crm"].reason) == (
        "Tuesday Forever Museum",
        "missing_in_hub",
        "unmapped_customer",
    )
    usd = report.totals["USD"]
    assert (usd.billing, usd.sides["crm"].value, usd.matching, usd.rows) == (
        Decimal("256883.88"),
        Decimal("252683.88"),
        99,
        100,
    )
    assert (report.tally.read, report.tally.counted, status(report)) == (121, 115, 3)
