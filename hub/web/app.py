"""The FastAPI app: /healthz says that the process lives, /readyz that it can work, / how things stand; /hooks/ is for vendors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from sqlalchemy import Engine

from hub import db
from hub.settings import Settings
from hub.web import hooks, page, ready
from hub.web.door import Door
from hub.words import Problem

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
STYLE = Path(__file__).parent / "page.css"


def make_app(settings: Settings) -> FastAPI:
    """Raises Problem if no database is named: the supervisor names it."""
    if settings.database_url is None:
        raise Problem("variable_unset", variable="HUB_DATABASE_URL")
    engine = db.engine(settings.database_url, statement_within=ready.STATEMENT_WITHIN)

    door = Door(settings, engine)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        door.open()
        yield
        door.close()
        engine.dispose()

    app = FastAPI(title="Concord", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.engine = engine
    app.middleware("http")(_add_headers)
    _routes(app, settings, engine, door)
    _hooks(app, door)
    return app


async def _add_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    response.headers.update(HEADERS)
    return response


def _routes(app: FastAPI, settings: Settings, engine: Engine, door: Door) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"alive": True}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        state = await ready.within(ready.SECONDS, ready.look, engine)
        if state["ready"] and door.why is not None:
            state = {"ready": False, "why": door.why}
            door.open()  # tried again at each look, as at each webhook
        return JSONResponse(state, 200 if state["ready"] else 503)

    @app.get("/")
    async def status() -> HTMLResponse:
        html = await ready.within(ready.SECONDS, lambda: page.whole(door.hub()))
        return HTMLResponse(html, 200) if isinstance(html, str) else HTMLResponse(page.silent(settings), 503)

    @app.get("/page.css")
    async def style() -> FileResponse:
        return FileResponse(STYLE, media_type="text/css")


def _hooks(app: FastAPI, door: Door) -> None:
    @app.post("/hooks/{name:path}")
    async def hook(name: str, request: Request) -> JSONResponse:
        return await hooks.answer(door, name, request)
