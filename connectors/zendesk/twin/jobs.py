"""Bulk writes: queued, working, completed by the clock, each row by itself.

https://developer.zendesk.com/api-reference/ticketing/ticket-management/job_statuses/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import httpx

from connectors.kit.faults import Fault
from connectors.zendesk.twin import pages
from connectors.zendesk.twin.answers import Answer, Invalid, Row, not_found, ok, problem

if TYPE_CHECKING:
    from connectors.zendesk.twin import ZendeskTwin

ROWS = 100
KEPT = timedelta(hours=1)

Write = tuple[Row, Callable[[], Row]]  # whom it is about, where that is known; does it, and says what came of it


@dataclass(slots=True)
class Job:
    id: str
    kind: str
    action: str
    made: datetime
    takes: float  # seconds
    writes: Sequence[Write]
    spoiled: bool = False  # its first row fails, whatever it says
    results: list[Row] | None = field(default=None)

    @property
    def done(self) -> datetime:
        return self.made + timedelta(seconds=self.takes)


class Jobs:
    """Also what else Zendesk does a little later: `later` keeps it until its moment."""

    def __init__(self, twin: ZendeskTwin) -> None:
        self._twin = twin
        self._jobs: list[Job] = []
        self._later: list[tuple[datetime, Callable[[], None]]] = []

    def add(self, kind: str, action: str, writes: Sequence[Write]) -> httpx.Response:
        """200 with a job, not with records."""
        if len(writes) > ROWS:
            raise problem(422, "TooManyValues", f"Number of records must be at most {ROWS}")
        if sum(job.results is None for job in self._jobs) >= self._twin.queued:
            raise problem(429, "TooManyJobs", f"Only {self._twin.queued} jobs may be queued or running at a time")
        made, id = self._twin.clock.now(), self._twin.mint("job", len(self._jobs)).removeprefix("job_")
        spoiled = self._twin.hit(Fault.JOB_FAILED) is not None
        job = Job(id, kind, action, made, self._twin.job_seconds, writes, spoiled)
        self._jobs.append(job)
        self.later(job.done, partial(self._work, job))
        return ok({"job_status": self.shown(job)})

    def later(self, at: datetime, do: Callable[[], None]) -> None:
        self._later.append((at, do))

    def run(self) -> None:
        """What is due is done, as of the moment when it was due."""
        now = self._twin.clock.now()
        due, self._later = [each for each in self._later if each[0] <= now], [each for each in self._later if each[0] > now]
        for at, do in sorted(due, key=lambda each: each[0]):
            self._twin.store.at = at
            do()
            self._twin.store.at = None

    def answer(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        shown = {job.id: self.shown(job) for job in self._jobs if self._twin.clock.now() - job.made < KEPT}
        match parts:
            case []:
                return pages.listed(self._twin, request, "job_statuses", list(shown.values()))
            case ["show_many"]:
                asked = request.url.params.get("ids", "").split(",")
                return ok({"job_statuses": [shown[id] for id in asked if id in shown]})
            case [id] if id in shown:
                return ok({"job_status": shown[id]})
        raise not_found()

    def shown(self, job: Job) -> Row:
        now, total = self._twin.clock.now(), len(job.writes)
        row: Row = {
            "id": job.id,
            "job_type": job.kind,
            "url": f"{self._twin.url}/api/v2/job_statuses/{job.id}.json",
            "total": total,
        }
        if job.results is not None:
            message = f"Completed at {job.done:%Y-%m-%d %H:%M:%S} +0000"
            return row | {"progress": total, "status": "completed", "message": message, "results": job.results}
        working = now >= job.made + (job.done - job.made) / 2
        return row | {
            "progress": total // 2 if working else None,
            "status": "working" if working else "queued",
            "message": None,
            "results": None,
        }

    def _work(self, job: Job) -> None:
        job.results = [self._result(job, index, *write) for index, write in enumerate(job.writes)]

    def _result(self, job: Job, index: int, about: Row, do: Callable[[], Row]) -> Row:
        """A bad row fails alone."""
        failed = {"index": index, **about, "action": job.action, "success": False}
        if job.spoiled and index == 0:
            return failed | {"error": "RecordInvalid", "details": "The record could not be saved"}
        try:
            return {"index": index} | do()
        except Invalid as refused:
            return failed | {"error": "RecordInvalid", "details": refused.said}
        except Answer as refused:
            body = refused.response.json()
            return failed | {"error": body.get("error"), "details": body.get("description")}
