"""`python -m hub.practice.twin SPEC`: one practice system, until told to end. What was written to it survives its own end."""

from __future__ import annotations

import signal
import sys
import threading

from connectors.kit import registry
from connectors.kit.serving import Running, serve, stop
from connectors.kit.twin import Twin, TwinClock
from hub.practice import twins
from hub.practice.twins import Spec


def main(spec: Spec) -> None:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    twin = _twin(spec)
    twin.keep(twins.room(spec.home, spec.name))
    served = _serve(twin, twins.last_port(spec.home, spec.name))
    twins.write_address(spec.home, served)
    ended.wait()
    stop(served)


def _twin(spec: Spec) -> Twin:
    plugin = registry.discover().get(spec.name)
    assert plugin.twin is not None  # whoever starts us looked it up
    if spec.data is not None:
        data = twins.read_data(spec.data)
    elif plugin.populate is not None:
        data = plugin.populate(spec.base.world())
    else:
        data = {}
    return plugin.twin(seed=spec.base.seed, clock=TwinClock(speed=spec.speed), data=data)


def _serve(twin: Twin, port: int) -> Running:
    """At its last port, so that connections stay true; at any free one if another program took it."""
    try:
        return serve(twin, port=port)
    except OSError:
        return serve(twin)


if __name__ == "__main__":
    main(Spec.read(sys.argv[1]))
