"""The practice account plays Zendesk's exports, limits, sign-in and webhooks, and outlives its own end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from zendesk_desk import ACME, CUSTOMERS, OTHER, ROWS, START, calling, exported, grant, seconds, served

from connectors.kit.contract import Request
from connectors.kit.serving import serve, stop
from connectors.kit.signatures import zendesk
from connectors.kit.twin_clock import TwinClock
from connectors.zendesk.twin import ZendeskTwin

HOOK = "https://hub.example/hooks/zendesk"


@pytest.fixture
def twin() -> Iterator[ZendeskTwin]:
    yield from served()


@pytest.fixture
def http(twin: ZendeskTwin) -> Iterator[httpx.Client]:
    yield from calling(twin)


# Exports.


def test_a_change_of_the_last_minute_is_withheld(twin: ZendeskTwin, http: httpx.Client) -> None:
    first = http.get("incremental/users/cursor.json", params={"start_time": 0}).json()
    cursor = first["after_cursor"]
    assert "start_time" not in first["after_url"]
    twin.edit("users", str(CUSTOMERS[0]["id"]), name="Typed")
    twin.clock.advance(59)
    quiet = http.get("incremental/users/cursor.json", params={"cursor": cursor}).json()
    assert quiet["after_url"] == f"{twin.url}/api/v2/incremental/users/cursor.json?{httpx.QueryParams(cursor=cursor)}"
    assert (quiet["users"], quiet["end_of_stream"], quiet["after_cursor"]) == ([], True, cursor)
    twin.clock.advance(2)
    assert [row["name"] for row in http.get("incremental/users/cursor.json", params={"cursor": cursor}).json()["users"]] == [
        "Typed"
    ]


def test_a_start_within_the_last_minute_is_refused(twin: ZendeskTwin, http: httpx.Client) -> None:
    for path in ("incremental/tickets/cursor.json", "incremental/organizations.json"):
        refused = http.get(path, params={"start_time": seconds(twin) - 59})
        assert (refused.status_code, refused.json()["error"]) == (422, "StartTimeTooRecent")
        assert http.get(path, params={"start_time": seconds(twin) - 60}).status_code == 200


def test_ten_exports_a_minute_and_the_headers_say_so(twin: ZendeskTwin, http: httpx.Client) -> None:
    for left in range(9, -1, -1):
        answered = http.get("incremental/organizations.json", params={"start_time": 0})
        assert answered.headers["zendesk-ratelimit-incremental-exports"] == f"total=10; remaining={left}; resets=60"
    twin.clock.advance(15)
    refused = http.get("incremental/users/cursor.json", params={"start_time": 0})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "45")
    assert http.get("organizations.json").status_code == 200
    twin.clock.advance(45)
    assert http.get("incremental/users/cursor.json", params={"start_time": 0}).status_code == 200


def test_exports_go_by_generated_timestamp_which_the_system_moves_alone(twin: ZendeskTwin, http: httpx.Client) -> None:
    ticket = ROWS["tickets"][0]
    twin.actor = "system"
    twin.edit("tickets", str(ticket["id"]), priority="urgent")
    twin.clock.advance(120)
    (row,) = exported(http, "tickets/cursor.json", start_time=seconds(twin) - 180)
    assert row["updated_at"] == ticket["updated_at"]
    assert row["generated_timestamp"] == seconds(twin) - 120


def test_equal_timestamps_lead_a_time_based_export_in_a_circle(twin: ZendeskTwin, http: httpx.Client) -> None:
    for id in [row["id"] for row in ROWS["organizations"][:3]]:
        twin.edit("organizations", str(id), tags=["import"])
    twin.clock.advance(120)
    start = seconds(twin) - 120
    page = http.get("incremental/organizations.json", params={"start_time": start, "per_page": 2}).json()
    assert (page["count"], page["end_of_stream"], page["end_time"]) == (2, False, start)
    again = http.get(page["next_page"]).json()
    assert again["organizations"] == page["organizations"]
    assert again["next_page"] == page["next_page"]


def test_a_deleted_ticket_stays_in_the_export_and_nowhere_else(twin: ZendeskTwin, http: httpx.Client) -> None:
    id = ROWS["tickets"][-1]["id"]
    assert http.delete(f"tickets/{id}.json").status_code == 204
    twin.clock.advance(90)
    (row,) = exported(http, "tickets/cursor.json", start_time=seconds(twin) - 100)
    assert (row["id"], row["status"]) == (id, "deleted")
    assert exported(http, "tickets/cursor.json", start_time=seconds(twin) - 100, exclude_deleted="true") == []
    assert http.get(f"tickets/{id}").status_code == 404
    assert [row["id"] for row in http.get("deleted_tickets.json").json()["deleted_tickets"]] == [id]


def test_archived_tickets_are_missing_from_metrics_but_not_from_the_export(twin: ZendeskTwin, http: httpx.Client) -> None:
    twin.archived_after = 45
    metrics: list[dict[str, Any]] = []
    page = "ticket_metrics.json?page[size]=100"
    while page:
        body = http.get(page).json()
        metrics += body["ticket_metrics"]
        page = body["links"]["next"]
    assert len(metrics) < len(ROWS["ticket_metrics"])
    assert [row["created_at"] for row in metrics] == sorted((row["created_at"] for row in metrics), reverse=True)
    missing = {row["id"] for row in ROWS["tickets"]} - {row["ticket_id"] for row in metrics}
    rows = {row["id"]: row for row in exported(http, "tickets/cursor.json", include="metric_sets")}
    assert missing <= rows.keys()
    assert all(rows[id]["status"] == "closed" and rows[id]["metric_set"] for id in missing)
    assert http.get(f"tickets/{min(missing)}").status_code == 200


# Signing in.


def test_refresh_tokens_rotate_and_a_spent_one_ends_the_family(twin: ZendeskTwin) -> None:
    first = twin.config()["refresh_token"]
    old = twin.sign_in.access_token
    new = grant(twin, refresh_token=first).json()
    assert new["expires_in"] == 1800
    assert twin.config()["refresh_token"] == new["refresh_token"] != first

    def status(access: str) -> int:
        return httpx.get(f"{twin.url}/api/v2/users/me", headers={"authorization": f"Bearer {access}"}).status_code

    assert (status(old), status(new["access_token"])) == (401, 200)
    reused = grant(twin, refresh_token=first)
    assert (reused.status_code, reused.json()["error"]) == (400, "invalid_grant")
    assert status(new["access_token"]) == 401
    assert grant(twin, refresh_token=new["refresh_token"]).json()["error"] == "invalid_grant"


def test_access_tokens_live_half_an_hour(twin: ZendeskTwin) -> None:
    said = grant(twin, grant_type="client_credentials").json()
    assert "refresh_token" not in said
    head = {"authorization": f"Bearer {said['access_token']}"}
    twin.clock.advance(1799)
    assert httpx.get(f"{twin.url}/api/v2/users/me", headers=head).status_code == 200
    twin.clock.advance(1)
    expired = httpx.get(f"{twin.url}/api/v2/users/me", headers=head)
    assert (expired.status_code, expired.json()["error"]) == (401, "invalid_token")


def test_a_code_is_good_once_and_a_wrong_client_never(twin: ZendeskTwin) -> None:
    assert grant(twin, grant_type="authorization_code", code=twin.code).json()["refresh_token"]
    assert grant(twin, grant_type="authorization_code", code=twin.code).json()["error"] == "invalid_grant"
    assert grant(twin, client_secret="wrong").json()["error"] == "invalid_client"


def test_config_speaks_of_oauth_or_of_the_old_token_and_of_hurry(twin: ZendeskTwin) -> None:
    assert {"client_id", "client_secret", "refresh_token", "webhook_secret", "subdomain"} <= twin.config().keys()
    twin.legacy = True
    twin.hurry()
    config = twin.config()
    assert (config["email"], config["api_token"]) == (twin.email, twin.token)
    assert (config["withheld_seconds"], config["exports_per_minute"]) == (1.0, 600)


# Webhooks.


def test_every_change_rings_signed_whoever_made_it(twin: ZendeskTwin, http: httpx.Client) -> None:
    twin.outbox.holding = True
    twin.outbox.urls.append(HOOK)
    twin.edit("organizations", str(ACME), name="Typed", organization_fields={"tier": "smb"}, tags=["vip"], notes="Silent.")
    http.put(f"users/{CUSTOMERS[0]['id']}", json={"user": {"user_fields": {"marketing_email": "no"}}})
    http.post("tickets.json", json={"ticket": {"subject": "Help", "comment": {"body": "Help!"}}})
    told = [json.loads(sent.body) for sent in twin.outbox.sent]
    kinds = [each["type"].removeprefix("zen:event-type:") for each in told]
    assert set(kinds) >= {"organization.name_changed", "organization.tags_changed", "organization.custom_field_changed"}
    assert kinds[-2:] == ["user.custom_field_changed", "ticket.created"]
    assert len({each["id"] for each in told}) == len(told)
    assert told[0]["subject"] == f"zen:organization:{ACME}"
    for sent in twin.outbox.sent:
        headers = {name.lower(): value for name, value in sent.headers.items()}
        zendesk(Request("POST", HOOK, headers, sent.body.encode()), [twin.webhook_secret], twin.clock.now())


def test_nobody_is_told_of_notes_details_and_domains(twin: ZendeskTwin) -> None:
    twin.outbox.holding = True
    twin.outbox.urls.append(HOOK)
    twin.edit("organizations", str(ACME), notes="n", details="d", domain_names=["else.example"])
    assert not twin.outbox.sent


def test_merging_users_names_both(twin: ZendeskTwin) -> None:
    twin.outbox.holding = True
    twin.outbox.urls.append(HOOK)
    loser, winner = (str(row["id"]) for row in CUSTOMERS[:2])
    twin.edit("users", loser, merge_into=winner)
    merged = [json.loads(sent.body) for sent in twin.outbox.sent if "user.merged" in sent.body]
    assert [(each["subject"], each["event"]["user"]["id"]) for each in merged] == [(f"zen:user:{loser}", winner)]


# A life beyond one's own end.


def test_what_was_written_survives_the_twins_end(tmp_path: Path) -> None:
    first = ZendeskTwin(clock=TwinClock(START, speed=0), data=ROWS)
    first.keep(tmp_path)
    served = serve(first)
    pair = grant(first, refresh_token=first.config()["refresh_token"]).json()
    head = {"authorization": f"Bearer {pair['access_token']}"}
    base = f"{first.url}/api/v2"
    httpx.put(f"{base}/organizations/update_many.json", json={"organizations": [{"id": ACME, "name": "Bulk"}]}, headers=head)
    first.clock.advance(5)
    httpx.get(f"{base}/organizations", headers=head)
    first.edit("organizations", str(OTHER), name="Not kept: only what came by request is")
    httpx.post(f"{first.url}/_twin/edit", json={"object": "organizations", "id": OTHER, "changes": {"merge_into": ACME}})
    first.clock.advance(3000)
    assert httpx.post(f"{base}/organizations.json", json={"organization": {"name": "Late"}}, headers=head).status_code == 401
    stop(served)
    second = ZendeskTwin(clock=TwinClock(START, speed=0), data=ROWS)
    second.keep(tmp_path)
    assert second.tables == first.tables
    assert second.config()["refresh_token"] == pair["refresh_token"]


def test_what_a_limit_turned_away_stays_away_and_what_it_let_in_stays_in(tmp_path: Path) -> None:
    """Reads use up the minute and are in no journal: taken up again, the same writes fall into other minutes."""
    person = CUSTOMERS[0]["id"]

    def call(twin: ZendeskTwin, method: str, path: str, said: dict[str, Any] | None = None) -> int:
        head = {"authorization": f"Bearer {twin.sign_in.access_token}"}
        answered = twin.answer(httpx.Request(method, f"http://twin/api/v2/{path}", headers=head, json=said)).response
        assert answered is not None
        return answered.status_code

    def noted(twin: ZendeskTwin, notes: str) -> int:
        return call(twin, "PUT", f"organizations/{ACME}", {"organization": {"notes": notes}})

    first = ZendeskTwin(clock=TwinClock(START, speed=0), data=ROWS)
    first.keep(tmp_path)
    said = [call(first, "PUT", f"users/{person}", {"user": {"notes": f"{n}"}}) for n in range(6)]
    assert said == [200] * 5 + [429]
    first.calls = 5
    first.clock.advance(60)
    assert call(first, "GET", "organizations") == 200
    first.clock.advance(59)
    assert [noted(first, f"early {n}") for n in range(5)] == [200] * 4 + [429]
    first.clock.advance(1)
    assert [noted(first, f"late {n}") for n in range(5)] == [200] * 5
    second = ZendeskTwin(clock=TwinClock(START, speed=0), data=ROWS)
    second.calls = 5
    second.keep(tmp_path)
    assert second.tables == first.tables
