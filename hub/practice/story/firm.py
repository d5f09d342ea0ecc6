"""How a customer of the story is declared, and made: what a declaration leaves out is filled in, the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from connectors.kit.practice import Customer, Person, Plan, Usage
from hub.practice import cast
from hub.practice.customers import renewal_after
from hub.practice.places import CITIES, STREETS, phone

ALL = frozenset({"stripe", "hubspot", "zendesk", "mixpanel"})
SALES, SUPPORT, BOTH = frozenset({"hubspot"}), frozenset({"zendesk"}), frozenset({"hubspot", "zendesk"})
"""Who knows a person."""
PIM = ("Pim", "Placeholder")
_PEOPLE, _LINES = 1_000, 4
"""Telephone numbers of people begin here, so many for each customer."""


@dataclass(frozen=True, slots=True)
class Firm:
    """`systems`: where it is known; without plans it is not billed. `told`: as of `Customer`. `persons`: who knows each;
    `people`: the names of the first of them, `mail`: the domain of their addresses, if not the firm's.
    """

    name: str
    domain: str
    plans: tuple[Plan, ...] = ()
    systems: frozenset[str] = ALL
    active: int | None = None
    tickets: int = 0
    told: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    persons: tuple[frozenset[str], ...] = (BOTH, SALES)
    people: tuple[tuple[str, str], ...] = ()
    mail: str | None = None
    phone: str | None = None


def monthly(seats: int, unit: str, currency: str = "USD", **given: Any) -> Plan:
    return Plan("Lanternfish Team", seats, Decimal(unit), currency, "month", **given)


def yearly(seats: int, unit: str, currency: str = "USD", **given: Any) -> Plan:
    return Plan("Lanternfish Business", seats, Decimal(unit), currency, "year", **given)


def customer(number: int, firm: Firm, today: date) -> Customer:
    since = today - timedelta(days=1_500 - 11 * number)  # the sooner named, the older
    city, region, country = CITIES[number % len(CITIES)]
    seats = sum(plan.seats for plan in firm.plans)
    return Customer(
        number=number,
        name=firm.name,
        domain=firm.domain,
        industry=cast.INDUSTRIES[number % len(cast.INDUSTRIES)],
        employees=12 + 17 * number,
        city=city,
        region=region,
        country=country,
        postal_code=f"{10_000 + 700 * number}",
        street=f"{1 + 3 * number} {STREETS[number % len(STREETS)]}",
        phone=firm.phone or phone(200 + number),
        since=since,
        renewal=renewal_after(since, today),
        tier="mid_market" if seats >= 20 else "smb",
        people=tuple(_person(number, nth, firm) for nth in range(len(firm.persons))),
        plans=firm.plans,
        usage=_usage(firm, seats),
        tickets=firm.tickets if "zendesk" in firm.systems else 0,
        told=_told(firm),
    )


def _usage(firm: Firm, seats: int) -> Usage | None:
    """None where the product does not know them."""
    if "mixpanel" not in firm.systems:
        return None
    active = max(1, seats - 1) if firm.active is None else firm.active
    return Usage(active, max(1, active // 2), 3 * active)


def _person(number: int, nth: int, firm: Firm) -> Person:
    names = cast.GIVEN_NAMES, cast.FAMILY_NAMES
    if nth < len(firm.people):
        given, family = firm.people[nth]
    else:
        # Nobody is called Pim Placeholder by chance, nor like another in the same firm.
        given, family = (every[1:][(3 * number + nth) % (len(every) - 1)] for every in names)
    address = f"{given}.{family}@{firm.mail or firm.domain}".lower()
    title = cast.TITLES[(number + nth) % len(cast.TITLES)]
    return Person(given, family, address, title, phone(_PEOPLE + _LINES * number + nth))


def _told(firm: Firm) -> dict[str, dict[str, Any]]:
    """With who is absent: the firm from a system, a person from one that does not know them."""
    told = {system: dict(words) for system, words in firm.told.items()}
    for system in sorted(ALL - firm.systems - {"stripe"}):  # who has no plan is not billed: nothing to tell
        told[system] = {"absent": True}
    for system in sorted(BOTH & firm.systems):
        absent = {nth: {"absent": True} for nth, known in enumerate(firm.persons) if system not in known}
        people = {**told.get(system, {}).get("people", {}), **absent}
        if people:
            told[system] = {**told.get(system, {}), "people": people}
    return told
