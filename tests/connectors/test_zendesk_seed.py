"""What the practice customers are at support: the same on every machine, and exactly what is told in an exact world."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from zendesk_desk import ROWS, WORLD

from connectors.kit.practice import Usage
from connectors.zendesk.seed import populate
from hub.practice.customers import invented


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert json.dumps(populate(WORLD)) == json.dumps(populate(WORLD))
    assert json.dumps(populate(replace(WORLD, seed=8))) != json.dumps(ROWS)


def test_an_exact_world_draws_nothing() -> None:
    first, second, third, *rest = WORLD.customers
    told = {
        "name": "Old Name",
        "active_users": 35,
        "people": {0: {"email": "pim.placeholder", "consent": "denied"}, 1: {"absent": True}},
    }
    known = replace(first, usage=Usage(38, 5, 3), tickets=7, told={"zendesk": told})
    unknown = replace(second, tickets=3, told={"zendesk": {"absent": True}})
    rows = populate(replace(WORLD, customers=(known, unknown, replace(third, usage=Usage(4, 1, 1)), *rest), exact=True))
    organizations = rows["organizations"]
    assert len(organizations) == len(WORLD.customers) - 1
    assert organizations[0]["name"] == "Old Name"
    assert organizations[0]["organization_fields"] == {"phone": first.phone, "tier": first.tier, "active_users": 35}
    assert organizations[1]["organization_fields"]["active_users"] == 4
    assert "active_users" not in organizations[2]["organization_fields"]
    people = [row for row in rows["users"] if row["organization_id"] == organizations[0]["id"]]
    assert len(people) == len(first.people) - 1
    assert (people[0]["email"], people[0]["user_fields"]) == ("pim.placeholder", {"marketing_email": "no"})
    assert len(rows["tickets"]) == len(rows["ticket_metrics"]) == 7
    assert rows["satisfaction_ratings"] == []


def test_a_word_that_support_does_not_hold_is_an_error_of_the_cast() -> None:
    with pytest.raises(ValueError, match="renewal"):
        populate(replace(WORLD, customers=(replace(WORLD.customers[0], told={"zendesk": {"renewal": WORLD.today}}),)))


def test_five_hundred_customers_stay_modest() -> None:
    rows = populate(invented(503, 7, date(2026, 3, 2)))
    assert 400 <= len(rows["organizations"]) <= 503
    assert 1_000 <= len(rows["users"]) <= 1_400
    assert 2_000 <= len(rows["tickets"]) <= 3_000
    assert len({row["name"].lower() for row in rows["organizations"]}) == len(rows["organizations"])
