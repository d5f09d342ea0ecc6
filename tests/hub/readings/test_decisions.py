"""A person decides: conflicts, pins, identity, refusals."""

from __future__ import annotations

import pytest

from connectors.kit.faults import Fault
from hub import decisions, matching, refused
from hub.decisions import Choice
from hub.readings import digest, records, status, verify
from hub.readings.conflicts import conflicts
from hub.readings.duplicates import duplicates, refresh
from hub.readings.explain import explain
from hub.readings.refusals import refusals
from hub.words import Problem


@pytest.fixture
def quiet(stage):
    stage.sync()
    stage.deliver()
    stage.sync()
    return stage


def asked(stage, reading, *args):
    with stage.hub.engine.connect() as database:
        found = reading(stage.hub, database, *args)
        return found if isinstance(found, (dict, str)) else list(found)


def both(stage):
    rows = asked(stage, records.records, "account")
    return next(row for row in rows if sorted(link["connection"] for link in row["links"]) == ["hubspot", "stripe"])


def ids(row):
    return {link["connection"]: link["id"] for link in row["links"]}


def disputed(stage):
    """A phone edited in both systems between two reads."""
    row = both(stage)
    stage.edit("stripe", "customers", ids(row)["stripe"], phone="+12025550101")
    stage.edit("hubspot", "companies", ids(row)["hubspot"], properties={"phone": "+12025550102"})
    stage.sync()
    return row


def test_a_conflict_shows_who_says_what_and_what_was_agreed(quiet):
    row = disputed(quiet)
    [open_] = asked(quiet, conflicts)
    assert (open_["record"], open_["field"], open_["was"]) == (row["id"], "phone", row["values"]["phone"])
    assert {claim["connection"]: claim["value"] for claim in open_["claims"]} == {
        "stripe": "+12025550101",
        "hubspot": "+12025550102",
    }
    assert asked(quiet, conflicts, open_["id"]) == [open_]
    shown = asked(quiet, records.show, "account", row["id"])
    assert shown["contested"] == ["phone"]
    assert "phone" not in shown["values"]
    with quiet.hub.engine.connect() as database:
        assert status.waiting(database)["conflicts"] == 1
        assert list(verify.verify(quiet.hub, database)) == []


def test_a_decision_settles_the_conflict_and_reaches_the_other_system(quiet):
    row = disputed(quiet)
    [open_] = asked(quiet, conflicts)
    decided = decisions.resolve(quiet.hub, open_["id"], Choice("stripe"), by="ann")
    assert (decided.value, decided.planned) == ("+12025550101", 1)
    assert asked(quiet, conflicts) == []
    [line] = asked(quiet, explain, "account", row["id"], "phone")
    assert (line["state"], line["reason"], line["value"]) == ("settled", "person", "+12025550101")
    assert line["winner"]["connection"] == "steward"
    assert line["winner"]["actor"]["name"] == "ann"
    quiet.deliver()
    quiet.sync()
    company = quiet.running["hubspot"].twin.table("companies")[ids(row)["hubspot"]]
    assert company["properties"]["phone"].endswith("2025550101")
    with quiet.hub.engine.connect() as database:
        assert list(verify.verify(quiet.hub, database)) == []
        assert status.idle(database)


def test_a_decision_needs_a_claim_or_a_value_that_fits(quiet):
    disputed(quiet)
    [open_] = asked(quiet, conflicts)
    for code, choice in (("says_nothing", Choice("zendesk")), ("value_unusable", Choice(text="not a phone"))):
        with pytest.raises(Problem, match=code):
            decisions.resolve(quiet.hub, open_["id"], choice, by="ann")
    with pytest.raises(Problem, match="conflict_unknown"):
        decisions.resolve(quiet.hub, "nothing", Choice("stripe"), by="ann")
    assert len(asked(quiet, conflicts)) == 1


def test_a_pin_keeps_a_value_against_everybody(quiet):
    row = both(quiet)
    decisions.pin(quiet.hub, "account", row["id"], "name", Choice(text="Kept Name"), until=None, by="ann")
    quiet.deliver()
    quiet.edit("stripe", "customers", ids(row)["stripe"], name="Edited")
    quiet.sync()
    quiet.deliver()
    assert quiet.running["stripe"].twin.table("customers")[ids(row)["stripe"]]["name"] == "Kept Name"
    [line] = asked(quiet, explain, "account", row["id"], "name")
    assert (line["reason"], line["value"]) == ("kept", "Kept Name")
    with pytest.raises(Problem, match="field_not_decidable"):
        decisions.pin(quiet.hub, "account", row["id"], "arr", Choice(text="{}"), until=None, by="ann")


def test_merge_and_unmerge_are_exact_inverses(quiet):
    before = asked(quiet, digest.digest)
    rows = asked(quiet, records.records, "account")
    a, b = rows[0]["id"], rows[1]["id"]
    matching.merge(quiet.hub, "account", a, b, by="ann")
    assert len(asked(quiet, records.records, "account")) == len(rows) - 1
    assert asked(quiet, records.show, "account", a) == asked(quiet, records.show, "account", b)
    merged = asked(quiet, digest.digest)
    kept = asked(quiet, records.show, "account", a)["id"]
    matching.unmerge(quiet.hub, "account", kept, by="ann")
    assert asked(quiet, digest.digest) == before
    assert asked(quiet, records.records, "account") == rows
    matching.merge(quiet.hub, "account", a, b, by="ann")
    assert asked(quiet, digest.digest) == merged
    with quiet.hub.engine.connect() as database:
        assert list(verify.verify(quiet.hub, database)) == []


