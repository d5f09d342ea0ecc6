"""Contestant: Concord, through `hub.sync` as it stands. Two connections of one connector; the second one ranks higher."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import structlog

from benchmarks.contest import arguments, contest
from benchmarks.situations import Situation
from connectors.kit.registry import Registry
from hub import connections, db
from hub.catalog import load_catalog
from hub.context import Hub
from hub.opening import make_hub
from hub.settings import Settings
from hub.sync import sync

MAPPINGS = Path(__file__).parent / "mappings"
ROLES = {"first": frozenset({"billing"}), "second": frozenset({"crm"})}


def main() -> None:
    given = arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    db.upgrade(given.database)
    with TemporaryDirectory() as home, opened(given.database, given.api, Path(home)) as hub:
        contest(lambda situation: load(hub, given.api, situation))


@contextmanager
def opened(database: str, api: str, home: Path) -> Iterator[Hub]:
    """A hub over a migrated database that knows one connector, the benchmark's, and its one mapping."""
    engine = db.engine(database)
    try:
        catalog = replace(load_catalog(MAPPINGS), plugins=Registry({"bench": "benchmarks.connector"}))
        settings = Settings(home=home, database_url=database, allow_hosts=urlsplit(api).netloc)  # type: ignore[arg-type]  # pydantic splits the text
        yield make_hub(settings, engine, catalog=catalog)
    finally:
        engine.dispose()


def load(hub: Hub, api: str, situation: Situation) -> int:
    """Returns how many records were read. Anything but a run in full agreement with its control totals ends the process."""
    name = situation.source
    settings = {"base_url": api, "served": situation.served}
    with hub.engine.begin() as database:
        connections.add(hub, database, "bench", name, settings, roles=ROLES[name], replace=True)
        connection = connections.load(hub, database)[name]
    outcome = sync(hub, connection)
    if outcome is None or outcome.status != "succeeded":
        raise SystemExit(f"{situation.name}: {outcome}")
    return outcome.totals["accounts"].read


if __name__ == "__main__":
    main()
