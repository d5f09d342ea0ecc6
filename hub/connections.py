"""Configured connections: kept in the database, secrets sealed. A connection lends its connector what the hub owns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection as Database
from sqlalchemy import delete, insert, select, update

from connectors.kit.contract import Config, Connector
from hub import frequency, tables, tokens
from hub.context import Hub
from hub.quota import DatabaseQuota
from hub.tokens import DatabaseTokens
from hub.transport import Quota, lend
from hub.words import Problem
from mappings.scalars import nearest

WRITES = ("off", "ask", "on")
MODES = ("live", "test")
SENSITIVITIES = ("none", "personal", "commercial", "strategic", "internal")


@dataclass(frozen=True, slots=True)
class Connection:
    """One configured account of a vendor. `every`: seconds between reads, `chosen` if a person said so; `state`: active, paused, reconnect.
    `mode`: in test its test objects count, and every figure of them is labelled."""

    name: str
    connector: str
    roles: frozenset[str]
    writes: str
    may_hold: frozenset[str]
    config: Mapping[str, Any]
    every: float
    state: str
    confirmed: bool
    waived: bool
    workspace: str | None = None
    chosen: float | None = None
    mode: str = "live"


def secret_fields(model: type[Config]) -> frozenset[str]:
    """Fields declared as `SecretStr`, optional or not: sealed at rest, never shown."""
    return frozenset(name for name, field in model.model_fields.items() if "SecretStr" in repr(field.annotation))


def add(
    hub: Hub,
    database: Database,
    connector: str,
    name: str,
    settings: Mapping[str, Any],
    *,
    writes: str = "off",
    roles: frozenset[str] | None = None,
    may_hold: frozenset[str] = frozenset(SENSITIVITIES),
    every: float | None = None,
    mode: str = "live",
    replace: bool = False,
) -> None:
    """Checks the settings against the connector's own model and stores them. Raises `Problem`."""
    kind = hub.catalog.connector(connector)
    if ":" in name or not name:
        raise Problem("connection_name", name=name)
    if writes not in WRITES:
        raise Problem("connection_writes", name=name, value=writes, allowed=", ".join(WRITES))
    if mode not in MODES:
        raise Problem("connection_mode", name=name, value=mode, allowed=", ".join(MODES))
    if unknown := may_hold - set(SENSITIVITIES):
        raise Problem("connection_may_hold", name=name, value=", ".join(sorted(unknown)), allowed=", ".join(SENSITIVITIES))
    sealed = _sealed(hub, kind.config_model, name, checked(kind, name, settings))
    spoken = sorted(roles if roles is not None else kind.facts.roles)
    row = {
        "connector": connector,
        "roles": spoken,
        "writes": writes,
        "mode": mode,
        "may_hold": sorted(may_hold),
        "config": sealed,
        "every": every,
    }
    known = database.execute(select(tables.connection).where(tables.connection.c.name == name)).first()
    if known is not None and not replace:
        raise Problem("connection_exists", name=name)
    if known is not None:
        database.execute(update(tables.connection).where(tables.connection.c.name == name).values(**row))
        if _first_token(hub, name, known.config) != _first_token(hub, name, sealed):
            tokens.forget(database, name)
        if (promise := _promise(kind, every, spoken)) != _promise(kind, known.every, known.roles):
            frequency.moved(database, name, promise)
    else:
        database.execute(insert(tables.connection).values(name=name, created_at=hub.clock.micros(), next_pull=0, **row))


def change(database: Database, name: str, **values: Any) -> None:
    """Sets columns of one connection. Raises `Problem` for an unknown name."""
    done = database.execute(update(tables.connection).where(tables.connection.c.name == name).values(**values))
    if done.rowcount == 0:
        raise Problem("connection_unknown", name=name)


def remove(database: Database, name: str) -> None:
    """What was read stays; what was only to be read is nobody's business any more."""
    database.execute(delete(tables.refetch).where(tables.refetch.c.connection == name))
    told = update(tables.inbox).where(tables.inbox.c.connection == name, tables.inbox.c.state == "waiting")
    database.execute(told.values(state="ignored", why="connection_removed"))
    database.execute(delete(tables.token).where(tables.token.c.connection == name))
    database.execute(delete(tables.connection).where(tables.connection.c.name == name))


