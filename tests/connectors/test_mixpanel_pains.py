"""What people suffered from with Mixpanel elsewhere, each by its name: reading."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.conformance import Scene
from connectors.kit.conformance.stage import START, Stage
from connectors.kit.contract import Connector, Ref
from connectors.kit.errors import AuthFailed, Gone, Rejected, Retry
from connectors.kit.faults import Fault
from connectors.mixpanel import CONNECTOR, TWIN
from connectors.mixpanel.config import MixpanelConfig
from connectors.mixpanel.days import last_complete, window

DAYS = 40
FIRST = START.date() - timedelta(days=DAYS)
YESTERDAY = START.date() - timedelta(days=1)


def used(company: str, **said: Any) -> dict[str, Any]:
    """The same on each of forty days."""
    usual = {"dau": 5, "mau": 20, "sessions": 9, "events": 30, "features": ["api", "exports"]} | said
    return {"id": company, "from": str(FIRST), **{column: [value] * DAYS for column, value in usual.items()}}


def profile(company: str, **properties: Any) -> dict[str, Any]:
    return {"id": company, "$properties": {"$name": company.partition(".")[0], **properties}}


ROWS = {
    "groups": [profile(f"c{n}.example", tier="smb") for n in range(4)],
    "usage": [used("c0.example"), used("c1.example", dau=7, mau=38), used("c2.example", dau=1, mau=1, sessions=1, events=4)],
}


def settings(**said: Any) -> MixpanelConfig:
    return MixpanelConfig.model_validate({"username": "a", "secret": "b", "project_id": 1, **said})


class MixpanelStage(Stage):
    connector, twin, data = CONNECTOR, TWIN, ROWS
    object = "groups"

    def exporting(self, scene: Scene) -> Connector:
        return self.connect(scene.twin, scene.lending, source="export")


def bodies(scene: Scene, connector: Connector | None = None, cursor: str | None = None) -> dict[str, dict[str, Any]]:
    pages = (connector or scene.connector).pull("usage", cursor)
    records = [record for page in pages for record in page.records]
    assert len({record.id for record in records}) == len(records), "a day was shown twice"
    return {record.id: json.loads(record.body) for record in records}


class TestUsage(MixpanelStage):
    def test_one_call_per_account_would_never_end(self, scene: Scene) -> None:
        """60 queries an hour, for all programs together: accounts are asked for all at once."""
        bodies(scene)
        assert scene.asked().count("GET /api/query/segmentation") == len(scene.asked()) == 5
        scene.records("groups")
        assert len(scene.asked()) == 6

    def test_the_latest_day_has_the_actives_of_thirty_days(self, scene: Scene) -> None:
        found = bodies(scene)
        assert found[f"c1.example|{YESTERDAY}"] == {
            "id": f"c1.example|{YESTERDAY}",
            "account": "c1.example",
            "day": str(YESTERDAY),
            "dau": 7,
            "events": 30,
            "mau": 38,
            "sessions": 9,
            "features": ["api", "exports"],
        }
        assert [body["day"] for body in found.values() if "mau" in body] == [str(YESTERDAY)] * 3

    def test_a_saved_report_has_them_of_every_day(self, scene: Scene) -> None:
        connector = self.connect(scene.twin, scene.lending, mau_report=40_412)
        found = bodies(scene, connector)
        assert found[f"c1.example|{YESTERDAY - timedelta(days=9)}"]["mau"] == 38
        assert len(scene.asked()) == 5
        with pytest.raises(Gone):
            bodies(scene, self.connect(scene.twin, scene.lending, mau_report=1))

    def test_adjacent_windows_do_not_count_a_day_twice(self, scene: Scene) -> None:
        """PostHog #46625, Airbyte #45068: both ends of a range are inclusive."""
        pages = scene.pages("usage")
        held = {record.id: record.body for page in pages for record in page.records}
        for _ in range(3):
            scene.twin.clock.advance(86_400)
            pages = scene.pages("usage", pages[-1].cursor)
            for record in (record for page in pages for record in page.records):
                held[record.id] = record.body
        last = YESTERDAY + timedelta(days=3)
        assert pages[-1].cursor == str(last)
        days = [json.loads(body) for id, body in held.items() if id.startswith("c0.")]
        assert sum(day["sessions"] for day in days) == 9 * (35 + 3) == 9 * len(days)

    @pytest.mark.parametrize("zone", ["Pacific/Auckland", "UTC", "America/Los_Angeles"])
    @pytest.mark.parametrize("hour", [0, 6, 12, 23])
    def test_no_day_of_the_future_is_asked_for(self, scene: Scene, zone: str, hour: int) -> None:
        """Airbyte #30028: a day that has begun here and not there is refused with 400; one that is not over is half a figure."""
        scene.twin.clock.set(datetime(2026, 3, 2, hour, 30, tzinfo=UTC))
        config = MixpanelConfig.model_validate(scene.twin.config() | {"timezone": zone})
        last = last_complete(config, scene.twin.clock.now())
        assert last in {date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)}
        if last < date(2026, 3, 2):  # the practice project's own days are UTC
            found = bodies(scene, self.connect(scene.twin, scene.lending, timezone=zone))
            assert max(body["day"] for body in found.values()) == str(last)

    def test_events_that_come_late_are_counted(self, scene: Scene) -> None:
        """Phones were offline: the last days are read again."""
        cursor = scene.last_cursor("usage")
        scene.settle()
        for back in (0, 4, 5):
            scene.twin.edit("usage", f"c0.example|{YESTERDAY - timedelta(days=back)}", dau=6)
        found = bodies(scene, cursor=cursor)
        assert {id for id, body in found.items() if body["dau"] == 6} == {
            f"c0.example|{YESTERDAY}",
            f"c0.example|{YESTERDAY - timedelta(days=4)}",
        }

    def test_a_company_that_falls_silent_is_told_as_zero(self, scene: Scene) -> None:
        """A report shows only whom it counted: silence would keep the old figure for ever."""
        cursor = scene.last_cursor("usage")
        scene.twin.clock.advance(86_400)
        quiet = YESTERDAY + timedelta(days=1)
        scene.twin.edit("usage", f"c1.example|{quiet}", dau=0, mau=0, sessions=0, events=0, features=[])
        body = bodies(scene, cursor=cursor)[f"c1.example|{quiet}"]
        assert (body["dau"], body["mau"], body["sessions"], body["features"]) == (0, 0, 0, [])

    def test_events_without_a_company_are_nobodys(self, scene: Scene) -> None:
        assert {body["account"] for body in bodies(scene).values()} == {"c0.example", "c1.example", "c2.example"}

    def test_a_report_shows_sixty_groups_unless_asked(self, scene: Scene) -> None:
        scene.twin.load({"usage": [used(f"n{n}.example", sessions=1) for n in range(150)]})
        assert len({body["account"] for body in bodies(scene).values()}) == 153

    def test_a_report_that_is_cut_is_refused_not_believed(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("connectors.mixpanel.queries.MOST", 5)
        assert all("features" not in body for body in bodies(scene).values())  # six pairs of company and feature
        monkeypatch.setattr("connectors.mixpanel.queries.MOST", 2)
        with pytest.raises(Rejected, match="too_many_groups"):
            bodies(scene)

    def test_a_day_can_be_fetched_and_a_stranger_is_gone(self, scene: Scene) -> None:
        old = YESTERDAY - timedelta(days=38)
        record = scene.connector.fetch(Ref("usage", f"c0.example|{old}"))
        assert json.loads(record.body)["dau"] == 5
        for id in ("nobody.example|2026-03-01", "c0.example|2030-01-01", "c0.example", "c0.example|yesterday", "|2026-03-01"):
            with pytest.raises(Gone):
                scene.connector.fetch(Ref("usage", id))

    def test_a_cursor_that_is_not_ours_is_refused(self, scene: Scene) -> None:
        with pytest.raises(Rejected, match="cursor"):
            scene.pages("usage", "tomorrow")


class TestRawExport(MixpanelStage):
    def test_it_says_what_the_reports_say(self, scene: Scene) -> None:
        """Each event once, although the export repeats what was sent twice."""
        reported = bodies(scene)
        exported = bodies(scene, self.exporting(scene))
        assert exported == reported
        scene.arm(Fault.DOUBLED_ROWS, times=100)
        assert bodies(scene, self.exporting(scene)) == reported

    def test_a_day_is_one_call_and_no_day_is_called_for_twice(self, scene: Scene) -> None:
        bodies(scene, self.exporting(scene))
        spans = [str(outcome) for outcome in scene.asked()]
        assert spans == ["GET /api/2.0/export"] * 35

    def test_it_is_read_once_a_day(self, scene: Scene) -> None:
        connector = self.exporting(scene)
        cursor = [page.cursor for page in connector.pull("usage", None)][-1]
        before = len(scene.asked())
        (page,) = connector.pull("usage", cursor)
        assert (page.records, page.cursor, page.complete, page.full) == ((), cursor, True, False)
        assert len(scene.asked()) == before
        scene.twin.clock.advance(86_400)
        assert len({body["day"] for body in bodies(scene, connector, cursor).values()}) == 6

    def test_half_an_export_is_no_export(self, scene: Scene) -> None:
        scene.arm(Fault.TRUNCATED, times=100)
        with pytest.raises(Retry):
            bodies(scene, self.exporting(scene))

    def test_an_error_in_an_answer_of_200_is_a_failure(self, scene: Scene) -> None:
        for connector in (scene.connector, self.exporting(scene)):
            scene.arm(Fault.ERRORS_IN_200)
            with pytest.raises(Retry, match="error_in_answer"):
                bodies(scene, connector)

    def test_without_group_analytics_there_are_no_profiles_and_no_error(self, scene: Scene) -> None:
        connector = self.connect(scene.twin, scene.lending, source="export", data_group_id=None)
        (page,) = connector.pull("groups", None)
        assert (page.records, page.complete, page.full) == ((), True, True)
        assert connector.count("groups") == 0
        with pytest.raises(Gone):
            connector.fetch(Ref("groups", "c0.example"))


class TestProfiles(MixpanelStage):
    def test_pages_end_where_one_is_not_full(self, scene: Scene) -> None:
        scene.twin.page_size = 2
        pages = scene.pages("groups")
        assert [len(page.records) for page in pages] == [2, 2, 0]
        assert {record.id for page in pages for record in page.records} == {row["id"] for row in ROWS["groups"]}

    def test_a_session_that_ran_out_is_begun_again_later(self, scene: Scene) -> None:
        scene.twin.page_size = 2
        pull = scene.connector.pull("groups", None)
        next(pull)
        scene.twin.clock.advance(600)
        with pytest.raises(Retry, match="session_expired"):
            list(pull)
        assert len(scene.records("groups")) == 4

    def test_a_page_that_comes_again_does_not_go_on_for_ever(self, scene: Scene) -> None:
        scene.arm(Fault.REPEAT_PAGE, times=1000)
        with pytest.raises(Retry, match="page_repeated"):
            scene.pages("groups")

    def test_a_wrong_region_is_an_empty_project(self, scene: Scene) -> None:
        """200 and nothing, without an error."""
        checked = self.connect(scene.twin, scene.lending, data_group_id="1").check()
        assert [page.startswith("https://") for _, page in checked.missing] == [True]
        assert not scene.connector.check().missing

    def test_another_project_is_refused_by_name(self, scene: Scene) -> None:
        with pytest.raises(AuthFailed):
            self.connect(scene.twin, scene.lending, project_id=7).check()

    def test_a_plan_without_group_analytics_says_so(self, scene: Scene) -> None:
        scene.arm(Fault.PLAN_GATED)
        with pytest.raises(AuthFailed, match="scope_missing"):
            scene.pages("groups")

    def test_too_many_requests_do_not_say_how_long_to_wait(self, scene: Scene) -> None:
        """429 without a Retry-After: come back at the next quarter of an hour (09:30 to 09:45)."""
        scene.bench.limits = ()
        for _ in range(60):
            scene.connector.check()
        with pytest.raises(Retry, match="rate_limited") as limited:
            scene.connector.check()
        assert limited.value.after is not None
        assert (scene.twin.clock.now() + timedelta(seconds=limited.value.after)).strftime("%M:%S") == "45:00"
        assert not any(
            "retry-after" in dict(outcome.headers) for outcome in scene.bench.outcomes if hasattr(outcome, "headers")
        )

    def test_a_smaller_share_of_the_limit_is_kept(self) -> None:
        config = settings(queries_per_hour=20)
        assert [limit.calls for limit in CONNECTOR.limits(config) if limit.scope == "query"] == [20]

    def test_links_open_the_profile(self, scene: Scene) -> None:
        url = scene.connector.web_url(Ref("groups", "c0.example"))
        assert url == (
            "https://mixpanel.com/project/2104771/view/2650119/app/profile#distinct_id=c0.example&data_group_id=7087754812324874797"
        )
        assert scene.connector.web_url(Ref("usage", f"c0.example|{YESTERDAY}")) is None


@given(back=st.integers(-3, 60), late=st.integers(1, 30), first=st.integers(30, 90))
def test_every_day_is_read_whatever_the_cursor(back: int, late: int, first: int) -> None:
    """No gap after the cursor, never beyond yesterday, and a whole month before the last day to count people in."""
    config = settings(late_days=late, first_days=first)
    cursor = YESTERDAY - timedelta(days=back)
    found = window(config, START, str(cursor))
    assert found.last == YESTERDAY
    assert found.since <= max(min(cursor + timedelta(days=1), YESTERDAY), found.first)
    assert found.first <= min(found.since, YESTERDAY - timedelta(days=29))
    assert found.since >= min(cursor, YESTERDAY - timedelta(days=first - 1))
