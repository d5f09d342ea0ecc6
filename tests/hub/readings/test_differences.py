"""What differed: losing values counted, first-day groups, the ARR that a person edited where it is not theirs to set."""

from __future__ import annotations

from collections import Counter

from conflict.cell import normal
from hub.bulk import decode_json
from hub.readings import digest, explain, records
from hub.readings.differences import tally
from hub.readings.rows import fetch
from hub.session import view_of
from hub.settling import sheets


def linked(stage):
    with stage.hub.engine.connect() as database:
        rows = list(records.records(stage.hub, database, "account"))
    return [row for row in rows if sorted(link["connection"] for link in row["links"]) == ["hubspot", "stripe"]]


def told(stage):
    with stage.hub.engine.connect() as database:
        return tally(stage.hub, database)


def counted_by_hand(stage):
    """The same question asked the slow way: every sheet loaded, every value compared by the type's normal form."""
    view, counts = view_of(stage.hub), Counter()
    with stage.hub.engine.connect() as database:
        query = (
            "SELECT g.entity, g.values, g.verdicts, r.connection, r.object, r.external_id, r.sheet,"
            " (SELECT count(*) FROM record o WHERE o.golden_id = g.id) FROM golden g JOIN record r ON r.golden_id = g.id"
        )
        for entity_name, values, verdicts, connection, object, id, text, many in fetch(database, query):
            entity = view.entities[entity_name]
            winners = {key: winner for state, _, winner, keys in decode_json(verdicts) for key in keys if state == "settled"}
            sheet = sheets.load(decode_json(text), f"{connection}:{object}:{id}", entity_name, view)
            for key, cell in sheet.cells.items():
                type = entity.fields[key.partition(":")[0]].type
                if ":" in key or type.name == "ref" or cell.own is None or key not in winners or key not in values:
                    continue
                said = normal(type, cell.own.value)
                rolled = winners[key] == "golden"
                if said is not None and said != normal(type, type.load(values[key])) and (many > 1 or rolled):
                    counts[key, "stripe" if rolled else winners[key].partition(":")[0]] += 1
    return counts


def flat(disagreements):
    return Counter({(field, winner): n for field, by in disagreements.items() for winner, n in by.items()})


def test_losing_values_are_counted_whether_they_were_corrected_or_not(stage):
    stage.sync()
    before = told(stage)
    assert flat(before.disagreements) == counted_by_hand(stage)
    assert before.disagreements["name"]["hubspot"] > 0
    stage.deliver()
    stage.sync()
    after = told(stage)
    assert after.disagreements == before.disagreements
    assert flat(after.disagreements) == counted_by_hand(stage)


def test_phones_that_differ_from_the_first_day_are_one_group(stage):
    stage.sync("hubspot")
    for number, row in enumerate(stage.running["stripe"].twin.table("customers").values()):
        row["phone"] = f"+1202555019{number}"
    stage.sync("stripe")
    [group] = told(stage).groups
    assert (group.entity, group.field, group.winner, group.loser) == ("account", "phone", "hubspot", "stripe")
    assert group.count >= len(group.samples) > 0
    assert all(sample["agreed"] != sample["said"] for sample in group.samples)
    stage.deliver()
    stage.sync()
    assert [(each.field, each.count) for each in told(stage).groups] == [("phone", group.count)]


def test_an_arr_edited_where_it_is_not_owned_is_put_back_and_both_claims_are_shown(stage):
    stage.sync()
    stage.deliver()
    row = next(row for row in linked(stage) if row["values"].get("arr"))
    company = next(link["id"] for link in row["links"] if link["connection"] == "hubspot")
    held = stage.running["hubspot"].twin.table("companies")[company]["properties"]
    before = held["concord_arr"]
    stage.edit("hubspot", "companies", company, properties={"concord_arr": "1.00", "concord_arr_by_currency": ""})
    stage.sync()
    stage.deliver()
    stage.sync()
    assert stage.running["hubspot"].twin.table("companies")[company]["properties"]["concord_arr"] == before
    with stage.hub.engine.connect() as database:
        [line] = explain.explain(stage.hub, database, "account", row["id"], "arr")
    assert line["value"] == row["values"]["arr"]
    assert line["winner"]["connection"] == "stripe"
    assert line["winner"]["run"] is not None
    assert all(key.startswith("stripe:subscriptions:") for key in line["winner"]["made_from"])
    [other] = line["others"]
    assert other["connection"] == "hubspot"
    assert other["run"] is not None
    assert list(other["value"].values()) == ["1.00"]


def test_systems_read_in_either_order_agree_on_the_same(stage):
    """Read again from nothing in the other order: the digest is of what is agreed, not of how it came about."""

    def forget():
        with stage.hub.engine.begin() as database:
            database.exec_driver_sql(
                "TRUNCATE record, record_key, record_ref, golden, golden_ref, stream, due, change, intent, log, payload"
            )

    def number():
        with stage.hub.engine.connect() as database:
            return digest.digest(stage.hub, database)

    stage.sync("stripe", "hubspot")
    first = number()
    forget()
    stage.sync("hubspot", "stripe")
    assert number() == first
