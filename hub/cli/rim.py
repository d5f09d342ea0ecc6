"""The rim of the command line: a hub for one command, lines for programs, tables for people, and exit statuses."""

from __future__ import annotations

import json
import os
import pwd
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from hub import words
from hub.sentences import SENTENCES
from hub.words import Problem, Problems

if TYPE_CHECKING:
    from hub.connections import Connection
    from hub.context import Hub

DONE, FAILED, UNUSABLE, WAITS = 0, 1, 2, 3

AsJson = Annotated[bool, typer.Option("--json", help=words.text("One JSON object a line on standard output."))]

FAILURES = frozenset(
    {
        "database_unreachable", "service_failed", "keeper_busy", "connection_failed", "connections_failed", "log_differs", "busy",
        "snapshot_incomplete", "snapshot_without_rows", "snapshot_differs",
    }
)  # fmt: skip
"""Problems that are no mistake of whoever typed the command."""

UNBOUND = 10_000
"""Columns: wider than any line of ours."""

_lang = "en"


@contextmanager
def opened() -> Iterator[Hub]:
    """The hub that the environment describes. Raises `Problem`."""
    from hub import logs, settings
    from hub.opening import opened_hub

    read = settings.read()
    speak(read.lang)
    logs.set_up(read.log if "log" in read.model_fields_set else "warning")  # who types is told by us, not by the log
    with opened_hub(read) as hub:
        yield hub


def speak(lang: str) -> None:
    """The language of everything that is said from now on."""
    global _lang  # noqa: PLW0603  # one process, one person, one language
    _lang = lang


def _(msgid: str, /, **data: Any) -> str:
    return words.text(msgid, _lang, **data)


def say(text: str) -> None:
    """Progress, warnings, complaints: never on standard output, which holds what was asked for."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # the rim is where words leave the program


def complain(problem: Problem) -> int:
    """Says what is wrong; returns the exit status."""
    say(sentence(problem))
    return FAILED if problem.code in FAILURES else UNUSABLE


def sentence(problem: Problem) -> str:
    """A line for each thing that is wrong."""
    if isinstance(problem, Problems):
        return "\n".join(sentence(one) for one in problem.found)
    return worded(problem.code, problem.data)


def worded(code: str, data: Mapping[str, Any], area: str = "") -> str:
    """Code plus data as a sentence; what stands in a file is told with file, line and field. `area`: vendor."""
    area = "document" if {"file", "line"} <= data.keys() else area
    known = SENTENCES.get(f"{area}_{code}") or SENTENCES.get(code)
    if isinstance(why := data.get("why"), str) and f"value_{why}" in SENTENCES:  # why a value was refused is a code too
        data = {**data, "why": worded(why, {**data, "why": ""}, "value").rstrip(".")}
    try:
        said = None if known is None else _(known, **data)
    except KeyError:  # one code, used with other data elsewhere
        said = None
    if said is None:
        rest = ", ".join(
            f"{key} {plain(value)}" for key, value in data.items() if key not in {"file", "line", "field", "nearest"}
        )
        said = code.replace("_", " ") + (f" ({rest})." if rest else ".")
    if area == "document":
        place = f"{data['file']}:{data['line']}: " if data["line"] else f"{data['file']}: "
        said = place + (f"{data['field']}: " if data.get("field") else "") + said
    return (
        said
        if not data.get("nearest") or "{nearest}" in (known or "")
        else said + " " + _("Did you mean {nearest}?", nearest=data["nearest"])
    )


def told(error: Mapping[str, Any] | None) -> str:
    """A stored error (code and data; `kind` tells whose it is) as a sentence."""
    if error is None:
        return ""
    area = {None: "", "quarantine": "value"}.get(error.get("kind"), "vendor")
    return worded(error["code"], error.get("data") or {}, area)


def leave(status: int) -> NoReturn:
    raise typer.Exit(status)


def line(row: Mapping[str, Any]) -> None:
    """One JSON object on standard output."""
    escaped = sys.stdout.encoding.lower() != "utf-8"  # whatever the terminal lacks, JSON can say
    sys.stdout.write(json.dumps(row, ensure_ascii=escaped, default=str) + "\n")
    sys.stdout.flush()


def listed(rows: Iterable[Mapping[str, Any]], *, as_json: bool, columns: Sequence[str], empty: str) -> None:
    """`columns`: what people see, in order; programs get every key."""
    if as_json:
        for row in rows:
            line(row)
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(plain(row.get(name)) for name in columns))
    if table.row_count:
        show(table)
    else:
        say(empty)


def show(what: Any) -> None:
    """Something of rich, or text without markup, for people; a file or a pipe has no edge to wrap at."""
    from rich.console import Console

    there = sys.stdout.isatty()
    Console(markup=False, highlight=False, soft_wrap=not there, width=None if there else UNBOUND).print(what)


def plain(value: Any) -> str:
    """A JSON value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        if set(value) == {"amount", "currency"}:
            return f"{value['amount']} {value['currency']}"
        return ", ".join(f"{key} {plain(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(plain, value))
    return str(value)


def instant(text: str | None) -> datetime | None:
    """Kept in its own zone: there, dates without a time begin. None stays None. Raises `Problem`."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Problem("not_an_instant", value=text) from None
    if at.tzinfo is None:
        raise Problem("not_an_instant", value=text)
    return at


def person() -> str:
    """Who types: the name that decisions are kept under."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"


def chosen(hub: Hub, names: Sequence[str]) -> list[Connection]:
    """Connections by name, in the order given; all of them where none is given. Raises `Problem`."""
    from hub import connections
    from mappings.scalars import nearest

    with hub.engine.connect() as database:
        known = connections.load(hub, database)
    for name in names:
        if name not in known:
            raise Problem("no_such_connection", name=name, nearest=nearest(name, known) or ", ".join(known) or "-")
    return [known[name] for name in names or known]
