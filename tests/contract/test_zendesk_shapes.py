"""The practice account is held to Zendesk's own OpenAPI file: every answer has the published keys, each of the published type."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.kit.serving import serve, stop
from connectors.kit.twin_clock import TwinClock
from connectors.zendesk import TWIN, populate
from hub.practice.customers import invented

pytestmark = pytest.mark.contract
ROWS = populate(invented(12, 7, date(2026, 3, 2)))
ORGANIZATION, USER, TICKET = (ROWS[object][-1]["id"] for object in ("organizations", "users", "tickets"))

READS = {
    "/api/v2/organizations": f"/api/v2/organizations/show_many?ids={ORGANIZATION}",
    "/api/v2/organizations/{organization_id}": f"/api/v2/organizations/{ORGANIZATION}.json",
    "/api/v2/organizations/count": "/api/v2/organizations/count.json",
    "/api/v2/organizations/search": f"/api/v2/organizations/search?name={ROWS['organizations'][-1]['name']}",
    "/api/v2/users": "/api/v2/users.json?page=1",
    "/api/v2/users/{user_id}": f"/api/v2/users/{USER}",
    "/api/v2/users/me": "/api/v2/users/me.json",
    "/api/v2/users/count": "/api/v2/users/count",
    "/api/v2/users/{user_id}/identities": f"/api/v2/users/{USER}/identities.json",
    "/api/v2/deleted_users": "/api/v2/deleted_users.json",
    "/api/v2/tickets": "/api/v2/tickets",
    "/api/v2/tickets/{ticket_id}": f"/api/v2/tickets/{TICKET}",
    "/api/v2/ticket_metrics": "/api/v2/ticket_metrics.json",
    "/api/v2/ticket_metrics/{ticket_metric_id}": f"/api/v2/ticket_metrics/{ROWS['ticket_metrics'][-1]['id']}",
    "/api/v2/satisfaction_ratings": "/api/v2/satisfaction_ratings.json",
    "/api/v2/satisfaction_ratings/count": "/api/v2/satisfaction_ratings/count",
    "/api/v2/organization_fields": "/api/v2/organization_fields.json",
    "/api/v2/user_fields": "/api/v2/user_fields.json",
    "/api/v2/incremental/organizations": "/api/v2/incremental/organizations.json?start_time=0&per_page=3",
    "/api/v2/incremental/tickets/cursor": "/api/v2/incremental/tickets/cursor.json?start_time=0&per_page=3",
    "/api/v2/incremental/tickets": "/api/v2/incremental/tickets.json?start_time=0&per_page=3",
    "/api/v2/incremental/users": "/api/v2/incremental/users.json?start_time=0&per_page=3",
    "/api/v2/incremental/users/cursor": "/api/v2/incremental/users/cursor.json?start_time=0",
    "/api/v2/search": "/api/v2/search.json?query=type:organization",
    "/api/v2/search/count": "/api/v2/search/count?query=type:ticket",
}
WRITES: dict[str, tuple[str, str, Any]] = {
    "/api/v2/organizations": ("post", "/api/v2/organizations.json", {"organization": {"name": "Made"}}),
    "/api/v2/organizations/{organization_id}": (
        "put",
        f"/api/v2/organizations/{ORGANIZATION}",
        {"organization": {"tags": ["vip"]}},
    ),
    "/api/v2/organizations/create_or_update": (
        "post",
        "/api/v2/organizations/create_or_update",
        {"organization": {"name": "M"}},
    ),
    "/api/v2/organizations/create_many": ("post", "/api/v2/organizations/create_many", {"organizations": [{"name": "Two"}]}),
    "/api/v2/organizations/update_many": (
        "put",
        "/api/v2/organizations/update_many",
        {"organizations": [{"id": ORGANIZATION, "name": "R"}]},
    ),
    "/api/v2/organizations/{organization_id}/merge": (
        "post",
        f"/api/v2/organizations/{ORGANIZATION}/merge",
        {"organization_merge": {"winner_id": ROWS["organizations"][0]["id"]}},
    ),
    "/api/v2/users": ("post", "/api/v2/users", {"user": {"name": "Made", "email": "made@made.example"}}),
    "/api/v2/users/create_or_update": (
        "post",
        "/api/v2/users/create_or_update.json",
        {"user": {"name": "M", "email": "m@m.example"}},
    ),
    "/api/v2/users/create_or_update_many": ("post", "/api/v2/users/create_or_update_many.json", {"users": [{"name": "M"}]}),
    "/api/v2/users/{user_id}": ("delete", f"/api/v2/users/{USER}.json", None),
    "/api/v2/tickets": ("post", "/api/v2/tickets", {"ticket": {"subject": "Help", "comment": {"body": "Help!"}}}),
    "/api/v2/organization_fields": (
        "post",
        "/api/v2/organization_fields",
        {"organization_field": {"key": "k", "title": "K", "type": "text"}},
    ),
}
# Newer than the published file, or of lists that it shows without their pages.
OF_ANY_KIND = {"/api/v2/search"}  # the file shows what is common to all results
NEWER = {
    "metric_set",
    "links",
    "meta",
    "count",
    "next_page",
    "previous_page",
    "facets",
    "iana_time_zone",
    "index",
    "name",
    "raw_name",
}


@pytest.fixture
def twin() -> Iterator[Any]:
    twin = TWIN(clock=TwinClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), speed=0), data=ROWS)
    twin.bulk_import = True
    served = serve(twin)
    yield twin
    stop(served)


@pytest.fixture
def http(twin: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=twin.url, auth=(f"{twin.email}/token", twin.token)) as http:
        yield http


@pytest.fixture
def published(vendor_specs: Path) -> Any:
    return json.loads((vendor_specs / "zendesk" / "zendesk-support-oas-2.0.0.json").read_text())


@pytest.mark.parametrize("path", READS)
def test_what_is_read_has_the_published_shape(path: str, http: httpx.Client, published: Any) -> None:
    response = http.get(READS[path])
    assert response.status_code == 200
    fits(published, path, "get", response)


@pytest.mark.parametrize("path", WRITES)
def test_what_is_written_is_answered_in_the_published_shape(path: str, http: httpx.Client, published: Any) -> None:
    method, url, body = WRITES[path]
    fits(published, path, method, http.request(method, url, json=body))


def test_a_finished_job_has_the_published_shape(twin: Any, http: httpx.Client, published: Any) -> None:
    rows = [{"id": ORGANIZATION, "name": "Renamed"}, {"id": 1, "name": "Nobody"}]
    job = http.put("/api/v2/organizations/update_many.json", json={"organizations": rows}).json()["job_status"]
    twin.clock.advance(10)
    done = http.get(f"/api/v2/job_statuses/{job['id']}.json")
    assert done.json()["job_status"]["status"] == "completed"
    fits(published, "/api/v2/job_statuses/{job_status_id}", "get", done)


def test_tokens_have_the_published_shape(twin: Any, http: httpx.Client, published: Any) -> None:
    """The file is from before refresh tokens: it says 201 and knows three of the six keys."""
    sent = {"grant_type": "client_credentials", "client_id": twin.client_id, "client_secret": twin.client_secret}
    answered = http.post("/oauth/tokens", json=sent).json()
    assert set(published["components"]["schemas"]["OAuthTokenForGrantTypesObject"]["properties"]) <= set(answered)


def fits(published: Any, path: str, method: str, response: httpx.Response) -> None:
    schema = published["paths"][path][method]["responses"][str(response.status_code)]["content"]["application/json"]["schema"]
    wrong = list(differing(published, schema, response.json(), "$", open=path in OF_ANY_KIND))
    assert not wrong


def differing(published: Any, schema: Any, value: Any, where: str, *, open: bool) -> Iterator[str]:
    """Null is no difference: Zendesk sends it nearly everywhere for "not set". `open`: further keys are allowed."""
    schema = resolved(published, schema)
    if value is None:
        return
    open = open or schema.get("additionalProperties") is True
    for choices in (schema[word] for word in ("oneOf", "anyOf") if word in schema):
        yield from min((list(differing(published, each, value, where, open=open)) for each in choices), key=len)
    properties = merged(published, schema)
    if properties and isinstance(value, dict):
        if not open and "oneOf" not in schema and "anyOf" not in schema:
            yield from (f"{where}.{key}: unknown" for key in value.keys() - properties.keys() - NEWER)
        for key in value.keys() & properties.keys():
            yield from differing(published, properties[key], value[key], f"{where}.{key}", open=open)
    elif schema.get("type") == "array" and isinstance(value, list):
        for each in value:
            yield from differing(published, schema["items"], each, f"{where}[]", open=open)
    elif "type" in schema and not isinstance(value, TYPES[schema["type"]]):
        yield f"{where}: {value!r} is no {schema['type']}"


def resolved(published: Any, schema: Any) -> Any:
    while "$ref" in schema:
        schema = published["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def merged(published: Any, schema: Any) -> dict[str, Any]:
    """The properties of a schema with those of its parts."""
    schema = resolved(published, schema)
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        for each in (part, *resolved(published, part).get("anyOf", [])):
            found |= merged(published, each)
    return found


TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}
