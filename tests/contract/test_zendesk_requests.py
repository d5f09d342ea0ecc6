"""Every request that the connector sends is one of Zendesk's own OpenAPI file: its path, its query, the keys and types of its body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.kit.conformance import Scene
from connectors.kit.conformance.stage import Stage
from connectors.kit.contract import Change, Ref
from connectors.zendesk import CONNECTOR, TWIN, populate
from hub.practice.customers import invented

pytestmark = pytest.mark.contract

TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
# What the file leaves out, each with the page that says it.
PAGES = {
    "page[size]",
    "page[after]",
}  # https://developer.zendesk.com/api-reference/introduction/pagination/#using-cursor-pagination
SIDELOADS = {"include"}  # https://developer.zendesk.com/documentation/ticketing/using-the-zendesk-api/side_loading/
UNLISTED = {
    "/api/v2/incremental/tickets/cursor": {"per_page"},  # the same as of users
    "/api/v2/satisfaction_ratings": {"start_time"},  # told in its description
    "/api/v2/users/count": {"role[]"},
}
OTHER_FILE = re.compile(r"/api/v2/guide/")  # Help Center's API has a file of its own


class Practice(Stage):
    connector, twin, data = CONNECTOR, TWIN, populate(invented(12, 7, date(2026, 3, 2)))
    object = "organizations"


@pytest.fixture(scope="module")
def sent() -> list[httpx.Request]:
    """All that the connector ever asks for."""
    requests: list[httpx.Request] = []
    with Practice().play() as scene:
        route = scene.twin.route
        scene.twin.route = lambda request: (requests.append(request), route(request))[1]
        everything(scene)
    return requests


@pytest.fixture
def published(vendor_specs: Path) -> Any:
    return json.loads((vendor_specs / "zendesk" / "zendesk-support-oas-2.0.0.json").read_text())


def everything(scene: Scene) -> None:
    scene.twin.tables["user_fields"].clear()
    scene.twin.tables["organization_fields"].clear()
    connector = scene.connector
    connector.check()
    connector.prepare()
    for object in connector.facts.objects:
        cursor = scene.last_cursor(object)
        scene.settle()
        scene.records(object, cursor)
        connector.count(object)
        for id in list(scene.living(object))[:1]:
            connector.fetch(Ref(object, id))
    first, second, third = sorted(scene.living("organizations"))[:3]
    person, other = sorted(scene.living("users"))[:2]
    made = scene.push("organizations", "create", None, {"name": "Made", "domain_names": ["made.example"], "tags": ["vip"]})
    scene.push("users", "create", None, {"email": "made@made.example", "phone": "+1 202 555 0100"})
    scene.push("organizations", "update", first, {"organization_fields": {"phone": "+1 202 555 0100", "active_users": 3}})
    updates = [
        Change(object, "update", id, {"tags": ["pilot"]}, key=f"k-{id}")
        for object, ids in (("organizations", (first, second)), ("users", (person, other)))
        for id in ids
    ]
    connector.push_many(updates)
    connector.find("organizations", {"name": "Made", "external_id": "acc_1"})
    connector.find("users", {"email": "made@made.example"})
    scene.push("organizations", "delete", made.id, {})
    cursor = scene.last_cursor("organizations")
    scene.twin.edit("organizations", second, merge_into=third)
    scene.settle()
    scene.records("organizations", cursor)
    cursor = scene.last_cursor("users")
    scene.twin.edit("users", person, merge_into=other)
    scene.settle()
    scene.records("users", cursor)


def test_every_path_and_query_is_published(sent: list[httpx.Request], published: Any) -> None:
    assert {request.method for request in sent} == {"GET", "POST", "PUT", "DELETE"}
    for request in sent:
        if OTHER_FILE.match(request.url.path):
            continue
        template, operation = found(published, request)
        names = {each["name"] for each in parameters(published, template, operation)}
        allowed = names | PAGES | SIDELOADS | UNLISTED.get(template, set())
        assert set(request.url.params) <= allowed, (template, request.url.params)


def test_every_body_is_published(sent: list[httpx.Request], published: Any) -> None:
    bodies = [request for request in sent if request.content]
    assert len({found(published, request)[0] for request in bodies}) >= 8
    for request in bodies:
        template, operation = found(published, request)
        if template == "/oauth/tokens":
            assert {"grant_type", "client_id", "client_secret"} <= set(json.loads(request.content))  # in its description only
            continue
        wrong = list(differing(published, json.loads(request.content), schema(published, operation), template))
        assert not wrong


def found(published: Any, request: httpx.Request) -> tuple[str, Any]:
    """The template with the fewest names in it that this path is one of."""
    path = request.url.path.removesuffix(".json")
    fitting = [
        template
        for template, operations in published["paths"].items()
        if request.method.lower() in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    ]
    assert fitting, f"{request.method} {path} is not published"
    template = min(fitting, key=lambda each: each.count("{"))
    return template, published["paths"][template][request.method.lower()]


def parameters(published: Any, template: str, operation: Any) -> list[Any]:
    listed = [*operation.get("parameters", []), *published["paths"][template].get("parameters", [])]
    return [resolved(published, each) for each in listed]


def schema(published: Any, operation: Any) -> Any:
    """Of the body; where the file has none, it is that of the answer. A bulk write is answered with a job: then its rows."""
    if "requestBody" in operation:
        return operation["requestBody"]["content"]["application/json"]["schema"]
    answer = next(each for code, each in operation["responses"].items() if code.startswith("2"))
    answered = answer["content"]["application/json"]["schema"]
    if "job_status" in resolved(published, answered).get("properties", {}):
        many = published["paths"]["/api/v2/organizations"]["get"]["responses"]["200"]
        return many["content"]["application/json"]["schema"]
    return answered


def differing(published: Any, value: Any, schema: Any, where: str) -> Iterator[str]:
    options = alternatives(published, schema)
    if isinstance(value, dict):
        known: dict[str, Any] = {}
        for option in options:
            known |= option.get("properties") or {}
        for key, each in value.items() if known else ():
            if key in known:
                yield from differing(published, each, known[key], f"{where}.{key}")
            elif not any(option.get("additionalProperties") is True for option in options):
                yield f"{where}.{key} is unknown"
    types = {option["type"] for option in options if "type" in option}
    if value is not None and types and not any(isinstance(value, TYPES[each]) for each in types if each in TYPES):
        yield f"{where} is {type(value).__name__}, not {sorted(types)}"
    if isinstance(value, list):
        items = next((option["items"] for option in options if "items" in option), {})
        for each in value:
            yield from differing(published, each, items, f"{where}[]")


def alternatives(published: Any, schema: Any) -> list[Any]:
    """All that `oneOf`, `anyOf` and `allOf` lead to."""
    schema = resolved(published, schema)
    parts = [*schema.get("oneOf", []), *schema.get("anyOf", []), *schema.get("allOf", [])]
    return [schema, *(each for part in parts for each in alternatives(published, part))]


def resolved(published: Any, schema: Any) -> Any:
    while "$ref" in schema:
        target: Any = published
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema
