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
from machine import ROOT

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


@pytest.fixture(scope="session")
def ready() -> Iterator[Callable[[dict[str, object]], int]]:
    """Does one command after another, each in a process of its own, and tells its exit status."""
    program = [sys.executable, "-W", "error", str(Path(__file__).parent / "ready_made.py")]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told, heard = process.stdin, process.stdout

        def done(job: dict[str, object]) -> int:
            told.write(json.dumps(job) + "\n")
            told.flush()
            return int(heard.readline())

        yield done
        told.close()


@pytest.fixture
def hub(
    settings: Settings, twins: dict[str, Running], tmp_path: Path, ready: Callable[[dict[str, object]], int]
) -> Callable[..., Said]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error",
        "HUB_HOME": str(settings.home),
        "HUB_DATABASE_URL": str(settings.database_url),
        "HUB_REDIS_URL": str(settings.redis_url),
        "HUB_ALLOW_HOSTS": ",".join(urlsplit(each.url).netloc for each in twins.values()),
    }

    out, err = tmp_path / "out.txt", tmp_path / "err.txt"

    def run(*words: str, **more: str) -> Said:
        job = {"words": words, "environment": environment | more, "folder": str(tmp_path), "out": str(out), "err": str(err)}
        return Said(ready(job), out.read_text(), err.read_text())

    return run


@pytest.fixture
def connected(hub: Callable[..., Said], twins: dict[str, Running]) -> Callable[..., Said]:
    """Both practice systems connected, not read yet."""
    for name, running in twins.items():
        pairs = [f"--set={key}={value}" for key, value in running.config.items()]
        said = hub("connections", "add", name, name, "--writes", "on", *pairs)
        assert said.status == 0, said.err
    return hub
