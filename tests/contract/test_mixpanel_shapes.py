"""Twin and connector held to Mixpanel's OpenAPI files: every answer has the published types, every request the published parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
import yaml

from connectors.kit.calls import Ask
from connectors.kit.conformance import Scene
from connectors.kit.conformance.stage import Stage
from connectors.kit.contract import Change
from connectors.mixpanel import CONNECTOR, TWIN, populate
from hub.practice.customers import invented

pytestmark = pytest.mark.contract

ROWS = populate(invented(14, 7, date(2026, 3, 2)))
COMPANY = ROWS["groups"][0]["id"]
# Paths of the servers that the files name.
FILES = {"query": "/api/query", "export": "/api/2.0", "ingestion": ""}
# Where the file is wrong: groups and people are named by texts, as its own examples of writing show.
TEXTS = {"$distinct_id"}
NOT_PUBLISHED = {"ingestion": {"data"}}  # the form's own field, of which the file shows only the content


@pytest.fixture
def published(vendor_specs: Path) -> dict[str, Any]:
    return {name: yaml.safe_load((vendor_specs / "mixpanel" / f"{name}.openapi.yaml").read_text()) for name in FILES}


def operation(published: dict[str, Any], method: str, path: str, body: bytes) -> tuple[str, Any]:
    """The file and the operation of a request; /groups has one for each verb that a batch may hold."""
    name = next(name for name, prefix in FILES.items() if path.startswith(prefix or "/"))
    paths = published[name]["paths"]
    below = path.removeprefix(FILES[name])
    if below == "/groups":
        messages = json.loads(parse_qs(body.decode())["data"][0])
        verbs = {verb for message in messages for verb in ("$set", "$unset") if verb in message}
        below = "/groups#group-batch-update" if len(verbs) > 1 else f"/groups#group-{verbs.pop()[1:]}"
    return name, paths[below][method.lower()]


def resolved(document: Any, node: Any) -> Any:
    while "$ref" in node:
        found = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def misfits(document: Any, schema: Any, value: Any, where: str) -> Iterator[str]:
    """Where a value is not of the published type, or has a key that is not published."""
    schema = resolved(document, schema)
    kinds: dict[str, Any] = {
        "object": dict,
        "array": list,
        "string": str,
        "boolean": bool,
        "integer": int,
        "number": (int, float),
    }
    kind = schema.get("type")
    if kind is not None and not isinstance(value, kinds[kind]) and where.rpartition(".")[2] not in TEXTS:
        yield f"{where}: {type(value).__name__} instead of {kind}"
    elif isinstance(value, dict) and "properties" in schema:
        if "additionalProperties" not in schema:
            yield from (f"{where}.{key} is not published" for key in value if key not in schema["properties"])
        for key in value.keys() & schema["properties"].keys():
            yield from misfits(document, schema["properties"][key], value[key], f"{where}.{key}")
    elif isinstance(value, list) and "items" in schema:
        for each in value:
            yield from misfits(document, schema["items"], each, f"{where}[]")


class Recorded:
    """What went out, and what came back."""

    def __init__(self, scene: Scene) -> None:
        self.calls: list[tuple[Ask, Any]] = []
        send = scene.lending._perform

        def perform(ask: Ask) -> Any:
            answer = send(ask)
            self.calls.append((ask, answer))
            return answer

        scene.lending._perform = perform  # type: ignore[method-assign]  # only listened to


class TestShapes(Stage):
    connector, twin, data = CONNECTOR, TWIN, ROWS
    object = "groups"

    @pytest.fixture
    def calls(self, scene: Scene) -> list[tuple[Ask, Any]]:
        """Everything that this connector ever asks."""
        recorded = Recorded(scene)
        scene.connector.check()
        scene.records("groups")
        scene.records("usage")
        list(self.connect(scene.twin, scene.lending, mau_report=40_412).pull("usage", None))
        list(self.connect(scene.twin, scene.lending, source="export").pull("usage", None))
        for values in (
            {"tier": "x"},
            {"tier": None},
            {"tier": "y", "lifecycle": "live"},
            {"tier": None, "lifecycle": "renewing"},
        ):
            scene.connector.push(Change("groups", "update", COMPANY, {"$properties": values}, key="k"))
        return recorded.calls

    def test_every_request_is_published(self, calls: list[tuple[Ask, Any]], published: dict[str, Any]) -> None:
        assert {ask.path for ask, _ in calls} == {
            "/api/query/engage",
            "/api/query/segmentation",
            "/api/query/insights",
            "/api/2.0/export",
            "/groups",
        }
        for ask, answer in calls:
            name, wanted = operation(published, ask.method, ask.path, ask.body)
            assert answer.status == 200
            parameters = [resolved(published[name], parameter) for parameter in wanted.get("parameters", ())]
            named = {parameter["name"]: parameter for parameter in parameters if parameter["in"] == "query"}
            sent = dict(parse_qsl(urlsplit(ask.url).query))
            form = dict(parse_qsl(ask.body.decode()))
            if ask.path == "/groups":
                sent, form = {key: value for key, value in form.items() if key != "data"}, {}
            assert set(sent) <= set(named), ask.url
            assert {key for key, parameter in named.items() if parameter.get("required")} <= set(sent), ask.url
            for key, value in sent.items():
                schema = named[key]["schema"]
                assert schema.get("type") != "integer" or value.isdecimal(), (key, value)
                assert "enum" not in schema or value in schema["enum"], (key, value)
            if form:
                content = wanted["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
                assert set(form) <= set(content["properties"])

    def test_every_answer_is_published(self, calls: list[tuple[Ask, Any]], published: dict[str, Any]) -> None:
        for ask, answer in calls:
            if not ask.path.startswith("/api/query/"):
                continue
            name, wanted = operation(published, ask.method, ask.path, ask.body)
            schema = wanted["responses"]["200"]["content"]["application/json"]["schema"]
            assert not list(misfits(published[name], schema, json.loads(answer.body), ask.path))

    def test_written_messages_have_the_published_keys(self, calls: list[tuple[Ask, Any]], published: dict[str, Any]) -> None:
        schemas = published["ingestion"]["paths"]
        for ask, _ in calls:
            for message in json.loads(parse_qs(ask.body.decode())["data"][0]) if ask.path == "/groups" else ():
                verb = "set" if "$set" in message else "unset"
                schema = schemas[f"/groups#group-{verb}"]["post"]["requestBody"]["content"]["application/json"]["schema"][
                    "items"
                ]
                assert set(schema["required"]) <= set(message)
                assert set(message) - set(schema["properties"]) == {"$time", "$ignore_time"}

    def test_refusals_are_published(self, scene: Scene, published: dict[str, Any]) -> None:
        responses = published["ingestion"]["components"]["responses"]
        config = scene.twin.config()
        auth, project = (config["username"], config["secret"]), {"project_id": config["project_id"], "strict": 1}
        good = {"event": "Feature Used", "properties": {"time": 1_772_000_000, "distinct_id": "a", "$insert_id": "i"}}
        bad = {"event": "Feature Used", "properties": {"time": "noon", "distinct_id": "a", "$insert_id": "j"}}
        with httpx.Client(base_url=scene.served.url) as http:
            answers = {
                "StrictReceived": http.post("/import", params=project, auth=auth, json=[good]),
                "StrictInvalid": http.post("/import", params=project, auth=auth, json=[good, bad]),
                "StrictUnauthorized": http.post("/import", params=project, json=[good]),
                "StrictTooLarge": http.post("/import", params=project, auth=auth, json=[good] * 2001),
            }
        codes = {"StrictReceived": 200, "StrictInvalid": 400, "StrictUnauthorized": 401, "StrictTooLarge": 413}
        assert {name: answer.status_code for name, answer in answers.items()} == codes
        for name, answer in answers.items():
            schema = responses[name]["content"]["application/json"]["schema"]
            assert not list(misfits(published["ingestion"], schema, answer.json(), name))
        assert answers["StrictInvalid"].json()["num_records_imported"] == 1
        assert [each["index"] for each in answers["StrictInvalid"].json()["failed_records"]] == [1]

    def test_an_export_is_json_lines(self, calls: list[tuple[Ask, Any]]) -> None:
        lines = [line for ask, answer in calls if ask.path == "/api/2.0/export" for line in answer.body.splitlines()]
        assert len(lines) > len(set(lines)) or len(lines) > 1000
        keys = {"time", "distinct_id", "$insert_id", "mp_processing_time_ms"}
        assert all(keys <= json.loads(line)["properties"].keys() for line in lines)


class TestSdk(Stage):
    """The twin is what Mixpanel's own SDK takes it for."""

    connector, twin, data = CONNECTOR, TWIN, ROWS
    object = "groups"

    def test_the_sdk_writes_profiles(self, scene: Scene) -> None:
        import mixpanel

        consumer = mixpanel.Consumer(groups_url=f"{scene.served.url}/groups", import_url=f"{scene.served.url}/import")
        sdk = mixpanel.Mixpanel(scene.twin.project_token, consumer=consumer)
        held = scene.twin.tables["groups"]
        sdk.group_set("company_id", "new.example", {"tier": "smb", "tags": ["a"]})
        sdk.group_set_once("company_id", "new.example", {"tier": "other", "region": "EU"})
        sdk.group_union("company_id", "new.example", {"tags": ["a", "b"]})
        sdk.group_unset("company_id", "new.example", ["region"])
        seen = scene.twin.clock.now().strftime("%Y-%m-%dT%H:%M:%S")
        assert held["new.example"]["$properties"] == {"tier": "smb", "tags": ["a", "b"], "$last_seen": seen}
        sdk.group_delete("company_id", "new.example")
        assert "new.example" not in held

    def test_the_sdk_imports_events(self, scene: Scene) -> None:
        import mixpanel

        config = scene.twin.config()
        who = mixpanel.ServiceAccountCredentials(config["username"], config["secret"], str(config["project_id"]))
        consumer = mixpanel.Consumer(import_url=f"{scene.served.url}/import", credentials=who)
        mixpanel.Mixpanel(scene.twin.project_token, consumer=consumer).import_data(None, "ann", "Bought", 1_772_000_000)
        [row] = scene.twin.tables["imported"].values()
        assert (row["sent"]["event"], row["sent"]["properties"]["distinct_id"]) == ("Bought", "ann")

    def test_the_sdk_is_told_of_nonsense(self, scene: Scene) -> None:
        import mixpanel

        consumer = mixpanel.Consumer(groups_url=f"{scene.served.url}/groups")
        for nonsense in ("[]", "{", '[{"$token": "t"}]'):
            with pytest.raises(mixpanel.MixpanelException):
                consumer.send("groups", nonsense)
