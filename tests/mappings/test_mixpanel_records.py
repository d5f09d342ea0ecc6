"""Mixpanel's records as accounts and usage, and what an account's figures are made of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.load import load_all
from mappings.rollups import ROLLUPS
from mappings.types import Refused, RefValue

GROUPS, USAGE = (load_all()["mixpanel", object] for object in ("groups", "usage"))
BY_FIELD = {rollup.field: rollup for rollup in ROLLUPS["account"]}
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PROFILE: dict[str, Any] = {
    "$distinct_id": "Acme.example",
    "$properties": {"$name": "Acme", "tier": "smb", "lifecycle": "live", "$last_seen": "2026-03-01T08:00:00", "arr": 9},
}


def test_a_profile_is_an_account_by_its_domain() -> None:
    decoded = GROUPS.decode(PROFILE)
    assert decoded.keys == ("domain:acme.example",)
    assert not decoded.refused
    assert decoded.values["last_seen_at"] == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert not {"name", "arr"} & GROUPS.fields.keys()


def test_only_tier_lifecycle_and_csm_are_written() -> None:
    """Never the name, never ARR. Tier and lifecycle are copies: nobody listens to them."""
    assert GROUPS.writable() == {"tier", "lifecycle", "csm"}
    assert GROUPS.writes_only == {"tier", "lifecycle"}
    csm = {"csm": RefValue("key", "email:ada@lantern.example")}
    assert GROUPS.encode(csm, PROFILE) == {"$properties": {"csm": "ada@lantern.example"}}
    held = {**PROFILE, "$properties": {"csm": " Ada@Lantern.example"}}
    assert GROUPS.encode(csm, held) == {}
    assert GROUPS.encode({"csm": None}, held) == {"$properties": {"csm": None}}
    assert GROUPS.encode({"tier": "enterprise"}, PROFILE) == {"$properties": {"tier": "enterprise"}}
    assert GROUPS.encode({"tier": None, "lifecycle": "live"}, PROFILE) == {"$properties": {"tier": None}}
    assert not USAGE.writable()


@pytest.mark.parametrize("seen", ["yesterday", 7, ["x"]])
def test_a_time_that_is_none_is_refused_and_the_rest_goes_on(seen: Any) -> None:
    decoded = GROUPS.decode({**PROFILE, "$properties": {"$last_seen": seen, "tier": "smb"}})
    assert [each.field for each in decoded.refused] == ["last_seen_at"]
    assert decoded.values["tier"] == "smb"


@given(st.datetimes(timezones=st.timezones()), st.booleans())
def test_a_time_without_a_zone_is_utc(moment: datetime, zoned: bool) -> None:
    utc = moment.astimezone(UTC)
    text = moment.isoformat() if zoned else utc.replace(tzinfo=None).isoformat()
    assert GROUPS.fields["last_seen_at"].get(text) == utc


def test_only_reading_is_offered_for_times() -> None:
    with pytest.raises(Refused):
        GROUPS.encode({"last_seen_at": NOW}, PROFILE)


def record(day: date, **said: Any) -> dict[str, Any]:
    return {"id": f"acme.example|{day}", "account": "acme.example", "day": str(day), **said}


def test_a_day_is_usage_of_its_profile() -> None:
    decoded = USAGE.decode(record(date(2026, 3, 1), dau=3, mau=38, sessions=9, events=70, features=["api"]))
    assert decoded.keys == ("mixpanel:usage:acme.example|2026-03-01",)
    assert decoded.values["account"] == RefValue("groups", "acme.example")
    assert decoded.values["features"] == {"api"}


DAYS = st.dictionaries(
    st.integers(1, 40), st.fixed_dictionaries({"dau": st.integers(0, 9)}, optional={"mau": st.integers(0, 99)}), max_size=12
)


@given(days=DAYS, data=st.data())
def test_active_users_are_those_of_the_latest_day_that_tells(days: dict[int, dict[str, int]], data: st.DataObject) -> None:
    """Days without `mau` (all but the last that was read) neither count nor hide it, in any order."""
    made = [USAGE.decode(record(NOW.date() - timedelta(days=back), **said)).values for back, said in days.items()]
    children = data.draw(st.permutations(made))
    told = {back: said["mau"] for back, said in days.items() if "mau" in said}
    expected = told[min(told)] if told else 0
    assert BY_FIELD["active_users"].make(children, NOW) == BY_FIELD["mau"].make(children, NOW) == expected
    assert BY_FIELD["dau"].make(children, NOW) == (days[min(days)]["dau"] if days else 0)
