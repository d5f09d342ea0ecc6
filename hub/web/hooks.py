"""`POST /hooks/<connection>`: 2xx only after the commit, and of a caller who cannot sign nothing but a line in the log."""

from __future__ import annotations

import asyncio

import psycopg
import structlog
from fastapi import Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect

from connectors.kit.contract import Request as Told
from connectors.kit.errors import VendorError
from hub import connections
from hub.context import Hub
from hub.hooks.ring import Rung, ring
from hub.web.door import Door
from hub.words import Problem

LARGEST = 2**20
"""Bytes of a body."""
PATIENCE = 10.0
"""Seconds for a whole body."""
SECONDS = 1.8
"""For verifying and storing: a database that is away is told within two."""

log = structlog.stdlib.get_logger("hub.hooks")


class Refused(Exception):
    """`status`, and the code that answer and log say."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


async def answer(door: Door, name: str, request: Request) -> JSONResponse:
    try:
        body = await _body(request)
        told = Told(request.method, _url(door, request), dict(request.headers), body)
        rung = await _rung(door, name, told)
    except Refused as refused:
        log.warning("webhook_refused", connection=name[:80], code=refused.code)
        # What of a body was not read must not be taken for the next request.
        headers = {} if refused.status in (401, 404, 503) else {"connection": "close"}
        return JSONResponse({"error": refused.code}, refused.status, headers)
    return JSONResponse(dict(rung.thanks))


async def _body(request: Request) -> bytes:
    headers = request.headers
    if "content-length" in headers and "transfer-encoding" in headers:
        raise Refused(400, "two_lengths")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refused(415, "compressed")
    declared = headers.get("content-length", "0")
    if len(declared) > 9 or int(declared) > LARGEST:
        raise Refused(413, "too_large")
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST:
                    raise Refused(413, "too_large")
    except TimeoutError:
        raise Refused(408, "too_slow") from None
    except ClientDisconnect:
        raise Refused(400, "broken_off") from None
    return bytes(body)


def _url(door: Door, request: Request) -> str:
    """As the vendor knows it: some sign it."""
    path: str = request.scope["raw_path"].decode("latin-1")
    query: str = request.scope["query_string"].decode("latin-1")
    base = door.public_url or str(request.base_url).rstrip("/")
    return base + path + (f"?{query}" if query else "")


async def _rung(door: Door, name: str, told: Told) -> Rung:
    try:
        return await door.ask(lambda hub: _ring(hub, name, told), SECONDS)
    except VendorError as error:
        raise Refused(401 if error.code == "signature" else 400, error.code) from error
    except (SQLAlchemyError, psycopg.Error, TimeoutError, Problem) as error:
        raise Refused(503, "not_stored") from error


def _ring(hub: Hub, name: str, told: Told) -> Rung:
    with hub.engine.connect() as database:
        connection = connections.load(hub, database).get(name)
    if connection is None or not hub.catalog.connector(connection.connector).provides("webhook"):
        raise Refused(404, "no_such_connection")
    return ring(hub, connection, told)
