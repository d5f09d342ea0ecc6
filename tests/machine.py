"""A machine for tests: the real `hub` as real processes over one HUB_HOME, and a look at what runs there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from connectors.kit.contract import Served
from hub.keeper.rooms import Rooms
from hub.practice import telling, twins

ROOT = Path(__file__).parents[1]
HUB = [sys.executable, "-m", "hub.cli"]
SLACK = 3
"""So many times longer than on a quiet machine a test waits before it gives up: a busy machine breaks no promise."""


def until(holds: Callable[[], Any], seconds: float, what: str) -> Any:
    """The first truthy answer; fails the test when there is none in time."""
    deadline = time.monotonic() + seconds * SLACK
    while time.monotonic() < deadline:
        answer = holds()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds * SLACK} s: {what}")


class Machine:
    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.environment = {"PATH": os.defpath, "HUB_HOME": str(home), "HUB_PORT": "0", **environment}
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.home.parent / f"{arguments[0]}.log").open("ab")
        with log:
            process = subprocess.Popen([*HUB, *arguments], cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        self.running.append(process)
        return process

    def hub(self, *arguments: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*HUB, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds * SLACK,
            check=False,
        )

    def stop(self, process: subprocess.Popen[bytes]) -> int:
        """By Ctrl-C, which ends everything within ten seconds: the exit status."""
        process.send_signal(signal.SIGINT)
        return process.wait(10 * SLACK)

    def close(self) -> None:
        for process in reversed(self.running):
            if process.poll() is None:
                process.kill()
            process.wait()
        until(lambda: not using(self.home), 20, "everything ended")

    def twin(self, name: str) -> Served:
        return until(lambda: self._answering(name), 30, f"twin {name} answers")

    def _answering(self, name: str) -> Served | None:
        try:
            served = twins.address(self.home, name)
            telling.ask(served, "clock")
        except Exception:  # noqa: BLE001  # whatever is wrong: not yet
            return None
        return served

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        """Without joining the keeper: what a supervisor's end leaves must not be kept alive by us."""
        notice = until(lambda: Rooms(self.home).read_notice(), 30, "the keeper answers")
        with psycopg.connect(notice["PostgreSQL"].replace("+psycopg", ""), autocommit=True) as line:
            yield line

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        try:
            with self.database() as line:
                return line.execute(query).fetchall()
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable):  # not there yet, or no tables yet
            return []

    def pid(self, supervisor: subprocess.Popen[bytes], *words: str) -> int:
        """The child whose command says these words."""
        found = until(
            lambda: [pid for pid in children(supervisor.pid) if all(word in command(pid) for word in words)], 20, str(words)
        )
        return int(found[0])

    def web(self) -> str:
        return str(json.loads((self.home / "run" / "web.json").read_text())["url"])


def children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def using(home: Path) -> list[int]:
    """Processes that were started for this HUB_HOME, by their environment or their command."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if str(home).encode() in told and state != "Z" and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found
