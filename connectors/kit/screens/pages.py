"""A practice system's pages: lists, records with a form, its request log, its webhooks, its faults. No scripts anywhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from connectors.kit.screens.acting import Acting
from connectors.kit.screens.asked import Asked, foreign, link
from connectors.kit.screens.declared import Kind, Screen, plain

if TYPE_CHECKING:
    from connectors.kit.request_log import Asked as Logged
    from connectors.kit.twin import Twin

Row = dict[str, Any]

HERE = Path(__file__).parent
PAGE = 50
REFRESH = 2
"""Seconds between two looks of a live page."""
NEAR = 8
"""Related records that are shown with a record."""
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors http://127.0.0.1:* http://localhost:*",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # without any, a form's own Origin would be null
    "cache-control": "no-store",
}


class Missing(LookupError):
    """There is no such page."""


def answer(twin: Twin, request: httpx.Request) -> httpx.Response:
    """Any request to `/` or below `/_screen/`."""
    if foreign(request, twin.url):
        return httpx.Response(403, text="This page takes requests from itself only.", headers=HEADERS)
    asked = Asked(request)
    if asked.parts == ["style.css"]:
        return httpx.Response(200, content=_style(twin), headers={**HEADERS, "content-type": "text/css"})
    pages = Pages(twin, asked)
    try:
        return pages.posted() if request.method == "POST" else pages.shown()
    except Missing:
        return pages.page("missing.html", "Not here", status=404)


class Pages:
    def __init__(self, twin: Twin, asked: Asked) -> None:
        self.twin, self.asked = twin, asked
        self.screen: Screen = twin.screen or plain(twin)

    def shown(self) -> httpx.Response:
        match self.asked.parts:
            case []:
                return self._home()
            case ["log"]:
                return self._log()
            case ["webhooks"]:
                sent = list(reversed(self.twin.outbox.sent))[:PAGE]
                return self.page(
                    "webhooks.html", "Webhooks sent", sent=sent, urls=self.twin.outbox.urls, total=len(self.twin.outbox.sent)
                )
            case ["faults"]:
                return self._faults()
            case ["records", object]:
                return self._list(self._kind(object))
            case ["new", object]:
                return self._form(self._kind(object), None)
            case ["records", object, id]:
                return self._record(self._kind(object), id)
        raise Missing

    def posted(self) -> httpx.Response:
        acting = Acting(self.twin, self.screen, self.asked.form)
        try:
            match self.asked.parts:
                case ["faults"]:
                    acting.arm()
                    return self._go(link("faults"))
                case ["new", object] if self._kind(object).edits:
                    return self._go(link("records", object, acting.create(self._kind(object)), said="created"))
                case ["delete", object, id] if self._row(self._kind(object), id) and self._kind(object).edits:
                    acting.delete(self._kind(object), id)
                    return self._go(link("records", object, said="deleted"))
                case ["records", object, id] if self._row(self._kind(object), id) and self._kind(object).edits:
                    said = "saved" if acting.edit(self._kind(object), id) else "unchanged"
                    return self._go(link("records", object, id, said=said, **self._way()))
        except ValueError as error:
            return self._again(str(error))
        raise Missing

    def page(self, template: str, title: str, *, status: int = 200, **values: Any) -> httpx.Response:
        html = _templates().get_template(template).render(
            title=title, screen=self.screen, twin=self.twin, asked=self.asked, link=link, now=self.twin.clock.now(), refresh=REFRESH,
            said=self.asked.query.get("said", ""), way=self._way(), **values
        )  # fmt: skip
        return httpx.Response(status, html=html, headers=HEADERS)

    # Pages.

    def _home(self) -> httpx.Response:
        counts = [
            (kind, sum(not kind.gone(row) for row in self.twin.table(kind.object).values())) for kind in self.screen.kinds
        ]
        return self.page("home.html", f"Practice {self.screen.title}", counts=counts)

    def _list(self, kind: Kind) -> httpx.Response:
        query = self.asked.query.get("q", "")
        found = sorted(kind.found(self.twin, query), key=kind.gone)
        first = (self.asked.number - 1) * PAGE
        return self.page(
            "list.html", kind.title, kind=kind, rows=found[first : first + PAGE], query=query, total=len(found), first=first,
            more=len(found) > first + PAGE
        )  # fmt: skip

    def _record(self, kind: Kind, id: str, **values: Any) -> httpx.Response:
        row = self._row(kind, id)
        editing = self.asked.edit or not (self.asked.live or self.asked.compact)
        if kind.edits and editing and not kind.gone(row):
            return self._form(kind, row, **values)
        fields = [field for field in self._fields(kind) if not self.asked.compact or field.at != kind.headline]
        return self.page("record.html", kind.name(row), kind=kind, row=row, fields=fields, near=self._near(kind, row))

    def _form(self, kind: Kind, row: Row | None, **values: Any) -> httpx.Response:
        title = f"New {kind.one.lower()}" if row is None else kind.name(row)
        more = {"error": "", "typed": {}, "near": [] if row is None else self._near(kind, row), **values}
        fields = [field for field in self._fields(kind) if row is not None or field.editable]
        status = 400 if more["error"] else 200
        actors = self.screen.actors(self.twin)
        return self.page("form.html", title, status=status, kind=kind, row=row, fields=fields, actors=actors, **more)

    def _again(self, error: str) -> httpx.Response:
        """The form once more, with what was typed and what is wrong."""
        match self.asked.parts:
            case ["faults"]:
                return self._faults(error=error)
            case ["new", object]:
                return self._form(self._kind(object), None, error=error, typed=self.asked.form)
            case [_, object, id]:
                return self._form(self._kind(object), self._row(self._kind(object), id), error=error, typed=self.asked.form)
        raise Missing

    def _log(self) -> httpx.Response:
        only = self.asked.query.get("only", "")
        entries = [entry for entry in reversed(self.twin.log.entries) if only != "writes" or self._writes(entry)]
        first = (self.asked.number - 1) * PAGE
        return self.page(
            "log.html", "Request log", entries=entries[first : first + PAGE], only=only, total=len(entries), first=first,
            more=len(entries) > first + PAGE
        )  # fmt: skip

    def _faults(self, error: str = "") -> httpx.Response:
        can, armed = sorted(self.twin.faults), self.twin.armed.left()
        return self.page(
            "faults.html", "Faults", status=400 if error else 200, can=can, armed=armed, error=error, typed=self.asked.form
        )

    # Help.

    def _kind(self, object: str) -> Kind:
        kind = self.screen.kind(object)
        if kind is None:
            raise Missing
        return kind

    def _row(self, kind: Kind, id: str) -> Row:
        row = self.twin.table(kind.object).get(id)
        if row is None:
            raise Missing
        return row

    def _fields(self, kind: Kind) -> list[Any]:
        counting = [field for field in kind.fields if field.counts]
        return counting if self.asked.compact and counting else list(kind.fields)

    def _near(self, kind: Kind, row: Row) -> list[tuple[Any, Kind, list[Row], int]]:
        """Related records: how they are called, their kind, the first of them, how many there are."""
        near = []
        for related in kind.related:
            other, rows = self.screen.kind(related.object), related.rows(self.twin, str(row["id"]))
            if other is not None and rows and (related.counts or not self.asked.compact):
                near.append((related, other, rows[:NEAR], len(rows)))
        return near

    def _way(self) -> dict[str, str]:
        """How the next page is shown: a small window goes on as one, live if it was."""
        return {"compact": "1", **({"live": "1"} if self.asked.live else {})} if self.asked.compact else {}

    def _writes(self, entry: Logged) -> bool:
        return self.twin.writes(httpx.Request(entry.method, f"http://twin{entry.path}"))

    def _go(self, where: str) -> httpx.Response:
        return httpx.Response(303, headers={**HEADERS, "location": where})


def _style(twin: Twin) -> str:
    accent = twin.screen.accent if twin.screen is not None else "#6b7280"
    return f":root {{ --accent: {accent}; }}\n" + (HERE / "screen.css").read_text()


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
