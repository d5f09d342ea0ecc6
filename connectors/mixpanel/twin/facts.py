"""What happened in the practice product: columns by company, a number a day, and the people behind the numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

Row = dict[str, Any]
COLUMNS = ("dau", "mau", "sessions", "events", "features")
ACTIVE, SESSION = "Feature Used", "Session Started"
STRAYS = 7
"""Active events a day that belong to no company."""


class Facts:
    """`rows`: company to {"id", "from": first day, "dau": [...], "mau", "sessions", "events", "features"}.

    Life goes on after the last column: a later day is like the same weekday of the last week there is.
    """

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self.rows = rows

    def of(self, company: str, day: date) -> Row:
        """A day's numbers; zeros before the first."""
        row = self.rows[company]
        n = _index(row, day)
        length = len(row["dau"])
        if n < 0 or not length:
            return {"dau": 0, "mau": 0, "sessions": 0, "events": 0, "features": []}
        while n >= length:
            n -= 7 if n - 7 >= 0 and length >= 7 else 1
        return {column: row[column][n] for column in COLUMNS}

    def set(self, company: str, day: date, changes: Row) -> Row:
        row, known = self.rows[company], set(COLUMNS)
        if set(changes) - known:
            raise ValueError(f"a day has {', '.join(COLUMNS)}")
        n = _index(row, day)
        if n < 0:
            raise ValueError(f"nothing is known before {row['from']}")
        for ahead in range(len(row["dau"]), n + 1):
            said = self.of(company, date.fromisoformat(row["from"]) + timedelta(days=ahead))
            for column in COLUMNS:
                row[column].append(said[column])
        for column, value in changes.items():
            row[column][n] = value
        return {"id": f"{company}|{day}", **self.of(company, day)}

    def raw(self, day: date, company: str | None = None) -> Iterator[Row]:
        """The day's events as they were sent: every tenth of them twice, and some without a company."""
        for name in sorted(self.rows) if company is None else [company] if company in self.rows else []:
            yield from _doubled(self._of_company(name, day))
        if company is None:
            for n in range(STRAYS):
                yield _event(ACTIVE, "", f"visitor-{n}", day, n)

    def _of_company(self, company: str, day: date) -> Iterator[Row]:
        said = self.of(company, day)
        people = self._people(company, day, said)
        if not people:
            return
        for n in range(said["sessions"]):
            yield _event(SESSION, company, people[n % len(people)], day, n)
        for n in range(max(said["events"], len(people))):
            feature = said["features"][n % len(said["features"])] if said["features"] else None
            yield _event(ACTIVE, company, people[n % len(people)], day, n, feature)

    def _people(self, company: str, day: date, said: Row) -> list[str]:
        """Taking turns, so that over a month as many were there as `mau` says, if the days have room for them."""
        start = date.fromisoformat(self.rows[company]["from"])
        before = sum(self.of(company, start + timedelta(days=n))["dau"] for n in range((day - start).days))
        pool = max(said["mau"], said["dau"])
        return [f"{company}#{(before + n) % pool}" for n in range(said["dau"])]


def _index(row: Row, day: date) -> int:
    return (day - date.fromisoformat(row["from"])).days


def _event(event: str, company: str, person: str, day: date, n: int, feature: str | None = None) -> Row:
    at = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + (n * 37) % 86_400
    insert = hashlib.sha256(f"{event}/{company}/{day}/{n}".encode()).hexdigest()[:24]
    said: Row = {"time": at, "distinct_id": person, "$insert_id": insert, "mp_processing_time_ms": at * 1000 + 400}
    said |= {"company_id": company} if company else {}
    return {"event": event, "properties": said | ({"feature": feature} if feature is not None else {})}


def _doubled(events: Iterator[Row]) -> Iterator[Row]:
    for n, event in enumerate(events):
        yield event
        if n % 10 == 3:
            later = event["properties"]["mp_processing_time_ms"] + 90_000
            yield {**event, "properties": {**event["properties"], "mp_processing_time_ms": later}}
