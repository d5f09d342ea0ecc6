"""The practice customers as the CRM holds them: typed in by sales, and wrong in the ways in which sales is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from connectors.hubspot.seed_exact import exactly
from connectors.hubspot.seed_rows import (
    COMPANY_IDS,
    CONTACT_IDS,
    DEAL_IDS,
    INDUSTRIES,
    NEWSLETTER,
    PRODUCT,
    RENEWALS,
    TYPES,
    Draw,
    Row,
    Rows,
    crm_row,
    iso,
    moment,
    owner,
    rounded,
)
from connectors.kit.practice import Customer, Person, World

SALES = (
    ("Ines", "Madeup"),
    ("Oskar", "Standin"),
    ("Hana", "Fictive"),
    ("Bruno", "Sample"),
    ("Leila", "Proxy"),
    ("Finn", "Gone"),
)
STAGES = (("appointmentscheduled", "0.2"), ("presentationscheduled", "0.6"), ("contractsent", "0.9"), ("closedwon", "1.0"))
AGENTS = {
    "browser": {"name": "Firefox", "family": "Firefox", "type": "Browser"},
    "location": {"country": "GERMANY", "city": "Berlin"},
}


def populate(world: World) -> Mapping[str, list[Row]]:
    """Object name to rows, for the twin."""
    return exactly(world) if world.exact else _drawn(world)


def _drawn(world: World) -> Rows:
    rows: Rows = defaultdict(list)
    rows["owners"] = [owner(n, name, world.today, gone=name == SALES[-1]) for n, name in enumerate(SALES)]
    rows["subscription_types"] = [{"id": id, "name": name} for id, name in TYPES]
    for customer in world.customers:
        draw = Draw(world.seed, customer.number)
        company = _company(customer, draw, world.today)
        rows["companies"].append(company)
        for n in range(len(customer.people)):
            contact = _contact(customer, n, draw, world.today, company["id"])
            rows["contacts"].append(contact)
            _listens(rows, contact, n, draw, world.today)
        if customer.plans and draw.percent(60, "deal"):
            rows["deals"].append(_deal(customer, draw, world.today, company["id"]))
    return rows


def _company(customer: Customer, draw: Draw, today: date) -> Row:
    seats = sum(plan.seats for plan in customer.plans)
    properties = {
        "name": _name(customer, draw),
        "domain": customer.domain.upper() if draw.percent(3, "domain") else customer.domain,
        "industry": None if draw.percent(8, "industry") else INDUSTRIES.get(customer.industry),
        "numberofemployees": None if draw.percent(10, "employees") else str(customer.employees),
        "phone": _phone(customer.phone, draw, "phone"),
        "address": customer.street,
        "city": customer.city,
        "state": customer.region or None,
        "zip": customer.postal_code,
        "country": customer.country,
        "lifecyclestage": "customer" if customer.plans else "opportunity",
        "hubspot_owner_id": None if draw.percent(5, "owner") else str(501 + draw.below(len(SALES), "owner")),
        "concord_tier": None if draw.percent(6, "tier") else customer.tier,
        "concord_tags": None,
        "contract_start": customer.since.isoformat(),
        "renewal_date": None if draw.percent(5, "renewal") else customer.renewal.isoformat(),
        "concord_seats": str(seats) if seats and not draw.percent(10, "seats") else None,
        **_arr(customer, draw),
    }
    return crm_row(COMPANY_IDS + customer.number, properties, customer.since, today=today, draw=draw, what="company")


def _name(customer: Customer, draw: Draw) -> str:
    """As sales types it: mostly right, sometimes without its legal form, with one too many, or with a stray blank."""
    name, kind = customer.name, draw.below(100, "name")
    if kind < 4:
        return name.replace(", Inc.", "").replace(" Inc.", "").replace(" Corporation", "").replace(" Ltd.", "")
    if kind < 7 and not name.endswith("."):
        return f"{name}, Inc."
    if kind < 9:
        return name.replace(" ", "  ", 1)
    return name


def _phone(phone: str, draw: Draw, what: str) -> str | None:
    kind = draw.below(100, what)
    if kind < 6:
        return None
    if kind < 16:
        return phone.replace("-", " ").replace("(", "").replace(")", "")
    return phone.replace(" ", "-") if kind < 22 else phone


def _arr(customer: Customer, draw: Draw) -> Row:
    """What the CRM believes: right, last year's, blank, a cent off, or a hundredth where a currency has no cents."""
    total = _total(customer)
    if total is None:
        return {}
    currency, amount = total
    kind = draw.below(100, "arr")
    if currency == "JPY" and kind < 40:
        amount = rounded(amount / 100, currency)
    elif kind < 8:
        return {"concord_arr": None, "concord_arr_currency": None}
    elif kind < 20:
        amount = rounded(amount * Decimal("0.8"), currency)
    elif kind < 23:
        amount = amount + (1 if currency == "JPY" else Decimal("0.02"))
    return {"concord_arr": str(amount), "concord_arr_currency": currency}


