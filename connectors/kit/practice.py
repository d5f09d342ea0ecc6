"""Customers of a practice world: what is true of them, before each twin tells it in its vendor's own way (and wrongly).

The hub makes them from names and a seed; a connector's `seed.py` turns them into vendor-shaped records. Money in major
units as Decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    given_name: str
    family_name: str
    email: str
    title: str
    phone: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What one billing customer pays: `seats` times `unit` each `interval` (month, year), less `percent_off` for ever.

    `status` is the billing word (active, past_due, trialing, unpaid, paused_collection).
    """

    product: str
    seats: int
    unit: Decimal
    currency: str
    interval: str
    percent_off: Decimal = Decimal(0)
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Usage:
    """What the product saw lately: people active in the last 30 days (`active`), on the last day, and sessions a day."""

    active: int
    daily: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Customer:
    """One company as it truly is. `number` counts from 0 in the order of the source; `plans` has one entry per billing customer
    (most have one; a few have two; none: not billed). `since` is the day they signed.
    """

    number: int
    name: str
    domain: str
    industry: str
    employees: int
    city: str
    region: str
    country: str  # ISO 3166 alpha-2
    postal_code: str
    street: str
    phone: str
    since: date
    renewal: date
    tier: str
    people: tuple[Person, ...]
    plans: tuple[Plan, ...]
    usage: Usage | None = None  # None: drawn
    tickets: int | None = None  # None: drawn
    told: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What one system holds otherwise than is true, by connector and word. `absent: True`: the customer is not there.

    Words: name, phone, domain, address, tier, renewal (date), contract_start (date), arr ({currency: Decimal}, {} for blank),
    active_users, seats; of people by their place ("people": {0: {"email": …, "consent": "denied", "absent": True}}).
    A word that a system does not hold is an error of the cast.
    """


@dataclass(frozen=True, slots=True)
class World:
    """All customers, the day it starts, and the seed that every twin's disagreements are drawn from.

    `exact`: nothing is drawn beside what the customers' `told` says: every system holds the truth, in its own shape.
    """

    customers: tuple[Customer, ...]
    today: date
    seed: int
    exact: bool = False