def test_a_merge_that_was_delivered_can_be_taken_back(quiet):
    rows = asked(quiet, records.records, "account")
    a, b = rows[0]["id"], rows[1]["id"]
    matching.merge(quiet.hub, "account", a, b, by="ann")
    quiet.deliver()
    quiet.sync()
    kept = asked(quiet, records.show, "account", a)["id"]
    matching.unmerge(quiet.hub, "account", kept, by="ann")
    after = asked(quiet, records.records, "account")
    assert [(row["id"], row["links"]) for row in after] == [(row["id"], row["links"]) for row in rows]
    assert [row["values"]["name"] for row in after] == [row["values"]["name"] for row in rows]
    with pytest.raises(Problem, match="never_merged"):
        matching.unmerge(quiet.hub, "account", a, by="ann")


def test_what_is_not_the_same_is_not_asked_about_again(quiet):
    rows = asked(quiet, records.records, "account")
    name = rows[1]["values"]["name"]
    quiet.edit("hubspot", "companies", ids(rows[0])["hubspot"], properties={"name": f"{name} Inc."})
    quiet.sync()

    def found():
        with quiet.hub.engine.begin() as database:
            refresh(quiet.hub, database)
            return list(duplicates(database))

    [pair] = [each for each in found() if set(each["ids"]) == {rows[0]["id"], rows[1]["id"]}]
    assert pair["score"] > 0.7
    assert pair["evidence"]
    matching.not_same(quiet.hub, "account", *pair["ids"], by="ann")
    assert pair not in found()


def test_a_refused_value_is_kept_and_can_be_tried_again_or_dropped(quiet):
    row = both(quiet)
    quiet.edit("stripe", "customers", ids(row)["stripe"], email="no address at all")
    quiet.sync()
    with quiet.hub.engine.connect() as database:
        [entry] = refusals(database)
        assert (entry["kind"], entry["record"]) == ("quarantine", ids(row)["stripe"])
        assert "no address" in entry["raw"]
    assert refused.retry(quiet.hub, entry["id"]) == "refused"
    with quiet.hub.engine.connect() as database:
        [again] = refusals(database)
        assert list(verify.verify(quiet.hub, database)) == []
    refused.drop(quiet.hub, again["id"], by="ann")
    with quiet.hub.engine.connect() as database:
        assert list(refusals(database)) == []
    with pytest.raises(Problem, match="refusal_unknown"):
        refused.drop(quiet.hub, again["id"], by="ann")


def test_a_write_that_the_vendor_ignored_is_listed_and_tried_again(quiet):
    row = both(quiet)
    quiet.edit("hubspot", "companies", ids(row)["hubspot"], properties={"name": "New Name"})
    quiet.sync()
    quiet.running["stripe"].twin.armed.arm(Fault.IGNORE_WRITE)
    quiet.deliver("stripe")
    with quiet.hub.engine.connect() as database:
        [entry] = refusals(database)
        assert status.waiting(database)["dead"] == 1
    assert (entry["kind"], entry["fields"], entry["record"]) == ("refused", {"name": "New Name"}, ids(row)["stripe"])
    quiet.wait(5)
    assert refused.retry(quiet.hub, entry["id"]) == "planned"
    quiet.deliver("stripe")
    assert quiet.running["stripe"].twin.table("customers")[ids(row)["stripe"]]["name"] == "New Name"
    with quiet.hub.engine.connect() as database:
        assert list(refusals(database)) == []


def test_a_dropped_write_is_not_sent_again(quiet):
    row = both(quiet)
    quiet.edit("hubspot", "companies", ids(row)["hubspot"], properties={"name": "New Name"})
    quiet.sync()
    quiet.running["stripe"].twin.armed.arm(Fault.IGNORE_WRITE)
    quiet.deliver("stripe")
    with quiet.hub.engine.connect() as database:
        [entry] = refusals(database)
    refused.drop(quiet.hub, entry["id"], by="ann")
    quiet.wait(5)
    quiet.sync()
    assert {each.status for each in quiet.deliver("stripe")} == {"nothing"}
    with quiet.hub.engine.connect() as database:
        assert list(refusals(database)) == []
        assert status.waiting(database)["dead"] == 0


def test_a_pin_ends_at_its_date(quiet):
    row = both(quiet)
    until = quiet.hub.clock.micros() + 60_000_000
    decisions.pin(quiet.hub, "account", row["id"], "name", Choice(text="For A Minute"), until=until, by="ann")
    quiet.deliver()
    assert asked(quiet, records.show, "account", row["id"])["values"]["name"] == "For A Minute"
    quiet.wait(120)
    quiet.sync()
    assert asked(quiet, records.show, "account", row["id"])["values"]["name"] == row["values"]["name"]
