"""The scenes as they are played: what is looked at, what is done, what should be seen then. Each ends where it began."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hub.practice.story import situations as who
from hub.practice.story.acts import Act, Adds, Chooses, Imports, Merges, PutsBack, Removes, Repairs, Together, Types, Unmerges
from hub.practice.story.looks import (
    Accounts,
    Agreed,
    Allows,
    ArrMatches,
    Because,
    Holds,
    Linked,
    NotAccepted,
    Offered,
    Stopped,
    Suspected,
    Tickets,
    Ties,
    Undecided,
    Wrote,
)

CRM, HELP, BILLS, PRODUCT = "hubspot", "zendesk", "stripe", "mixpanel"
NEW_NAME = f"{who.SOCKS} GmbH"
PIM_MAIL = "pim.placeholder@cloud-sheep.example"
MARKETING, REMINDERS = "email/marketing", "email/transactional_renewal_reminders"
IMPORTED = 48


def _usd(amount: str) -> dict[str, Decimal]:
    return {"USD": Decimal(amount)}


PLAYS: Mapping[int, tuple[Act, ...]] = {
    1: (
        Holds(CRM, who.TEAPOT, "arr", _usd("12000.00")),
        Because(who.TEAPOT, "arr", "sum", CRM, {"USD": "9600.00"}),
        Types(CRM, who.TEAPOT, "arr", _usd("11111.00")),
        Holds(CRM, who.TEAPOT, "arr", _usd("12000.00")),
        Because(who.TEAPOT, "arr", "sum", CRM, {"USD": "11111.00"}),
        Wrote(CRM, 1),
    ),
    2: (
        Linked(who.MARMALADE, BILLS, 2),
        Agreed(who.MARMALADE, "arr", {"USD": "12600.00"}),
        Holds(CRM, who.MARMALADE, "arr", _usd("12600.00")),
        Because(who.MARMALADE, "arr", "sum", CRM, {"USD": "6000.00"}),
    ),
    3: (
        Suspected(1, frozenset({"same_name_without_legal_form", "same_phone", "same_contact"})),
        Accounts(122),
        Tickets(who.COMET, 7),
        Tickets(who.COMET_LTD, 3),
        Merges(who.COMET, who.COMET_LTD),
        Accounts(121),
        Tickets(who.COMET, 10),
        Unmerges(who.COMET),
        Accounts(122),
        Tickets(who.COMET, 7),
        Tickets(who.COMET_LTD, 3),
        Agreed(who.COMET, "arr", {"USD": "8400.00"}),
    ),
    4: (
        Agreed(who.GRAVITY, "phone", who.BEFORE),
        Together((Types(CRM, who.GRAVITY, "phone", who.IN_CRM), Types(HELP, who.GRAVITY, "phone", who.IN_SUPPORT))),
        Undecided(1, who.GRAVITY, "phone", who.BEFORE),
        *(Wrote(system, 0) for system in (BILLS, CRM, HELP)),
        Chooses(who.GRAVITY, "phone", CRM),
        Undecided(0, who.GRAVITY, "phone"),
        Wrote(HELP, 1),
        Wrote(BILLS, 1),
        Wrote(CRM, 0),
        Holds(HELP, who.GRAVITY, "phone", who.IN_CRM),
        Holds(BILLS, who.GRAVITY, "phone", who.IN_CRM),
        Types(CRM, who.GRAVITY, "phone", who.BEFORE),
    ),
    5: (
        Types(CRM, who.SOCKS, "name", NEW_NAME, watched=(BILLS, HELP)),
        Holds(BILLS, who.SOCKS, "name", NEW_NAME),
        Holds(HELP, who.SOCKS, "name", NEW_NAME),
        Wrote(BILLS, 1),
        Wrote(HELP, 1),
        Wrote(CRM, 0),
        Agreed(who.SOCKS, "arr", {"EUR": "9600.00"}),
        Types(CRM, who.SOCKS, "name", who.SOCKS),
    ),
    6: (
        NotAccepted(((CRM, "renewal_date"), (HELP, "email"))),
        Agreed(who.SPOONS, "arr", {"USD": "7200.00"}),
        Repairs(CRM, "renewal_date", "2099-01-31"),
        NotAccepted(((CRM, "renewal_date"), (HELP, "email"))),
    ),
    7: (
        Because(PIM_MAIL, f"consents:{MARKETING}", "strictest", CRM, {"state": "granted"}),
        Agreed(PIM_MAIL, "marketing_consent", "denied"),
        Agreed(PIM_MAIL, "transactional_consent", "granted"),
        Allows(CRM, PIM_MAIL, ((MARKETING, "denied"), (REMINDERS, "granted"))),
        Allows(HELP, PIM_MAIL, ((MARKETING, "denied"),)),
    ),
    8: (
        Agreed(who.MOONLIGHT, "arr", {"USD": "1019.88"}),
        Holds(CRM, who.MOONLIGHT, "arr", _usd("1019.88")),
        Because(who.MOONLIGHT, "arr", "sum", CRM, {"USD": "1019.90"}),
        Ties(who.MOONLIGHT, "rounding", ("USD", "1019.90")),
    ),
    9: (
        Holds(CRM, who.ORIGAMI, "arr", {"JPY": Decimal(576_000)}),
        Because(who.ORIGAMI, "arr", "sum", CRM, {"JPY": "5760"}),
        Linked(who.HORIZON, BILLS, 2),
        Holds(CRM, who.HORIZON, "arr", {"USD": Decimal("24000.00"), "EUR": Decimal("8400.00")}),
        Because(who.HORIZON, "arr", "sum", CRM, {"USD": "32400.00"}),
    ),
    10: (
        ArrMatches(113, 114),
        Ties(who.MUSEUM, "unmapped_customer"),
        Offered(CRM, 1),
        Linked(who.MUSEUM, CRM, 0),
        Adds(CRM, who.MUSEUM),
        Holds(CRM, who.MUSEUM, "arr", _usd("4200.00")),
        ArrMatches(114, 114),
        Ties(),
        Removes(CRM, who.MUSEUM),
    ),
    11: (
        Agreed(who.CLOCKS, "active_users", 38),
        Holds(CRM, who.CLOCKS, "active_users", 38),
        Holds(HELP, who.CLOCKS, "active_users", 38),
        Because(who.CLOCKS, "active_users", "sum", CRM, 400),
        Because(who.CLOCKS, "active_users", "sum", HELP, 35),
        Types(CRM, who.CLOCKS, "active_users", 41),
        Holds(CRM, who.CLOCKS, "active_users", 38),
    ),
    12: (
        Imports(CRM, "tier", "strategic", IMPORTED),
        Stopped("tier", IMPORTED),
        *(Wrote(system, 0) for system in (BILLS, CRM, HELP, PRODUCT)),
        PutsBack(CRM, "tier"),
        Stopped("tier", 0),
        *(Wrote(system, 0) for system in (BILLS, CRM, HELP, PRODUCT)),
        Accounts(122),
    ),
}
