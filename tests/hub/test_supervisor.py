"""The supervisor: starts again what ends, with back-off; stops in order, by force when time is up; is told by signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from machine import ROOT, command, until

from hub.clock import SystemClock
from hub.supervising import Role, Supervisor, Told

SLEEPER = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).open('a').write('started\\n'); time.sleep(60)"
STUBBORN = "import signal, time, pathlib, sys; signal.signal(15, signal.SIG_IGN); pathlib.Path(sys.argv[1]).write_text('x'); time.sleep(60)"


class Script(Role):
    """A line of Python instead of a module."""

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-c", self.module, *self.arguments]


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


def lines(file: Path) -> int:
    return len(file.read_text().splitlines()) if file.exists() else 0


def test_what_ends_is_started_again(tmp_path: Path, clock: SystemClock) -> None:
    note = tmp_path / "note"
    with Supervisor([Script("sleeper", SLEEPER, (str(note),))], clock) as supervisor:
        until(lambda: lines(note) == 1, 10, "it started")
        os.kill(supervisor.pids()[0], signal.SIGKILL)
        until(lambda: supervisor.look() or lines(note) == 2, 10, "it started again")
        [pid] = supervisor.pids()
    assert command(pid) == []


def test_a_child_that_keeps_ending_is_started_less_and_less_often(clock: SystemClock) -> None:
    with Supervisor([Script("brief", "pass")], clock) as supervisor:
        [child] = supervisor.children
        pauses = []
        until(lambda: supervisor.look() or pauses.append(child.pause) or child.pause >= 0.8, 15, "it ended twice")
    assert sorted(set(pauses)) == [0.2, 0.4, 0.8]


def test_a_child_that_does_not_listen_is_ended_by_force(tmp_path: Path, clock: SystemClock) -> None:
    note = tmp_path / "note"
    began = clock.monotonic()
    with Supervisor([Script("stubborn", STUBBORN, (str(note),), patience=0.5)], clock) as supervisor:
        until(note.exists, 10, "it ignores SIGTERM")
        [pid] = supervisor.pids()
        began = clock.monotonic()
    assert command(pid) == []
    assert 0.4 < clock.monotonic() - began < 5


def test_children_stop_in_the_opposite_order(tmp_path: Path, clock: SystemClock) -> None:
    note = tmp_path / "order"
    says = (
        "import signal, sys, time, pathlib\n"
        "def end(*_): pathlib.Path(sys.argv[1]).open('a').write(sys.argv[2] + '\\n'); sys.exit()\n"
        "signal.signal(15, end); pathlib.Path(sys.argv[1] + sys.argv[2]).touch(); time.sleep(60)"
    )
    with Supervisor([Script(name, says, (str(note), name)) for name in ("first", "second")], clock):
        until(lambda: Path(f"{note}first").exists() and Path(f"{note}second").exists(), 10, "both listen")
    assert note.read_text().split() == ["second", "first"]


def test_no_child_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    program = (
        "import sys, time; sys.path.append(sys.argv[2])\n"
        "from hub.clock import SystemClock\nfrom hub.supervising import Role, Supervisor\n"
        "class Script(Role):\n    command = property(lambda self: [sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "with Supervisor([Script('child', '')], SystemClock()) as supervisor:\n"
        "    open(sys.argv[1], 'w').write(str(supervisor.pids()[0]))\n    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(note), str(ROOT)])
    child = int(until(lambda: note.exists() and note.read_text(), 15, "the child started"))
    assert command(child)
    process.kill()
    process.wait()
    until(lambda: not command(child), 3, "the child ended")


def test_told_by_ctrl_c_and_the_handler_is_given_back(clock: SystemClock) -> None:
    before = signal.getsignal(signal.SIGINT)
    with Told(clock) as told:
        assert told.wait(0.01)
        signal.raise_signal(signal.SIGINT)
        assert not told.wait(60)
        assert told
    assert signal.getsignal(signal.SIGINT) is before
