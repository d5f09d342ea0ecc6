"""The hub's own web app and, beside it, /windows and /tour. The hub's pages know nothing of practice systems."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from sqlalchemy import Connection as Database
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from hub.context import Hub
from hub.opening import make_hub
from hub.practice.faces import agreed, customers, tour
from hub.practice.faces.rendering import render
from hub.settings import Settings
from hub.web import app as web
from hub.web import page
from hub.words import Problem

STYLE = Path(__file__).parent / "faces.css"
POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-src {frames}; frame-ancestors {parents}"
)
OURS = ("/windows", "/tour")


def make_app(settings: Settings) -> FastAPI:
    """Raises Problem, as the hub's own."""
    app = web.make_app(settings)
    app.middleware("http")(_frames)
    app.exception_handler(OperationalError)(lambda *_: HTMLResponse(page.silent(settings), 503))
    app.exception_handler(Problem)(lambda _, problem: HTMLResponse(render("missing.html", settings, problem=problem), 404))
    _routes(app, settings, app.state.engine)
    return app


async def _frames(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Only our own pages frame, and only what the page itself names; everything else keeps the hub's headers."""
    response = await call_next(request)
    if request.url.path.startswith(OURS):
        frames = " ".join(getattr(request.state, "frames", ())) or "'none'"
        parents = "'self'" if getattr(request.state, "framed", False) else "'none'"
        response.headers["content-security-policy"] = POLICY.format(frames=frames, parents=parents)
    return response


def _routes(app: FastAPI, settings: Settings, engine: Engine) -> None:
    @cache
    def hub() -> Hub:
        return make_hub(settings, engine)

    def shown(template: str, find: Callable[[Hub, Database], dict[str, object]]) -> HTMLResponse:
        with engine.connect() as database:
            return HTMLResponse(render(template, settings, **find(hub(), database)))

    @app.get("/windows")
    def windows(q: str = "", part: int = 1) -> HTMLResponse:
        return shown("customers.html", lambda _, database: customers.listed(database, q, max(part, 1)))

    @app.get("/windows/{id}")
    def four(request: Request, id: str, still: bool = False) -> HTMLResponse:
        with engine.connect() as database:
            found = customers.windows(hub(), database, id)
            name = agreed.name(hub(), database, id)
        request.state.frames = ("'self'", *sorted({each.address for each in found if each.address}))
        return HTMLResponse(render("windows.html", settings, id=id, windows=found, name=name, still=still))

    @app.get("/windows/{id}/name")
    def name(request: Request, id: str, live: bool = False) -> HTMLResponse:
        request.state.framed = True
        return shown("name.html", lambda hub, database: {"live": live, **agreed.headline(hub, database, id, settings.lang)})

    @app.get("/windows/{id}/why")
    def why(request: Request, id: str, live: bool = False) -> HTMLResponse:
        request.state.framed = True
        return shown("why.html", lambda hub, database: {"live": live, **agreed.told(hub, database, id, settings.lang)})

    @app.get("/tour")
    def cards() -> HTMLResponse:
        return shown("tour.html", lambda _, database: tour.cards(database, settings.home))

    @app.get("/faces.css")
    def style() -> FileResponse:
        return FileResponse(STYLE, media_type="text/css")
