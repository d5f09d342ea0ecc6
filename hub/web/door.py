"""The hub behind the web pages: put together once, beside the loop, so that health is told from the first moment."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from hub.context import Hub
from hub.opening import make_hub
from hub.settings import Settings
from hub.words import Problem

T = TypeVar("T")
THREADS = 8


class Door:
    """Threads of its own: webhooks that wait for a database that is away leave the pages theirs."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings, self._engine = settings, engine
        self._lock = threading.Lock()
        self._hub: Hub | None = None
        self.why: str | None = "starting"
        """Why the hub is not put together; None: it is."""
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="door")

    @property
    def public_url(self) -> str | None:
        return self._settings.public_url

    def open(self) -> None:
        """Begins to put the hub together; whoever comes meanwhile waits for it."""
        self._threads.submit(self._tried)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def ask(self, question: Callable[[Hub], T], seconds: float) -> T:
        """In a thread. Raises `TimeoutError`; the thread is then left to its own time-outs."""
        loop = asyncio.get_running_loop()
        return await asyncio.wait_for(loop.run_in_executor(self._threads, lambda: question(self.hub())), seconds)

    def hub(self) -> Hub:
        """Raises `Problem`, and tries again the next time."""
        with self._lock:
            if self._hub is None:
                self._hub = self._made()
            return self._hub

    def _made(self) -> Hub:
        try:
            made = make_hub(self._settings, self._engine)
        except Problem as problem:
            self.why = problem.code
            raise
        self.why = None
        return made

    def _tried(self) -> None:
        with suppress(Problem, SQLAlchemyError):
            self.hub()
