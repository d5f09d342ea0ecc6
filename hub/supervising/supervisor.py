"""The supervisor: children that die with it, start again with back-off, and stop in the opposite order."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

import structlog

from hub.clock import Clock
from hub.keeper.service import dies_with_parent, tail
from hub.settings import environment
from hub.supervising.roles import Role
from hub.words import Problem

log = structlog.stdlib.get_logger("hub.supervising")

SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
UNUSABLE = 2
"""The exit status of a process whose configuration cannot work: at its first start nothing is gained by trying again."""
STEADY = 30.0
"""Seconds after which a child counts as running well: its next end is no repetition."""


class Child:
    def __init__(self, role: Role, clock: Clock) -> None:
        self.role, self.clock = role, clock
        self.process: subprocess.Popen[bytes] | None = None
        self.pause, self.since, self.again_at = SHORTEST_PAUSE, 0.0, 0.0
        self.first = True

    def start(self) -> None:
        """In a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.since = self.clock.monotonic()
        output = self.role.log.open("ab") if self.role.log is not None else None
        try:
            self.process = subprocess.Popen(
                self.role.command,
                stdin=subprocess.DEVNULL,
                stdout=output or sys.stderr,
                stderr=output or sys.stderr,
                env=environment(**self.role.environment),
                start_new_session=True,
                # SIGKILL: a warm shutdown would outlive us by a whole task; the state is in the database anyway.
                preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509 - a supervisor has one thread
            )
        finally:
            if output is not None:
                output.close()

    def look(self) -> None:
        """Starts it again if it ended; the pause doubles while it keeps ending. Raises Problem `process_unusable`."""
        now = self.clock.monotonic()
        if self.process is None:
            if now >= self.again_at:
                self.start()
        elif (status := self.process.poll()) is not None:
            if now - self.since > STEADY:
                self.pause = SHORTEST_PAUSE
            elif status == UNUSABLE and self.first:
                said = tail(self.role.log, 4) if self.role.log is not None else ""
                raise Problem("process_unusable", name=self.role.name, said=said)
            self.first = False
            log.warning("process_ended", name=self.role.name, status=status, again_in=self.pause)
            self.process, self.again_at = None, now + self.pause
            self.pause = min(2 * self.pause, LONGEST_PAUSE)

    def tell_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def await_end(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - self.clock.monotonic()))
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                self.process.kill()
            self.process.wait()
        self.process = None


class Supervisor:
    """A context manager. Use it from the main thread: a child's death signal comes when the *thread* that made it ends."""

    def __init__(self, roles: Sequence[Role], clock: Clock) -> None:
        self.clock = clock
        self.children = [Child(role, clock) for role in roles]

    def __enter__(self) -> Self:
        try:
            for child in self.children:
                child.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def add(self, role: Role) -> None:
        child = Child(role, self.clock)
        self.children.append(child)
        child.start()

    def look(self) -> None:
        """Call it often: starts again what ended."""
        for child in self.children:
            child.look()

    def stop(self) -> None:
        """One after the other, the last started first, so that nobody loses what it still needs; by force when time is up."""
        deadline = self.clock.monotonic() + max((child.role.patience for child in self.children), default=0.0)
        for child in reversed(self.children):
            child.tell_to_end()
            child.await_end(deadline)

    def pids(self) -> list[int]:
        return [child.process.pid for child in self.children if child.process is not None]
