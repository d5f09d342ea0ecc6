"""Customers of a practice world: what is true of them, before each twin tells it in its vendor's own way (and wrongly).

The hub makes them from names and a seed; a connector's `seed.py` turns them into vendor-shaped records. Money in major
units as Decimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


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


@dataclass(frozen=True, slots=True)
class World:
    """All customers, the day it starts, and the seed that every twin's disagreements are drawn from."""

    customers: tuple[Customer, ...]
    today: date
    seed: int
