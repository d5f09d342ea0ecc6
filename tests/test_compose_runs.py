"""The commands of docker-compose.yml, executed outside Docker with the environment that it gives them, health checks included."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from machine import HUB, ROOT, until

from hub.settings import VARIABLES

SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def outside(words: list[str]) -> list[str]:
    """The image has `hub`, `python` and `celery` on its path."""
    first = {"hub": HUB, "python": [sys.executable], "celery": [sys.executable, "-m", "celery"]}[words[0]]
    return [*first, *words[1:]]


@pytest.fixture
def environment(tmp_path: Path, bare_database_url: str, redis_url: str) -> dict[str, str]:
    """Only what the file names, at the addresses of this machine."""
    told = {"HUB_DATABASE_URL": bare_database_url, "HUB_REDIS_URL": redis_url, "HUB_PORT": "0", "HUB_HOST": "127.0.0.1"}
    asked = {name for service in SERVICES.values() for name in service.get("environment", {})} & set(VARIABLES)
    return {"PATH": os.defpath, "HUB_HOME": str(tmp_path / "home"), **{name: told.get(name, "") for name in asked}}


@pytest.fixture
def stack(environment: dict[str, str]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """migrate first, then web, worker and beat."""
    migrated = subprocess.run(
        outside(SERVICES["migrate"]["command"]), cwd=ROOT, env=environment, check=False, capture_output=True
    )
    assert migrated.returncode == 0, migrated.stderr.decode()
    with ExitStack() as ending:
        started = {}
        for name in ("web", "worker", "beat"):
            process = subprocess.Popen(outside(SERVICES[name]["command"]), cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
            ending.callback(process.wait)
            ending.callback(process.kill)
            started[name] = process
        yield started


def health(name: str, environment: dict[str, str]) -> bool:
    """The health check as it stands in the file, but for the port."""
    words = outside(SERVICES[name]["healthcheck"]["test"][1:])
    if name == "web":
        file = Path(environment["HUB_HOME"]) / "run" / "web.json"
        if not file.exists():
            return False
        port = file.read_text().rpartition(":")[2].strip('"}')
        words = [word.replace("8400", port) for word in words]
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, timeout=40, check=False).returncode == 0


def test_the_stack_runs_is_healthy_and_ends_when_told(
    stack: dict[str, subprocess.Popen[bytes]], environment: dict[str, str]
) -> None:
    for name in stack:
        until(lambda name=name: health(name, environment), 60, f"{name} is healthy")  # type: ignore[misc]  # default binds the loop variable
    assert {name: process.poll() for name, process in stack.items()} == {"web": None, "worker": None, "beat": None}
    for process in stack.values():
        process.terminate()
    assert {name: process.wait(30) for name, process in stack.items()} == {"web": 0, "worker": 0, "beat": 0}


def test_health_checks_fail_where_nothing_runs(environment: dict[str, str]) -> None:
    assert not health("web", environment)
    assert not health("worker", environment)
