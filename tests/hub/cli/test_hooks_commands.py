"""`hub hooks`, and what stands behind it: judged again by today's code, left at that, forgotten when nobody needs it, an address to enter."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from connectors.hubspot import doorbell
from connectors.kit.contract import Event, Ref
from hub import connections
from hub.bulk import cursor
from hub.clock import SystemClock
from hub.context import Hub
from hub.hooks import replay
from hub.hooks.inbox import heard, store
from hub.opening import make_hub
from hub.readings.inbox import events, totals
from hub.settings import Settings
from hub.words import Problem

DAY = 86_400 * 1_000_000
TOLD = {"subscriptionId": 1, "portalId": 2, "occurredAt": 3, "objectId": 4}


@pytest.fixture
def here(settings: Settings, engine: Engine) -> Hub:
    """A hub with one connection that webhooks may come for."""
    made = make_hub(settings, engine)
    with engine.begin() as database:
        connections.add(made, database, "hubspot", "crm", {"access_token": "pat", "client_secret": "s"})
    return made


def keep(hub: Hub, *told: Event, at: int | None = None) -> None:
    with hub.engine.begin() as database, cursor(database) as cur:
        store(cur, "crm", [heard(event) for event in told], hub.clock.micros() if at is None else at)


def listed(hub: Hub, state: str | None = None) -> list[dict[str, Any]]:
    with hub.engine.connect() as database:
        return list(events(database, state))


def wanted(hub: Hub) -> list[str]:
    with hub.engine.connect() as database:
        return [
            f"{object}:{id}" for object, id in database.execute(text("SELECT object, external_id FROM refetch ORDER BY 1, 2"))
        ]


def told(**more: Any) -> bytes:
    return json.dumps(TOLD | {"subscriptionType": "ticket.creation"} | more).encode()


def test_judged_again_by_code_that_understands_more(here: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(here, doorbell.understand(told(), None))
    [row] = listed(here)
    assert (row["state"], row["why"], row["waits"]) == ("ignored", "not_read", [])
    number = int(row["id"].removeprefix("hook-"))
    assert replay.replay(here, number) == "ignored"
    monkeypatch.setitem(doorbell.SINGULAR, "ticket", "deals")
    assert replay.replay(here, number) == "waiting"
    [row] = listed(here)
    assert (row["state"], row["why"], row["waits"]) == ("waiting", None, ["deals:4"])
    assert wanted(here) == ["deals:4"]


def test_the_second_event_of_one_id_waits_beside_the_first(here: Hub) -> None:
    bodies = [told(subscriptionType="deal.creation", changeSource=source) for source in ("A", "B")]
    keep(here, *(doorbell.understand(body, None) for body in bodies))
    first, second = listed(here)
    assert (first["state"], second["state"], second["why"]) == ("waiting", "dead", "id_reuse")
    assert replay.replay(here, int(second["id"].removeprefix("hook-"))) == "waiting"
    keep(here, *(doorbell.understand(body, None) for body in bodies))
    assert [(row["state"], row["told"]) for row in listed(here)] == [("waiting", 2), ("waiting", 1), ("dead", 1)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE inbox SET state = 'done'", "hook_judged"),
        ("UPDATE inbox SET state = 'waiting'", "hook_judged"),
        ("DELETE FROM inbox", "hook_unknown"),
        ("DELETE FROM connection", "connection_unknown"),
    ],
)
def test_what_cannot_be_judged_again_says_why(here: Hub, change: str, code: str) -> None:
    keep(here, doorbell.understand(told(), None))
    number = int(listed(here)[0]["id"].removeprefix("hook-"))
    with here.engine.begin() as database:
        database.execute(text(change))
    with pytest.raises(Problem) as caught:
        replay.replay(here, number)
    assert caught.value.code == code


def test_an_event_is_forgotten_thirty_days_after_it_was_read_or_ignored(here: Hub) -> None:
    now = SystemClock().micros()
    event = Event("e1", "deal.creation", b"personal", (Ref("deals", "1"),))
    ignored, dead = Event("e2", "x", b"b", ignored="not_read"), Event("e3", "x", b"c", bad="not_json")
    keep(here, event, ignored, dead, at=now - 40 * DAY)
    keep(here, Event("e4", "x", b"d", ignored="not_read"), at=now - 29 * DAY)
    with here.engine.begin() as database:
        assert replay.forget(here, database) == 1  # what still waits, and what a person has to look at, is kept
        database.execute(text("UPDATE inbox SET state = 'done', done_at = :at WHERE event = 'e1'"), {"at": now - 31 * DAY})
        assert replay.forget(here, database) == 1
        assert replay.forget(here, database) == 0
    assert [row["event"] for row in listed(here)] == ["e3", "e4"]


def test_i14_what_nobody_could_read_waits_for_a_person_until_it_is_dropped(here: Hub, hub: Callable[..., Any]) -> None:
    first, second = [told(subscriptionType="deal.creation", changeSource=source) for source in ("A", "B")]
    keep(here, *(doorbell.understand(body, None) for body in (first, second)), Event("e2", "x", b"b", bad="not_json"))
    assert hub("status", "--json").lines[-1]["waiting"]["hooks"] == 2
    dead = [row["id"] for row in listed(here, "dead")]
    assert hub("hooks", "drop", *dead).status == 0
    assert hub("status", "--json").lines[-1]["waiting"]["hooks"] == 0
    assert [(row["state"], row["why"]) for row in listed(here)] == [
        ("waiting", None),
        ("ignored", "dropped"),
        ("ignored", "dropped"),
    ]
    assert hub("hooks", "drop", dead[0]).status == 2
    assert hub("hooks", "drop", "x").status == 2
    with here.engine.connect() as database:
        [line] = totals(database)
    assert line["inbox"] == line["waiting"] + line["ignored"] == 3


@pytest.mark.parametrize("word", ["pause", "remove"])
def test_what_nobody_may_read_is_no_work(here: Hub, hub: Callable[..., Any], word: str) -> None:
    keep(here, doorbell.understand(told(subscriptionType="deal.creation"), None))
    assert hub("status", "--json").lines[-1]["idle"] is False
    assert hub("connections", word, "crm").status == 0
    assert hub("status", "--json").lines[-1]["idle"] is True
    [row] = listed(here)
    assert (row["state"], row["why"]) == (("waiting", None) if word == "pause" else ("ignored", "connection_removed"))
    assert wanted(here) == (["deals:4"] if word == "pause" else [])


def test_an_event_without_a_name_may_be_news_again(here: Hub) -> None:
    """Its name is the hash of its body: what a vendor tells in the same words a week later is not the same event."""
    event = Event("", "members", b"everybody", pulls=("companies",))
    keep(here, event, event)
    assert [(row["state"], row["waits"], row["told"]) for row in listed(here)] == [("waiting", ["companies:"], 2)]
    with here.engine.begin() as database:
        database.execute(text("UPDATE inbox SET state = 'done', waits = '{}', done_at = 1"))
        database.execute(text("DELETE FROM refetch"))
    keep(here, event)
    assert [(row["state"], row["waits"], row["told"], row["done_at"]) for row in listed(here)] == [
        ("waiting", ["companies:"], 3, None)
    ]
    assert wanted(here) == ["companies:"]


def test_every_state_is_counted(here: Hub) -> None:
    with here.engine.connect() as database:
        assert list(totals(database)) == []
    keep(here, Event("e1", "a", b"a", (Ref("deals", "1"),)), Event("e2", "a", b"b", bad="not_json"))
    with here.engine.connect() as database:
        [line] = totals(database)
    assert (line["inbox"], line["waiting"], line["dead"], line["waits_since"] is not None) == (2, 1, 1, True)


def test_people_see_what_was_told_and_where_to_tell(here: Hub, hub: Callable[..., Any], settings: Settings) -> None:
    del settings
    keep(here, doorbell.understand(told(), None), Event("e2", "x", b"b", bad="not_an_event"))
    said = hub("hooks", "list")
    assert said.status == 0, said.err
    assert "it cannot be understood." in said.out
    *lines, total = hub("hooks", "list", "--json").lines
    assert [line["why"] for line in lines] == ["not_read", "not_an_event"]
    assert (total["connection"], total["inbox"], total["ignored"], total["dead"]) == ("crm", 2, 1, 1)
    assert hub("hooks", "list", "--state", "dead", "--json").lines[0]["event"] == "e2"
    assert hub("hooks", "list", "--state", "lost").status == 2
    [again] = hub("hooks", "replay", lines[0]["id"], "--json").lines
    assert again == {"id": lines[0]["id"], "state": "ignored"}
    assert hub("hooks", "replay", "hook-999").status == hub("hooks", "replay", "x").status == 2
    address = hub("hooks", "address", "crm", HUB_PUBLIC_URL="https://hub.example.com/")
    assert address.out.strip() == "https://hub.example.com/hooks/crm"
    assert "client_secret" in address.err
    assert hub("hooks", "address", "nobody").status == 2


def test_an_address_is_written_as_a_vendor_can_enter_it(here: Hub) -> None:
    from hub.cli.hooks import _address

    odd = dataclasses.replace(here, settings=here.settings.model_copy(update={"public_url": "https://h.example"}))
    assert _address(odd, "our crm") == "https://h.example/hooks/our%20crm"
    (here.settings.home / "run").mkdir(parents=True)
    (here.settings.home / "run" / "web.json").write_text('{"url": "http://127.0.0.1:4711"}')
    assert _address(here, "crm") == "http://127.0.0.1:4711/hooks/crm"


def test_a_secret_is_changed_by_one_command(connected: Callable[..., Any]) -> None:
    until = "webhook_secret_before_until=2026-12-01T00:00:00Z"
    words = ("connections", "set", "stripe", "--env", "webhook_secret=NEW", "--env", "webhook_secret_before=OLD", "--set")
    said = connected(*words, until, NEW="whsec_new", OLD="whsec_old")
    assert said.status == 0, said.err
    listed = {row["name"]: row["settings"] for row in connected("connections", "list", "--json").lines}
    assert listed["stripe"]["webhook_secret_before_until"] == "2026-12-01T00:00:00Z"
    assert listed["stripe"]["webhook_secret"] is listed["stripe"]["webhook_secret_before"] is None
    said = connected(*words, "webhook_secret_before_until=2026-12-01", NEW="a", OLD="b")
    assert said.status == 2
    assert "webhook_secret_before_until" in said.err
    assert connected(*words, until, NEW="", OLD="b").status == 2
