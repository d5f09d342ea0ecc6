"""Contestant: Concord, through `hub.sync` as it stands. Two connections of one connector; the second one ranks higher."""

from __future__ import annotations

import logging
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
    with TemporaryDirectory() as home:
        settings = Settings(home=Path(home), database_url=given.database, allow_hosts=urlsplit(given.api).netloc)
        db.upgrade(given.database)
        engine = db.engine(given.database)
        catalog = replace(load_catalog(MAPPINGS), plugins=Registry({"bench": "benchmarks.connector"}))
        hub = make_hub(settings, engine, catalog=catalog)
        contest(lambda situation: _load(hub, given.api, situation))
        engine.dispose()


def _load(hub: Hub, api: str, situation: Situation) -> int:
    name = situation.source
    with hub.engine.begin() as database:
        connections.add(
            hub, database, "bench", name, {"base_url": api, "served": situation.served}, roles=ROLES[name], replace=True
        )
        connection = connections.load(hub, database)[name]
    outcome = sync(hub, connection)
    if outcome is None or outcome.status != "succeeded":
        raise SystemExit(f"{situation.name}: {outcome}")
    return outcome.totals["accounts"].read


if __name__ == "__main__":
    main()
