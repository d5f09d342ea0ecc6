"""R1 to R5, R16, R18 to R20 by hand: what counts at all."""

from __future__ import annotations

from paper import AS_OF, Case, Json, error, excluded, file, ok, unix
from stripe_hand import item, metered, price, sub, tiered

FULL = "40 x 25.00 = 1,000.00 a month; x 12 = 12,000.00"
NOTHING = "no licensed recurring item: ok with 0"
ONE_TIME = price(recurring=None, type="one_time")
BOTH = item(quantity=40)
CANCELS = unix("2026-12-31T00:00:00Z")


AT_REQUEST = "scheduled_cancellation: exclude_at_request"


def full(name: str, content: Json, hand: str = FULL, **more: str) -> Case:
    return ok(name, hand, content, "1000.00", "12000.00", **more)


def paused(behavior: str, resumes_at: str | None = None) -> Json:
    return file(sub(pause_collection={"behavior": behavior, "resumes_at": None if resumes_at is None else unix(resumes_at)}))


def owed(since: str) -> Json:
    """Past due, with an open invoice that fell due then."""
    invoice = {"id": "in_1", "subscription": "sub_1", "status": "open", "due_date": unix(since), "created": 1}
    return file(sub(status="past_due"), invoices=[invoice])


STATUS = [
    full("active", file(sub())),
    full("past due", file(sub(status="past_due"))),
    *[
        excluded(f"status {word}", f"status_{word}", file(sub(status=word)))
        for word in ("trialing", "unpaid", "canceled", "incomplete", "incomplete_expired", "paused")
    ],
    error("status unknown", "unknown_status", file(sub(status="frozen"))),
    error("status null", "unknown_status", file(sub(status=None))),
    excluded("past due excluded by policy", "status_past_due", file(sub(status="past_due")), policy="past_due: exclude"),
    full("past due does not touch active", file(sub()), policy="past_due: exclude"),
    error(
        "past due by days, no invoice",
        "past_due_since_unknown",
        file(sub(status="past_due")),
        policy="past_due: {count_days: 30}",
    ),
    full("past due since 29 days", owed("2026-11-01T12:00:00Z"), policy="past_due: {count_days: 30}"),
    excluded("past due since 30 days", "status_past_due", owed("2026-10-31T12:00:00Z"), policy="past_due: {count_days: 30}"),
    full("active needs no invoice", file(sub()), policy="past_due: {count_days: 30}"),
    full("trialing included", file(sub(status="trialing")), policy="trialing: include"),
    full("an old trial_end excludes nothing", file(sub(trial_end=unix("2026-02-01T00:00:00Z")))),
    full("by status, never by trial_end", file(sub(trial_end=unix("2027-02-01T00:00:00Z")))),
    excluded(
        "trialing with trial_end over", "status_trialing", file(sub(status="trialing", trial_end=unix("2026-02-01T00:00:00Z")))
    ),
]

PAUSES = [
    excluded("pause void", "collection_paused_void", paused("void")),
    excluded("pause uncollectible", "collection_paused_mark_uncollectible", paused("mark_uncollectible")),
    full("pause keep as draft", paused("keep_as_draft")),
    full("pause over", paused("void", "2026-11-30T11:59:59Z")),
    full("pause over at this instant", paused("void", "2026-11-30T12:00:00Z")),
    excluded("pause goes on", "collection_paused_void", paused("void", "2026-11-30T12:00:01Z")),
    full("pause include_all", paused("void"), policy="pause: include_all"),
    excluded("pause exclude_all", "collection_paused_keep_as_draft", paused("keep_as_draft"), policy="pause: exclude_all"),
    full("exclude_all, pause over", paused("keep_as_draft", "2026-11-01T00:00:00Z"), policy="pause: exclude_all"),
    excluded(
        "status before pause",
        "status_unpaid",
        file(sub(status="unpaid", pause_collection={"behavior": "void", "resumes_at": None})),
    ),
]

