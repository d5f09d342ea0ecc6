"""The status page: rendered here, whole without scripts, in the person's language and its direction."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub import words
from hub.clock import SystemClock, from_micros
from hub.context import Hub
from hub.frequency import span
from hub.readings import state_words
from hub.settings import Settings
from hub.web import overview

REFRESH = 5
"""Seconds."""
LEFTWARD = frozenset({"ar", "fa", "he", "ur"})


def whole(hub: Hub) -> str:
    with hub.engine.connect() as database:
        found = overview.read(hub, database)
    return _render("status.html", hub.settings, found=found, now=hub.clock.now(), words=state_words)


def silent(settings: Settings) -> str:
    """When the database does not answer."""
    return _render("silent.html", settings, now=SystemClock().now())


def _render(name: str, settings: Settings, **values: Any) -> str:
    lang = settings.lang

    def say(msgid: str, **data: Any) -> str:
        return words.text(msgid, lang, **data)

    direction = "rtl" if lang.partition("_")[0] in LEFTWARD else "ltr"
    return _templates().get_template(name).render(
        _=say, lang=lang.replace("_", "-"), direction=direction, refresh=REFRESH, moment=_moment, since=from_micros, span=span, **values
    )  # fmt: skip


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
