"""The hub of a worker process: the catalog is loaded once, connections and addresses are read anew for each task."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Engine, select

from hub import connections, db, tables
from hub.catalog import Catalog, load_catalog
from hub.connections import Connection
from hub.context import Hub
from hub.opening import make_hub
from hub.words import Problem
from scheduler.app import settings


def hub() -> Hub:
    """Never call it before the worker forked: connections are no heirloom. Raises Problem."""
    return make_hub(settings, _engine(), catalog=_catalog())


def connection(hub: Hub, name: str) -> Connection | None:
    """None: it was removed after the doorbell rang."""
    with hub.engine.connect() as database:
        return connections.load(hub, database).get(name)


@cache
def _engine() -> Engine:
    if settings.database_url is None:
        raise Problem("variable_unset", variable="HUB_DATABASE_URL")
    return db.engine(settings.database_url, pool_size=2)


@cache
def _catalog() -> Catalog:
    with _engine().connect() as database:
        return load_catalog(connections=database.execute(select(tables.connection.c.name)).scalars())
