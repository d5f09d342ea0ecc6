"""A twin's state on disk: the rows it started with and every applied write since. The state is a fold of both."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from connectors.kit.faults import Armed, Fault

if TYPE_CHECKING:
    from connectors.kit.twin import Twin


class Journal:
    """`start.json` (seed, clock, rows) and `writes.jsonl`; a write is in it before it is answered."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._start = folder / "start.json"
        self._writes = folder / "writes.jsonl"
        self._log = folder / "log.jsonl"

    def begin(self, twin: Twin) -> None:
        """A new state: forget what was there."""
        start = {"seed": twin.seed, "now": twin.clock.now().isoformat(), "data": twin.start}
        self._writes.write_text("")
        partial = self._start.with_suffix(".tmp")
        partial.write_text(json.dumps(start))
        partial.rename(self._start)

    def take_up(self, twin: Twin) -> None:
        """Bring `twin` to the state on disk, or begin one with the state it has."""
        if not self._start.exists():
            self.begin(twin)
            twin.log.keep(self._log)
            return
        start = json.loads(self._start.read_text())
        if start["seed"] != twin.seed:
            raise ValueError(f"{self._start}: seed {start['seed']} was used here, not {twin.seed}; take another folder")
        journal, twin.journal = twin.journal, None  # a replay is not written again
        twin.started_with(start["data"])
        twin.reset()
        self._replay(twin)
        twin.journal = journal
        twin.log.keep(self._log)

    def add(self, at: datetime, request: httpx.Request, faults: Sequence[Armed]) -> None:
        entry = {
            "at": at.isoformat(),
            "method": request.method,
            "url": str(request.url),
            "headers": [[name, value] for name, value in request.headers.multi_items()],
            "body": base64.b64encode(request.content).decode(),
            "faults": [[fault.fault, fault.value] for fault in faults],
        }
        with self._writes.open("a") as file:
            file.write(json.dumps(entry) + "\n")

    def _replay(self, twin: Twin) -> None:
        now, speed = twin.clock.now(), twin.clock.speed
        with twin.replaying():
            for line in self._writes.read_text().splitlines():
                entry: dict[str, Any] = json.loads(line)
                twin.clock.set(datetime.fromisoformat(entry["at"]), speed=0)
                for name, value in entry["faults"]:
                    twin.armed.arm(Fault(name), value=value)
                headers = [tuple(pair) for pair in entry["headers"]]
                body = base64.b64decode(entry["body"])
                twin.answer(httpx.Request(entry["method"], entry["url"], headers=headers, content=body))
        twin.clock.set(max(now, twin.clock.now()), speed=speed)  # what was written stays in the past
