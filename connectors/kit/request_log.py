"""What a twin was asked: the only witness of "once" that the hub cannot influence."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from connectors.kit.playing import Played

BODY = 16_384  # characters of a body that are kept
KEY_HEADERS = ("idempotency-key", "x-idempotency-key")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `status` 0: the connection was ended without an answer.

    `applied`: whether it reached the vendor's code, and got past its limits.
    """

    n: int
    at: str
    method: str
    path: str
    query: str
    status: int
    applied: bool
    fault: str | None
    key: str | None
    body: str
    who: str = ""  # the program, as it calls itself


class RequestLog:
    """All requests in order, the control plane's left out; with a file behind it once `keep` was called."""

    def __init__(self) -> None:
        self.entries: list[Asked] = []
        self._file: Path | None = None

    def add(self, at: datetime, request: httpx.Request, played: Played) -> None:
        entry = Asked(
            n=len(self.entries) + 1,
            at=at.isoformat(),
            method=request.method,
            path=request.url.path,
            query=request.url.query.decode(errors="replace"),
            status=played.response.status_code if played.response is not None else 0,
            applied=played.applied,
            fault=played.fault,
            key=next((request.headers[name] for name in KEY_HEADERS if name in request.headers), None),
            body=request.content[:BODY].decode(errors="replace"),
            who=request.headers.get("user-agent", "").partition(" ")[0].rstrip(";")[:80],
        )
        self.entries.append(entry)
        if self._file is not None:
            with self._file.open("a") as file:
                file.write(json.dumps(asdict(entry)) + "\n")

    def since(self, n: int) -> list[dict[str, Any]]:
        """Every request after number `n`."""
        return [asdict(entry) for entry in self.entries[n:]]

    def clear(self) -> None:
        self.entries.clear()
        if self._file is not None:
            self._file.write_text("")

    def keep(self, file: Path) -> None:
        """Take up what `file` holds, and append to it from now on."""
        self._file = file
        lines = file.read_text().splitlines() if file.exists() else []
        self.entries = [Asked(**json.loads(line)) for line in lines if line.endswith("}")]
