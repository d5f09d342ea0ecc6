"""HUB_CONNECTIONS: connections written down in a YAML file, read as strictly as mappings and rules."""

from __future__ import annotations

from pathlib import Path

from hub import settings
from hub.cli.entries import Entry, settings_of
from hub.context import Hub
from hub.frequency import seconds
from hub.words import Problem, Problems
from mappings import documents
from mappings.documents import BadDocument, Document, Node

KEYS = ("connector", "writes", "mode", "every", "roles", "may_hold", "set", "env")


def read_entries(hub: Hub, path: Path) -> list[Entry]:
    """In the order of the file. Raises `Problem` or `Problems`, each with file and line."""
    try:
        document = documents.load(path)
        entries = [_entry(document, name, node) for name, node in document.mapping(document.root).items()]
        document.raise_errors()
    except OSError as error:
        raise Problem("file_unreadable", path=str(path), why=error.strerror or str(error)) from None
    except BadDocument as bad:
        raise Problems(
            "documents",
            [Problem(each.code, file=each.file, line=each.line, field=each.field, **each.data) for each in bad.errors],
        ) from None
    for entry in entries:
        hub.catalog.connector(entry.connector)
    return entries


def _entry(document: Document, name: str, node: Node) -> Entry:
    document.known_keys(node, KEYS)
    if "connector" not in node:
        document.error(node, "missing_key", word="connector")
    return Entry(
        name,
        _text(document, node, "connector") or "",
        _settings(document, node),
        _text(document, node, "writes") or "off",
        _words(node, "roles"),
        _words(node, "may_hold"),
        seconds(_text(document, node, "every")),
        _text(document, node, "mode"),
    )


def _settings(document: Document, node: Node) -> dict[str, object]:
    found: dict[str, object] = {}
    if "set" in node:
        for key, value in document.mapping(node["set"]).items():
            plain = value.plain()
            found |= settings_of([f"{key}={plain}"], []) if isinstance(plain, str) else {key: plain}
    if "env" in node:
        found |= {key: settings.variable(document.string(value)) for key, value in document.mapping(node["env"]).items()}
    return found


def _text(document: Document, node: Node, key: str) -> str | None:
    return document.string(node[key]) if key in node else None


def _words(node: Node, key: str) -> frozenset[str] | None:
    return frozenset(each.text for each in node[key].list) if key in node else None
