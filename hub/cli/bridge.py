"""`hub bridge`: how ARR came from one closing to the next, per currency."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _
from hub.words import Problem

if TYPE_CHECKING:
    from hub.context import Hub
    from hub.finance.bridge import Line, Rates
    from hub.readings.arr.bridge import Bridged, Point

POINT = "INSTANT|SNAPSHOT"


def register(app: typer.Typer) -> None:
    app.command(help=_("How ARR came from one closing to the next: new, expansion, reactivation, contraction, churn."))(bridge)


def bridge(
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", metavar=POINT, help=_("It begins with the last closing at or before that; without it, the last of all.")
        ),
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar=POINT, help=_("Where it ends; now, if not given."))] = None,
    *,
    opening: Annotated[Path | None, typer.Option(help=_("A CSV file to begin with, instead of a closing."))] = None,
    convert: Annotated[
        str | None, typer.Option(metavar="CUR", help=_("Also show it in this one currency. Needs --rates."))
    ] = None,
    rates: Annotated[Path | None, typer.Option(help=_("A CSV file: date,from,to,rate,source."))] = None,
    accounts: Annotated[
        bool, typer.Option("--accounts", help=_("Also each account's line, and what is known to come."))
    ] = False,
    csv: Annotated[Path | None, typer.Option(help=_("Also write all of it to this CSV file."))] = None,
    json: AsJson = False,
) -> None:
    from hub.cli import bridge_shown
    from hub.cli.files import save
    from hub.finance.bridge import totals

    table = _rates(convert, rates)
    with rim.opened() as hub:
        found = _bridged(hub, from_, to, opening)
    converted = [] if convert is None else _converted(found, convert.upper(), table)
    if csv is not None:
        save(bridge_shown.table(found, converted), csv)
    if json:
        for line in bridge_shown.lines(found, converted, accounts=accounts):
            rim.line(line)
    else:
        bridge_shown.screen(found, converted, accounts=accounts)
    whole = all(line.columns["closing"] is not None for line in totals([*found.lines, *converted]))
    rim.leave(rim.DONE if found.complete and whole else rim.FAILED)


def _bridged(hub: Hub, begin: str | None, end: str | None, opening: Path | None) -> Bridged:
    from hub import connections
    from hub.cli import files
    from hub.readings.arr.bridge import bridged

    with hub.engine.connect().execution_options(isolation_level="REPEATABLE READ") as database:
        sheet = None if opening is None else files.sheet(opening, connections.load(hub, database))
        return bridged(hub, database, _point(begin), _point(end), sheet)


def _point(text: str | None) -> Point | None:
    if text is None:
        return None
    if text.removeprefix("#").isdecimal():
        return int(text.removeprefix("#"))
    try:
        return rim.instant(text)
    except Problem:
        raise Problem("not_an_instant_or_snapshot", value=text) from None


def _rates(convert: str | None, path: Path | None) -> Rates:
    from hub.cli.files import text_of
    from hub.finance.bridge import Rates, parse_rates
    from mappings.currency import currency_code
    from mappings.values import Refused

    if (convert is None) != (path is None):
        raise Problem("convert_needs_rates")
    if convert is None or path is None:
        return Rates()
    try:
        currency_code(convert)
    except Refused:
        raise Problem("currency_unusable", currency=convert) from None
    return parse_rates(text_of(path), path.name)


def _converted(found: Bridged, currency: str, rates: Rates) -> list[Line]:
    from hub.finance.bridge import convert

    if found.begins is None:
        raise Problem("convert_needs_from")
    lines = convert(found.lines, currency, found.begins.date(), found.ends.date(), rates)
    return [line.tagged("converted") for line in lines]
