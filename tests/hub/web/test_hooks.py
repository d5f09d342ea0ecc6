"""Webhooks over a real server and database: who is let in and what is kept. The numbers are those of the list of faults that
a receiver must stand (what is cut off or breaks down is in test_hooks_faults.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from callers import (
    BILLING,
    OLD,
    SECRET,
    billing,
    changed,
    connect,
    crm,
    event,
    hubspot_signed,
    inbox,
    ring,
    ring_crm,
    rows,
    stripe_signed,
    wanted,
)
from sqlalchemy import Engine, text
from structlog.testing import capture_logs
from web_server import served

from hub.readings.inbox import totals
from hub.settings import Settings
from hub.words import Problem

NOTHING: list[object] = []


@pytest.fixture
def client(settings: Settings, engine: Engine) -> Iterator[httpx.Client]:
    billing(engine, settings)
    crm(engine, settings)
    with served(settings) as made:
        yield made


def refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.text) == (401, '{"error":"signature"}')


def test_a_webhook_is_stored_and_asks_for_a_read(client: httpx.Client, engine: Engine) -> None:
    answer = ring(client, event())
    assert (answer.status_code, answer.json()) == (200, {})
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert rows(engine, "SELECT connection, event, kind, state, waits FROM inbox") == [
        ("billing", "evt_1", "customer.updated", "waiting", ["customers:cus_1"])
    ]
    assert wanted(engine) == [("billing", "customers", "cus_1")]


def test_1_to_4_and_6_whoever_cannot_sign_hears_one_answer_and_leaves_a_line(client: httpx.Client, engine: Engine) -> None:
    body = event()
    right = stripe_signed(body)
    again = json.dumps(json.loads(body), separators=(",", ":")).encode()
    with capture_logs() as logs:
        assert refused(client.post(BILLING, content=body))  # 1
        assert refused(client.post(BILLING, content=body, headers=stripe_signed(body, "wrong")))  # 2
        assert refused(client.post(BILLING, content=again, headers=right))  # 3
        for late in (301, -301):  # 4
            assert refused(client.post(BILLING, content=body, headers=stripe_signed(body, late=late)))
        bare = right["stripe-signature"].partition(",")[2]
        assert refused(client.post(BILLING, content=body, headers={"stripe-signature": bare}))  # 6: the time stripped
        assert refused(client.post(BILLING, content=body, headers=stripe_signed(body, scheme="v0")))
        assert refused(client.post(BILLING, content=body, headers=right | {"stripe-signature": ""}))
    assert [(line["event"], line["connection"], line["code"]) for line in logs] == [
        ("webhook_refused", "billing", "signature")
    ] * 8
    assert "cus_1" not in str(logs)
    assert inbox(engine) == wanted(engine) == NOTHING


def test_5_told_again_has_no_second_effect(client: httpx.Client, engine: Engine) -> None:
    for pending in (2, 1):
        assert ring(client, event(pending_webhooks=pending)).status_code == 200
    assert inbox(engine) == [("evt_1", "waiting", None, 2)]
    assert rows(engine, "SELECT asked FROM refetch") == [(0,)]


def test_5_told_twenty_times_at_once_is_one(client: httpx.Client, engine: Engine) -> None:
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: ring(client, event()).status_code, range(20)))
    assert answers == [200] * 20
    assert inbox(engine) == [("evt_1", "waiting", None, 20)]
    assert wanted(engine) == [("billing", "customers", "cus_1")]


@pytest.mark.parametrize(("seconds", "status"), [(60, 200), (-1, 401)])
def test_7_old_and_new_secret_until_the_stated_end(settings: Settings, engine: Engine, seconds: int, status: int) -> None:
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    billing(engine, settings, webhook_secret_before=OLD, webhook_secret_before_until=until.isoformat())
    with served(settings) as client:
        body = event()
        assert client.post(BILLING, content=body, headers=stripe_signed(body, OLD)).status_code == status
        assert client.post(BILLING, content=body, headers=stripe_signed(body, SECRET)).status_code == 200
        assert client.post(BILLING, content=body, headers=stripe_signed(body, "other", SECRET)).status_code == 200


@pytest.mark.parametrize("setting", ["webhook_secret", "webhook_secret_before"])
def test_8_an_empty_secret_is_refused_when_it_is_entered(settings: Settings, engine: Engine, setting: str) -> None:
    with pytest.raises(Problem) as caught:
        billing(engine, settings, **{setting: ""})
    assert (caught.value.code, caught.value.data["setting"]) == ("connection_setting", setting)


def test_7_an_old_secret_without_an_end_is_refused_when_it_is_entered(settings: Settings, engine: Engine) -> None:
    with pytest.raises(Problem) as caught:
        billing(engine, settings, webhook_secret_before=OLD)
    assert caught.value.code == "connection_settings"
    assert caught.value.data["why"].startswith("webhook_secret_before needs webhook_secret_before_until")


def test_settings_that_are_not_usable_any_more_let_nobody_in(settings: Settings, engine: Engine) -> None:
    billing(engine, settings)
    with engine.begin() as database:
        database.exec_driver_sql("UPDATE connection SET config = config - 'api_key'")
    with served(settings) as client:
        assert client.post(BILLING, content=event(), headers=stripe_signed(event(), SECRET)).status_code == 503


def test_8_without_a_secret_nobody_is_let_in(settings: Settings, engine: Engine) -> None:
    connect(engine, settings, "stripe", "billing", api_key="rk_test_1")
    with served(settings) as client:
        assert refused(client.post(BILLING, content=event(), headers=stripe_signed(event(), "")))


def test_9_another_connections_signature(client: httpx.Client, settings: Settings, engine: Engine) -> None:
    billing(engine, settings, "other", webhook_secret="another")
    body = event()
    assert refused(client.post(BILLING, content=body, headers=stripe_signed(body, "another")))
    assert client.post("/hooks/other", content=body, headers=stripe_signed(body, "another")).status_code == 200


def test_9_another_account_of_one_platform_is_kept_and_ignored(client: httpx.Client, engine: Engine) -> None:
    assert ring(client, event(account="acct_other")).status_code == 200
    assert inbox(engine) == [("evt_1", "ignored", "other_account", 1)]
    assert wanted(engine) == NOTHING


@pytest.mark.parametrize("type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_13_the_content_type_is_not_asked_for(client: httpx.Client, engine: Engine, type: str | None) -> None:
    headers = stripe_signed(event()) | ({} if type is None else {"content-type": type})
    assert client.post(BILLING, content=event(), headers=headers).status_code == 200
    assert len(inbox(engine)) == 1


def test_15_a_batch_with_one_bad_event(client: httpx.Client, engine: Engine) -> None:
    batch = [changed(id) for id in range(100)]
    batch[50] = {"eventId": 1, "subscriptionType": 5}
    assert ring_crm(client, json.dumps(batch).encode()).status_code == 200
    assert rows(engine, "SELECT state, why, count(*) FROM inbox GROUP BY 1, 2 ORDER BY 1") == [
        ("dead", "not_an_event", 1),
        ("waiting", None, 99),
    ]
    assert len(wanted(engine)) == 99


def test_16_an_empty_batch(client: httpx.Client, engine: Engine) -> None:
    assert ring_crm(client, b"[]").status_code == 200
    assert inbox(engine) == NOTHING


def test_17_one_id_with_another_body(client: httpx.Client, engine: Engine) -> None:
    other = event(data={"object": {"id": "cus_2", "object": "customer"}})
    for body in (event(), other, other, event()):
        assert ring(client, body).status_code == 200
    assert inbox(engine) == [("evt_1", "waiting", None, 2), ("evt_1", "dead", "id_reuse", 2)]
    assert [id for _, _, id in wanted(engine)] == ["cus_1", "cus_2"]  # no effect lost


def test_20_redis_is_not_asked(settings: Settings, engine: Engine) -> None:
    billing(engine, settings)
    with served(settings.model_copy(update={"redis_url": "redis://127.0.0.1:9/0"})) as client:
        assert ring(client, event()).status_code == 200
    assert len(wanted(engine)) == 1


def test_21_what_we_do_not_read_is_kept_with_its_reason(client: httpx.Client, engine: Engine) -> None:
    told = [
        event(type="balance.available", data={"object": {"object": "balance"}}),
        event(id="evt_2", type="invoice.upcoming", data={"object": {"object": "invoice"}}),
        event(id="evt_3", type="v9.strange", data={"object": {"id": "x_1", "object": "strange"}}, api_version="2099-01-01"),
    ]
    for body in told:
        assert ring(client, body).status_code == 200
    assert ring_crm(client, json.dumps([changed(1, subscriptionType="conversation.creation")]).encode()).status_code == 200
    assert {(state, why) for _, state, why, _ in inbox(engine)} == {("ignored", "not_read")}
    assert wanted(engine) == NOTHING


def test_21_what_is_signed_and_no_event_is_dead(client: httpx.Client, engine: Engine) -> None:
    for body in (b"", b"{}", b"\xff", b"[" * 100_000, b'{"id":5}', b'{"id":"evt\\u0000","data":{"object":{"id":"c"}}}'):
        assert ring(client, body).status_code == 200
    assert {(state, why) for _, state, why, _ in inbox(engine)} == {("dead", "not_an_event")}
    assert len(inbox(engine)) == 6


@pytest.mark.parametrize("name", ["nobody", "", "billing/x", "bill%00ing", "%2e%2e", "ÿ" * 50])
def test_22_a_name_that_no_connection_has(client: httpx.Client, engine: Engine, name: str) -> None:
    assert ring(client, event(), f"/hooks/{name}").status_code == 404
    assert inbox(engine) == NOTHING


def test_22_a_connection_that_was_removed(client: httpx.Client, engine: Engine) -> None:
    with engine.begin() as database:
        database.execute(text("DELETE FROM connection WHERE name = 'billing'"))
    assert ring(client, event()).status_code == 404


def test_a_paused_connection_keeps_what_it_is_told(client: httpx.Client, engine: Engine) -> None:
    with engine.begin() as database:
        database.execute(text("UPDATE connection SET state = 'paused'"))
    assert ring(client, event()).status_code == 200
    assert inbox(engine) == [("evt_1", "waiting", None, 1)]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_only_post(client: httpx.Client, method: str) -> None:
    assert client.request(method, BILLING).status_code == 405


@pytest.mark.parametrize("setting", ["public_url", "webhook_url"])
def test_hubspot_signs_the_public_address(settings: Settings, engine: Engine, setting: str) -> None:
    public = "https://hub.example.com/concord"
    crm(engine, settings, **({"webhook_url": f"{public}/hooks/crm"} if setting == "webhook_url" else {}))
    more = {"public_url": public} if setting == "public_url" else {"public_url": "https://elsewhere.example"}
    body = json.dumps([changed(7)]).encode()
    with served(settings.model_copy(update=more)) as client:
        assert refused(ring_crm(client, body))
        headers = hubspot_signed(body, f"{public}/hooks/crm")
        assert client.post("/hooks/crm", content=body, headers=headers).status_code == 200


def test_hubspot_merges_deletions_and_privacy_deletions_name_their_records(client: httpx.Client, engine: Engine) -> None:
    merge = {"primaryObjectId": 1, "mergedObjectIds": [2, 3], "newObjectId": 4}
    batch = [
        changed(4, subscriptionType="company.merge", **merge),
        changed(5, subscriptionType="contact.deletion"),
        changed(5, subscriptionType="contact.privacyDeletion", subscriptionId=2),
        changed(6, subscriptionType="object.restore", objectTypeId="0-3"),
        changed(0, subscriptionType="contact.associationChange", fromObjectId=8, toObjectId=9)
        | {"associationType": "CONTACT_TO_COMPANY", "objectId": None},
    ]
    assert ring_crm(client, json.dumps(batch).encode()).status_code == 200
    assert {f"{object}:{id}" for _, object, id in wanted(engine)} == {
        *(f"companies:{id}" for id in "12349"),
        *(f"contacts:{id}" for id in "58"),
        "deals:6",
    }


def test_hubspot_told_again_in_another_batch_is_the_same(client: httpx.Client, engine: Engine) -> None:
    """`eventId` is not unique, `attemptNumber` counts tries, and a batch is put together anew."""
    for batch in ([changed(1), changed(2)], [changed(2, attemptNumber=3), changed(3)]):
        assert ring_crm(client, json.dumps(batch).encode()).status_code == 200
    assert [(state, times) for _, state, _, times in inbox(engine)] == [("waiting", 1), ("waiting", 2), ("waiting", 1)]


def test_pain_14_nothing_is_dropped_silently(client: httpx.Client, engine: Engine) -> None:
    """I14: inbox = done + dead + waiting + ignored, of each connection, and `told` is every 2xx."""
    bodies = [event(), event(), event(id="evt_2", data={"object": {"id": "b", "object": "balance"}}), b"{}", event(created=9)]
    assert all(ring(client, body).status_code == 200 for body in bodies)
    with engine.begin() as database:
        database.execute(text("UPDATE inbox SET state = 'done' WHERE event = 'evt_1' AND why IS NULL"))
    ring(client, event(id="evt_3"))
    with engine.connect() as database:
        [line] = totals(database)
    assert line["inbox"] == line["done"] + line["dead"] + line["waiting"] + line["ignored"] == 5
    assert (line["done"], line["dead"], line["ignored"], line["waiting"], line["told"]) == (1, 2, 1, 1, 6)
