"""Everything that can be known to be wrong before the first record is read, all at once."""

from __future__ import annotations

from collections.abc import Iterator

from hub import connections
from hub.connections import Connection
from hub.context import Hub
from hub.words import Problem
from mappings.mapping import Mapping
from mappings.scalars import nearest


def checks(hub: Hub) -> Iterator[Problem]:
    """Of a hub whose documents load: connectors, mappings against connectors, connections against mappings."""
    working = {plugin.name: plugin for plugin in hub.catalog.plugins.all()}
    for broken in hub.catalog.plugins.broken.values():
        yield Problem(broken.code, name=broken.name, module=broken.module, **broken.data)
    for (connector, object), mapping in sorted(hub.catalog.mappings.items()):
        if connector not in working and connector not in hub.catalog.plugins.names:
            yield Problem(
                "mapping_connector_unknown", mapping=_file(mapping), connector=connector, nearest=nearest(connector, working)
            )
        elif connector in working and object not in (known := working[connector].connector.facts.objects):
            yield Problem(
                "mapping_object_unknown", mapping=_file(mapping), connector=connector, object=object,
                known=", ".join(known), nearest=nearest(object, known),
            )  # fmt: skip
    with hub.engine.connect() as database:
        found = connections.load(hub, database)
    for connection in found.values():
        yield from _may_hold(hub, connection)
        yield from _opens(hub, connection)


def _may_hold(hub: Hub, connection: Connection) -> Iterator[Problem]:
    """A mapping may not write what the connection may not hold."""
    objects = hub.catalog.connector(connection.connector).facts.objects
    for (connector, object), mapping in sorted(hub.catalog.mappings.items()):
        if connector != connection.connector or object not in objects or not objects[object].verbs & {"create", "update"}:
            continue
        fields = hub.catalog.entities[mapping.entity].fields
        for name in sorted(mapping.writable() | mapping.writable(creating=True)):
            if (sensitivity := fields[name].sensitivity) not in connection.may_hold:
                yield Problem(
                    "may_not_hold", connection=connection.name, field=f"{mapping.entity}.{name}", sensitivity=sensitivity,
                    may_hold=", ".join(sorted(connection.may_hold)) or "-", mapping=_file(mapping),
                )  # fmt: skip


def _opens(hub: Hub, connection: Connection) -> Iterator[Problem]:
    """Settings that the connector still takes, secrets that our key opens."""
    try:
        with connections.opened(hub, connection):
            return
    except Problem as problem:
        yield problem


def _file(mapping: Mapping) -> str:
    return f"{mapping.connector}/{mapping.object}.yaml"