CANCELLATIONS = [
    full("cancels at period end", file(sub(cancel_at_period_end=True, cancel_at=CANCELS))),
    full("cancels at an instant", file(sub(cancel_at=CANCELS, canceled_at=unix("2026-11-01T00:00:00Z")))),
    full("period ends later", file(sub(cancel_at_period_end=True, current_period_end=CANCELS))),
    excluded("period has ended", "status_canceled", file(sub(cancel_at_period_end=True, current_period_end=unix(AS_OF)))),
    excluded(
        "the item's period has ended",
        "status_canceled",
        file(sub(BOTH | {"current_period_end": unix(AS_OF)}, cancel_at_period_end=True)),
    ),
    full("a period that is over renews", file(sub(BOTH | {"current_period_end": unix("2026-11-01T00:00:00Z")}))),
    excluded("cancels at this instant", "status_canceled", file(sub(cancel_at=unix(AS_OF)))),
    excluded("excluded at request", "scheduled_cancellation", file(sub(cancel_at=CANCELS)), policy=AT_REQUEST),
    excluded(
        "excluded at request, period end", "scheduled_cancellation", file(sub(cancel_at_period_end=True)), policy=AT_REQUEST
    ),
    full("nobody asked", file(sub()), policy=AT_REQUEST),
    full("cancels one second later", file(sub(cancel_at=unix("2026-11-30T12:00:01Z")))),
]

ITEMS = [
    full("metered beside licensed", file(sub(BOTH, item(metered())))),
    ok("metered alone", NOTHING, file(sub(item(metered(), None))), "0.00", "0.00"),
    ok("one-time alone", NOTHING, file(sub(item(ONE_TIME))), "0.00", "0.00"),
    full("one-time beside licensed", file(sub(BOTH, item(ONE_TIME)))),
    full("deleted item beside licensed", file(sub(BOTH, item(deleted=True)))),
    ok("no item at all", NOTHING, file(sub(items={"data": [], "has_more": False})), "0.00", "0.00"),
    full("archived price", file(sub(item(price(active=False), 40)))),
    full("deleted product", file(sub(item(price(product={"id": "prod_1", "deleted": True}), 40)))),
    full("expanded product", file(sub(item(price(product={"id": "prod_1", "name": "Tea"}), 40)))),
    error("items truncated", "items_truncated", file(sub(items={"data": [BOTH], "has_more": True}))),
    error("price null", "missing_price", file(sub({"id": "si_1", "quantity": 1, "price": None}))),
    error("price absent", "missing_price", file(sub({"id": "si_1", "quantity": 1}))),
    error("price an id", "missing_price", file(sub({"id": "si_1", "quantity": 1, "price": "price_1"}))),
    error("one price missing of two", "missing_price", file(sub(BOTH, {"id": "si_2", "quantity": 1, "price": None}))),
    ok(
        "metered, flat fee only",
        "metered graduated: flat fee of the first tier 50.00 a month; x 12",
        file(
            sub(
                item(
                    metered() | tiered("graduated", (10, 100, 5000), (None, 90, 700)) | {"recurring": metered()["recurring"]},
                    None,
                )
            )
        ),
        "50.00",
        "600.00",
        policy="metered: flat_fee_only",
    ),
    ok(
        "metered per unit has no flat fee",
        "0 x 25.00",
        file(sub(item(metered(), None))),
        "0.00",
        "0.00",
        policy="metered: flat_fee_only",
    ),
]

EVERYTHING = {
    "schedule": {"id": "sub_sched_1", "phases": [{"items": [{"price": "price_9", "quantity": 1}]}]},
    "pending_update": {"subscription_items": [item(quantity=99)], "discounts": []},
    "billing_thresholds": {"amount_gte": 1, "reset_billing_cycle_anchor": False},
    "application_fee_percent": 10,
    "tax_percent": 19.0,
    "presentment_details": {"presentment_currency": "eur"},
    "latest_invoice": "in_1",
    "billing_mode": {"type": "flexible"},
    "a_key_of_next_year": {"data": [1, 2]},
}

