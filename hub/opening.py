"""Open a hub: settings, services, tables, catalog, secrets. The one place where a running hub is put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError

from hub import db, tables
from hub.catalog import Catalog, load_catalog
from hub.chance import Chance
from hub.clock import Clock, SystemClock
from hub.context import Hub
from hub.keeper import keep
from hub.settings import Settings
from hub.vault import open_vault
from hub.words import Problem

SALT = "salt"
TWINS = "twin_hosts"


@contextmanager
def opened_hub(
    settings: Settings, *, clock: Clock | None = None, chance: Chance | None = None, migrate: bool = True
) -> Iterator[Hub]:
    """With embedded services where the settings name none. Raises `Problem`."""
    with keep(settings) as services:
        if migrate:
            db.upgrade(services.database_url)
        engine = db.engine(services.database_url)
        try:
            yield make_hub(settings, engine, clock=clock, chance=chance)
        finally:
            engine.dispose()


def make_hub(
    settings: Settings,
    engine: Engine,
    *,
    clock: Clock | None = None,
    chance: Chance | None = None,
    catalog: Catalog | None = None,
) -> Hub:
    """Over an engine whose tables are there."""
    chance = chance or Chance()
    names, salt, twins = _facts(engine, chance)
    return Hub(
        settings=settings,
        engine=engine,
        clock=clock or SystemClock(),
        chance=chance,
        vault=open_vault(settings),
        catalog=catalog or load_catalog(connections=names, policy_file=settings.arr_policy),
        salt=salt,
        twin_hosts=twins,
    )


def _facts(engine: Engine, chance: Chance) -> tuple[list[str], bytes, frozenset[str]]:
    try:
        with engine.begin() as database:
            database.execute(
                text("INSERT INTO fact (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING"),
                {"name": SALT, "value": chance.bytes(16).hex()},
            )
            facts = {row.name: row.value for row in database.execute(select(tables.fact))}
            names = [row[0] for row in database.execute(select(tables.connection.c.name))]
    except OperationalError as error:
        raise Problem("database_unreachable", why=str(error.orig).strip()) from error
    return names, bytes.fromhex(facts[SALT]), frozenset(facts.get(TWINS, "").split())
