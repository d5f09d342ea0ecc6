"""The status page: rendered here, whole without scripts, in the person's language and its direction."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Engine

from hub import words
from hub.clock import SystemClock
from hub.sentences import N_
from hub.settings import Settings
from hub.web import overview

REFRESH = 5
"""Seconds."""
LEFTWARD = frozenset({"ar", "fa", "he", "ur"})

STATES = {
    "on_time": ("●", N_("on time")),
    "reading": ("●", N_("reading")),
    "new": ("○", N_("not read yet")),
    "late": ("▲", N_("late")),
    "incomplete": ("▲", N_("incomplete")),
    "stopped": ("■", N_("safety stop")),
    "reconnect": ("▲", N_("reconnect needed")),
    "paused": ("○", N_("paused")),
}
WRITES = {"off": N_("off"), "ask": N_("ask"), "on": N_("on")}


def whole(engine: Engine, settings: Settings) -> str:
    clock = SystemClock()
    with engine.connect() as database:
        found = overview.read(database, clock.micros())
    return _render("status.html", settings, found=found, now=clock.now(), states=STATES, writes=WRITES)


def silent(settings: Settings) -> str:
    """When the database does not answer."""
    return _render("silent.html", settings, now=SystemClock().now())


def _render(name: str, settings: Settings, **values: Any) -> str:
    lang = settings.lang

    def say(msgid: str, **data: Any) -> str:
        return words.text(msgid, lang, **data)

    direction = "rtl" if lang.partition("_")[0] in LEFTWARD else "ltr"
    return _templates().get_template(name).render(
        _=say, lang=lang.replace("_", "-"), direction=direction, refresh=REFRESH, moment=_moment, **values
    )  # fmt: skip


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
