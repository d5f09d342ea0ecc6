"""`hub sync`: read, decide and deliver in this process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _

if TYPE_CHECKING:
    from hub.connections import Connection
    from hub.context import Hub
    from hub.outbound import Delivery
    from hub.runs import Outcome

Names = Annotated[
    list[str], typer.Argument(metavar="[NAME]...", show_default=False, help=_("Connections, in this order; all by default."))
]


def register(app: typer.Typer) -> None:
    app.command(help=_("Read the connections, decide, and deliver what they allow: in this process."))(sync)


def sync(
    names: Names = [],  # noqa: B006  # typer copies it
    *,
    read_only: Annotated[bool, typer.Option("--read-only", help=_("Deliver nothing."))] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help=_("You saw what would be sent: let first deliveries and large runs go."))
    ] = False,
    json: AsJson = False,
) -> None:
    with rim.opened() as hub:
        wanted = rim.chosen(hub, names)
        stopped = _policy(hub)
        read = [_read(hub, one) for one in wanted]
        sent = [] if read_only else [_deliver(hub, one.name, confirm=confirm) for one in wanted]
        _finish(hub)
    rows = [
        _row(one.name, outcome, sent[n] if sent else None) for n, (one, outcome) in enumerate(zip(wanted, read, strict=True))
    ]
    columns = (
        "connection",
        "status",
        "read",
        "stored",
        "settled",
        "changed",
        "delivery",
        "records",
        "sent",
        "refused",
        "planned",
    )
    rim.listed(rows, as_json=json, columns=columns, empty=_("Nothing is connected yet: `hub connections add CONNECTOR NAME`."))
    _leave(rows, read, sent, [one.state for one in wanted])
    if stopped and sent and not confirm:
        rim.say(_("Look at what would be sent, then run `hub sync --confirm`."))
        rim.leave(rim.WAITS)


def _policy(hub: Hub) -> bool:
    """Another ARR policy than before is in force from here on. Whether that is above a limit, and waits for a person."""
    from hub.policy_in_force import enforce_policy

    outcome = enforce_policy(hub, by=rim.person())
    if outcome is None:
        return False
    name = hub.catalog.policy.label
    rim.say(_("ARR is counted by {name} now; records that changed: {changed}.", name=name, changed=outcome.changed))
    limits = [] if outcome.error is None else outcome.error["data"]["limits"]
    for each in limits:
        rim.say(rim.worded("limit", each))
    return bool(limits)


def _read(hub: Hub, connection: Connection) -> Outcome | None:
    from hub.sync import sync

    if connection.state == "paused":
        rim.say(_("{name} is paused: `hub connections resume {name}`.", name=connection.name))
        return None
    rim.say(_("Reading {name} …", name=connection.name))
    outcome = sync(hub, connection, by=rim.person())
    if outcome is None:
        rim.say(_("{name} is being read by another process.", name=connection.name))
    elif outcome.error is not None:
        rim.say(f"{': '.join([connection.name, *outcome.gaps])}: {rim.told(outcome.error)}")
    else:
        for object, gaps in outcome.gaps.items():
            rim.say(_("{name}: {object} is not complete: {gaps}.", name=connection.name, object=object, gaps=", ".join(gaps)))
    return outcome


def _deliver(hub: Hub, name: str, *, confirm: bool) -> Delivery:
    from hub.outbound import deliver_allowed

    [connection] = rim.chosen(hub, [name])  # reading may have changed its state
    delivery = deliver_allowed(hub, connection, by=rim.person(), confirm=confirm)
    for wait in delivery.waits:
        rim.say(f"{name}: {rim.told(wait)}")
    if delivery.error is not None:
        rim.say(f"{name}: {rim.told(delivery.error)}")
    return delivery


def _finish(hub: Hub) -> None:
    """What answers and refusals woke up is settled now; who looks like a double is looked up again."""
    from hub.readings.duplicates import refresh
    from hub.session import Session, view_of
    from hub.settling.due import settle_due

    settle_due(Session(hub, view_of(hub)))
    with hub.engine.begin() as database:
        refresh(hub, database)


def _row(name: str, outcome: Outcome | None, delivery: Delivery | None) -> dict[str, Any]:
    row: dict[str, Any] = {"connection": name, "status": "skipped" if outcome is None else outcome.status}
    totals = [] if outcome is None else list(outcome.totals.values())
    says = [each.source_says for each in totals if each.source_says is not None]
    row["source_says"] = sum(says) if totals and len(says) == len(totals) else None
    for key in ("read", "stored", "settled"):
        row[key] = sum(getattr(each, key) for each in totals)
    row["news"], row["changed"] = (0, 0) if outcome is None else (outcome.news, outcome.changed)
    row["gaps"], row["error"] = ({}, None) if outcome is None else (outcome.gaps, outcome.error)
    if delivery is not None:
        row |= {
            "delivery": delivery.status, "records": delivery.records, "sent": delivery.values, "refused": delivery.refused,
            "planned": delivery.planned, "waits": delivery.waits,
        }  # fmt: skip
        row["error"] = row["error"] or delivery.error
    return row


def _leave(
    rows: Sequence[dict[str, Any]], read: Sequence[Outcome | None], sent: Sequence[Delivery], states: Sequence[str]
) -> None:
    """A failure is worse than waiting."""
    busy = any(outcome is None and state != "paused" for outcome, state in zip(read, states, strict=True))
    failed = any(outcome is not None and outcome.status != "succeeded" for outcome in read)
    if busy or failed or any(delivery.status in ("stopped", "busy") for delivery in sent):
        rim.leave(rim.FAILED)
    if any(row.get("delivery") == "waiting" for row in rows):
        rim.say(_("Look at what would be sent, then run `hub sync --confirm`."))
        rim.leave(rim.WAITS)