NO_EFFECT = [
    full("no effect", file(sub(**EVERYTHING), customers=[{"id": "cus_1", "balance": -5000, "discount": None}])),
    full(
        "periods on the item",
        file(sub(BOTH | {"current_period_start": 1, "current_period_end": 2, "billing_thresholds": {"usage_gte": 5}})),
    ),
    full("periods on the subscription", file(sub(current_period_start=1, current_period_end=2))),
    full("only what is needed", {"subscriptions": [{"id": "sub_1", "status": "active", "items": {"data": [BOTH]}}]}),
]

USD, EUR = ("1000.00", "12000.00"), ("1000.00", "12000.00")
OTHER = sub(item(price(currency="eur"), 40), id="sub_2", currency="eur", customer="cus_2")
BAD, TRIAL, OUT = sub(id="sub_2", status="odd"), sub(id="sub_2", status="trialing"), sub(id="sub_3", status="unpaid")
ZERO = ("0.00", "0.00")

TOTALS = [
    Case("an empty list", "nothing asked, nothing owed", file(), "ok", None, {}),
    Case("two currencies", "never added", file(sub(), OTHER), "ok", None, {"EUR": EUR, "USD": USD}),
    Case("one id twice", "counted once", file(sub(), sub()), "ok", None, {"USD": USD}),
    Case("partial", "the ok one alone", file(sub(), BAD), "partial", "unknown_status", {"USD": USD}),
    Case("partial, bad one first", "the ok one alone", file(BAD, sub()), "partial", "unknown_status", {"USD": USD}),
    Case(
        "two errors",
        "the first one's code",
        file(BAD, sub(id="sub_3", items={"data": [], "has_more": True})),
        "error",
        "unknown_status",
        None,
    ),
    Case("error and excluded", "no number", file(TRIAL, sub(id="sub_3", status="odd")), "error", "unknown_status", None),
    Case("only excluded", "the first one's code", file(TRIAL, OUT), "excluded", "status_trialing", {"USD": ZERO}),
    Case("ok and excluded", "12,000.00 + 0", file(sub(), OUT), "ok", None, {"USD": USD}),
    Case(
        "excluded in another currency",
        "0 in its own",
        file(sub(), OTHER | {"status": "paused"}),
        "ok",
        None,
        {"EUR": ZERO, "USD": USD},
    ),
    excluded("test mode", "test_mode", file(sub(livemode=False))),
    Case("test mode beside live", "12,000.00 + 0", file(sub(), sub(id="sub_2", livemode=False)), "ok", None, {"USD": USD}),
    Case(
        "28 digits are not enough",
        "(10^29 + 1) x 0.01 = 10^27 + 0.01 a month; x 12 = 12 x 10^27 + 0.12; twice",
        file(*[sub(item(price(1), 10**29 + 1), id=name) for name in ("sub_1", "sub_2")]),
        "ok",
        None,
        {"USD": ("2000000000000000000000000000.02", "24000000000000000000000000000.24")},
    ),
    Case(
        "totals are sums of rounded rows",
        "1,000.00 in three years: 333.33 and 27.78 each; twice 666.66 and 55.56",
        file(*[sub(item(price(100000, "year", 3)), id=name) for name in ("sub_1", "sub_2")]),
        "ok",
        None,
        {"USD": ("55.56", "666.66")},
    ),
    Case(
        "grain customer",
        "2 x 333.333... = 666.67; MRR 2 x 27.777... = 55.56",
        file(*[sub(item(price(100000, "year", 3)), id=name) for name in ("sub_1", "sub_2")]),
        "ok",
        None,
        {"USD": ("55.56", "666.67")},
        policy="grain: customer",
    ),
]

CASES = [*STATUS, *PAUSES, *CANCELLATIONS, *ITEMS, *NO_EFFECT, *TOTALS]
