"""The web pages behind their real server, on loopback, in a thread of the test."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from machine import until

from hub.settings import Settings
from hub.web import patient
from hub.web.app import make_app


@contextmanager
def served(settings: Settings) -> Iterator[httpx.Client]:
    """The app behind its real server, on loopback."""
    server = uvicorn.Server(uvicorn.Config(make_app(settings), **patient.options()))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=20) as client:
            until(lambda: server.started, 10, "it listens")
            until(lambda: client.get("/readyz").json().get("why") != "starting", 10, "the hub is put together")
            yield client
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
