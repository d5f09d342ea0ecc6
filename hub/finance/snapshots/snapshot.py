"""A snapshot is bytes: what a report was computed from, by which policy, and the report. Its hash is what people sign."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from hub.finance.tieout.inputs import canonical, dump, load
from hub.finance.tieout.lines import encoded
from hub.finance.tieout.report import Report, tie_out

Line = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """Each part is canonical JSON; `report` has a line for each row, and one for the whole."""

    inputs: bytes
    policy: bytes
    report: bytes

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the three parts, each after its length, so that no byte can move from one to the next."""
        found = hashlib.sha256()
        for part in (self.inputs, self.policy, self.report):
            found.update(len(part).to_bytes(8, "big") + part)
        return found.hexdigest()

    @cached_property
    def lines(self) -> list[Line]:
        """The report's lines."""
        return [json.loads(line) for line in self.report.splitlines()]

    @property
    def as_of(self) -> datetime:
        """In the zone in which it was asked for."""
        return datetime.fromisoformat(self.lines[-1]["as_of"])


def take(report: Report) -> Snapshot:
    inputs = report.inputs
    return Snapshot(canonical(dump(inputs)), canonical(inputs.policy.identity), encoded(report))


def again(snapshot: Snapshot) -> Snapshot:
    """Computed again from the inputs that it keeps: equal, unless its bytes or the rules of this program have changed."""
    return take(tie_out(load(json.loads(snapshot.inputs))))
