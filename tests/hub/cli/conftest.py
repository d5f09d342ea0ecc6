"""The real command in a process of its own, and two practice systems that it can reach."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from machine import ROOT, SLACK

from connectors.kit import registry
from connectors.kit.serving import Running, serve, stop
from hub.practice.customers import invented
from hub.settings import Settings


@dataclass
class Said:
    """What a command came to."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def twins() -> Iterator[dict[str, Running]]:
    world = invented(4, 7, date(2026, 11, 1))
    running = {}
    for name in ("stripe", "hubspot"):
        plugin = registry.discover().get(name)
        assert plugin.twin is not None
        assert plugin.populate is not None
        running[name] = serve(plugin.twin(data=plugin.populate(world)))
    yield running
    for each in running.values():
        stop(each)


@pytest.fixture
def hub(settings: Settings, twins: dict[str, Running], tmp_path: Path) -> Callable[..., Said]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error",
        "HUB_HOME": str(settings.home),
        "HUB_DATABASE_URL": str(settings.database_url),
        "HUB_REDIS_URL": str(settings.redis_url),
        "HUB_ALLOW_HOSTS": ",".join(urlsplit(each.url).netloc for each in twins.values()),
    }

    def run(*words: str, **more: str) -> Said:
        command = [sys.executable, "-m", "hub.cli", *words]
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment | more, cwd=tmp_path, timeout=60 * SLACK, check=False
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def connected(hub: Callable[..., Said], twins: dict[str, Running]) -> Callable[..., Said]:
    """Both practice systems connected, not read yet."""
    for name, running in twins.items():
        pairs = [f"--set={key}={value}" for key, value in running.config.items()]
        said = hub("connections", "add", name, name, "--writes", "on", *pairs)
        assert said.status == 0, said.err
    return hub
