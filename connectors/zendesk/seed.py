"""The practice customers as support knows them: filled in while the phone rang, and wrong in the ways in which support is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.kit.practice import Customer, Person, World
from connectors.zendesk.seed_chance import Chance, iso
from connectors.zendesk.seed_tickets import desk
from connectors.zendesk.twin.shapes import blank

Row = dict[str, Any]
Rows = dict[str, list[Row]]

ORGANIZATIONS, USERS, AGENTS, FIELDS = 4_400_000_000_000, 5_500_000_000_000, 5_400_000_000_000, 900_100
WORDS = {"active_users", "phone", "name", "tier", "absent", "people"}  # what a customer's `told` may say otherwise
PERSON_WORDS = {"email", "consent", "absent"}
CONSENT = {"granted": "yes", "denied": "no"}
TEAM = (("Ada", "Invented", "admin"), ("Nora", "Pretend", "agent"), ("Sam", "Dummy", "agent"), ("Theo", "Mock", "agent"))
TIERS = (("Strategic", "strategic"), ("Enterprise", "enterprise"), ("Mid-market", "mid_market"), ("Small business", "smb"))
LIFECYCLES = tuple((word.capitalize(), word) for word in ("prospect", "onboarding", "live", "renewing", "churned"))
TAGS = ("vip", "beta", "priority", "regulated", "watch", "design_partner")
LEGAL = (", Inc.", " Inc.", " Corporation", " GmbH", " Ltd.", " K.K.")

Options = Sequence[tuple[str, str]]
ORGANIZATION_FIELDS: tuple[tuple[str, str, str, Options], ...] = (
    ("concord_id", "Concord ID", "text", ()),
    ("phone", "Phone", "text", ()),
    ("tier", "Tier", "dropdown", TIERS),
    ("lifecycle", "Lifecycle", "dropdown", LIFECYCLES),
    ("csm", "CSM", "text", ()),
    ("active_users", "Active users", "integer", ()),
    ("seats_purchased", "Seats purchased", "integer", ()),
)
USER_FIELDS: tuple[tuple[str, str, str, Options], ...] = (
    ("concord_id", "Concord ID", "text", ()),
    ("marketing_email", "Marketing e-mail", "dropdown", (("Yes", "yes"), ("No", "no"))),
)


def populate(world: World) -> Mapping[str, list[Row]]:
    """Object name to rows, for the twin. Ratings are legacy ones; `seed_tickets.as_surveys` makes responses of them."""
    organizations: list[Row] = []
    people: list[Row] = []
    asking: list[tuple[Customer, Row, list[Row]]] = []
    names: set[str] = set()
    for customer in world.customers:
        told = _told(customer)
        chance = Chance(world.seed, customer.number, still=world.exact)
        if told.get("absent", False) or chance.percent(15, "absent"):
            continue
        organization = _organization(customer, told, chance, world.today)
        organization["name"] = _unique(organization["name"], names)
        persons = _people(customer, told, chance, world.today, organization["id"])
        organizations.append(organization)
        people += persons
        asking.append((customer, organization, persons))
    agents = [_agent(n, world.today) for n in range(len(TEAM))]
    return {
        "organization_fields": _fields(FIELDS, ORGANIZATION_FIELDS, world.today),
        "user_fields": _fields(FIELDS + 100, USER_FIELDS, world.today),
        "organizations": organizations,
        "users": [*agents, *people],
        **desk(world, asking, [agent["id"] for agent in agents]),
    }


def _told(customer: Customer) -> Mapping[str, Any]:
    """Raises ValueError for a word that support does not hold."""
    told = customer.told.get("zendesk", {})
    words = told.keys() - WORDS
    words |= {word for person in told.get("people", {}).values() for word in person.keys() - PERSON_WORDS}
    if words:
        raise ValueError(f"support does not hold {', '.join(sorted(words))} of {customer.name}")
    return told


def _organization(customer: Customer, told: Mapping[str, Any], chance: Chance, today: date) -> Row:
    fields = {
        "phone": told.get("phone", _phone(customer.phone, chance, "phone")),
        "tier": told.get("tier", None if chance.percent(12, "tier") else customer.tier),
        "active_users": told.get("active_users", _active(customer, chance)),
    }
    if chance.percent(50, "lifecycle"):
        fields["lifecycle"] = "live" if customer.plans else "prospect"
    if chance.percent(40, "csm"):
        fields["csm"] = _agent(chance.below(len(TEAM), "whose"), today)["email"]
    if customer.plans and chance.percent(60, "seats"):
        fields["seats_purchased"] = sum(plan.seats for plan in customer.plans)
    row = blank("organizations") | {
        "id": ORGANIZATIONS + customer.number,
        "name": told.get("name", _name(customer.name, chance)),
        "domain_names": [customer.domain],
        "organization_fields": {key: value for key, value in fields.items() if value is not None},
        "tags": sorted({tag for n, tag in enumerate(TAGS) if chance.percent(4, f"tag {n}")}),
        "notes": "Prefers to be called." if chance.percent(5, "notes") else None,
    }
    return row | _times(customer.since, today, chance, "organization")


def _name(name: str, chance: Chance) -> str:
    """As it was on the day of the first ticket: often without its legal form, sometimes an older one."""
    if chance.percent(6, "short"):
        for form in LEGAL:
            name = name.removesuffix(form)
        return name
    return f"{name} (old)" if chance.percent(2, "old name") else name


def _unique(name: str, taken: set[str]) -> str:
    """No two organizations of an account have one name."""
    made, again = name, 1
    while made.casefold() in taken:
        again += 1
        made = f"{name} {again}"
    taken.add(made.casefold())
    return made


def _phone(phone: str, chance: Chance, what: str) -> str | None:
    if chance.percent(15, f"no {what}"):
        return None
    return phone.replace("-", " ").replace("(", "").replace(")", "") if chance.percent(12, what) else phone


def _active(customer: Customer, chance: Chance) -> int | None:
    if customer.usage is not None:
        return customer.usage.active
    seats = sum(plan.seats for plan in customer.plans)
    return 1 + chance.below(seats, "active") if seats and chance.percent(70, "counted") else None


def _people(customer: Customer, told: Mapping[str, Any], chance: Chance, today: date, organization: int) -> list[Row]:
    said: Mapping[int, Mapping[str, Any]] = told.get("people", {})
    return [
        _user(customer, n, said.get(n, {}), chance, today, organization)
        for n in range(len(customer.people))
        if not said.get(n, {}).get("absent", chance.percent(12, f"person {n} absent"))
    ]


def _user(customer: Customer, n: int, told: Mapping[str, Any], chance: Chance, today: date, organization: int) -> Row:
    person: Person = customer.people[n]
    what = f"person {n}"
    given = person.given_name[:1] + "." if chance.percent(4, f"{what} given") else person.given_name
    consent = told.get("consent") or _consent(chance, what)
    row = blank("users") | {
        "id": USERS + customer.number * 100 + n,
        "name": f"{given} {person.family_name}",
        "email": told.get("email", person.email),
        "phone": _phone(person.phone, chance, f"{what} phone"),
        "organization_id": organization,
        "verified": True,
        "user_fields": {"marketing_email": CONSENT[consent]} if consent else {},
        "tags": [],
    }
    row |= _times(customer.since, today, chance, what)
    if chance.percent(60, f"{what} login"):
        row["last_login_at"] = iso(chance.moment(today - timedelta(days=1 + chance.below(60, what)), f"{what} login at"))
    return row


def _consent(chance: Chance, what: str) -> str | None:
    if chance.percent(10, f"{what} said yes"):
        return "granted"
    return "denied" if chance.percent(8, f"{what} said no") else None


def _agent(n: int, today: date) -> Row:
    given, family, role = TEAM[n]
    made = iso(datetime(today.year - 3, 1, 10 + n, 9, tzinfo=UTC))
    row = blank("users") | {"id": AGENTS + n, "name": f"{given} {family}", "role": role, "verified": True}
    row |= {"email": f"{given}.{family}@lanternfish.example".lower(), "ticket_restriction": None, "restricted_agent": False}
    return row | {"created_at": made, "updated_at": made}


def _fields(first: int, defined: Sequence[tuple[str, str, str, Options]], today: date) -> list[Row]:
    made = iso(datetime(today.year - 3, 1, 5, 9, tzinfo=UTC))
    rows: list[Row] = []
    for n, (key, title, type, options) in enumerate(defined):
        row: Row = {"id": first + n, "type": type, "key": key, "title": title, "raw_title": title, "description": ""}
        row |= {"raw_description": "", "position": n, "active": True, "system": False, "regexp_for_validation": None}
        if options:
            choices = enumerate(options)
            row["custom_field_options"] = [
                {"id": (first + n) * 100 + m, "name": name, "raw_name": name, "value": value} for m, (name, value) in choices
            ]
        rows.append(row | {"created_at": made, "updated_at": made})
    return rows


def _times(since: date, today: date, chance: Chance, what: str) -> Row:
    """Changed last on some day between, so that hardly two rows are of one second."""
    first = min(since, today - timedelta(days=2))
    days = max((today - first).days - 1, 1)
    updated = chance.moment(first + timedelta(days=chance.below(days, f"{what} updated")), f"{what} updated at")
    return {"created_at": iso(min(chance.moment(first, f"{what} created"), updated)), "updated_at": iso(updated)}
