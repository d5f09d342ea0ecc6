"""The account: a company that is, was or may become a customer."""

from __future__ import annotations

from mappings.entities.tags import TAGS
from mappings.fields import N_, Check, declared, entity
from mappings.types import (
    Address,
    Bool,
    Date,
    DateTime,
    DecimalType,
    Domain,
    Email,
    Enum,
    Int,
    MoneyByCurrency,
    MoneyType,
    Phone,
    Ref,
    Set,
    Text,
)

_who = declared("none", "sales_ops")
_care = declared("none", "csm")
_ops = declared("none", "cs_ops")
_deal = declared("commercial", "sales_ops")
_money = declared("commercial", "finance")
_usage = declared("none", "product")
_help = declared("none", "support")
_plans = declared("strategic", "csm")
_later = declared("internal", "cs_ops")
_AT_LEAST_ZERO = (Check("min", 0),)

INDUSTRIES = {
    "software": N_("Software"),
    "hardware": N_("Hardware and semiconductors"),
    "telecommunications": N_("Telecommunications"),
    "media": N_("Media and entertainment"),
    "finance": N_("Banking and finance"),
    "insurance": N_("Insurance"),
    "real_estate": N_("Real estate"),
    "health": N_("Health care"),
    "life_sciences": N_("Pharma and life sciences"),
    "education": N_("Education"),
    "government": N_("Government"),
    "nonprofit": N_("Non-profit"),
    "retail": N_("Retail and consumer goods"),
    "food": N_("Food and agriculture"),
    "manufacturing": N_("Manufacturing"),
    "automotive": N_("Automotive"),
    "aerospace": N_("Aerospace and defence"),
    "construction": N_("Construction"),
    "energy": N_("Energy and utilities"),
    "materials": N_("Chemicals, mining and materials"),
    "transport": N_("Transport and logistics"),
    "travel": N_("Travel and hospitality"),
    "services": N_("Business services"),
    "other": N_("Other"),
}
TIERS = {
    "strategic": N_("Strategic"),
    "enterprise": N_("Enterprise"),
    "mid_market": N_("Mid-market"),
    "smb": N_("Small business"),
}
STATUSES = {"prospect": N_("Prospect"), "customer": N_("Customer"), "former": N_("Former customer"), "partner": N_("Partner")}
LIFECYCLES = {
    "prospect": N_("Prospect"),
    "onboarding": N_("Onboarding"),
    "live": N_("Live"),
    "renewing": N_("Renewing"),
    "churned": N_("Churned"),
}
OUTLOOKS = {"on_track": N_("On track"), "at_risk": N_("At risk"), "red": N_("Red")}
PAYMENT = {
    "current": N_("Current"),
    "open": N_("Open, not yet due"),
    "overdue": N_("Overdue"),
    "uncollectible": N_("Uncollectible"),
}
BANDS = {"green": N_("Green"), "yellow": N_("Yellow"), "red": N_("Red")}
TRENDS = {"up": N_("Rising"), "flat": N_("Steady"), "down": N_("Falling")}

