"""Writes organizations and users: one by one, or updates a hundred at a time by a job that is asked until it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.kit.contract import Actor, Change, Lent, Record
from connectors.kit.errors import Gone, Rejected, Stale, Unclear, VendorError
from connectors.zendesk.api import Api
from connectors.zendesk.bodies import Row, gone, record
from connectors.zendesk.kinds import KINDS, STAFF, USERS, Kind
from connectors.zendesk.reading import MANY, Reader
from connectors.zendesk.refusals import invalid

Outcome = Record | VendorError

OURS = Actor("concord")
PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds between looks at a job
NESTED = frozenset({"organization_fields", "user_fields"})  # only the keys that are sent change
FAILED = frozenset({"failed", "killed"})


class Writer:
    def __init__(self, api: Api, reader: Reader, lent: Lent) -> None:
        self._api = api
        self._reader = reader
        self._lent = lent

    def push(self, change: Change) -> Record:
        kind = KINDS[change.object]
        match change.verb:
            case "create":
                return self._create(kind, change)
            case "update":
                return self._update(kind, change)
            case _:
                return self._delete(kind, change)

    def push_many(self, changes: Sequence[Change]) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        for some in _batches(changes):
            batch = [changes[index] for index in some]
            outcomes.update(zip(some, self._updates(batch) if len(batch) > 1 else [self._alone(batch[0])], strict=True))
        return [outcomes[index] for index in range(len(changes))]

    def _alone(self, change: Change) -> Outcome:
        try:
            return self.push(change)
        except VendorError as error:
            return error

    def _create(self, kind: Kind, change: Change) -> Record:
        """An upsert on the external id: however often it is sent, it makes one record. It bears the intent's key where the
        change gives none.
        """
        data = {"external_id": change.key, **change.data}
        if kind is USERS:
            data = self._person(data)
        return self._told(kind, self._api.post(f"{kind.path}/create_or_update", {kind.one: data}))

    def _person(self, data: Row) -> Row:
        """Users are matched by e-mail as well: an agent's must not be written as a customer's. Nobody is sent an e-mail."""
        email = str(data.get("email") or "").strip()
        holder = self._reader.holder(email) if email else None
        if holder is not None and holder.get("role") in STAFF:
            raise Rejected("exists", existing=str(holder["id"]))
        return {"name": email.partition("@")[0] or data["external_id"], "skip_verify_email": True, **data}

    def _update(self, kind: Kind, change: Change) -> Record:
        """Reads first: Zendesk has no If-Match here, and what a record holds already is not sent again."""
        row = self._held(kind, change)
        due = _due(change, row)
        return self._told(kind, self._api.put(f"{kind.path}/{change.id}", {kind.one: due})) if due else record(kind, row)

    def _delete(self, kind: Kind, change: Change) -> Record:
        row = self._held(kind, change)
        self._api.delete(f"{kind.path}/{change.id}")
        return record(kind, {**row, "deleted_at": row.get("updated_at") or "now"}, actor=OURS)

    def _held(self, kind: Kind, change: Change) -> Row:
        """Raises `Gone` or `Stale` where the write is not to be."""
        id = change.id or ""
        try:
            row = self._reader.row(kind, id)
        except Gone:
            raise self._reader.lost(kind, id) from None
        refused = self._moved(kind, change, row)
        if refused is not None:
            raise refused
        return row

    def _told(self, kind: Kind, answer: Any) -> Record:
        row = answer.get(kind.one) if isinstance(answer, dict) else None
        if not isinstance(row, dict) or not row.get("id"):
            raise Unclear("unanswered")
        return record(kind, row, actor=OURS)

    def _moved(self, kind: Kind, change: Change, row: Row | None) -> VendorError | None:
        if row is None or gone(kind, row):
            return self._reader.lost(kind, change.id or "", row)
        if change.base is not None and row.get("updated_at") != change.base:
            return Stale("moved", base=change.base, version=row.get("updated_at"))
        return None

    # A hundred at a time. https://developer.zendesk.com/api-reference/ticketing/organizations/organizations/#update-many-organizations

    def _updates(self, changes: Sequence[Change]) -> list[Outcome]:
        kind, ids = KINDS[changes[0].object], [change.id or "" for change in changes]
        try:
            held = self._reader.rows(kind, ids)
            outcomes: dict[str, VendorError] = {}
            due: list[Row] = []
            for change, id in zip(changes, ids, strict=True):
                refused = self._moved(kind, change, held.get(id))
                if refused is not None:
                    outcomes[id] = refused
                elif wanted := _due(change, held[id]):
                    due.append({"id": int(id), **wanted})
            outcomes |= self._sent(kind, due)
        except (Rejected, Gone):
            return [self._alone(change) for change in changes]
        except VendorError as error:
            return [error] * len(changes)
        return self._answers(kind, ids, outcomes)

    def _sent(self, kind: Kind, due: Sequence[Row]) -> dict[str, VendorError]:
        """What went wrong, by id."""
        if not due:
            return {}
        job = self._finished(self._api.put(f"{kind.path}/update_many", {kind.many: list(due)}))
        ids = [str(row["id"]) for row in due]
        results = job.get("results")
        if job.get("status") in FAILED or not isinstance(results, list):
            return dict.fromkeys(ids, Unclear("job_failed", status=job.get("status"), message=str(job.get("message"))[:300]))
        wrong: dict[str, VendorError] = dict.fromkeys(ids, Unclear("unanswered"))
        for place, result in enumerate(results):
            id = _answered(result, place, ids)
            if id is not None:
                failure = _failure(result)
                wrong.pop(id, None)
                wrong |= {} if failure is None else {id: failure}
        return wrong

    def _finished(self, answer: Any) -> Row:
        """Raises `Unclear` where the job takes too long: it may still be done."""
        job: Row = answer["job_status"]
        for seconds in PATIENCE:
            if job.get("status") in FAILED | {"completed"}:
                return job
            self._lent.sleep(seconds)
            job = self._api.get(f"job_statuses/{job['id']}")["job_status"]
        if job.get("status") in FAILED | {"completed"}:
            return job
        raise Unclear("job_unfinished", status=job.get("status"))

    def _answers(self, kind: Kind, ids: Sequence[str], outcomes: Mapping[str, VendorError]) -> list[Outcome]:
        """What Zendesk holds now."""
        try:
            rows = self._reader.rows(kind, [id for id in ids if id not in outcomes])
        except VendorError as error:
            lost = Unclear("not_read_back", why=error.code)  # the writes stand; what became of the values is not known yet
            return [outcomes.get(id, lost) for id in ids]
        missing = Gone("not_found")
        return [outcomes[id] if id in outcomes else record(kind, rows[id], actor=OURS) if id in rows else missing for id in ids]


def _batches(changes: Sequence[Change]) -> Iterator[list[int]]:
    """Indexes that go together: updates of one object, no record twice; everything else stands alone, in its place."""
    some: list[int] = []
    taken: set[str | None] = set()
    for index, change in enumerate(changes):
        first = changes[some[0]] if some else change
        alike = change.verb == "update" == first.verb and change.object == first.object
        if some and (not alike or change.id in taken or len(some) == MANY):
            yield some
            some, taken = [], set()
        some.append(index)
        taken.add(change.id)
    if some:
        yield some


def _due(change: Change, row: Row) -> Row:
    """What differs from what the record holds; of custom fields only those."""
    due: Row = {}
    for key, value in change.data.items():
        held = row.get(key)
        if key in NESTED and isinstance(value, dict):
            inside = held if isinstance(held, dict) else {}
            differing = {name: each for name, each in value.items() if each != inside.get(name)}
            due |= {key: differing} if differing else {}
        elif value != held:
            due[key] = value
    return due


def _answered(result: Any, place: int, ids: Sequence[str]) -> str | None:
    """Whom a row of a job's results is about: by id, else by `index`, else by its place."""
    if not isinstance(result, dict):
        return None
    if str(result.get("id")) in ids:
        return str(result["id"])
    index = result.get("index", place)
    return ids[index] if isinstance(index, int) and 0 <= index < len(ids) and result.get("id") is None else None


def _failure(result: Row) -> VendorError | None:
    if result.get("success") is True or (result.get("error") is None and str(result.get("status", "")).lower() != "failed"):
        return None
    error = str(result.get("error") or "")
    return Gone("not_found") if "NotFound" in error else invalid({"error": error, "details": result.get("details")})
