"""The practice customers as Stripe holds them: one billing customer a plan, told a little wrongly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from connectors.kit.practice import Customer, Person, Plan, World
from connectors.stripe import twin_shapes as shapes
from connectors.stripe.seed_billing import Billing
from connectors.stripe.seed_chance import Chance

Row = dict[str, Any]

SUFFIXES = {
    "US": "Inc.",
    "GB": "Ltd",
    "DE": "GmbH",
    "JP": "K.K.",
    "FR": "SAS",
    "NL": "B.V.",
    "CH": "AG",
    "IE": "Limited",
    "CA": "Inc.",
}
LEGAL = (
    "inc",
    "corp",
    "corporation",
    "company",
    "co",
    "ltd",
    "limited",
    "gmbh",
    "ag",
    "sa",
    "sas",
    "plc",
    "llc",
    "bv",
    "nv",
    "kk",
    "se",
)
WORDS = {"name", "phone"}  # what a customer's `told` may say otherwise
NIGHT = 9 * 3600  # customers sign in the morning


def populate(world: World) -> dict[str, list[Row]]:
    """Object name to rows, for the twin; `includable` and `discounts` are the twin's own (see there)."""
    billing = Billing(world)
    customers: list[Row] = []
    for customer in map(_as_told, world.customers):
        for n, plan in enumerate(customer.plans):
            chance = Chance(world.seed, customer.number, n, still=world.exact)
            row = _customer(customer, plan, n, chance)
            customers.append(row)
            billing.bill(row, customer, plan, chance)
    return {"customers": customers, **billing.rows()}


def _as_told(customer: Customer) -> Customer:
    """Raises ValueError for a word that a billing system does not hold."""
    told = dict(customer.told.get("stripe", {}))
    plans = () if told.pop("absent", False) else customer.plans
    if unknown := told.keys() - WORDS:
        raise ValueError(f"billing does not hold {', '.join(sorted(unknown))} of {customer.name}")
    return replace(customer, plans=plans, **told)


def _customer(customer: Customer, plan: Plan, n: int, chance: Chance) -> Row:
    email = _email(customer, chance)
    at_home = email.lower().endswith(f"@{customer.domain}")
    return shapes.customer(
        chance.id("cus"),
        _morning(customer.since) + customer.number * 2 + n,
        live=True,
        address=_address(customer, chance),
        currency=plan.currency.lower(),
        delinquent=plan.status in {"past_due", "unpaid"},
        email=email,
        metadata={} if at_home and chance.below("no domain", 0.15) else {"domain": customer.domain},
        name=_name(customer, chance),
        next_invoice_sequence=3,
        phone=_phone(customer.phone, chance),
        preferred_locales=["en"],
    )


def _name(customer: Customer, chance: Chance) -> str:
    """As somebody in billing typed it: an old name, the legal form, capitals, a blank too many."""
    name = customer.name
    said = chance.draw("name")
    if said < 0.04:
        words = name.split()
        name = " ".join(words[:-1]) if len(words) > 2 else f"{name} Group"
    elif said < 0.30 and name.replace(".", "").split()[-1].lower() not in LEGAL:
        name = f"{name} {SUFFIXES.get(customer.country, 'Ltd')}"
    elif said < 0.33:
        name = name.upper()
    return f"{name} " if chance.below("blank", 0.05) else name


def _phone(phone: str, chance: Chance) -> str | None:
    said = chance.draw("phone")
    if not phone or said < 0.20:
        return None
    if said < 0.45:
        return "".join(each for each in phone if each.isdigit() or each == "+")
    if said < 0.55:
        return phone.replace(" ", "-")
    if said < 0.65:
        return phone.replace("-", " ")
    if said < 0.72 and phone[-2:].isdigit():  # the accounts department has a line of its own
        return f"{phone[:-2]}{(int(phone[-2:]) + 37) % 100:02d}"
    return phone


def _email(customer: Customer, chance: Chance) -> str:
    email = _payer(customer.people).email if customer.people else f"billing@{customer.domain}"
    return email.capitalize() if chance.below("capital", 0.08) else email


def _payer(people: tuple[Person, ...]) -> Person:
    """Whoever has to do with money, else the last one known."""
    return next(
        (each for each in people if any(word in each.title.lower() for word in ("billing", "financ", "account"))), people[-1]
    )


def _address(customer: Customer, chance: Chance) -> Row:
    return shapes.address(
        line1=customer.street,
        city=customer.city,
        state=customer.region,
        postal_code="" if chance.below("postal code", 0.1) else customer.postal_code,
        country=customer.country,
    )


def _morning(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + NIGHT
