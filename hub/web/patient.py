"""The server's side of one connection: whoever does not tell a whole head in time is cut."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 10.0
"""Seconds."""


class Patient(H11Protocol):
    """uvicorn itself waits for ever for the end of a head. A body's time is its route's business."""

    _ending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._heard()
        elif self._ending is None:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._heard()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        self._ending = self.loop.call_later(PATIENCE, self.transport.close)

    def _heard(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None


def options() -> dict[str, Any]:
    """What every server of these pages is started with."""
    return {"http": Patient, "log_config": None, "access_log": False, "server_header": False}
