"""The practice account's answer to what is sent wrong, to rows that say little, and to what nobody may do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from zendesk_desk import ACME, CUSTOMERS, START, calling, served

from connectors.kit.twin_clock import TwinClock
from connectors.zendesk.twin import ZendeskTwin


@pytest.fixture
def twin() -> Iterator[ZendeskTwin]:
    yield from served()


@pytest.fixture
def http(twin: ZendeskTwin) -> Iterator[httpx.Client]:
    yield from calling(twin)


@pytest.mark.parametrize(
    ("method", "path", "said", "status"),
    [
        ("PUT", "organizations/update_many?ids=abc", {"organization": {"notes": "n"}}, 200),
        ("PUT", "users/update_many", {"users": [{"id": None, "name": "Nobody"}]}, 200),
        ("DELETE", "organizations/destroy_many?ids=abc", None, 200),
        ("PUT", f"organizations/{ACME}", {"organization": {"tags": 5}}, 422),
        ("PUT", f"organizations/{ACME}", {"organization": {"organization_fields": "gold"}}, 422),
        ("PUT", f"users/{CUSTOMERS[0]['id']}", {"user": {"role": ["agent"]}}, 422),
        ("POST", "tickets", {"ticket": {"subject": "Help", "requester": 5, "comment": "text"}}, 201),
        ("GET", "organizations/abc/merges", None, 200),
        ("GET", "satisfaction_ratings?start_time=monday", None, 400),
        ("PUT", "deleted_tickets/1/restore", None, 404),
    ],
)
def test_nonsense_is_refused_as_zendesk_does(
    twin: ZendeskTwin, http: httpx.Client, method: str, path: str, said: Any, status: int
) -> None:
    answered = http.request(method, path, json=said)
    assert answered.status_code == status
    if "job_status" in answered.text:
        twin.clock.advance(5)
        (row,) = http.get(f"job_statuses/{answered.json()['job_status']['id']}").json()["job_status"]["results"]
        assert (row["success"], row["error"]) == (False, "RecordNotFound")


def test_rows_that_say_little_are_served_with_what_zendesk_adds_by_itself() -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        "organizations": [{"id": 1, "name": "Acme"}],
        "users": [{"id": 11, "name": "Ann", "email": "ann@acme.example", "organization_id": 1}],
        "tickets": [{"id": 21, "subject": "Help", "requester_id": 11}],
        "ticket_metrics": [{"id": 31, "ticket_id": 21}],
        "satisfaction_ratings": [{"id": 41, "score": "good", "ticket_id": 21}],
        "organization_fields": [{"id": 51, "key": "tier", "title": "Tier"}],
    }
    twin = ZendeskTwin(clock=TwinClock(START, speed=0), data=rows)
    head = {"authorization": f"Bearer {twin.sign_in.access_token}"}

    def asked(path: str) -> Any:
        answered = twin.answer(httpx.Request("GET", f"http://twin/api/v2/{path}", headers=head)).response
        assert answered is not None
        assert answered.status_code == 200, path
        return json.loads(answered.content)

    assert asked("organizations/1")["organization"]["organization_fields"] == {"tier": None}
    assert [row["active"] for row in asked("users?role=end-user")["users"]] == [True]
    assert asked("organizations/1/users")["users"][0]["id"] == 11
    assert asked("tickets")["tickets"][0]["status"] == "new"
    assert asked("ticket_metrics")["ticket_metrics"][0]["reopens"] == 0
    assert (
        asked("satisfaction_ratings?score=good&start_time=1")["satisfaction_ratings"][0]["created_at"] == "2026-03-02T09:30:00Z"
    )
    twin.clock.advance(61)
    for object in ("organizations", "users", "tickets"):
        assert asked(f"incremental/{object}?start_time=0")["count"] == len(twin.table(object))


def test_to_import_people_in_bulk_is_off_until_the_owner_asks(twin: ZendeskTwin, http: httpx.Client) -> None:
    for path in ("users/create_many.json", "users/create_or_update_many.json"):
        assert http.post(path, json={"users": [{"name": "Pim"}]}).status_code == 403
    assert http.put("users/update_many.json", json={"users": [{"id": CUSTOMERS[0]["id"], "name": "Pim"}]}).status_code == 200
    twin.bulk_import = True
    assert http.post("users/create_many.json", json={"users": [{"name": "Pim"}]}).status_code == 200


def test_who_asks_without_a_name_is_told_that_he_is_nobody(twin: ZendeskTwin) -> None:
    assert httpx.get(f"{twin.url}/api/v2/users/me.json").json()["user"]["id"] is None
    assert httpx.get(f"{twin.url}/api/v2/users.json").status_code == 401
    wrong = {"authorization": "Bearer wrong"}
    assert httpx.get(f"{twin.url}/api/v2/users/me.json", headers=wrong).status_code == 401
