"""Where things lie under HUB_HOME."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub import home
from hub.words import Problem

LONGEST_SOCKET = 100
"""Bytes; the kernel takes 107."""


@dataclass(frozen=True)
class Rooms:
    home: Path

    @property
    def data(self) -> Path:
        return self.home / "pg"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def users_lock(self) -> Path:
        return self.run / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.run / "keeper.lock"

    @property
    def notice(self) -> Path:
        """What the keeper tells its users: the addresses, or the problem it met."""
        return self.run / "keeper.json"

    def log(self, name: str) -> Path:
        return self.home / "log" / f"{name}.log"

    def make(self) -> None:
        """Makes what is missing. Raises Problem `folder_unusable`."""
        folder = self.home
        try:
            for folder in (self.home, self.run, self.home / "log"):
                home.make(folder)
        except OSError as error:
            raise Problem("folder_unusable", folder=str(folder), why=error.strerror) from error

    def sockets(self) -> Path:
        """`run`, or a short temporary folder where a socket's path would be too long for the kernel."""
        if len(bytes(self.run / "pg" / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
            return self.run
        short = Path(tempfile.mkdtemp(prefix="concord-"))
        short.chmod(home.PASSABLE)
        return short

    def read_notice(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads(self.notice.read_bytes())
        except FileNotFoundError:
            return None
        return found

    def write_notice(self, notice: dict[str, Any]) -> None:
        draft = self.notice.with_suffix(".new")
        draft.write_text(json.dumps(notice))
        draft.replace(self.notice)
