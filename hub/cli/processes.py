"""`hub web`, `hub worker`, `hub beat`, `hub migrate`: single processes, for containers."""

from __future__ import annotations

import typer

from hub.cli import rim
from hub.cli.rim import _

PATIENCE = 80.0
"""Seconds that a container's process may take to end by itself."""


def register(app: typer.Typer) -> None:
    app.command(help=_("The web pages, until told to end."))(web)
    app.command(help=_("Does what is due, until told to end."))(worker)
    app.command(help=_("Rings every few seconds for what is due, until told to end."))(beat)
    app.command(help=_("Bring the tables of the database to this version's shape."))(migrate)


def web() -> None:
    _run("web")


def worker() -> None:
    _run("worker")


def beat() -> None:
    _run("beat")


def migrate() -> None:
    from hub import db, logs, settings
    from hub.keeper import keep

    read = settings.read()
    rim.speak(read.lang)
    logs.set_up(read.log)
    with keep(read, redis=False) as services:
        db.upgrade(services.database_url)


def _run(name: str) -> None:
    from hub import logs, settings
    from hub.supervising.running import run

    read = settings.read()
    rim.speak(read.lang)
    logs.set_up(read.log)
    run(read, [name], patience=PATIENCE)
