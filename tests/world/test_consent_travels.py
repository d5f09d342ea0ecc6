"""Consent between systems: a no is a no everywhere, also the one that stands above all others, and nothing is said twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from worlds import World, populated

from connectors.kit.faults import Fault
from connectors.kit.playing import copied
from hub import decisions
from hub.practice.customers import invented

Make = Callable[..., World]
MARKETING, REMINDERS = "1004", "1005"
DATA = populated(invented(3, 7, date(2026, 11, 22)), ("hubspot", "zendesk"))
USERS = {row["email"].lower(): row["id"] for row in DATA["zendesk"]["users"] if row["role"] == "end-user"}
CONTACTS = {row["properties"]["email"].lower(): row["id"] for row in DATA["hubspot"]["contacts"]}
PIM = min(USERS.keys() & CONTACTS.keys())
CONTACT, USER = CONTACTS[PIM], str(USERS[PIM])


def two_systems(hubspot: str = "SUBSCRIBED", zendesk: str | None = "yes") -> dict[str, Any]:
    """Everybody else is silent."""
    data = copied(DATA)
    for contact in data["hubspot"]["contacts"]:
        contact["properties"]["hs_email_optout"] = None
    for user in data["zendesk"]["users"]:
        user["user_fields"] = {"marketing_email": zendesk if str(user["id"]) == USER else None}
    said = {MARKETING: {"status": hubspot}, REMINDERS: {"status": "SUBSCRIBED"}}
    data["hubspot"]["consents"] = [{"id": PIM, "statuses": said}]
    return data


def held(world: World) -> tuple[str, str, str | None]:
    """Marketing and reminders at HubSpot, marketing at Zendesk."""
    said = world.twins["hubspot"].table("consents")[PIM]["statuses"]
    fields = world.twins["zendesk"].table("users")[USER]["user_fields"]
    return said[MARKETING]["status"], said[REMINDERS]["status"], fields.get("marketing_email")


def said_to_hubspot(world: World) -> list[str]:
    return [call["path"] for call in world.writes("hubspot") if "/statuses/" in call["path"]]


def test_no_in_zendesk_is_no_in_hubspot_and_reminders_stay_yes(make_world: Make) -> None:
    world = make_world(two_systems("SUBSCRIBED", "no"))
    world.settle_down()
    assert held(world) == ("UNSUBSCRIBED", "SUBSCRIBED", "no")
    assert len(said_to_hubspot(world)) == 1


def test_no_in_hubspot_is_no_in_zendesk_and_silence_was_none(make_world: Make) -> None:
    world = make_world(two_systems("NOT_SPECIFIED", None))
    world.settle_down()
    assert held(world) == ("NOT_SPECIFIED", "SUBSCRIBED", None)
    world.twins["hubspot"].edit("contacts", CONTACT, subscriptions={MARKETING: "UNSUBSCRIBED"})
    world.settle_down()
    assert held(world) == ("UNSUBSCRIBED", "SUBSCRIBED", "no")
    assert said_to_hubspot(world) == []


def test_the_opt_out_of_everything_reaches_the_others_and_no_yes_is_said_over_it(make_world: Make) -> None:
    world = make_world(two_systems())
    world.settle_down()
    world.twins["hubspot"].consent.leave(PIM)
    world.settle_down()
    assert held(world) == ("SUBSCRIBED", "SUBSCRIBED", "no")
    assert world.golden(f"hubspot:contacts:{CONTACT}")["consents"]["email/all"]["state"] == "denied"
    world.twins["zendesk"].edit("users", USER, user_fields={"marketing_email": "yes"})
    world.twins["zendesk"].clock.advance(2)  # its export tells whole seconds that are over
    world.settle_down()
    assert held(world)[2] == "no"
    assert said_to_hubspot(world) == []


def test_a_persons_yes_over_the_opt_out_is_refused_by_us_and_listed(make_world: Make) -> None:
    world = make_world(two_systems())
    world.settle_down()
    world.twins["hubspot"].consent.leave(PIM)
    world.settle_down()
    [(id,)] = world.rows("SELECT golden_id FROM record WHERE connection = 'hubspot' AND external_id = :id", id=CONTACT)
    yes = decisions.Choice(text='{"state": "granted"}')
    decisions.pin(world.hub, "contact", id, "consents:email/marketing", yes, until=None, by="test")
    world.deliver()
    [(code, data)] = world.rows(
        "SELECT error->>'code', error->'data' FROM intent WHERE status = 'refused' AND object = 'contacts'"
    )
    assert (code, data["topics"]) == ("opted_out", ["email/marketing"])
    assert said_to_hubspot(world) == []


def test_a_lost_answer_is_looked_up_and_said_once(make_world: Make) -> None:
    world = make_world(two_systems("SUBSCRIBED", "no"))
    world.read()
    world.twins["hubspot"].armed.arm(Fault.DROP_AFTER_APPLY, match="statuses/(?!batch)")
    world.deliver()
    assert world.rows("SELECT count(*) FROM intent WHERE object = 'contacts' AND status = 'unclear'") == [(1,)]
    world.waiting_is_over()
    world.settle_down()
    assert held(world) == ("UNSUBSCRIBED", "SUBSCRIBED", "no")
    assert len(said_to_hubspot(world)) == 1
