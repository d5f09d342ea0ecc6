"""Use of the product, one record for each account and day, from one source of facts: grouped queries or raw events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from connectors.kit.contract import Lent, Page, Record
from connectors.kit.errors import Gone
from connectors.mixpanel.config import MixpanelConfig
from connectors.mixpanel.days import Window, last_complete, window

PAGE = 500
"""Records, or a day, whichever is more."""

Counts = dict[str, dict[date, int]]
"""By account and day."""


@dataclass(slots=True)
class Facts:
    """What a source tells of a window. None: it does not tell this at all."""

    dau: Counts
    events: Counts
    mau: Counts
    sessions: Counts | None = None
    features: dict[str, dict[date, set[str]]] | None = None
    accounts: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.accounts = {*self.dau, *self.events, *self.mau}

    def record(self, account: str, day: date) -> Record:
        """30-day actives stand in it only where the source gave them for that day: usually the last."""
        id = f"{account}|{day}"
        body: dict[str, object] = {"id": id, "account": account, "day": str(day), "dau": _of(self.dau, account, day)}
        body["events"] = _of(self.events, account, day)
        if any(day in days for days in self.mau.values()):
            body["mau"] = _of(self.mau, account, day)
        if self.sessions is not None:
            body["sessions"] = _of(self.sessions, account, day)
        if self.features is not None:
            body["features"] = sorted(self.features.get(account, {}).get(day, ()))
        return Record("usage", id, json.dumps(body, separators=(",", ":")).encode())


class Source(Protocol):
    settled: bool
    """Reading a window again the same day is not worth its price."""

    def facts(self, window: Window, account: str | None = None) -> Facts:
        """Of all accounts together, or of one."""


class Usage:
    def __init__(self, source: Source, config: MixpanelConfig, lent: Lent) -> None:
        self._source, self._config, self._lent = source, config, lent

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Whole days. Who was active in the window and is not on a day has zeros there: silence would keep old figures."""
        asked = window(self._config, self._lent.now(), cursor)
        if self._source.settled and cursor == str(asked.last):
            yield Page((), cursor, complete=True)
            return
        facts = self._source.facts(asked)
        records: list[Record] = []
        for day in asked.days(asked.since):
            records += [facts.record(account, day) for account in sorted(facts.accounts)]
            if len(records) >= PAGE or day == asked.last:
                yield Page(records, str(day), complete=day == asked.last, full=cursor is None)
                records = []

    def one(self, id: str) -> Record:
        """It costs as many queries as a pull."""
        account, _, text = id.rpartition("|")
        last = last_complete(self._config, self._lent.now())
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise Gone("not_found") from None
        if not account or day > last:
            raise Gone("not_found")
        whole = window(self._config, self._lent.now(), None).first
        facts = self._source.facts(Window(min(day, whole), day, last), account)
        if account not in facts.accounts:
            raise Gone("not_found")
        return facts.record(account, day)


def _of(counts: Counts, account: str, day: date) -> int:
    return counts.get(account, {}).get(day, 0)
