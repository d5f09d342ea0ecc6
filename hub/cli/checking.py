"""`hub check`: everything that is wrong, in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _
from hub.words import Problem, Problems

if TYPE_CHECKING:
    from hub.connections import Connection
    from hub.context import Hub


def register(app: typer.Typer) -> None:
    app.command(help=_("Is everything usable? Configuration, connections, field mappings and rules."))(check)


def check(
    *, offline: Annotated[bool, typer.Option("--offline", help=_("Call no vendor."))] = False, json: AsJson = False
) -> None:
    wrong: list[Problem] = []
    failing: list[Problem] = []
    try:
        with rim.opened() as hub:
            wrong += _configured(hub)
            for connection in [] if offline else rim.chosen(hub, []):
                failing += _answers(hub, connection)
    except Problem as problem:
        wrong += problem.found if isinstance(problem, Problems) else [problem]
    for each in (*wrong, *failing):
        if json:
            rim.line({"code": each.code, "data": each.data, "sentence": rim.sentence(each)})
        else:
            rim.say(rim.sentence(each))
    if wrong or failing:
        rim.leave(rim.UNUSABLE if any(each.code not in rim.FAILURES for each in wrong) else rim.FAILED)
    rim.say(_("Everything is usable."))


def _configured(hub: Hub) -> list[Problem]:
    from hub.readings.checks import checks

    return [*checks(hub), *_in_file(hub)]


def _in_file(hub: Hub) -> list[Problem]:
    """HUB_CONNECTIONS, tried and taken back."""
    from hub.cli.connections_file import read_entries
    from hub.cli.entries import add_entry

    if hub.settings.connections is None:
        return []
    found = []
    try:
        entries = read_entries(hub, hub.settings.connections)
    except Problem as problem:
        return problem.found if isinstance(problem, Problems) else [problem]
    with hub.engine.connect() as database:
        for entry in entries:
            try:
                add_entry(hub, database, entry, replace=True)
            except Problem as problem:
                found.append(problem)
        database.rollback()
    return found


def _answers(hub: Hub, connection: Connection) -> list[Problem]:
    """The vendor lets us in, with every scope that the mappings need."""
    from connectors.kit.errors import VendorError
    from hub import connections

    try:
        with connections.opened(hub, connection) as connector:
            found = connector.check()
    except VendorError as error:
        return [Problem("connection_failed", name=connection.name, why=rim.worded(error.code, error.data, "vendor"))]
    except Problem:
        return []  # told with the configuration
    rim.say(_("{name}: signed in to {workspace}", name=connection.name, workspace=found.workspace))
    return [_missing(connection.name, word, page) for word, page in found.missing]


def _missing(name: str, word: str, page: str) -> Problem:
    kind, colon, property = word.partition(":")
    if colon and kind == "property":
        return Problem("property_to_make", name=name, property=property, page=page)
    return Problem("scope_missing", name=name, scope=word, page=page)
