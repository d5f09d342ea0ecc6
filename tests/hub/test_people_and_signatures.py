"""Signing in the database: nothing signed is ever changed, two people at once are one after the other."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from hub import signing
from hub.clock import ManualClock
from hub.context import Hub
from hub.finance import Policy
from hub.finance.snapshots import Acceptance, again
from hub.finance.tieout.inputs import Account, Held, Inputs, Source, Subscription, Version, canonical
from hub.finance.tieout.report import Report, tie_out
from hub.opening import make_hub
from hub.people import Person
from hub.settings import Settings
from hub.words import Problem
from mappings import billing

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
ADA, LOU = Person("Ada Invented", "ada@lanternfish.example"), Person("Lou Nobody", "lou@lanternfish.example")


@pytest.fixture
def hub(settings: Settings, engine: Engine) -> Hub:
    return make_hub(settings, engine, clock=ManualClock(NOW))


def report(crm: str = "1200.00", **changes: object) -> Report:
    """One account, billed 100.00 USD a month; the CRM holds what is given."""
    item = billing.item("si_1", quantity="1", unit="100.00", interval="month")
    body = canonical(
        billing.subscription("sub_1", "cus_1", status="active", currency="USD", minor_digits=2, items=[item])
    ).decode()
    since = NOW - timedelta(days=40)
    sources = tuple(Source(name, role, NOW, since=since) for name, role in (("stripe", "billing"), ("hubspot", "crm")))
    made = Inputs(
        NOW - timedelta(hours=9), 7, Policy(), sources, (Account("acc1", "Acme", ("cus_1",)),),
        (Subscription("stripe", "sub_1", "cus_1", "acc1", (Version(body, since),)),),
        {"golden": (Held("acc1", "acc1", {"USD": Decimal("1200.00")}),), "crm": (Held("crm:1", "acc1", {"USD": Decimal(crm)}),)},
    )  # fmt: skip
    return tie_out(replace(made, **changes))


def code(work, *args, **named) -> str:
    with pytest.raises(Problem) as raised:
        work(*args, **named)
    return raised.value.code


def closed(hub: Hub) -> int:
    id = signing.draft(hub, report(), ADA)
    signing.prepare(hub, id, ADA)
    signing.advance(hub, id, "reviewed", LOU)
    signing.advance(hub, id, "closed", ADA)
    return id


def test_from_draft_to_closed_every_step_is_kept_with_name_and_hash(hub: Hub) -> None:
    id = closed(hub)
    with hub.engine.connect() as database:
        stored, kept = signing.load(database, id), signing.content(database, id)
    assert stored.state == "closed"
    assert [(each.old, each.new, each.by) for each in stored.signatures] == [
        ("draft", "prepared", "Ada Invented"),
        ("prepared", "reviewed", "Lou Nobody"),
        ("reviewed", "closed", "Ada Invented"),
    ]
    assert {each.hash for each in stored.signatures} == {kept.hash} == {stored.facts.hash}
    assert again(kept) == kept


@pytest.mark.parametrize("table", ["snapshot", "signature", "adjustment"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = 0", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_was_signed_is_never_changed_nor_removed(hub: Hub, table: str, change: str) -> None:
    closed(hub)
    with pytest.raises(DBAPIError, match="only ever added"), hub.engine.begin() as database:
        database.execute(text(change.format(table)))


def test_four_eyes(hub: Hub) -> None:
    id = signing.draft(hub, report(), ADA)
    signing.prepare(hub, id, ADA)
    assert code(signing.advance, hub, id, "reviewed", ADA) == "snapshot_same_person"
    assert code(signing.advance, hub, id, "closed", LOU) == "snapshot_state"


def test_one_person_where_the_policy_says_so(hub: Hub) -> None:
    id = signing.draft(hub, report(policy=Policy(sign_off="single")), ADA)
    signing.prepare(hub, id, ADA)
    signing.advance(hub, id, "reviewed", ADA)
    with hub.engine.connect() as database:
        assert signing.load(database, id).facts.sign_off == "single"


def test_two_who_review_at_once_are_one(hub: Hub) -> None:
    id = signing.draft(hub, report(), ADA)
    signing.prepare(hub, id, ADA)
    together = threading.Barrier(2)

    def review(name: str) -> str:
        together.wait(timeout=10)
        try:
            signing.advance(hub, id, "reviewed", Person(name, "x@lanternfish.example"))
        except Problem as problem:
            return problem.code
        return "signed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(review, ["Lou Nobody", "Pim Placeholder"])) == ["signed", "snapshot_state"]


def test_a_difference_keeps_it_a_draft_until_somebody_answers_for_it(hub: Hub) -> None:
    id = signing.draft(hub, report("1100.00"), ADA)
    assert signing.prepare(hub, id, ADA).state == "draft"
    assert code(signing.prepare, hub, id, ADA, [Acceptance("acc1", "  ", "USD")]) == "comment_empty"
    done = signing.prepare(hub, id, ADA, [Acceptance("acc1", "a credit note to come", "USD")])
    assert done.state == "prepared"
    with hub.engine.connect() as database:
        [step] = signing.load(database, id).signatures
    assert [(each.account, each.difference, each.comment) for each in step.accepted] == [
        ("acc1", "-100.00", "a credit note to come")
    ]


def test_an_adjustment_answers_while_it_lasts(hub: Hub) -> None:
    """The CRM is 100.00 short. An adjustment of -100.00 until tomorrow answers for it as of last midnight; of -99.00 does not."""
    amounts = {"account": "acc1", "currency": "USD", "until": NOW + timedelta(days=1), "reason": "a credit note to come"}
    id = signing.draft(hub, report("1100.00"), ADA)
    before = hub.clock.now() - timedelta(microseconds=1)
    signing.adjust(hub, LOU, amount=Decimal("-99.00"), **amounts)
    assert signing.prepare(hub, id, ADA).state == "draft"
    signing.adjust(hub, LOU, amount=Decimal("-100.00"), **amounts)
    with hub.engine.connect() as database:
        assert list(signing.adjustments(database, NOW)) == [("acc1", "USD")]
        assert signing.adjustments(database, NOW + timedelta(days=1)) == {}
        assert signing.adjustments(database, NOW, known=before) == {}
    assert signing.prepare(hub, id, ADA).state == "prepared"
    signing.adjust(hub, LOU, amount=Decimal(0), **amounts)
    with hub.engine.connect() as database:
        assert signing.adjustments(database, NOW) == {}


def test_an_adjustment_needs_a_reason_a_future_and_an_amount_that_the_currency_has(hub: Hub) -> None:
    good = {"until": NOW + timedelta(days=1), "reason": "why"}
    assert code(signing.adjust, hub, ADA, "acc1", "USD", Decimal(1), **good | {"until": NOW}) == "adjustment_over"
    assert code(signing.adjust, hub, ADA, "acc1", "USD", Decimal(1), **good | {"reason": " "}) == "comment_empty"
    assert code(signing.adjust, hub, ADA, "acc1", "JPY", Decimal("0.5"), **good) == "adjustment_unusable"


def test_a_run_that_proves_nothing_is_not_kept(hub: Hub) -> None:
    stale = tuple(replace(each, missing=("stale",)) for each in report().inputs.sources)
    assert code(signing.draft, hub, report(sources=stale), ADA) == "snapshot_incomplete"
    assert code(signing.draft, hub, report(subscriptions=(), accounts=(), sides={}), ADA) == "snapshot_without_rows"
    assert code(signing.draft, hub, report(as_of=NOW + timedelta(hours=1)), ADA) == "snapshot_not_yet_true"
    with hub.engine.connect() as database:
        assert signing.snapshots(database) == []


def test_bytes_that_somebody_changed_behind_our_back_cannot_be_signed(hub: Hub) -> None:
    id = signing.draft(hub, report(), ADA)
    with hub.engine.begin() as database:
        database.execute(text("ALTER TABLE snapshot DISABLE TRIGGER only_added"))
        database.execute(text("UPDATE snapshot SET hash = repeat('0', 64)"))
    assert code(signing.prepare, hub, id, ADA) == "snapshot_differs"


def test_who_looked_at_another_hash_signs_nothing(hub: Hub) -> None:
    id = signing.draft(hub, report(), ADA)
    with hub.engine.connect() as database:
        hash = signing.load(database, id).facts.hash
    assert code(signing.prepare, hub, id, ADA, given="0" * 64) == "snapshot_hash"
    assert code(signing.prepare, hub, id, ADA, given="") == "snapshot_hash"
    assert signing.prepare(hub, id, ADA, given=hash[:12]).state == "prepared"


def test_a_snapshot_that_is_not_there_is_told(hub: Hub) -> None:
    assert code(signing.prepare, hub, 7, ADA) == "snapshot_unknown"
