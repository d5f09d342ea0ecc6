"""The practice project from outside, as HTTP shows it: its limits, what it takes in, and what it refuses."""

from __future__ import annotations

import gzip
import json
import threading
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from connectors.kit.conformance import Scene
from connectors.kit.conformance.stage import Stage
from connectors.mixpanel import CONNECTOR, TWIN, populate
from connectors.mixpanel.twin import AT_ONCE
from hub.practice.customers import invented

DAY = "2026-03-01"
NOON = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp())
REPORT = {"event": "Feature Used", "from_date": DAY, "to_date": DAY}


def event(insert: str, **said: Any) -> dict[str, Any]:
    return {"event": "Bought", "properties": {"time": NOON, "distinct_id": "ann", "$insert_id": insert, **said}}


class TwinStage(Stage):
    connector, twin, data = CONNECTOR, TWIN, populate(invented(3, 7, date(2026, 3, 2)))
    object = "groups"

    @pytest.fixture
    def http(self, scene: Scene) -> Any:
        config = scene.twin.config()
        with httpx.Client(
            base_url=scene.served.url,
            auth=(config["username"], config["secret"]),
            params={"project_id": config["project_id"]},
        ) as client:
            yield client

    def profiles(self, scene: Scene, http: httpx.Client, **form: Any) -> httpx.Response:
        return http.post("/api/query/engage", data={"data_group_id": scene.twin.config()["data_group_id"], **form})


class TestLimits(TwinStage):
    def test_the_sixth_query_at_once_is_refused_without_a_word_how_long_to_wait(self, scene: Scene, http: httpx.Client) -> None:
        twin, found = scene.twin, []
        query = http.build_request("GET", "/api/query/segmentation", params=REPORT)
        query.headers["authorization"] = http.auth._auth_header  # type: ignore[union-attr]  # the same for all
        threads = [
            threading.Thread(target=lambda: found.append(httpx.get(query.url, headers=query.headers))) for _ in range(AT_ONCE)
        ]
        with twin.lock:  # five wait for their turn
            for thread in threads:
                thread.start()
            while len(twin._running) < AT_ONCE:
                threading.Event().wait(0.001)
            sixth = twin.answer(query).response
        for thread in threads:
            thread.join()
        assert [answer.status_code for answer in found] == [200] * AT_ONCE
        assert (sixth.status_code, "retry-after" in sixth.headers) == (429, False)
        assert "6/5 queries running concurrently and 1/60" in sixth.json()["error"]
        assert http.get("/api/query/segmentation", params=REPORT).status_code == 200

    def test_the_sixty_first_query_of_an_hour_is_refused_and_exports_count_apart(self, http: httpx.Client) -> None:
        queries = [http.get("/api/query/segmentation", params=REPORT).status_code for _ in range(61)]
        assert queries == [200] * 60 + [429]
        assert http.get("/api/2.0/export", params=REPORT | {"event": "[]"}).status_code == 200


class TestAsked(TwinStage):
    @pytest.mark.parametrize(
        "wrong", [{"page": "x"}, {"distinct_ids": "ann"}, {"output_properties": "{}"}, {"where": 'properties["a"] == 1'}]
    )
    def test_what_it_cannot_read_of_profiles_is_refused(self, scene: Scene, http: httpx.Client, wrong: dict[str, str]) -> None:
        assert self.profiles(scene, http, **wrong).status_code == 400

    @pytest.mark.parametrize("wrong", [{"limit": "x", "on": 'properties["company_id"]'}, {"unit": "hour"}, {"format": "csv"}])
    def test_what_it_cannot_read_of_reports_is_refused(self, http: httpx.Client, wrong: dict[str, str]) -> None:
        assert http.get("/api/query/segmentation", params=REPORT | wrong).status_code == 400

    @pytest.mark.parametrize("wrong", [{"event": "Bought"}, {"limit": "few"}, {"to_date": "2026-03-03"}, {"from_date": "noon"}])
    def test_what_it_cannot_read_of_exports_is_refused(self, http: httpx.Client, wrong: dict[str, str]) -> None:
        asked = {"from_date": DAY, "to_date": DAY, **wrong}
        assert http.get("/api/2.0/export", params=asked).status_code == 400

    def test_an_export_ends_at_its_limit(self, http: httpx.Client) -> None:
        answer = http.get("/api/2.0/export", params={"from_date": DAY, "to_date": DAY, "limit": 3})
        assert len(answer.text.splitlines()) == 3


class TestImports(TwinStage):
    def send(self, http: httpx.Client, content: bytes, strict: str = "1", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return http.post("/import", params={"strict": strict}, content=content, headers=named)

    def test_lists_lines_and_what_is_packed_are_taken(self, scene: Scene, http: httpx.Client) -> None:
        lines = b"\n".join(json.dumps(event(each)).encode() for each in "ab")
        packed = gzip.compress(json.dumps([event("c")]).encode())
        answers = [
            self.send(http, lines, content_type="application/x-ndjson"),
            self.send(http, packed, content_type="application/json", content_encoding="gzip"),
            self.send(http, json.dumps([event("d")]).encode(), content_type="application/json"),
        ]
        assert [answer.json().get("num_records_imported") for answer in answers] == [2, 1, 1]
        assert {row["sent"]["properties"]["$insert_id"] for row in scene.twin.table("imported").values()} == set("abcd")

    def test_strict_takes_the_good_ones_and_says_which_were_not(self, http: httpx.Client) -> None:
        batch = json.dumps([event("a"), event("b", time="noon"), {"properties": {}}]).encode()
        answer = self.send(http, batch, content_type="application/json")
        assert (answer.status_code, answer.json()["num_records_imported"]) == (400, 1)
        assert [(each["index"], each["field"]) for each in answer.json()["failed_records"]] == [
            (1, "properties.time"),
            (2, "event"),
        ]

    def test_without_strict_the_bad_ones_are_dropped_in_silence(self, http: httpx.Client) -> None:
        batch = json.dumps([event("a"), event("b", time="noon")]).encode()
        answer = self.send(http, batch, strict="0", content_type="application/json")
        assert (answer.status_code, answer.text) == (200, "1")

    @pytest.mark.parametrize("junk", [b"", b"[", b"\x1f\x8b", b"\xff"])
    def test_junk_is_no_crash(self, http: httpx.Client, junk: bytes) -> None:
        for headers in ({}, {"content_encoding": "gzip"}, {"content_type": "application/x-ndjson"}):
            assert self.send(http, junk, **headers).status_code in (200, 400)
