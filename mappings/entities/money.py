"""What is sold and billed: subscriptions, invoices, opportunities."""

from __future__ import annotations

from mappings.fields import N_, Check, declared, entity
from mappings.types import Bool, Date, DateTime, DecimalType, Enum, Int, MoneyType, Ref, Structure, Text

_bill = declared("commercial", "finance")
_deal = declared("commercial", "sales_ops")

SUBSCRIPTION_STATUSES = {
    "active": N_("Active"),
    "past_due": N_("Past due"),
    "trialing": N_("In trial"),
    "unpaid": N_("Unpaid"),
    "canceled": N_("Cancelled"),
    "incomplete": N_("Incomplete"),
    "incomplete_expired": N_("Never started"),
    "paused": N_("Paused"),
}
INVOICE_STATUSES = {
    "draft": N_("Draft"),
    "open": N_("Open"),
    "paid": N_("Paid"),
    "uncollectible": N_("Uncollectible"),
    "void": N_("Void"),
}

SUBSCRIPTION = entity(
    "subscription",
    N_("Subscription"),
    _bill("account", Ref("account"), N_("Account"), N_("Who pays."), required_when="always"),
    _bill("status", Enum(SUBSCRIPTION_STATUSES), N_("Status"), N_("The billing system's own word.")),
    _bill("currency", Text(), N_("Currency"), N_("ISO code of the subscription's currency.")),
    _bill("minor_digits", Int(), N_("Minor digits"), N_("Decimals the billing system gives this currency.")),
    _bill("live", Bool(), N_("Live"), N_("False for test data.")),
    _bill("items", Structure(), N_("Items"), N_("What is billed: price, tiers, quantity, interval.")),
    _bill("discounts", Structure(), N_("Discounts"), N_("Discounts on the subscription.")),
    _bill("customer_discounts", Structure(), N_("Customer's discounts"), N_("Discounts on the customer.")),
    _bill("trial_start", DateTime(), N_("Trial start"), N_("When the trial began.")),
    _bill("trial_end", DateTime(), N_("Trial end"), N_("When the trial ends; it stays set afterwards.")),
    _bill("created_at", DateTime(), N_("Created"), N_("When the subscription was made.")),
    _bill("started_at", DateTime(), N_("Started"), N_("When the subscription first began.")),
    _bill("cancel_at", DateTime(), N_("Ends at"), N_("When it will be cancelled.")),
    _bill("canceled_at", DateTime(), N_("Cancelled at"), N_("When somebody cancelled it.")),
    _bill("ended_at", DateTime(), N_("Ended at"), N_("When it ended.")),
    _bill("period_start", DateTime(), N_("Period start"), N_("Start of the present billing period.")),
    _bill("period_end", DateTime(), N_("Period end"), N_("End of the present billing period.")),
    _bill("cancel_at_period_end", Bool(), N_("Ends with the period"), N_("Whether it ends with the present period.")),
    _bill("pause", Structure(), N_("Pause"), N_("Whether collection is paused, and how.")),
    _bill("tax", Structure(), N_("Tax"), N_("Automatic tax and inclusive rates.")),
    _bill("problems", Structure(), N_("Problems"), N_("What is missing to compute its revenue.")),
)

INVOICE = entity(
    "invoice",
    N_("Invoice"),
    _bill("account", Ref("account"), N_("Account"), N_("Who is billed."), required_when="always"),
    _bill("subscription", Ref("subscription"), N_("Subscription"), N_("What is billed.")),
    _bill("number", Text(), N_("Number"), N_("The number on the invoice.")),
    _bill("status", Enum(INVOICE_STATUSES), N_("Status"), N_("Whether it is open, paid or void.")),
    _bill("currency", Text(), N_("Currency"), N_("ISO code.")),
    _bill("total", MoneyType(), N_("Total"), N_("What is billed, with tax.")),
    _bill("paid", MoneyType(), N_("Paid"), N_("What was paid.")),
    _bill("remaining", MoneyType(), N_("Remaining"), N_("What is still to be paid.")),
    _bill("due_on", Date(), N_("Due"), N_("Last day to pay.")),
    _bill("owed_since", DateTime(), N_("Owed since"), N_("When it fell due; when it was made, if it has no due date.")),
    _bill("issued_at", DateTime(), N_("Issued"), N_("When it was finalised.")),
    _bill("paid_at", DateTime(), N_("Paid at"), N_("When it was paid.")),
    _bill("period_start", DateTime(), N_("Period start"), N_("Start of what is billed.")),
    _bill(
        "period_end", DateTime(), N_("Period end"), N_("End of what is billed."), checks=(Check("not_before", "period_start"),)
    ),
)

OPPORTUNITY_KINDS = {"new": N_("New business"), "expansion": N_("Expansion"), "renewal": N_("Renewal"), "other": N_("Other")}
STAGES = {
    "qualification": N_("Qualification"),
    "discovery": N_("Discovery"),
    "proposal": N_("Proposal"),
    "negotiation": N_("Negotiation"),
    "won": N_("Won"),
    "lost": N_("Lost"),
}
FORECASTS = {
    "omitted": N_("Omitted"),
    "pipeline": N_("Pipeline"),
    "best_case": N_("Best case"),
    "commit": N_("Commit"),
    "closed": N_("Closed"),
}

OPPORTUNITY = entity(
    "opportunity",
    N_("Opportunity"),
    _deal("account", Ref("account"), N_("Account"), N_("Whose deal it is."), required_when="always"),
    _deal("name", Text(), N_("Name"), N_("What the deal is called.")),
    _deal("kind", Enum(OPPORTUNITY_KINDS), N_("Kind"), N_("New business, expansion or renewal.")),
    _deal("pipeline", Text(), N_("Pipeline"), N_("The vendor's pipeline.")),
    _deal("stage", Enum(STAGES), N_("Stage"), N_("How far the deal is.")),
    _deal("amount", MoneyType(), N_("Amount"), N_("What the deal would bring."), checks=(Check("min", 0),)),
    _deal(
        "probability",
        DecimalType(),
        N_("Probability"),
        N_("Chance to win, from 0 to 1."),
        checks=(Check("min", 0), Check("max", 1)),
        sensitivity="internal",
    ),
    _deal("forecast", Enum(FORECASTS), N_("Forecast"), N_("The forecast category."), sensitivity="internal"),
    _deal("close_date", Date(), N_("Close date"), N_("When the deal closes or closed.")),
    _deal("outcome_reason", Text(), N_("Reason"), N_("Why the deal was won or lost."), sensitivity="internal"),
    _deal("owner", Ref("user"), N_("Owner"), N_("Who works on the deal.")),
)
