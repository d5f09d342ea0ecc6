"""Pages of the demo: rendered whole without scripts, in the person's language and its direction."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub import words
from hub.settings import Settings
from hub.web.page import LEFTWARD

REFRESH = 2
"""Seconds between two looks of a live frame."""


def render(template: str, settings: Settings, /, **values: Any) -> str:
    lang = settings.lang

    def say(msgid: str, **data: Any) -> str:
        return words.text(msgid, lang, **data)

    direction = "rtl" if lang.partition("_")[0] in LEFTWARD else "ltr"
    return _templates().get_template(template).render(
        _=say, tell=lambda problem: words.tell(problem, lang), lang=lang.replace("_", "-"), direction=direction, refresh=REFRESH, **values
    )  # fmt: skip


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
