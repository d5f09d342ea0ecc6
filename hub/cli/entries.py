"""Connections from arguments and from HUB_CONNECTIONS: where their settings come from, and adding them so that twice is once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection as Database
from sqlalchemy import text

from hub import connections, settings
from hub.connections import SENSITIVITIES, Connection
from hub.context import Hub
from hub.frequency import seconds
from hub.opening import TWINS
from hub.session import Session, view_of
from hub.settling.due import mark_all
from hub.words import Problem
from mappings.scalars import nearest


@dataclass(frozen=True)
class Entry:
    """A connection as somebody wrote it down. None: the connector's own."""

    name: str
    connector: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    writes: str = "off"
    roles: frozenset[str] | None = None
    may_hold: frozenset[str] | None = None
    every: float | None = None
    mode: str | None = None
    twin: bool = False


@dataclass(frozen=True)
class Changes:
    """What is to be different. None, or no setting: as it was. `every` as a person writes it."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    writes: str | None = None
    roles: frozenset[str] | None = None
    may_hold: frozenset[str] | None = None
    every: str | None = None
    mode: str | None = None


def settings_of(pairs: Iterable[str], variables: Iterable[str]) -> dict[str, str]:
    """From `--set KEY=VALUE`, `--set KEY=@FILE` and `--env KEY=VAR`. Raises `Problem`; never says a value."""
    found = {}
    for pair in pairs:
        key, value = _pair(pair, "--set KEY=VALUE")
        found[key] = _file(value[1:]) if value.startswith("@") else value
    for pair in variables:
        key, name = _pair(pair, "--env KEY=VAR")
        found[key] = settings.variable(name)
    return found


def _pair(text: str, form: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise Problem("not_a_pair", form=form)
    return key, value


def _file(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem("file_unreadable", path=name, why=str(getattr(error, "strerror", None) or error)) from None


def twin_settings(hub: Hub, connector: str) -> dict[str, Any]:
    """The settings that reach the running practice system of that vendor. Raises `Problem`."""
    path = hub.settings.home / "twins" / f"{connector}.json"
    try:
        served = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Problem("twin_not_running", connector=connector) from None
    return dict(served["config"])


def add_entry(hub: Hub, database: Database, entry: Entry, *, replace: bool = False) -> None:
    """Raises `Problem`."""
    connections.add(
        hub,
        database,
        entry.connector,
        entry.name,
        entry.settings,
        writes=entry.writes,
        roles=entry.roles,
        may_hold=entry.may_hold if entry.may_hold is not None else frozenset(SENSITIVITIES),
        every=entry.every,
        mode=entry.mode or "live",
        replace=replace,
    )
    if entry.twin:
        _allow(database, str(entry.settings["base_url"]))


def _allow(database: Database, url: str) -> None:
    """The hub itself gave this address to a practice system."""
    known = database.execute(text("SELECT value FROM fact WHERE name = :name FOR UPDATE"), {"name": TWINS}).scalar() or ""
    hosts = " ".join(sorted({*known.split(), urlsplit(url).netloc}))
    query = "INSERT INTO fact (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    database.execute(text(query), {"name": TWINS, "value": hosts})


def change_entry(hub: Hub, connection: Connection, changes: Changes) -> None:
    """Everything is settled again where who may speak, what may be held, or whether test data count, is different now. Raises `Problem`."""
    entry = Entry(
        connection.name,
        connection.connector,
        connections.unsealed(hub, connection) | dict(changes.settings),
        changes.writes or connection.writes,
        changes.roles if changes.roles is not None else connection.roles,
        changes.may_hold if changes.may_hold is not None else connection.may_hold,
        seconds(changes.every) if changes.every is not None else connection.chosen,
        changes.mode or connection.mode,
    )
    with hub.engine.begin() as database:
        add_entry(hub, database, entry, replace=True)
    if (entry.roles, entry.may_hold, entry.mode) != (connection.roles, connection.may_hold, connection.mode):
        Session(hub, view_of(hub)).write(mark_all)


def import_file(hub: Hub, path: Path) -> list[str]:
    """The connections of a HUB_CONNECTIONS file: new ones are added, known ones brought in line. Returns their names.

    ```yaml
    stripe: {connector: stripe, writes: on, every: 60s, mode: live, env: {api_key: STRIPE_KEY}, set: {base_url: …}, roles: […], may_hold: […]}
    ```
    All or none: raises `Problem` before anything is stored.
    """
    from hub.cli.connections_file import read_entries

    entries = read_entries(hub, path)
    with hub.engine.begin() as database:
        known = connections.load(hub, database)
        for entry in entries:
            add_entry(hub, database, entry, replace=entry.name in known)
    if any(_moved(each, known[each.name]) for each in entries if each.name in known):
        Session(hub, view_of(hub)).write(mark_all)
    return [entry.name for entry in entries]


def _moved(entry: Entry, known: Connection) -> bool:
    return entry.roles not in (None, known.roles) or (entry.mode or "live") != known.mode


def unknown(word: str, known: Iterable[str]) -> str:
    """The nearest known word, or all of them."""
    known = list(known)
    return nearest(word, known) or ", ".join(known)
