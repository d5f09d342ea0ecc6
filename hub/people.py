"""People: who signs and who decides, by name, and in which roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection as Database
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub import tables
from hub.context import Hub
from hub.words import Problem
from mappings.scalars import nearest
from mappings.types import Email
from mappings.values import Refused

ROLES = ("admin", "cs_ops", "csm", "engineer", "finance", "marketing", "ops", "product", "sales_ops", "support")
FINANCE = "finance"
"""The role that prepares, reviews and closes."""


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    roles: frozenset[str] = frozenset()


def add(hub: Hub, database: Database, name: str, email: str, roles: Iterable[str]) -> Person:
    """Adds somebody, or replaces their e-mail and roles. Raises `Problem`."""
    person = Person(_name(name), _email(email), frozenset(roles))
    for role in sorted(person.roles - set(ROLES)):
        raise Problem("role_unknown", role=role, known=", ".join(ROLES), nearest=nearest(role, ROLES))
    kept = {"email": person.email, "roles": sorted(person.roles), "at": hub.clock.micros()}
    query = insert(tables.person).values(name=person.name, **kept)
    database.execute(query.on_conflict_do_update(index_elements=["name"], set_=kept))
    return person


def everybody(database: Database) -> dict[str, Person]:
    """By name, in its order."""
    rows = database.execute(select(tables.person).order_by(tables.person.c.name))
    return {row.name: Person(row.name, row.email, frozenset(row.roles)) for row in rows}


def acting(hub: Hub, name: str | None, *, role: str | None = None) -> Person:
    """Who signs or decides: `name`, else HUB_AS. Raises `Problem`: nobody named, unknown, or without `role`."""
    with hub.engine.connect() as database:
        known = everybody(database)
    name = name if name is not None else hub.settings.as_
    if name is None:
        raise Problem("nobody_named")
    if name not in known:
        near = nearest(name, known) or ", ".join(known) or "-"
        raise Problem("person_unknown", name=name, nearest=near)
    if role is not None and role not in known[name].roles:
        raise Problem("role_missing", name=name, role=role)
    return known[name]


def decider(hub: Hub, name: str | None, otherwise: str) -> str:
    """The name that a decision is kept under. As long as nobody was ever added and none is given: `otherwise`. Raises `Problem`."""
    if name is None and hub.settings.as_ is None:
        with hub.engine.connect() as database:
            if not everybody(database):
                return otherwise
    return acting(hub, name).name


def _name(name: str) -> str:
    bare = " ".join(name.split())
    if not bare or not bare.isprintable():
        raise Problem("person_name_unusable", name=name)
    return bare


def _email(email: str) -> str:
    try:
        return str(Email().check(email))
    except Refused as refused:
        raise Problem("person_email_unusable", email=email, why=refused.code) from None
