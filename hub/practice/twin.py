"""`python -m hub.practice.twin SPEC`: one practice system, until told to end. What was written to it survives its own end."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from connectors.kit import registry
from connectors.kit.serving import Running, serve, stop
from connectors.kit.twin import Twin, TwinClock
from hub.practice import twins
from hub.practice.twins import Spec
from hub.supervising.supervisor import UNUSABLE
from hub.words import Problem, tell


def main(spec: Spec) -> None:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    twin = _twin(spec)
    if spec.hurried:
        twin.hurry()
    twin.keep(twins.room(spec.home, spec.name))
    served = _serve(twin, twins.last_port(spec.home, spec.name))
    twins.write_address(spec.home, served)
    ended.wait()
    stop(served)


def _twin(spec: Spec) -> Twin:
    plugin = registry.discover().get(spec.name)
    assert plugin.twin is not None  # whoever starts us looked it up
    clock = TwinClock(speed=spec.speed)
    if spec.data is not None:
        return _of_file(spec, spec.data, plugin.twin, clock)
    data = {} if plugin.populate is None else plugin.populate(spec.base.world())
    return plugin.twin(seed=spec.base.seed, clock=clock, data=data)


def _of_file(spec: Spec, path: Path, kind: type[Twin], clock: TwinClock) -> Twin:
    """Raises Problem, whatever somebody wrote into the file."""
    data = twins.read_data(path)
    try:
        return kind(seed=spec.base.seed, clock=clock, data=data)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise Problem("twin_data_unusable", path=str(path), name=spec.name, why=f"{type(error).__name__}: {error}") from error


def _serve(twin: Twin, port: int) -> Running:
    """At its last port, so that connections stay true; at any free one if another program took it."""
    try:
        return serve(twin, port=port)
    except OSError:
        return serve(twin)


if __name__ == "__main__":
    try:
        main(Spec.read(sys.argv[1]))
    except Problem as problem:
        sys.stderr.write(tell(problem) + "\n")
        sys.exit(UNUSABLE)