def _total(customer: Customer) -> tuple[str, Decimal] | None:
    """A CRM has one field for it: the currency of the first plan, and what is paid in it."""
    if not customer.plans:
        return None
    currency, total = customer.plans[0].currency, Decimal(0)
    for plan in customer.plans:
        if plan.currency == currency:
            gross = plan.seats * plan.unit
            total += rounded(gross - rounded(gross * plan.percent_off / 100, currency), currency) * (
                12 if plan.interval == "month" else 1
            )
    return currency, rounded(total, currency)


def _contact(customer: Customer, n: int, draw: Draw, today: date, company: str) -> Row:
    person: Person = customer.people[n]
    what = f"contact {n}"
    given = person.given_name[:1] + "." if draw.percent(4, f"{what} given") else person.given_name
    optout = draw.percent(6, f"{what} optout")
    properties = {
        "email": person.email.lower(),
        "hs_additional_emails": f"{person.given_name}@old-{customer.domain}".lower()
        if draw.percent(5, f"{what} old")
        else None,
        "firstname": given,
        "lastname": person.family_name,
        "jobtitle": None if draw.percent(12, f"{what} title") else person.title,
        "phone": _phone(person.phone, draw, f"{what} phone"),
        "lifecyclestage": "customer" if customer.plans else "lead",
        "hubspot_owner_id": str(501 + draw.below(len(SALES), "owner")),
        "hs_email_optout": "true" if optout else None,
        "associatedcompanyid": company,
    }
    row = crm_row(CONTACT_IDS + customer.number * 100 + n, properties, customer.since, today=today, draw=draw, what=what)
    return row | {"associations": {"companies": {"results": [{"id": company, "type": "contact_to_company"}]}}}


def _listens(rows: Rows, contact: Row, n: int, draw: Draw, today: date) -> None:
    """What the person agreed to, and which mails they opened."""
    email, what = contact["properties"]["email"], f"listens {n}"
    states: Row = {}
    for topic, chance in ((NEWSLETTER, 55), (PRODUCT, 40), (RENEWALS, 80)):
        said = draw.below(100, f"{what} {topic}")
        if said < chance:
            states[topic] = {"status": "SUBSCRIBED", "legalBasis": "CONSENT_WITH_NOTICE"}
        elif said > 90:
            states[topic] = {"status": "UNSUBSCRIBED", "legalBasis": None}
    rows["consents"].append({"id": email, "statuses": states})
    for each in range(draw.below(3, what) if NEWSLETTER in states else 0):
        at = moment(today - timedelta(days=1 + draw.below(60, f"{what} day {each}")), draw, f"{what} at {each}")
        kind = "CLICK" if draw.percent(25, f"{what} kind {each}") else "OPEN"
        rows["email_events"].append(_event(email, kind, at, draw.below(1 << 60, f"{what} id {each}")))


def _event(email: str, kind: str, at: datetime, id: int) -> Row:
    created = round(at.timestamp() * 1000)
    row: Row = {"appId": 113, "appName": "Batch", "created": created, "emailCampaignId": 9_001, "hmid": f"h{id % 10_000}"}
    row |= {"id": f"{id:016x}", "type": kind, "recipient": email, "portalId": 4_012_345, **AGENTS}
    row["sentBy"] = {"id": f"{id ^ 1:016x}", "created": created - 3_600_000}
    return row | ({"url": "https://lanternfish.example/news"} if kind == "CLICK" else {})


def _deal(customer: Customer, draw: Draw, today: date, company: str) -> Row:
    stage, probability = STAGES[draw.below(len(STAGES), "stage")]
    total = _total(customer)
    properties = {
        "dealname": f"{customer.name}: renewal {customer.renewal.year}",
        "pipeline": "default",
        "dealstage": stage,
        "dealtype": "existingbusiness",
        "amount": None if total is None else str(total[1]),
        "deal_currency_code": None if total is None else total[0],
        "closedate": iso(datetime(customer.renewal.year, customer.renewal.month, customer.renewal.day, tzinfo=UTC)),
        "hs_deal_stage_probability": probability,
        "hs_forecast_category": "COMMIT" if probability == "0.9" else "PIPELINE",
        "hubspot_owner_id": str(501 + draw.below(len(SALES), "owner")),
    }
    row = crm_row(DEAL_IDS + customer.number, properties, today - timedelta(days=90), today=today, draw=draw, what="deal")
    people = [{"id": str(CONTACT_IDS + customer.number * 100), "type": "deal_to_contact"}] if customer.people else []
    links = {"companies": {"results": [{"id": company, "type": "deal_to_company"}]}}
    return row | {"associations": links | ({"contacts": {"results": people}} if people else {})}
