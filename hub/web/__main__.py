"""`python -m hub.web`: serves the pages at HUB_HOST and HUB_PORT (0: any free one) until told to end."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from hub import home, logs, settings
from hub.settings import Settings
from hub.web import patient
from hub.web.app import make_app
from hub.words import Problem, tell


def main(settings: Settings, make: Callable[[Settings], FastAPI] = make_app) -> None:
    """The address in use is told in HUB_HOME/run/web.json."""
    app = make(settings)
    with _listen(settings) as listener:
        _write_address(settings, listener.getsockname()[1])
        config = uvicorn.Config(app, lifespan="on", timeout_graceful_shutdown=3, **patient.options())
        uvicorn.Server(config).run(sockets=[listener])


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise Problem("port_taken", host=settings.host, port=settings.port, why=error.strerror) from error
    return listener


def _write_address(settings: Settings, port: int) -> None:
    home.make(settings.home / "run")
    file = settings.home / "run" / "web.json"
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps({"url": f"http://{settings.host}:{port}"}))
    draft.replace(file)


def start(make: Callable[[Settings], FastAPI] = make_app) -> None:
    """This process serves that app; what people can put right is said in their language."""
    read = settings.read()
    logs.set_up(read.log)
    try:
        main(read, make)
    except Problem as problem:
        sys.stderr.write(tell(problem, read.lang) + "\n")
        sys.exit(2)


if __name__ == "__main__":
    start()
