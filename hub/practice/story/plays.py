"""The scenes as they are played: what is looked at, what is done, what should be seen then. Each ends where it began."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import islice

from hub.practice.story import situations as who
from hub.practice.story.acts import (
    adds,
    chooses,
    imports,
    lets_pass,
    merges,
    removes,
    repairs,
    type_together,
    types,
    unmerges,
)
from hub.practice.story.looks import (
    accounts,
    agreed,
    allows,
    caused,
    crm_matches,
    decided,
    doubles,
    followed,
    holds,
    last_said,
    linked,
    not_accepted,
    offered,
    only,
    stopped,
    strictest,
    tickets,
    ties,
    ties_not,
    undecided,
    wrote,
)
from hub.practice.story.seen import Play
from hub.practice.story.stage import Stage

CRM, HELP, BILLS, PRODUCT = "hubspot", "zendesk", "stripe", "mixpanel"
NOBODY = dict.fromkeys((BILLS, CRM, HELP, PRODUCT), 0)
LOU = "Lou Nobody"
NEW_NAME = f"{who.SOCKS} GmbH"
PIM_MAIL = "pim.placeholder@cloud-sheep.example"
MARKETING, REMINDERS = "email/marketing", "email/transactional_renewal_reminders"
SPOILT = (CRM, "renewal_date"), (HELP, "email")
IMPORTED = 48


def usd(amount: str) -> dict[str, Decimal]:
    return {"USD": Decimal(amount)}


def teapot(stage: Stage) -> Play:
    said = last_said(stage, CRM, who.TEAPOT, "arr")  # another one each time: a value that keeps coming back is given up
    more = {currency: Decimal(amount) + 1 for currency, amount in said.items()}
    yield holds(stage, CRM, who.TEAPOT, "arr", usd("12000.00"))
    yield only(stage, BILLS, who.TEAPOT, "arr", CRM, said)
    yield types(stage, CRM, who.TEAPOT, "arr", more)
    yield holds(stage, CRM, who.TEAPOT, "arr", usd("12000.00"))
    yield only(stage, BILLS, who.TEAPOT, "arr", CRM, {currency: str(amount) for currency, amount in more.items()}, by=LOU)
    yield wrote(stage, {CRM: 1})


def marmalade(stage: Stage) -> Play:
    yield linked(stage, who.MARMALADE, BILLS, 2)
    yield agreed(stage, who.MARMALADE, "arr", {"USD": "12600.00"})
    yield holds(stage, CRM, who.MARMALADE, "arr", usd("12600.00"))
    yield only(stage, BILLS, who.MARMALADE, "arr", CRM, {"USD": "6000.00"})


def comet(stage: Stage) -> Play:
    yield doubles(stage, 1, ("same_name_without_legal_form", "same_phone", "same_contact"))
    yield accounts(stage, 122)
    yield tickets(stage, who.COMET, 7)
    yield tickets(stage, who.COMET_LTD, 3)
    yield merges(stage, who.COMET, who.COMET_LTD)
    yield accounts(stage, 121)
    yield tickets(stage, who.COMET, 10)
    yield unmerges(stage, who.COMET)
    yield accounts(stage, 122)
    yield tickets(stage, who.COMET, 7)
    yield tickets(stage, who.COMET_LTD, 3)
    yield agreed(stage, who.COMET, "arr", {"USD": "8400.00"})


def gravity(stage: Stage) -> Play:
    yield agreed(stage, who.GRAVITY, "phone", who.BEFORE)
    yield type_together(stage, who.GRAVITY, "phone", {CRM: who.IN_CRM, HELP: who.IN_SUPPORT})
    yield undecided(stage, who.GRAVITY, "phone", who.BEFORE)
    yield wrote(stage, {BILLS: 0, CRM: 0, HELP: 0})
    yield chooses(stage, who.GRAVITY, "phone", CRM)
    yield decided(stage)
    yield wrote(stage, {BILLS: 1, CRM: 0, HELP: 1})
    yield holds(stage, HELP, who.GRAVITY, "phone", who.IN_CRM)
    yield holds(stage, BILLS, who.GRAVITY, "phone", who.IN_CRM)
    yield types(stage, CRM, who.GRAVITY, "phone", who.BEFORE)


def socks(stage: Stage) -> Play:
    yield types(stage, CRM, who.SOCKS, "name", NEW_NAME, settle=False)
    yield followed(stage, BILLS, HELP)
    stage.settle()
    yield holds(stage, BILLS, who.SOCKS, "name", NEW_NAME)
    yield holds(stage, HELP, who.SOCKS, "name", NEW_NAME)
    yield wrote(stage, {BILLS: 1, HELP: 1, CRM: 0})
    yield agreed(stage, who.SOCKS, "arr", {"EUR": "9600.00"})
    yield types(stage, CRM, who.SOCKS, "name", who.SOCKS)


def umbrellas(stage: Stage) -> Play:
    yield from not_accepted(stage, *SPOILT)
    yield agreed(stage, who.SPOONS, "arr", {"USD": "7200.00"})
    yield from repairs(stage, CRM, "renewal_date", "2099-01-31")
    yield from not_accepted(stage, *SPOILT)


def sheep(stage: Stage) -> Play:
    yield strictest(stage, PIM_MAIL, MARKETING, HELP, CRM)
    yield agreed(stage, PIM_MAIL, "marketing_consent", "denied")
    yield agreed(stage, PIM_MAIL, "transactional_consent", "granted")
    yield allows(stage, CRM, PIM_MAIL, {MARKETING: "denied", REMINDERS: "granted"})
    yield allows(stage, HELP, PIM_MAIL, {MARKETING: "denied"})


def moonlight(stage: Stage) -> Play:
    yield agreed(stage, who.MOONLIGHT, "arr", {"USD": "1019.88"})
    yield holds(stage, CRM, who.MOONLIGHT, "arr", usd("1019.88"))
    yield only(stage, BILLS, who.MOONLIGHT, "arr", CRM, {"USD": "1019.90"})
    yield ties_not(stage, who.MOONLIGHT, "rounding", sheet=("USD", "1019.90"))


def origami_and_horizon(stage: Stage) -> Play:
    yield holds(stage, CRM, who.ORIGAMI, "arr", {"JPY": Decimal(576_000)})
    yield only(stage, BILLS, who.ORIGAMI, "arr", CRM, {"JPY": "5760"})
    yield linked(stage, who.HORIZON, BILLS, 2)
    yield holds(stage, CRM, who.HORIZON, "arr", {"USD": Decimal("24000.00"), "EUR": Decimal("8400.00")})
    yield only(stage, BILLS, who.HORIZON, "arr", CRM, {"USD": "32400.00"})


def museum(stage: Stage) -> Play:
    yield crm_matches(stage, 113, 114)
    yield ties_not(stage, who.MUSEUM, "unmapped_customer")
    yield offered(stage, CRM, 1)
    yield linked(stage, who.MUSEUM, CRM, 0)
    yield adds(stage, CRM, who.MUSEUM)
    yield holds(stage, CRM, who.MUSEUM, "arr", usd("4200.00"))
    yield crm_matches(stage, 114, 114)
    yield ties(stage)
    yield removes(stage, CRM, who.MUSEUM)


def clocks(stage: Stage) -> Play:
    said = last_said(stage, CRM, who.CLOCKS, "active_users")
    yield agreed(stage, who.CLOCKS, "active_users", 38)
    yield holds(stage, CRM, who.CLOCKS, "active_users", 38)
    yield holds(stage, HELP, who.CLOCKS, "active_users", 38)
    yield only(stage, PRODUCT, who.CLOCKS, "active_users", CRM, said)
    yield only(stage, PRODUCT, who.CLOCKS, "active_users", HELP, 35)
    yield types(stage, CRM, who.CLOCKS, "active_users", said + 1)
    yield holds(stage, CRM, who.CLOCKS, "active_users", 38)
    yield only(stage, PRODUCT, who.CLOCKS, "active_users", CRM, said + 1, by=LOU)


def friday(stage: Stage) -> Play:
    before = {place: values.get("tier") for place, values in islice(stage.customers(CRM), IMPORTED)}
    yield imports(stage, CRM, "tier", dict.fromkeys(before, "strategic"))
    yield stopped(stage, "tier", IMPORTED)
    yield caused(stage, "tier", before, "import")
    yield wrote(stage, NOBODY)
    yield imports(stage, CRM, "tier", before)
    yield lets_pass(stage, CRM)
    yield stopped(stage, "tier", 0)
    yield wrote(stage, NOBODY)
    yield accounts(stage, 122)


PLAYS: Mapping[int, Callable[[Stage], Play]] = {
    1: teapot,
    2: marmalade,
    3: comet,
    4: gravity,
    5: socks,
    6: umbrellas,
    7: sheep,
    8: moonlight,
    9: origami_and_horizon,
    10: museum,
    11: clocks,
    12: friday,
}
