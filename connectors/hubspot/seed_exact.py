"""The practice customers as the CRM holds them where nothing is drawn: the truth, but for what a customer's `told` says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.hubspot.seed_rows import (
    COMPANY_IDS,
    CONTACT_IDS,
    INDUSTRIES,
    MARKETING,
    REMINDERS,
    TYPES,
    Draw,
    Row,
    Rows,
    crm_row,
    owner,
    rounded,
)
from connectors.kit.practice import Customer, Person, Plan, World

OWNERS = (("Lou", "Nobody"), ("Ada", "Invented"))
SALES, SUCCESS = "501", "502"
COUNTED = ("active", "past_due")
WORDS = {
    "name", "phone", "domain", "tier", "renewal", "contract_start", "arr", "active_users", "seats", "people", "absent",
}  # fmt: skip
Money = Mapping[str, Decimal]


def exactly(world: World) -> Rows:
    rows: Rows = defaultdict(list)
    rows["owners"] = [owner(n, name, world.today) for n, name in enumerate(OWNERS)]
    rows["subscription_types"] = [{"id": id, "name": name} for id, name in TYPES if id in (MARKETING, REMINDERS)]
    known: dict[str, Row] = {}
    for customer in world.customers:
        told = customer.told.get("hubspot", {})
        if unknown := told.keys() - WORDS:
            raise ValueError(f"a CRM does not hold {', '.join(sorted(unknown))} of {customer.name}")
        if told.get("absent"):
            continue
        company = _company(customer, told, Draw(world.seed, customer.number), world.today)
        rows["companies"].append(company)
        for nth in range(len(customer.people)):
            _person(rows, known, customer, nth, told.get("people", {}).get(nth, {}), company["id"], world)
    rows["contacts"] = list(known.values())
    return rows


def _company(customer: Customer, told: Mapping[str, Any], draw: Draw, today: date) -> Row:
    arr = _yearly(customer.plans)
    properties = {
        "name": told.get("name", customer.name),
        "domain": told.get("domain", customer.domain),
        "industry": INDUSTRIES[customer.industry],
        "numberofemployees": str(customer.employees),
        "phone": told.get("phone", customer.phone),
        "address": customer.street,
        "city": customer.city,
        "state": customer.region,
        "zip": customer.postal_code,
        "country": customer.country,
        "lifecyclestage": "customer" if customer.plans else "opportunity",
        "hubspot_owner_id": SALES,
        "concord_tier": told.get("tier", customer.tier),
        "contract_start": told.get("contract_start", customer.since).isoformat(),
        "renewal_date": told.get("renewal", customer.renewal).isoformat(),
        "concord_seats": _text(told.get("seats", _seats(customer.plans))),
        "concord_active_users": _text(told.get("active_users", customer.usage.active if customer.usage else None)),
        "concord_payment_status": _payment(customer.plans),
        **_money("arr", told.get("arr", arr)),
        **_money("mrr", {currency: rounded(amount / 12, currency) for currency, amount in arr.items()}),
    }
    return crm_row(COMPANY_IDS + customer.number, properties, customer.since, today=today, draw=draw, what="company")


def _yearly(plans: tuple[Plan, ...]) -> dict[str, Decimal]:
    """Who pays nothing yet, or no more, has nought in the currency of the plan."""
    total: dict[str, Decimal] = {}
    for plan in plans:
        gross = plan.seats * plan.unit
        net = gross - rounded(gross * plan.percent_off / 100, plan.currency)
        each = net * (12 if plan.interval == "month" else 1) if plan.status in COUNTED else Decimal(0)
        total[plan.currency] = rounded(total.get(plan.currency, Decimal(0)) + each, plan.currency)
    return total


def _money(name: str, amounts: Money) -> Row:
    """One amount with its currency; of several the text with all of them alone."""
    if len(amounts) == 1:
        [(currency, amount)] = amounts.items()
        return {f"concord_{name}": str(amount), f"concord_{name}_currency": currency}
    told = "; ".join(f"{currency} {amounts[currency]}" for currency in sorted(amounts))
    return {f"concord_{name}_by_currency": told} if told else {}


def _seats(plans: tuple[Plan, ...]) -> int | None:
    """A paused collection pauses the invoices, not the seats."""
    if not plans:
        return None
    return sum(plan.seats for plan in plans if plan.status in (*COUNTED, "paused_collection"))


def _payment(plans: tuple[Plan, ...]) -> str | None:
    if not plans:
        return None
    return "overdue" if any(plan.status in {"past_due", "unpaid"} for plan in plans) else "current"


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _person(
    rows: Rows, known: dict[str, Row], customer: Customer, nth: int, told: Mapping[str, Any], company: str, world: World
) -> None:
    """Who works for two companies is one contact of both."""
    if told.get("absent"):
        return
    person = customer.people[nth]
    email = told.get("email", person.email)
    if email not in known:
        known[email] = _contact(customer, nth, person, email, world)
    known[email]["associations"]["companies"]["results"].append({"id": company, "type": "contact_to_company"})
    if "consent" in told:
        rows["consents"].append(_consent(email, told["consent"]))


def _contact(customer: Customer, nth: int, person: Person, email: str, world: World) -> Row:
    properties = {
        "email": email,
        "firstname": person.given_name,
        "lastname": person.family_name,
        "jobtitle": person.title,
        "phone": person.phone,
        "lifecyclestage": "customer" if customer.plans else "opportunity",
        "hubspot_owner_id": SUCCESS,
    }
    draw = Draw(world.seed, customer.number)
    id = CONTACT_IDS + customer.number * 100 + nth
    row = crm_row(id, properties, customer.since, today=world.today, draw=draw, what=f"contact {nth}")
    return row | {"associations": {"companies": {"results": []}}}


def _consent(email: str, said: str) -> Row:
    """To marketing as told; to reminders that a contract ends, always."""
    marketing = {"granted": "SUBSCRIBED", "denied": "UNSUBSCRIBED"}[said]
    basis = {"legalBasis": "CONSENT_WITH_NOTICE"}
    return {"id": email, "statuses": {MARKETING: {"status": marketing, **basis}, REMINDERS: {"status": "SUBSCRIBED", **basis}}}
