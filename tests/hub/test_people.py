"""People: who signs and who decides."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from hub import people
from hub.clock import ManualClock
from hub.context import Hub
from hub.opening import make_hub
from hub.settings import Settings
from hub.words import Problem, tell


@pytest.fixture
def hub(settings: Settings, engine: Engine) -> Hub:
    return make_hub(settings, engine, clock=ManualClock())


def add(hub: Hub, name: str, *roles: str, email: str = "ada@lanternfish.example") -> people.Person:
    with hub.engine.begin() as database:
        return people.add(hub, database, name, email, roles)


def problem(hub: Hub, name: str | None, role: str | None = None) -> Problem:
    with pytest.raises(Problem) as raised:
        people.acting(hub, name, role=role)
    return raised.value


def test_somebody_added_is_there_and_added_again_has_the_new_roles(hub: Hub) -> None:
    add(hub, "Ada Invented", "finance", "ops")
    add(hub, "Lou Nobody")
    add(hub, "  Ada   Invented ", "finance")
    with hub.engine.connect() as database:
        found = people.everybody(database)
    assert list(found) == ["Ada Invented", "Lou Nobody"]
    assert found["Ada Invented"].roles == {"finance"}


@pytest.mark.parametrize(
    ("name", "email", "role", "code"),
    [
        ("Ada", "ada@lanternfish.example", "finanse", "role_unknown"),
        ("  ", "ada@lanternfish.example", "finance", "person_name_unusable"),
        ("Ada\x1b[2J", "ada@lanternfish.example", "finance", "person_name_unusable"),
        ("Ada", "ada at lanternfish", "finance", "person_email_unusable"),
    ],
)
def test_what_is_unusable_is_told_and_nobody_added(hub: Hub, name: str, email: str, role: str, code: str) -> None:
    with pytest.raises(Problem) as raised:
        add(hub, name, role, email=email)
    assert raised.value.code == code
    with hub.engine.connect() as database:
        assert people.everybody(database) == {}


def test_nobody_named_is_told_what_to_do(hub: Hub) -> None:
    assert "--as" in tell(problem(hub, None))
    assert "HUB_AS" in tell(problem(hub, None))


def test_an_unknown_name_is_told_the_nearest(hub: Hub) -> None:
    add(hub, "Ada Invented", "finance")
    found = problem(hub, "Ada Invnted")
    assert (found.code, found.data["nearest"]) == ("person_unknown", "Ada Invented")


def test_a_role_that_is_missing_is_told(hub: Hub) -> None:
    add(hub, "Pim Placeholder", "support")
    assert problem(hub, "Pim Placeholder", people.FINANCE).code == "role_missing"


def test_who_is_set_in_the_settings_acts_where_nobody_is_named(settings: Settings, engine: Engine) -> None:
    hub = make_hub(settings.model_copy(update={"as_": "Ada Invented"}), engine, clock=ManualClock())
    add(hub, "Ada Invented", "finance")
    add(hub, "Lou Nobody", "finance")
    assert people.acting(hub, None, role=people.FINANCE).name == "Ada Invented"
    assert people.acting(hub, "Lou Nobody").name == "Lou Nobody"


def test_as_long_as_nobody_is_known_decisions_go_on_under_the_login(hub: Hub) -> None:
    assert people.decider(hub, None, "root") == "root"
    with pytest.raises(Problem) as raised:
        people.decider(hub, "Ada Invented", "root")
    assert raised.value.code == "person_unknown"
    add(hub, "Ada Invented")
    with pytest.raises(Problem) as raised:
        people.decider(hub, None, "root")
    assert raised.value.code == "nobody_named"
    assert people.decider(hub, "Ada Invented", "root") == "Ada Invented"
