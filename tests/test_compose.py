"""docker-compose.yml says what is true: real commands, known settings, pinned images, no secret in the file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from hub.settings import VARIABLES

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)
SECRETS = ("POSTGRES_PASSWORD", "HUB_KEY", "HUB_DATABASE_URL")


def hub_commands(service: dict[str, Any]) -> list[list[str]]:
    tests = service.get("healthcheck", {}).get("test", [])
    return [words[1:] for words in (service["command"], tests[1:]) if words[:1] == ["hub"]]


def test_the_five_services_and_the_migration_are_there() -> None:
    assert set(SERVICES) == {"web", "worker", "beat", "postgres", "redis", "migrate"}
    assert OURS == ["beat", "migrate", "web", "worker"]


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_a_real_one(name: str) -> None:
    from hub.cli import make_app

    known = typer.main.get_command(make_app()).commands  # type: ignore[attr-defined]  # it is a group
    commands = hub_commands(SERVICES[name])
    assert commands
    for words in commands:
        assert words[0] in known
        flags = {flag for parameter in known[words[0]].params for flag in parameter.opts}
        assert set(words[1:]) <= flags


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= set(VARIABLES)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_secret_stands_in_the_file(name: str) -> None:
    given = {key: str(value) for key, value in SERVICES[name].get("environment", {}).items() if key in SECRETS}
    assert all(re.search(r"\$\{\w+:\?", value) for value in given.values())


def test_images_are_pinned_to_a_full_version() -> None:
    images = [service["image"] for service in SERVICES.values()]
    base = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert base
    assert all(re.search(r":\d+\.\d+(\.\d+)?(-|$)", image) for image in images + base)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_whatever_runs_on_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
