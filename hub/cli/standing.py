"""`hub status`: how each connection stands, and what waits for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _
from hub.sentences import N_

if TYPE_CHECKING:
    from datetime import datetime

    from hub.readings.freshness import Freshness

COLUMNS = (
    N_("system"), N_("workspace"), N_("state"), N_("last read"), N_("promised every"), N_("fresh?"), N_("read / linked / waiting"),
    N_("writes"), N_("quota left"),
)  # fmt: skip

ALERTS = {
    "turned": N_(
        "{name} ({account}): ARR in {currency} matched in snapshot {snapshot}; now {agreed} is agreed and {connection} holds {held}. See `hub tieout`."
    ),
    "close_due": N_("The books as of {as_of} were to be closed at {since}. See `hub tieout list`."),
}


def register(app: typer.Typer) -> None:
    app.command(help=_("How each connection stands, and what waits for a person."))(status)


def status(*, json: AsJson = False) -> None:
    from hub.readings import freshness
    from hub.readings.status import line, whole

    with rim.opened() as hub, hub.engine.connect() as database:
        found = freshness.read(hub, database)
        rows, total, now = [line(database, each) for each in found], whole(hub, database), hub.clock.now()
    if json:
        for row in [*rows, total]:
            rim.line(row)
        return
    table = [_cells(fresh, row, now) for fresh, row in zip(found, rows, strict=True)]
    empty = _("Nothing is connected yet: `hub connections add CONNECTOR NAME`.")
    rim.listed(table, as_json=False, columns=[_(name) for name in COLUMNS], empty=empty)
    for row in rows:
        if row["why"]:
            rim.show(f"{row['connection']}: {rim.told(row['why'])}")
    rim.show(_told(total))
    for each in total["alerts"]:
        rim.show("▲ " + _(ALERTS[each["alert"]], **{key: rim.plain(value) or "–" for key, value in each.items()}))  # noqa: RUF001  # a dash for nothing


def _cells(fresh: Freshness, row: dict[str, Any], now: datetime) -> dict[str, str]:
    from hub.frequency import span
    from hub.readings import state_words

    stored, linked = (sum(each[key] for each in row["objects"].values()) for key in ("stored", "linked"))
    cells = (
        fresh.connection.name,
        fresh.connection.workspace or "",
        state_words.state(_, fresh),
        state_words.ago(_, fresh, now),
        span(fresh.promise),
        state_words.kept(_, fresh),
        f"{stored} / {linked} / {row['planned']}",
        _(state_words.WRITES[fresh.connection.writes]),
        state_words.quota(_, fresh, now),
    )
    return dict(zip((_(name) for name in COLUMNS), cells, strict=True))


def _told(total: dict[str, Any]) -> str:
    state = _("Nothing left to do.") if total["idle"] else _("There is work left.")
    waits = ", ".join(f"{key} {count}" for key, count in total["waiting"].items() if count)
    return "\n".join(
        [
            state,
            _("Waiting for a person: {waits}.", waits=waits) if waits else _("Nothing waits for a person."),
            _(
                "Missing elsewhere: {offers}. Required and missing: {findings}.",
                **{key: total[key] for key in ("offers", "findings")},
            ),
        ]
    )