def load(hub: Hub, database: Database) -> dict[str, Connection]:
    """All connections by name, secrets still sealed."""
    found = {}
    for row in database.execute(select(tables.connection).order_by(tables.connection.c.name)).mappings():
        every = _promise(hub.catalog.connector(row["connector"]), row["every"], row["roles"])
        found[row["name"]] = Connection(
            row["name"], row["connector"], frozenset(row["roles"]), row["writes"], frozenset(row["may_hold"]), row["config"],
            every, row["state"], row["confirmed"], row["waived"], row["workspace"], row["every"], row["mode"],
        )  # fmt: skip
    return found


def unsealed(hub: Hub, connection: Connection) -> dict[str, Any]:
    """Its settings with secrets in the open: for this process only. Raises `Problem`."""
    secret = secret_fields(hub.catalog.connector(connection.connector).config_model)
    return {
        key: hub.vault.open(value, connection.name, key) if key in secret and value is not None else value
        for key, value in connection.config.items()
    }


def prepare(hub: Hub, connection: Connection) -> list[str]:
    """Makes what writing needs at the vendor; returns what it made. Raises `Problem`, `VendorError`."""
    with opened(hub, connection) as connector:
        return connector.prepare() if connector.provides("prepare") else []


@contextmanager
def opened(hub: Hub, connection: Connection, quota: Quota | None = None) -> Iterator[Connector]:
    """The connector, able to call its vendor. Raises `Problem` where its settings are not usable any more."""
    kind = hub.catalog.connector(connection.connector)
    plain = unsealed(hub, connection)
    config = checked(kind, connection.name, plain)
    lent = lend(
        connection.name,
        kind.limits(config),
        reads=kind.facts.reads,
        secrets=[str(plain[key]) for key in secret_fields(kind.config_model) if plain.get(key)],
        allow=hub.settings.allow_hosts | hub.twin_hosts,
        clock=hub.clock,
        chance=hub.chance,
        quota=quota or DatabaseQuota(hub.engine, hub.clock),
        tokens=DatabaseTokens(hub, connection.name),
    )
    try:
        connector = kind(config, lent)
        connector.mapped = hub.catalog.paths(connection.connector)
        yield connector
    finally:
        lent.close()


def checked(kind: type[Connector], name: str, settings: Mapping[str, Any]) -> Config:
    """Raises `Problem` for the first setting that is not usable."""
    try:
        return kind.config_model.model_validate(dict(settings))
    except ValidationError as error:
        found = [(".".join(map(str, each["loc"])), each) for each in error.errors(include_url=False, include_input=False)]
        known = list(kind.config_model.model_fields)
        for setting, each in found:  # a misspelt one first: it is why another seems to be missing
            if each["type"] == "extra_forbidden":
                near = {"nearest": word} if (word := nearest(setting, known)) else {}
                raise Problem("setting_not_offered", name=name, setting=setting, known=", ".join(known), **near) from None
        setting, first = found[0]
        why = first["msg"].removeprefix("Value error, ")
        code, about = ("connection_setting", {"setting": setting}) if setting else ("connection_settings", {})
        raise Problem(code, name=name, why=why, known=", ".join(known), **about) from None


def _promise(kind: type[Connector], chosen: float | None, roles: Iterable[str]) -> float:
    """Seconds between reads: a person's word, else the connector's, else what its roles promise."""
    return next((said for said in (chosen, kind.facts.every) if said is not None), frequency.promised(roles))


def _first_token(hub: Hub, name: str, config: Mapping[str, Any]) -> str | None:
    """The refresh token that a person entered; None too where it was sealed with a key that is lost."""
    try:
        return None if config.get(tokens.SETTING) is None else hub.vault.open(config[tokens.SETTING], name, tokens.SETTING)
    except Problem:
        return None


def _sealed(hub: Hub, model: type[Config], name: str, config: Config) -> dict[str, Any]:
    secret = secret_fields(model)
    out: dict[str, Any] = {}
    for key, value in config.model_dump(mode="json", exclude_none=True).items():
        plain = getattr(config, key)
        out[key] = hub.vault.seal(plain.get_secret_value(), name, key) if key in secret else value
    return out
