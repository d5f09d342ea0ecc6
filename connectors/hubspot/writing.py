"""Writes in batches of a hundred: only what differs, answers per row, split down to the one bad row. https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.hubspot.api import Api
from connectors.hubspot.bodies import Row, version
from connectors.hubspot.consent import barred, denials
from connectors.hubspot.kinds import KEY, Kind
from connectors.hubspot.reading import BATCH, Reader, email_of
from connectors.hubspot.refusals import rejected
from connectors.kit.contract import Change, Record
from connectors.kit.errors import Gone, Rejected, Retry, Stale, Unclear, VendorError

Outcome = Record | VendorError
Sent = dict[str, "Row | VendorError"]

READ_ONLY = ("hs_", "createdate", "lastmodifieddate")
WRITABLE = {"hs_forecast_category"}


class Writer:
    def __init__(self, api: Api, reader: Reader) -> None:
        self._api = api
        self._reader = reader
        self._verbs = {"create": self._create, "update": self._update, "delete": self._delete}

    def push_many(self, kinds: Mapping[str, Kind], changes: Sequence[Change]) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        for some in _batches(changes):
            first = changes[some[0]]
            kind = kinds[first.object]
            try:
                said = self._verbs[first.verb](kind, [changes[index] for index in some])
            except VendorError as error:
                said = [error] * len(some)
            outcomes.update(zip(some, said, strict=True))
        return [outcomes[index] for index in range(len(changes))]

    def _update(self, kind: Kind, changes: Sequence[Change]) -> list[Outcome]:
        """Reads first: HubSpot has no If-Match, and what a record holds already is not sent again.

        Each no goes first of all: it holds even where the rest of the change is refused.
        """
        ids = [change.id or "" for change in changes]
        held = self._reader.rows(kind, ids, more={name for change in changes for name in _sent(change)})
        outcomes = {
            id: no for change, id in zip(changes, ids, strict=True) if (no := _refused(change, held.get(id))) is not None
        }
        living = [(id, change) for change, id in zip(changes, ids, strict=True) if id not in outcomes]
        outcomes |= self._say({id: (email_of(held[id]), denials(_wanted(change))) for id, change in living})
        living = [(id, change) for id, change in living if id not in outcomes]
        due = {id: properties for id, change in living if (properties := _due(change, held[id]))}
        inputs = [{"id": id, "properties": properties, "objectWriteTraceId": id} for id, properties in due.items()]
        said = self._send(kind, "update", inputs)
        outcomes |= {id: error for id, error in said.items() if isinstance(error, VendorError)}
        outcomes |= self._rest(kind, {id: (change, _left_to_say(change)) for id, change in living if id not in outcomes})
        return self._answers(kind, ids, outcomes)

    def _create(self, kind: Kind, changes: Sequence[Change]) -> list[Outcome]:
        """An upsert on the key of the intent: however often it is sent, it makes one record."""
        inputs = [
            {
                "idProperty": KEY,
                "id": change.key,
                "objectWriteTraceId": change.key,
                "properties": {**_filled(change), KEY: change.key},
            }
            for change in changes
        ]
        said = self._send(kind, "upsert", inputs)
        outcomes = {key: error for key, error in said.items() if isinstance(error, VendorError)}
        made = [key if isinstance(row, VendorError) else str(row["id"]) for key, row in said.items()]
        living = zip(made, changes, strict=True)
        outcomes |= self._rest(kind, {id: (change, _wanted(change)) for id, change in living if id not in outcomes})
        return self._answers(kind, made, outcomes)

    def _delete(self, kind: Kind, changes: Sequence[Change]) -> list[Outcome]:
        ids = [change.id or "" for change in changes]
        held = self._reader.rows(kind, ids)
        outcomes = {
            id: refused
            for change, id in zip(changes, ids, strict=True)
            if (refused := _moved(change, held.get(id))) is not None
        }
        inputs = [{"id": id} for id in ids if id not in outcomes]
        if inputs:
            self._api.post("objects", kind.object, "batch", "archive", body={"inputs": inputs})
        return self._answers(kind, ids, outcomes, archived=True)

    def _answers(
        self, kind: Kind, ids: Sequence[str], outcomes: Mapping[str, VendorError], *, archived: bool = False
    ) -> list[Outcome]:
        """What HubSpot holds now, read by id: that is at once, while its search lags."""
        try:
            rows = self._reader.rows(kind, [id for id in ids if id not in outcomes], archived=archived)
            records = dict(zip(rows, self._reader.records(kind, list(rows.values())), strict=True))
        except Retry as error:
            lost = Unclear("not_read_back", why=error.code)  # the write stands; what it made of the values is not known yet
            return [outcomes.get(id, lost) for id in ids]
        gone = Gone("not_found")
        return [outcomes[id] if id in outcomes else records.get(id, gone) for id in ids]

    def _send(self, kind: Kind, verb: str, inputs: Sequence[Row]) -> Sent:
        """By trace id. Where one bad row makes HubSpot refuse the whole batch, halves are tried until it stands alone."""
        if not inputs:
            return {}
        traces = [each["objectWriteTraceId"] for each in inputs]
        try:
            answer = self._api.post("objects", kind.object, "batch", verb, body={"inputs": inputs})
        except (Rejected, Gone) as error:
            if len(inputs) == 1:
                return {traces[0]: error}
            half = len(inputs) // 2
            return self._send(kind, verb, inputs[:half]) | self._send(kind, verb, inputs[half:])
        except VendorError as error:
            return dict.fromkeys(traces, error)
        said: Sent = dict.fromkeys(traces, Unclear("unanswered"))
        said |= dict(_failures(answer))
        said |= {_trace(row): row for row in answer["results"]}
        return {trace: said[trace] for trace in traces}

    def _rest(self, kind: Kind, changes: Mapping[str, tuple[Change, Mapping[str, Row]]]) -> dict[str, VendorError]:
        """What HubSpot takes apart from the properties: associations, then what is still to be said of consent."""
        outcomes: dict[str, VendorError] = {}
        for id, (change, _) in changes.items():
            outcomes |= self._link(kind, id, change)
        return outcomes | self._agreed(kind, {id: said for id, (_, said) in changes.items() if said and id not in outcomes})

    def _link(self, kind: Kind, id: str, change: Change) -> dict[str, VendorError]:
        """Associate with what is new in the change, part from what is not in it any more."""
        wanted = change.data.get("associations") or {}
        if not wanted:
            return {}
        try:
            held = self._reader.links(kind, [id])[id]
            for other in (other for other in kind.links if other in wanted):
                new = [to for to in wanted[other] if to not in held[other]]
                old = [to for to in held[other] if to not in wanted[other]]
                if new:
                    inputs: list[Any] = [{"from": {"id": id}, "to": {"id": to}} for to in new]
                    self._api.post("associations", kind.object, other, "batch", "associate", "default", body={"inputs": inputs})
                if old:
                    inputs = [{"from": {"id": id}, "to": [{"id": to} for to in old]}]
                    self._api.post("associations", kind.object, other, "batch", "archive", body={"inputs": inputs})
        except VendorError as error:
            return {id: error}
        return {}

    def _agreed(self, kind: Kind, wanted: Mapping[str, Mapping[str, Row]]) -> dict[str, VendorError]:
        """Said last, at the address that each contact has by now."""
        try:
            rows = self._reader.rows(kind, list(wanted))
        except VendorError as error:
            return dict.fromkeys(wanted, error)
        outcomes: dict[str, VendorError] = {}
        for id, said in wanted.items():
            refused = barred(said, _opted_out(rows[id])) if id in rows else Gone("not_found")
            outcomes |= {} if refused is None else {id: refused}
        return outcomes | self._say({id: (email_of(rows[id]), said) for id, said in wanted.items() if id not in outcomes})

    def _say(self, wanted: Mapping[str, tuple[str, Mapping[str, Row]]]) -> dict[str, VendorError]:
        """By record: its address, and what is said for it."""
        told = {email: said for email, said in wanted.values() if said}
        if not told:
            return {}
        try:
            failed = self._reader.preferences.write(told)
        except VendorError as error:
            failed = dict.fromkeys(told, error)
        return {id: failed[email] for id, (email, said) in wanted.items() if said and email in failed}


def _refused(change: Change, row: Row | None) -> VendorError | None:
    """A yes that cannot be said stops the whole change."""
    moved = _moved(change, row)
    return barred(_wanted(change), _opted_out(row)) if moved is None and row is not None else moved


def _wanted(change: Change) -> dict[str, Row]:
    return dict(change.data.get("subscriptions") or {})


def _left_to_say(change: Change) -> dict[str, Row]:
    """After the denials. A new address has said nothing yet, so all of it is said again."""
    wanted = _wanted(change)
    moved = "email" in (change.data.get("properties") or {})
    return wanted if moved else {id: status for id, status in wanted.items() if id not in denials(wanted)}


def _opted_out(row: Row) -> bool:
    return bool(row["properties"].get("hs_email_optout") == "true")


def _batches(changes: Sequence[Change]) -> Iterator[list[int]]:
    """Indexes that go into one batch: one object, one verb, no record twice."""
    some: list[int] = []
    taken: set[str] = set()
    for index, change in enumerate(changes):
        first = changes[some[0]] if some else change
        name = change.id or change.key
        if (first.object, first.verb) != (change.object, change.verb) or len(some) == BATCH or name in taken:
            yield some
            some, taken = [], set()
        some.append(index)
        taken.add(name)
    if some:
        yield some


def _moved(change: Change, row: Row | None) -> VendorError | None:
    if row is None:
        return Gone("not_found")
    if str(row["id"]) != change.id:
        return Gone("merged", into=str(row["id"]))
    if change.base is not None and change.base != version(row):
        return Stale("moved", base=change.base, now=version(row))
    return None


def _sent(change: Change) -> dict[str, str]:
    """HubSpot's values are text, and empty text clears. Properties that it keeps itself are not ours to send."""
    properties = change.data.get("properties") or {}
    return {name: _text(value) for name, value in properties.items() if name in WRITABLE or not name.startswith(READ_ONLY)}


def _due(change: Change, row: Row) -> dict[str, str]:
    return {name: value for name, value in _sent(change).items() if value != (row["properties"].get(name) or "")}


def _filled(change: Change) -> dict[str, str]:
    return {name: value for name, value in _sent(change).items() if value}


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _trace(row: Row) -> str:
    """What the row answers to: HubSpot repeats the trace id, but promises it nowhere."""
    return str(row.get("objectWriteTraceId") or (row.get("properties") or {}).get(KEY) or row["id"])


def _failures(answer: Row) -> Iterator[tuple[str, VendorError]]:
    """The rows that a 207 refuses, which a look at its status alone would take for written."""
    for error in answer.get("errors") or []:
        context = error.get("context") or {}
        failure = Gone("not_found") if error.get("category") == "OBJECT_NOT_FOUND" else rejected(error)
        for trace in context.get("objectWriteTraceId") or context.get("ids") or []:
            yield trace, failure
