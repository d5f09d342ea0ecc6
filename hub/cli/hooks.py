"""`hub hooks`: what vendors told by webhook, and the address that they tell it to."""

from __future__ import annotations

import json as to_json
from typing import Annotated, Any

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _
from hub.words import Problem

Id = Annotated[str, typer.Argument(metavar="ID", help=_("As `hub hooks list` shows it."))]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help=_("As `hub hooks list` shows them."))]
State = Annotated[str | None, typer.Option(help=_("waiting, done, ignored or dead; without it all that is not done."))]

EVENTS = ("id", "connection", "kind", "state", "why", "waits", "at")
TOTALS = ("connection", "inbox", "waiting", "done", "ignored", "dead")

group = typer.Typer(no_args_is_help=True, help=_("What systems told by webhook."))


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="hooks")


@group.command(
    "list", help=_("Events that wait to be read, were ignored, or could not be understood; then how many there are.")
)
def list_(*, state: State = None, json: AsJson = False) -> None:
    from hub.readings import inbox

    if state not in (None, *inbox.STATES):
        raise Problem("hook_state", state=state, allowed=", ".join(inbox.STATES))
    with rim.opened() as hub, hub.engine.connect() as database:
        rows, totals = inbox.events(database, state), list(inbox.totals(database))
        if not json:
            rows = (row | {"why": _worded(row["why"])} for row in rows)
        rim.listed(rows, as_json=json, columns=EVENTS, empty=_("Nothing that was told is waiting, ignored or dead."))
    rim.listed(totals, as_json=json, columns=TOTALS, empty=_("No webhook has come yet."))


def _worded(why: str | None) -> str:
    return "" if why is None else rim.worded(why, {}, "told")


@group.command(help=_("Judge an ignored or dead one again, by today's program."))
def replay(id: Id, *, json: AsJson = False) -> None:
    from hub.hooks.replay import replay as again

    number = _number(id)
    with rim.opened() as hub:
        rows = [{"id": f"hook-{number}", "state": again(hub, number)}]
    rim.listed(rows, as_json=json, columns=("id", "state"), empty="")


@group.command(help=_("Leave dead ones at that: they wait for nobody any more."))
def drop(ids: Ids) -> None:
    from hub.hooks import replay

    with rim.opened() as hub:
        for id in ids:
            replay.drop(hub, _number(id))


def _number(id: str) -> int:
    number = id.removeprefix("hook-")
    if not number.isascii() or not number.isdecimal() or len(number) > 18:
        raise Problem("hook_unknown", id=id)
    return int(number)


@group.command(help=_("The address to enter at the vendor, and for which events."))
def address(connection: Annotated[str, typer.Argument(help=_("The connection's name."))], *, json: AsJson = False) -> None:
    with rim.opened() as hub:
        [one] = rim.chosen(hub, [connection])
        kind = hub.catalog.connector(one.connector)
        if not kind.provides("webhook"):
            raise Problem("hooks_not_offered", name=one.name, connector=kind.facts.title)
        row = {"connection": one.name, "address": _address(hub, one.name), "subscribe": kind.facts.hooks}
    if json:
        rim.line(row)
        return
    rim.show(row["address"])
    rim.say(row["subscribe"])


def _address(hub: Any, name: str) -> str:
    """By the setting for the public address; else where the pages are served on this machine."""
    from urllib.parse import quote

    base, served = hub.settings.address, hub.settings.home / "run" / "web.json"
    if hub.settings.public_url is None and served.exists():
        base = to_json.loads(served.read_text())["url"]
    return f"{base}/hooks/{quote(name)}"
