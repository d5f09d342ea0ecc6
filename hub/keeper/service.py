"""A server kept in the foreground as a child that dies with its keeper."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hub.clock import Clock
from hub.keeper.runner import Runner
from hub.words import Problem

PLAIN = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
"""The servers' whole environment: none of ours reaches them."""

START_WITHIN, STOP_WITHIN = 30.0, 2.0


class Service:
    """`PostgreSQL` and `Redis` say how to prepare it, the command, and when it answers."""

    name: str
    url: str
    ends_with: tuple[signal.Signals, signal.Signals]
    """The orderly signal, and the one that it cannot refuse."""

    def __init__(self, log: Path, clock: Clock) -> None:
        self.log, self.clock = log, clock
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None: ...

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def runner(self) -> Runner | None:
        """As whom it runs, if not as ourselves."""

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = spawn(self.command(), log.fileno(), self.ends_with[0], self.runner())

    def await_answer(self) -> None:
        """Raises Problem `service_failed` with the end of its log."""
        deadline = self.clock.monotonic() + START_WITHIN
        while not self.answers():
            if not self.alive() or self.clock.monotonic() > deadline:
                raise Problem("service_failed", service=self.name, log=str(self.log), tail=tail(self.log))
            self.clock.sleep(0.01)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tell_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.ends_with[0])

    def await_end(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.send_signal(self.ends_with[1])
            self.process.wait()


def spawn(command: list[str], output: int, last_signal: signal.Signals, runner: Runner | None) -> subprocess.Popen[bytes]:
    """Call it from the main thread: the death signal comes when the *thread* that forked ends."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd="/",
        env=PLAIN,
        start_new_session=True,
        user=runner.uid if runner else None,
        group=runner.gid if runner else None,
        extra_groups=[] if runner else None,
        preexec_fn=dies_with_parent(last_signal),  # noqa: PLW1509 - the keeper has one thread
    )


def dies_with_parent(last_signal: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`, which runs after the change of user (which would clear the death signal)."""
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def arrange() -> None:
        if prctl is not None:
            prctl(1, int(last_signal))  # 1: PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)  # the parent died before it was arranged

    return arrange


def tail(log: Path, lines: int = 12) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
