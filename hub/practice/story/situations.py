"""The fourteen customers of the story that something is wrong with, each in a way that its scene tells."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hub.practice.places import phone
from hub.practice.story.firm import ALL, BOTH, PIM, SALES, SUPPORT, Firm, monthly, yearly

TEAPOT = "Wobbly Teapot Works"
MARMALADE = "Marmalade Submarines"
COMET, COMET_LTD = "Cardboard Comet Freight", "Cardboard Comet Freight Ltd."
GRAVITY = "Gravity & Daughters"
SOCKS = "Infinite Sock Drawer"
UMBRELLAS, SPOONS = "Upside-Down Umbrellas", "Left-Handed Spoons"
SHEEP = "Cloud Sheep Farming"
MOONLIGHT = "Second-Hand Moonlight"
ORIGAMI, HORIZON = "Zero-Gravity Origami K.K.", "Borrowed Horizon Airlines"
MUSEUM = "Tuesday Forever Museum"
CLOCKS = "Backwards Clocks"

BEFORE, IN_CRM, IN_SUPPORT = phone(0), phone(14), phone(71)
"""The telephone of Gravity & Daughters: agreed, then edited by two people."""
_FREIGHT = phone(30)
_CLERKS = (("Noor", "Sample"), ("Ravi", "Madeup"))


def _crm(currency: str, amount: str) -> dict[str, Any]:
    """What somebody typed as ARR."""
    return {"hubspot": {"arr": {currency: Decimal(amount)}}}


_SOONER = (
    Firm(TEAPOT, "teapot-works.example", (monthly(40, "25.00"),), tickets=2, told=_crm("USD", "9600.00")),
    Firm(
        MARMALADE,
        "marmalade-submarines.example",
        (monthly(20, "25.00"), yearly(22, "300.00")),  # two billing customers: 6,000.00 and 6,600.00
        tickets=1,
        told=_crm("USD", "6000.00"),
    ),
    Firm(COMET, "cardboard-comet.example", (monthly(28, "25.00"),), tickets=7, phone=_FREIGHT, people=_CLERKS),
    Firm(
        COMET_LTD,
        "comet-freight.example",
        systems=BOTH,
        tickets=3,
        phone=_FREIGHT,
        persons=(SALES, SALES, SUPPORT),  # the same two clerks, and one whom only support knows
        people=_CLERKS,
        mail="cardboard-comet.example",
    ),
    Firm(GRAVITY, "gravity-daughters.example", (monthly(24, "25.00"),), tickets=1, phone=BEFORE),
    Firm(SOCKS, "infinite-socks.example", (monthly(32, "25.00", "EUR"),)),
    Firm(
        UMBRELLAS,
        "upside-down-umbrellas.example",
        (monthly(16, "25.00", "EUR"),),
        tickets=2,
        persons=(BOTH, SALES, SUPPORT),
        people=(("Ines", "Specimen"), ("Oskar", "Pretend"), PIM),
        told={"zendesk": {"people": {2: {"email": "pim.placeholder"}}}},
    ),
)
_LATER = (
    Firm(
        SHEEP,
        "cloud-sheep.example",
        (monthly(24, "25.00"),),
        tickets=1,
        people=(PIM,),
        told={"zendesk": {"people": {0: {"consent": "denied"}}}, "hubspot": {"people": {0: {"consent": "granted"}}}},
    ),
    Firm(
        MOONLIGHT,
        "second-hand-moonlight.example",
        (monthly(3, "33.33", percent_off=Decimal(15)),),
        told=_crm("USD", "1019.90"),
    ),
    Firm(ORIGAMI, "zero-gravity-origami.example", (monthly(10, "4800", "JPY"),), tickets=1, told=_crm("JPY", "5760")),
    Firm(
        HORIZON,
        "borrowed-horizon.example",
        (monthly(80, "25.00"), monthly(28, "25.00", "EUR")),  # Stripe: one active currency for each customer
        tickets=3,
        told=_crm("USD", "32400.00"),
    ),
    Firm(MUSEUM, "tuesday-forever.example", (monthly(14, "25.00"),), systems=frozenset({"stripe"})),
    Firm(
        CLOCKS,
        "backwards-clocks.example",
        (monthly(40, "25.00"),),
        active=38,
        told={"hubspot": {"active_users": 400}, "zendesk": {"active_users": 35}},
    ),
)


def situations(today: date) -> tuple[Firm, ...]:
    """In the order in which they are numbered."""
    return (*_SOONER, _spoons(today), *_LATER)


def _spoons(today: date) -> Firm:
    """Renews on the day before the contract began, says the CRM."""
    start = today - timedelta(days=100)
    told = {"hubspot": {"contract_start": start, "renewal": start - timedelta(days=1)}}
    return Firm(SPOONS, "left-handed-spoons.example", (monthly(24, "25.00"),), systems=ALL - SUPPORT, told=told)
