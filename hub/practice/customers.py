"""Makes the customers of a practice world, from a CSV of names or wholly invented; the same seed gives the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from conflict.names import form
from connectors.kit.practice import Customer, Person, Plan, World
from hub.practice import cast
from hub.practice.customer_rows import CustomersError, Problem, read_rows
from hub.practice.draw import Draw
from hub.practice.places import CITIES, STREETS, Place, phone, place

__all__ = ["CustomersError", "Problem", "from_csv", "invented", "renewal_after"]

_STATUSES = ((86, "active"), (6, "past_due"), (4, "trialing"), (2, "unpaid"), (2, "paused_collection"))
_CURRENCIES = ((84, "USD"), (11, "EUR"), (5, "JPY"))
_INTERVALS = ((70, "month"), (30, "year"))
_NUMBER_OF_PLANS = ((6, 0), (86, 1), (8, 2))
_NO_PERCENT = ((85, False), (15, True))


def from_csv(path: Path, seed: int, today: date) -> World:
    """A world of the companies in `path`; what the file does not tell is drawn. Raises `CustomersError`, naming rows."""
    return _world(read_rows(path), seed, today)


def invented(count: int, seed: int, today: date) -> World:
    """A world of `count` companies that do not exist."""
    offset = Draw(seed, "names").number("offset", 0, 10**6)
    return _world(({"name": cast.invented_name(number, offset)} for number in range(count)), seed, today)


def _world(rows: Iterable[Mapping[str, str]], seed: int, today: date) -> World:
    taken: set[str] = set()
    customers = tuple(_customer(number, row, seed, today, taken) for number, row in enumerate(rows))
    return World(customers, today, seed)


def _customer(number: int, row: Mapping[str, str], seed: int, today: date, taken: set[str]) -> Customer:
    draw = Draw(seed, f"customer {number} {row['name']}")
    domain = _domain(row["name"], number, taken)
    where = _place(row, draw)
    employees = _employees(row, draw)
    since = _since(row, draw, today)
    return Customer(
        number=number,
        name=row["name"],
        domain=domain,
        industry=_industry(row, draw),
        employees=employees,
        city=where.city,
        region=where.region,
        country=where.country,
        postal_code=f"{draw.number('postal code', 10000, 99999)}",
        street=f"{draw.number('house', 1, 999)} {draw.pick('street', STREETS)}",
        phone=phone(number),
        since=since,
        renewal=renewal_after(since, today),
        tier=_tier(employees),
        people=_people(domain, draw),
        plans=_plans(employees, draw),
    )


def _domain(name: str, number: int, taken: set[str]) -> str:
    """A domain that nobody can own, from the name's core; of equal ones the later get a number."""
    stem = re.sub(r"[^a-z0-9]", "", form(name).squashed)[:40] or f"customer{number}"
    label, again = stem, 1
    while label in taken:
        again += 1
        label = f"{stem}-{again}"
    taken.add(label)
    return f"{label}.example"


def _place(row: Mapping[str, str], draw: Draw) -> Place:
    told = row.get("headquarters") or ", ".join(row[part] for part in ("city", "region", "country") if part in row)
    return place(told) or Place(*draw.pick("place", CITIES))


def _industry(row: Mapping[str, str], draw: Draw) -> str:
    return cast.SECTORS.get(row.get("sector", "").casefold()) or draw.pick("industry", cast.INDUSTRIES)


def _employees(row: Mapping[str, str], draw: Draw) -> int:
    digits = re.sub(r"[,.\s]", "", row.get("employees", ""))
    if digits.isascii() and digits.isdigit():
        return int(digits[:9])
    return draw.number("employees", 1, 99) * draw.pick("size", (10, 100, 1000))


def _tier(employees: int) -> str:
    return "enterprise" if employees >= 10_000 else "mid_market" if employees >= 500 else "smb"


def _since(row: Mapping[str, str], draw: Draw, today: date) -> date:
    """The day they signed, in the last eight years and not before they were founded."""
    signed = today - timedelta(days=draw.number("since", 40, 2900))
    founded = re.search(r"\d{4}", row.get("founded", ""))
    year = int(founded.group()) if founded else 1
    return signed if signed.year > year else today - timedelta(days=draw.number("since", 1, 39))


def renewal_after(since: date, today: date) -> date:
    """The next yearly return of `since` after today; of 29 February, the 28th."""
    day = since.day if (since.month, since.day) != (2, 29) else 28
    this_year = date(today.year, since.month, day)
    return this_year if this_year > today else date(today.year + 1, since.month, day)


def _people(domain: str, draw: Draw) -> tuple[Person, ...]:
    """Two to four colleagues of different names and titles."""
    return tuple(_person(nth, domain, draw) for nth in range(draw.number("people", 2, 4)))


def _person(nth: int, domain: str, draw: Draw) -> Person:
    given = _neighbor("given name", nth, cast.GIVEN_NAMES, draw)
    family = _neighbor("family name", nth, cast.FAMILY_NAMES, draw)
    line = draw.number(f"line {nth}", 0, 5999)
    return Person(given, family, f"{given}.{family}@{domain}".lower(), _neighbor("title", nth, cast.TITLES, draw), phone(line))


def _neighbor(question: str, nth: int, choices: Sequence[str], draw: Draw) -> str:
    """The nth from a place that is drawn once, so that colleagues never share one."""
    return choices[(draw.number(question, 0, len(choices) - 1) + nth) % len(choices)]


def _plans(employees: int, draw: Draw) -> tuple[Plan, ...]:
    return tuple(_plan(f"plan {nth}", employees, draw) for nth in range(draw.weighted("plans", _NUMBER_OF_PLANS)))


def _plan(which: str, employees: int, draw: Draw) -> Plan:
    currency, interval = draw.weighted(f"{which} currency", _CURRENCIES), draw.weighted(f"{which} interval", _INTERVALS)
    offer = draw.pick(f"{which} offer", cast.OFFERS[currency])
    reduced = draw.weighted(f"{which} reduced", _NO_PERCENT)
    return Plan(
        product=offer.product,
        seats=draw.number(f"{which} seats", 3, max(5, min(employees // 4, 500))),
        unit=Decimal(offer.monthly if interval == "month" else offer.yearly),
        currency=currency,
        interval=interval,
        percent_off=draw.pick(f"{which} percent", cast.PERCENTS_OFF) if reduced else Decimal(0),
        status=draw.weighted(f"{which} status", _STATUSES),
    )
