"""`hub up`: web, worker and beat for one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from hub.cli import rim
from hub.cli.rim import _

if TYPE_CHECKING:
    from hub.keeper import Services
    from hub.settings import Settings

PATIENCE = 6.0
"""Seconds; Ctrl-C ends everything within ten."""


def register(app: typer.Typer) -> None:
    app.command(help=_("Keep the connected systems in agreement, until Ctrl-C."))(up)


def up() -> None:
    from hub import logs, settings
    from hub.supervising.running import run

    read = settings.read()
    rim.speak(read.lang)
    logs.set_up(read.log)
    run(read, ["web", "worker", "beat"], patience=PATIENCE, prepare=lambda services: _prepare(read, services))


def _prepare(settings: Settings, services: Services) -> None:
    """The tables, everything that is written down, and the connections of HUB_CONNECTIONS."""
    from hub import db
    from hub.cli.entries import import_file
    from hub.opening import make_hub

    db.upgrade(services.database_url)
    engine = db.engine(services.database_url)
    try:
        hub = make_hub(settings, engine)  # a mistake in a document is told here, once, and not by each child again and again
        for name in import_file(hub, settings.connections) if settings.connections is not None else ():
            rim.say(_("{name} is connected.", name=name))
    finally:
        engine.dispose()
