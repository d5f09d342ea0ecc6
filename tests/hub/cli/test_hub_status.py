"""`hub status` and `hub connections set --every` as a person meets them."""

from __future__ import annotations

import pytest

KEYS = {
    "connection", "connector", "workspace", "state", "why", "writes", "fresh_at", "promise", "late_by", "next_due", "quota",
    "last_run", "objects", "planned",
}  # fmt: skip


def test_the_table_and_the_lines(connected):
    assert connected("sync", "--read-only").status == 0
    said = connected("status")
    assert said.status == 0, said.err
    head, *rows = said.out.splitlines()
    for column in (
        "system",
        "workspace",
        "state",
        "last read",
        "promised every",
        "fresh?",
        "read / linked / waiting",
        "writes",
        "quota left",
    ):
        assert column in head
    assert [row.split()[0] for row in rows[:2]] == ["hubspot", "stripe"]
    assert "● on time" in rows[0]
    assert "5 min" in rows[0]
    assert "190 of 190 per 10 s" in rows[0] or "of 190 per 10 s" in rows[0]
    hubspot, stripe, total = connected("status", "--json").lines
    assert set(hubspot) == set(stripe) == KEYS
    assert (hubspot["promise"], stripe["promise"]) == (300, 60)
    assert set(stripe["quota"][0]) == {"scope", "per", "calls", "left", "back_at"}
    assert stripe["fresh_at"].endswith("Z")
    assert stripe["fresh_at"] < stripe["next_due"]
    assert set(total) >= {"idle", "waiting"}


def test_why_is_told_below_the_table(connected):
    assert connected("connections", "set", "stripe", "--set=api_key=sk_test_wrong").status == 0
    assert connected("sync", "stripe").status == 1
    said = connected("status")
    assert "▲ reconnect needed" in said.out
    assert "stripe: it refuses our" in said.out


def test_a_promise_is_changed_and_taken_back(connected):
    assert connected("sync", "stripe", "--read-only").status == 0
    for said, promise in (("1d", 86_400), ("5m", 300), ("default", 60)):
        assert connected("connections", "set", "stripe", "--every", said).status == 0
        line = connected("status", "--json").lines[1]
        assert line["promise"] == promise


@pytest.mark.parametrize("nonsense", ["0s", "never", "99d"])
def test_nonsense_changes_nothing(connected, nonsense):
    said = connected("connections", "set", "stripe", "--every", nonsense)
    assert said.status == 2
    assert "default" in said.err
    assert connected("status", "--json").lines[1]["promise"] == 60