ACCOUNT = entity(
    "account",
    N_("Account"),
    _who("name", Text(), N_("Name"), N_("What the customer is called every day."), required_when="always"),
    _who("legal_name", Text(), N_("Legal name"), N_("The name on contracts and invoices."), steward="finance"),
    _who("domain", Domain(), N_("Domain"), N_("The main internet domain; systems are linked by it."), required_when="always"),
    _who("domains", Set(Domain()), N_("Domains"), N_("All internet domains of the customer.")),
    _who("industry", Enum(INDUSTRIES), N_("Industry"), N_("What the customer's business is.")),
    _who("employees", Int(), N_("Employees"), N_("How many people work there."), checks=_AT_LEAST_ZERO),
    _who(
        "annual_revenue", DecimalType(), N_("Annual revenue"), N_("The customer's own yearly revenue."), checks=_AT_LEAST_ZERO
    ),
    _who("parent", Ref("account"), N_("Parent"), N_("The account that owns this one.")),
    _ops("tier", Enum(TIERS), N_("Tier"), N_("How much care the customer gets."), required_when="customer"),
    _ops("status", Enum(STATUSES), N_("Status"), N_("Whether the company is a customer.")),
    _ops("lifecycle", Enum(LIFECYCLES), N_("Lifecycle"), N_("Where the customer stands, from prospect to churned.")),
    _who("owner", Ref("user"), N_("Owner"), N_("Who owns the account in sales."), required_when="customer"),
    _ops("csm", Ref("user"), N_("CSM"), N_("The customer success manager.")),
    _ops("team", Text(), N_("Team"), N_("The team that looks after the account.")),
    _care("primary_contact", Ref("contact"), N_("Primary contact"), N_("Whom to talk to first.")),
    _care("billing_contact", Ref("contact"), N_("Billing contact"), N_("Whom to ask about invoices."), steward="finance"),
    _money("billing_email", Email(), N_("Billing e-mail"), N_("Where invoices go."), sensitivity="personal"),
    _who("region", Text(), N_("Region"), N_("The sales region.")),
    _who("address", Address(), N_("Address"), N_("The postal address, as one thing.")),
    _who("phone", Phone(), N_("Phone"), N_("The main phone number.")),
    _ops("tags", Set(Enum(TAGS.values, TAGS.aliases)), N_("Tags"), N_("Words from one list that mark an account.")),
    _deal("contract_start", Date(), N_("Contract start"), N_("First day of the present contract.")),
    _deal(
        "contract_end",
        Date(),
        N_("Contract end"),
        N_("Last day of the contract."),
        checks=(Check("not_before", "contract_start"),),
    ),
    _deal(
        "renewal_date",
        Date(),
        N_("Renewal date"),
        N_("The day on which the contract renews."),
        checks=(Check("not_before", "contract_start"),),
        required_when="customer",
        sensitivity="none",  # support has to know it, and it tells nothing of the terms
    ),
    _deal(
        "term_months", Int(), N_("Term"), N_("Length of the contract in months."), checks=(Check("min", 1), Check("max", 240))
    ),
    _deal("auto_renew", Bool(), N_("Renews by itself"), N_("Whether the contract renews unless somebody ends it.")),
    _deal("notice_days", Int(), N_("Notice"), N_("Days of notice before the contract ends."), checks=_AT_LEAST_ZERO),
    _deal("special_terms", Text(), N_("Special terms"), N_("What was agreed beyond the standard contract.")),
    _deal(
        "renewal_outlook",
        Enum(OUTLOOKS),
        N_("Renewal outlook"),
        N_("How the renewal looks."),
        sensitivity="internal",
        steward="csm",
    ),
    _deal(
        "renewal_amount", MoneyType(), N_("Renewal amount"), N_("What the renewal is expected to bring."), checks=_AT_LEAST_ZERO
    ),
    _deal(
        "churned_on",
        Date(),
        N_("Churned on"),
        N_("The day the customer left."),
        checks=(Check("not_before", "contract_start"),),
    ),
    _deal("churn_reason", Text(), N_("Churn reason"), N_("Why the customer left."), sensitivity="internal", steward="csm"),
    _money(
        "arr", MoneyByCurrency(), N_("ARR"), N_("Annual recurring revenue, by currency."), checks=_AT_LEAST_ZERO, rollup="arr"
    ),
    _money(
        "mrr", MoneyByCurrency(), N_("MRR"), N_("Monthly recurring revenue, by currency."), checks=_AT_LEAST_ZERO, rollup="mrr"
    ),
    _money("payment_status", Enum(PAYMENT), N_("Payment status"), N_("Whether invoices are paid."), rollup="payment_status"),
    _money(
        "overdue",
        MoneyByCurrency(),
        N_("Overdue"),
        N_("What is past due, by currency."),
        checks=_AT_LEAST_ZERO,
        rollup="overdue",
    ),
    _money("overdue_since", Date(), N_("Overdue since"), N_("Due date of the oldest unpaid invoice."), rollup="overdue_since"),
    _money(
        "seats_purchased",
        Int(),
        N_("Seats purchased"),
        N_("Seats that are paid for."),
        checks=_AT_LEAST_ZERO,
        rollup="seats_purchased",
    ),
    _money("products", Set(Text()), N_("Products"), N_("Products with a live subscription."), rollup="products"),
    _usage(
        "active_users",
        Int(),
        N_("Active users"),
        N_("People who used the product lately."),
        checks=_AT_LEAST_ZERO,
        rollup="active_users",
    ),
    _usage("dau", Int(), N_("Daily active users"), N_("People active on the last day."), checks=_AT_LEAST_ZERO, rollup="dau"),
    _usage(
        "mau", Int(), N_("Monthly active users"), N_("People active in the last 30 days."), checks=_AT_LEAST_ZERO, rollup="mau"
    ),
    _usage(
        "sessions_30d",
        Int(),
        N_("Sessions, 30 days"),
        N_("Sessions in the last 30 days."),
        checks=_AT_LEAST_ZERO,
        rollup="sessions_30d",
    ),
    _usage(
        "features_active",
        Set(Text()),
        N_("Features in use"),
        N_("Features used in the last 30 days."),
        rollup="features_active",
    ),
    _usage(
        "features_used_30d",
        Int(),
        N_("Features used, 30 days"),
        N_("How many features were used."),
        checks=_AT_LEAST_ZERO,
        rollup="features_used_30d",
    ),
    _usage(
        "feature_adoption",
        DecimalType(),
        N_("Feature adoption"),
        N_("Share of the features in use, from 0 to 1."),
        checks=(Check("min", 0), Check("max", 1)),
    ),
    _usage("milestones", Set(Text()), N_("Milestones"), N_("What the customer has reached in the product.")),
    _usage("last_seen_at", DateTime(), N_("Last seen"), N_("When somebody last used the product.")),
    _help(
        "open_tickets", Int(), N_("Open tickets"), N_("Tickets not yet solved."), checks=_AT_LEAST_ZERO, rollup="open_tickets"
    ),
    _help(
        "tickets_90d",
        Int(),
        N_("Tickets, 90 days"),
        N_("Tickets of the last 90 days."),
        checks=_AT_LEAST_ZERO,
        rollup="tickets_90d",
    ),
    _help("last_ticket_at", DateTime(), N_("Last ticket"), N_("When the last ticket was opened."), rollup="last_ticket_at"),
    _help(
        "escalations_90d",
        Int(),
        N_("Escalations, 90 days"),
        N_("Tickets escalated lately."),
        checks=_AT_LEAST_ZERO,
        rollup="escalations_90d",
    ),
    _help(
        "median_resolution_minutes",
        DecimalType(),
        N_("Median resolution"),
        N_("Minutes to solve a ticket, the median of 90 days."),
        checks=_AT_LEAST_ZERO,
        rollup="median_resolution_minutes",
    ),
    _help(
        "csat",
        DecimalType(),
        N_("CSAT"),
        N_("Share of happy answers in 90 days, from 0 to 100."),
        checks=(Check("min", 0), Check("max", 100)),
        rollup="csat",
    ),
    _care(
        "nps",
        DecimalType(),
        N_("NPS"),
        N_("Net promoter score of the last year."),
        checks=(Check("min", -100), Check("max", 100)),
        rollup="nps",
    ),
    _care("nps_at", DateTime(), N_("NPS asked"), N_("When the last NPS answer came."), rollup="nps_at"),
    _care(
        "last_activity_at", DateTime(), N_("Last activity"), N_("When we last talked, met or wrote."), rollup="last_activity_at"
    ),
    _plans("use_cases", Set(Text()), N_("Use cases"), N_("What the customer uses the product for.")),
    _plans("goals", Text(), N_("Goals"), N_("What the customer wants to reach.")),
    _plans(
        "promoter_reasons",
        Set(Text()),
        N_("Why they recommend us"),
        N_("Reasons that promoters gave."),
        rollup="promoter_reasons",
    ),
    _care("onboarding_completed_on", Date(), N_("Onboarding completed"), N_("The day onboarding ended.")),
    _care("go_live_on", Date(), N_("Go-live"), N_("The day the customer went live.")),
    _care("last_review_on", Date(), N_("Last review"), N_("The day of the last business review.")),
    _plans("strategic", Bool(), N_("Strategic"), N_("Whether leadership watches this account.")),
    _later(
        "health_score",
        Int(),
        N_("Health score"),
        N_("From 0 to 100."),
        checks=(Check("min", 0), Check("max", 100)),
        reserved=True,
    ),
    _later("health_band", Enum(BANDS), N_("Health"), N_("The health score as a colour."), reserved=True),
    _later("health_trend", Enum(TRENDS), N_("Health trend"), N_("Where the health score is going."), reserved=True),
    _later("risk_flags", Set(Text()), N_("Risks"), N_("What may go wrong with this customer."), reserved=True),
    _later(
        "ltv",
        MoneyByCurrency(),
        N_("Lifetime value"),
        N_("What the customer brings over its lifetime."),
        steward="finance",
        reserved=True,
    ),
)
