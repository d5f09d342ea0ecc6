"""A worker process for the tests of tokens: threads, each with a way out of its own, over one row. Told when to call by its stdin."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from connectors.kit.contract import Connector
from connectors.kit.errors import VendorError
from connectors.kit.registry import Registry
from hub import connections, db, logs
from hub.clock import ManualClock
from hub.context import Hub
from hub.opening import make_hub
from hub.settings import Settings

NAME = "support"


def hub_of(settings: Settings, engine: Engine, clock: ManualClock, host: str) -> Hub:
    """A hub that knows the connector of `rotating`."""
    hub = make_hub(settings, engine, clock=clock)
    plugins = Registry({**hub.catalog.plugins.modules, "rotating": "rotating"})
    catalog = dataclasses.replace(hub.catalog, plugins=plugins)
    return dataclasses.replace(hub, catalog=catalog, twin_hosts=frozenset({host}))


def outcome(connector: Connector) -> str:
    try:
        return connector.check().workspace
    except VendorError as error:
        return str(error)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def die(name: str) -> None:
    if name == "tokens_answered":
        os.kill(os.getpid(), signal.SIGKILL)


def main(database_url: str, home: str, host: str, threads: int, how: str) -> None:
    logs.set_up("debug")
    clock = ManualClock()
    hub = hub_of(Settings(home=Path(home)), db.engine(database_url, pool_size=threads + 1), clock, host)
    if how == "dies":
        hub = dataclasses.replace(hub, point=die)
    with hub.engine.connect() as database:
        connection = connections.load(hub, database)[NAME]
    with ExitStack() as stack, ThreadPoolExecutor(threads) as pool:
        connectors = [stack.enter_context(connections.opened(hub, connection)) for _ in range(threads)]
        say("ready")
        for line in sys.stdin:
            clock.set(datetime.fromisoformat(line.strip()))
            say(json.dumps(list(pool.map(outcome, connectors))))
    hub.engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]), sys.argv[5])
