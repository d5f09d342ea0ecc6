"""Readings over a real world: both practice systems read, agreed, delivered."""

from __future__ import annotations

import pytest

from hub.readings import digest, explain, records, status, verify
from hub.readings.changes import changes
from hub.readings.report import report
from hub.words import Problem


def test_records_are_listed_shown_and_found_by_any_name(stage):
    stage.sync()
    with stage.hub.engine.connect() as database:
        rows = list(records.records(stage.hub, database, "account"))
        assert len(rows) == 6
        both = next(row for row in rows if {link["connection"] for link in row["links"]} == {"stripe", "hubspot"})
        name = both["values"]["name"]
        assert both["id"] in [row["id"] for row in records.records(stage.hub, database, "account", name.upper())]
        assert not list(records.records(stage.hub, database, "account", "100%_no such"))
        link = both["links"][0]
        assert records.show(stage.hub, database, "account", ":".join(link.values())) == both
        with pytest.raises(Problem, match="record_unknown"):
            records.show(stage.hub, database, "account", "nobody")
        with pytest.raises(Problem, match="entity_unknown"):
            list(records.records(stage.hub, database, "acount"))


def test_the_log_folds_to_what_is_stored_before_and_after_delivery(stage):
    stage.sync()
    with stage.hub.engine.connect() as database:
        assert list(verify.verify(stage.hub, database)) == []
    stage.deliver()
    stage.sync()
    with stage.hub.engine.connect() as database:
        assert list(verify.verify(stage.hub, database)) == []
        assert status.idle(database)


def test_verify_names_what_differs(stage):
    stage.sync()
    with stage.hub.engine.begin() as database:
        [row] = list(records.records(stage.hub, database, "account"))[:1]
        database.exec_driver_sql('UPDATE golden SET values = values || \'{"name": "Forged"}\' WHERE id = %s', (row["id"],))
    with stage.hub.engine.connect() as database:
        [found] = verify.verify(stage.hub, database)
    assert (found["code"], found["id"], found["field"]) == ("value_differs", row["id"], "name")
    assert (found["folded"], found["stored"]) == (row["values"]["name"], "Forged")


def test_explain_shows_every_claim_with_its_raw_value_and_run(stage):
    stage.sync()
    with stage.hub.engine.connect() as database:
        row = next(row for row in records.records(stage.hub, database, "account") if len(row["links"]) > 1)
        lines = explain.explain(stage.hub, database, "account", row["id"])
    named = next(line for line in lines if line["field"] == "name")
    assert named["state"] == "settled"
    assert named["winner"]["connection"] == "hubspot"
    assert named["winner"]["raw"] == named["winner"]["value"] == row["values"]["name"]
    assert named["winner"]["run"] is not None
    assert named["winner"]["at"].endswith("Z")
    assert {claim["connection"] for claim in named["others"]} == {"stripe"}
    assert named["rule"] == {"name": "account.name", "version": stage.hub.catalog.rules.version}


def test_changes_are_told_field_by_field_and_can_be_narrowed(stage):
    [_first, *_] = stage.sync("stripe")
    with stage.hub.engine.connect() as database:
        rows = list(changes(stage.hub, database))
        assert rows == sorted(rows, key=lambda row: row["position"])
        last = rows[-1]["position"]
        assert list(changes(stage.hub, database, since=str(last))) == []
        assert {row["entity"] for row in changes(stage.hub, database, entity="account")} == {"account"}
        with pytest.raises(Problem, match="not_a_moment"):
            list(changes(stage.hub, database, since="yesterday"))


def test_the_digest_says_whether_two_readings_are_the_same(stage):
    stage.sync()
    with stage.hub.engine.connect() as database:
        first = digest.digest(stage.hub, database)
        assert first == digest.digest(stage.hub, database)
        lines = b"\n".join(digest.lines(stage.hub, database))
        ids = [row["id"] for row in records.records(stage.hub, database, "account")]
    assert not any(id.encode() in lines for id in ids)
    stage.sync()
    with stage.hub.engine.connect() as database:
        assert digest.digest(stage.hub, database) == first


def test_the_report_counts_what_happened(stage):
    stage.sync()
    stage.deliver()
    stage.sync()
    with stage.hub.engine.connect() as database:
        line = report(stage.hub, database, rounds=2, second_round_writes=0, seconds=2.0, peak_rss_bytes=1)
        last = digest.digest(stage.hub, database)
    assert line["digest"] == last
    assert line["conflicts"] == 0
    for name in ("stripe", "hubspot"):
        counts = line["connections"][name]
        rows = sum(len(table) for table in stage.running[name].twin.tables.values())
        assert 0 < counts["stored"] == counts["read"] == counts["settled"] <= rows
        assert counts["waiting"] == counts["refused"] == 0
        assert counts["source_says"] in (None, counts["read"])
        assert counts["written"] <= counts["sent"]
    assert set(line["disagreements"]["name"]) == {"hubspot"}
    assert set(line["disagreements"]["arr"]) <= {"stripe"}
    assert all(isinstance(amount, str) for amount in line["arr"].values())
    assert line["arr"]
    assert line["records_per_second"] == sum(each["read"] for each in line["connections"].values()) / 2
