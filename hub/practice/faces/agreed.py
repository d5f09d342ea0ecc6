"""What is agreed of one customer, why its ARR is what it is, and where that was sent: whole sentences, code plus data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection as Database

from hub import words
from hub.bulk import decode_json
from hub.cli.why import WHY
from hub.context import Hub
from hub.intake.work import Work
from hub.practice import twins
from hub.practice.faces import parts
from hub.practice.faces.values import money, when
from hub.readings import explain
from hub.readings.records import find, show
from hub.readings.rows import fetch, work_of
from hub.sentences import N_

FIELD = "arr"
KEPT = 3
"""So many corrections are told, newest first."""

SENTENCES = {
    "owned": N_("{value}, because only {winner} may set {field}."),
    "one": N_("One subscription in {winner}: {formula} = {value}."),
    "one_made": N_("One subscription in {winner} comes to {value} a year."),
    "sum": N_("Sum of {count} subscriptions of {customers} {winner} customers: {parts}."),
    "apart": N_("{count} subscriptions of {customers} {winner} customers, side by side, never added: {parts}."),
    "corrected": N_("{system} said {before} until {when}; Concord put {value} there (run {run})."),
    "corrected_by": N_("{system} said {before} until {when}; Concord put {value} there (run {run}). Edited by {actor}."),
    "filled": N_("{system} had none until {when}; Concord put {value} there (run {run})."),
}
SENT = {
    "confirmed": N_("{system}: sent {when}, confirmed."),
    "waiting": N_("{system}: on its way."),
    "refused": N_("{system}: refused."),
    "holds": N_("{system}: holds it already."),
    "not_cleared": N_("{system}: not cleared for {sensitivity}."),
    "not_mapped": N_("{system}: not mapped."),
}
SENSITIVITIES = {
    "personal": N_("personal data"),
    "commercial": N_("commercial terms"),
    "strategic": N_("strategic plans"),
    "internal": N_("internal notes"),
}
OPEN = ("planned", "sending", "unclear")


class Sent(NamedTuple):
    """One update that Concord sent or means to send. `fields` as stored; `actor`: who had made the ARR that it corrected."""

    connection: str
    actor: str
    fields: dict[str, Any]
    status: str
    done: int | None
    run: int | None


class Teller:
    """Sentences about one customer, in one language."""

    def __init__(self, work: Work, lang: str) -> None:
        self.work, self.lang, self.titles = work, lang, twins.titles()
        self.entity = work.view.entities["account"]

    def say(self, msgid: str, **data: Any) -> str:
        return words.text(msgid, self.lang, **data)

    def label(self, field: str) -> str:
        return self.say(self.entity.fields[field].label) if field in self.entity.fields else field

    def system(self, connection: str) -> str:
        seat = self.work.view.seats.get(connection)
        return self.titles.get(seat.connector, connection) if seat is not None else connection

    @property
    def owners(self) -> list[str]:
        """Who alone may set it; nobody, if the rule does not lock it."""
        rule = self.work.view.rules.table(self.entity)[FIELD].rule
        return sorted(rule.named or ()) if rule.locked else []

    def why(self, line: Mapping[str, Any], made: list[parts.Part]) -> list[str]:
        """From one line of explain, and what the value was made of."""
        winner = " + ".join(map(self.system, self.owners or [(line["winner"] or {}).get("connection", "")]))
        label, value = self.label(FIELD), money(line["value"])
        if line["state"] == "settled" and line["reason"] == "sum" and self.owners:
            return [self.say(SENTENCES["owned"], value=value, winner=winner, field=label), *self._made(winner, made)]
        told = WHY.get(line["reason"])
        return [
            line["reason"]
            if told is None
            else self.say(told, value=value, winner=winner, field=label, count=len(made), when="")
        ]

    def _made(self, winner: str, made: list[parts.Part]) -> list[str]:
        if not made:
            return []
        if len(made) > 1:
            customers = len({part.customer for part in made})
            together = len({currency for part in made for currency in part.amount}) == 1
            ordered = made if together else sorted(made, key=lambda part: sorted(part.amount), reverse=True)
            amounts = (" + " if together else " · ").join(money(part.amount) for part in ordered)
            return [
                self.say(
                    SENTENCES["sum" if together else "apart"],
                    count=len(made),
                    customers=customers,
                    winner=winner,
                    parts=amounts,
                )
            ]
        [part] = made
        return [
            self.say(
                SENTENCES["one" if part.formula else "one_made"], winner=winner, value=money(part.amount), formula=part.formula
            )
        ]

    def corrected(self, sent: Sent) -> str:
        before = sent.fields[FIELD]["before"].get(FIELD)
        code = "filled" if not before else "corrected_by" if sent.actor else "corrected"
        value = money(sent.fields[FIELD]["value"])
        at = when(sent.done, self.lang)
        return self.say(
            SENTENCES[code],
            system=self.system(sent.connection),
            before=money(before),
            when=at,
            value=value,
            run=sent.run,
            actor=sent.actor,
        )

    def sent_to(self, connection: str, objects: set[str], sent: list[Sent]) -> str:
        """What became of the value in one system that the customer is in."""
        view, system = self.work.view, self.system(connection)
        mapped = [object for object in objects if FIELD in getattr(view.mapping(connection, object), "fields", {})]
        if not mapped:
            return self.say(SENT["not_mapped"], system=system)
        if not any(FIELD in view.writable(connection, object) for object in mapped):
            sensitivity = self.entity.fields[FIELD].sensitivity
            return self.say(
                SENT["not_cleared"], system=system, sensitivity=self.say(SENSITIVITIES.get(sensitivity, sensitivity))
            )
        last = next((one for one in sent if one.connection == connection and FIELD in one.fields), None)
        status = "holds" if last is None else "waiting" if last.status in OPEN else last.status
        return self.say(SENT[status], system=system, when="" if last is None else when(last.done, self.lang))


def name(hub: Hub, database: Database, id: str) -> str:
    """The agreed name. Raises `Problem`."""
    record = show(hub, database, "account", id)
    return str(record["values"].get("name") or record["id"])


def headline(hub: Hub, database: Database, id: str, lang: str) -> dict[str, Any]:
    record = show(hub, database, "account", id)
    teller = Teller(work_of(hub, database), lang)
    contested = sorted({teller.label(key.partition(":")[0]) for key in record["contested"]})
    values = record["values"]
    return {
        "name": values.get("name") or record["id"],
        "domain": values.get("domain"),
        "arr": money(values.get(FIELD)),
        "contested": contested,
    }


def told(hub: Hub, database: Database, id: str, lang: str) -> dict[str, Any]:
    """Sentences by part: why, what was put right, where it was sent, what else was sent lately."""
    id = find(hub, database, "account", id)
    work = work_of(hub, database)
    teller = Teller(work, lang)
    line = explain.explain(hub, database, "account", id, FIELD)[0]
    sent = _sent(database, id)
    ours = [one for one in sent if FIELD in one.fields and one.status == "confirmed"]
    return {
        "why": teller.why(line, parts.counted(work, id)),
        "corrected": [teller.corrected(one) for one in ours[:KEPT]],
        "sent": [
            teller.sent_to(connection, objects, sent)
            for connection, objects in _linked(database, id).items()
            if connection not in teller.owners
        ],
        "lately": [
            (teller.system(one.connection), ", ".join(map(teller.label, one.fields)), when(one.done, lang))
            for one in sent[:KEPT]
            if one.status == "confirmed"
        ],
    }


def _sent(database: Database, id: str) -> list[Sent]:
    """Newest first; what was taken back before it was sent is left out."""
    query = (
        "SELECT i.connection, coalesce(p.actor, ''), i.fields, i.status, i.done_at, coalesce(i.sent_run, i.run)"
        " FROM intent i LEFT JOIN payload p ON p.position = (i.fields::json #>> %s)::int8"
        " WHERE i.golden_id = %s AND i.status <> 'void' ORDER BY i.id DESC LIMIT 50"
    )
    planned_on = [FIELD, "cells", FIELD, "0"]  # the log's position of what was seen there
    return [
        Sent(connection, actor, decode_json(fields), status, done, run)
        for connection, actor, fields, status, done, run in fetch(database, query, [planned_on, id])
    ]


def _linked(database: Database, id: str) -> dict[str, set[str]]:
    query = "SELECT connection, array_agg(DISTINCT object) FROM record WHERE golden_id = %s AND deleted IS NULL GROUP BY 1 ORDER BY 1"
    return {connection: set(objects) for connection, objects in fetch(database, query, [id])}
