"""Settings: every variable read in one place, every mistake named with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import settings
from hub.settings import REMEDIES, VARIABLES, Settings
from hub.words import Problem, tell

WRONG = {
    "HUB_DATABASE_URL": "mysql://root:hunter2@db/hub",
    "HUB_REDIS_URL": "http://redis",
    "HUB_PORT": "99999",
    "HUB_PUBLIC_URL": "hub.example.com",
    "HUB_LANG": "English",
    "HUB_LOG": "loud",
    "HUB_ALLOW_HOSTS": "localhost:8080,127.0.0.1:0",
}


def problem_of(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Problem) as raised:
        settings.read()
    return tell(raised.value)


def test_without_any_variable_everything_has_a_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found = settings.read()
    assert found.home == tmp_path / ".concord"
    assert (found.host, found.port, found.address) == ("127.0.0.1", 8400, "http://127.0.0.1:8400")
    assert (found.database_url, found.redis_url, found.key) == (None, None, None)


def test_every_variable_is_read_and_an_empty_one_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "HUB_HOME": "/srv/concord",
        "HUB_DATABASE_URL": "postgres://hub:pw@db/hub",
        "HUB_REDIS_URL": "redis://redis/0",
        "HUB_KEY": "k",
        "HUB_CONNECTIONS": "c.yaml",
        "HUB_HOST": "0.0.0.0",
        "HUB_PORT": "0",
        "HUB_PUBLIC_URL": "https://hub.example.com/",
        "HUB_LANG": "de",
        "HUB_LOG": "debug",
        "HUB_BROWSER": "/usr/bin/chromium",
        "HUB_ALLOW_HOSTS": "127.0.0.1:8901, Twin.Example:80",
        "HUB_VENDOR_SPECS": "",
        "HUB_AS": "Ada Invented",
        "HUB_ARR_POLICY": "policy.yaml",
    }
    assert set(given) == set(VARIABLES)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    found = settings.read()
    assert found.database_url == "postgresql+psycopg://hub:pw@db/hub"
    assert found.address == "https://hub.example.com"
    assert found.allow_hosts == {"127.0.0.1:8901", "twin.example:80"}
    assert found.port == 0
    assert found.vendor_specs is None
    assert found.as_ == "Ada Invented"


def test_every_field_has_a_remedy_and_every_remedy_a_field() -> None:
    assert set(REMEDIES) == set(Settings.model_fields)


@pytest.mark.parametrize(("variable", "value"), list(WRONG.items()))
def test_a_mistake_names_variable_and_remedy(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    told = problem_of(monkeypatch, **{variable: value})
    assert told.startswith(f"{variable} is not usable")
    assert REMEDIES[variable.removeprefix("HUB_").lower()] in told


def test_all_mistakes_are_told_at_once_and_no_password_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    told = problem_of(monkeypatch, **WRONG)
    assert len(told.splitlines()) == len(WRONG)
    assert "hunter2" not in told


def test_a_misspelt_variable_is_not_ignored_but_other_programs_keep_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PROTOCOL", "https")
    settings.read()
    assert "Did you mean HUB_DATABASE_URL?" in problem_of(monkeypatch, HUB_DATABSE_URL="postgresql://db/hub")


def test_secrets_are_not_shown() -> None:
    shown = repr(Settings(database_url="postgresql://u:hunter2@db/x", redis_url="redis://:hunter2@r", key="hunter2"))
    assert "hunter2" not in shown


def test_an_operators_variable_is_read_or_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_KEY", "sk_test_1")
    assert settings.variable("STRIPE_KEY") == "sk_test_1"
    with pytest.raises(Problem) as raised:
        settings.variable("STRIPE_KEYY")
    assert "STRIPE_KEYY" in tell(raised.value)


def test_a_child_gets_our_environment_with_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    handed = settings.environment(HUB_PORT="0")
    assert (handed["LANGUAGE"], handed["HUB_PORT"]) == ("de", "0")
